import type { PageItem } from '../../../model/page.js';

/** Deeper than this nobody nests structured data; a hostile page would. */
const DEEPEST = 12;
const MOST_ITEMS = 200;
/** Of a text that is kept. */
const LONGEST = 500;

/** Things that a block of JSON-LD describes, with the first offer of each; undefined for what is no JSON. */
export function itemsIn(text: string): readonly PageItem[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const items: PageItem[] = [];
  walk(value, 0, items);
  return items;
}

function walk(value: unknown, depth: number, items: PageItem[]): void {
  if (depth > DEEPEST || items.length >= MOST_ITEMS) return;
  if (Array.isArray(value)) {
    for (const each of value) walk(each, depth + 1, items);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const types = textsOf(field(value, '@type'));
  if (types.length > 0) {
    const offer = offerOf(firstOf(field(value, 'offers')));
    for (const type of types) items.push({ type: type.slice(type.search(/[^/#]*$/)), ...offer });
  }
  for (const [key, each] of Object.entries(value))
    if (typeof each === 'object' && key !== '@context') walk(each, depth + 1, items);
}

/** Of an offer, or of the cheapest of many. */
function offerOf(offer: unknown): Omit<PageItem, 'type'> {
  const specification = firstOf(field(offer, 'priceSpecification'));
  const price =
    textOf(field(offer, 'price')) ??
    textOf(field(offer, 'lowPrice')) ??
    textOf(field(specification, 'price'));
  const currency = textOf(field(offer, 'priceCurrency')) ?? textOf(field(specification, 'priceCurrency'));
  const availability = textOf(field(offer, 'availability'));
  return {
    ...(price !== undefined && { price }),
    ...(currency !== undefined && { currency }),
    ...(availability !== undefined && { availability }),
  };
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** One text or several; numbers as they print. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown) => printed(each) ?? []);
  const only = printed(value);
  return only === undefined ? [] : [only];
}

/** The first of them. */
function textOf(value: unknown): string | undefined {
  return Array.isArray(value) ? textsOf(value)[0] : printed(value);
}

function printed(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : undefined;
}
