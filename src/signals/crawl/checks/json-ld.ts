import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import type { PageItem } from '../../../model/page.js';
import { defineCheck, type Problem, quoted } from './check.js';

const schema = strict({
  types: z
    .array(z.string().min(1, 'a type such as Product is expected'))
    .default([])
    .meta({ description: 'Types that every page must have.', examples: [['BreadcrumbList']] }),
});

/** Structured data can be read, hold the required types, and say the price and availability that the list says. */
export const jsonLd = defineCheck({
  id: 'json-ld',
  about: 'JSON-LD can be read and holds the required types; a Product has price, currency, availability',
  columns: ['types', 'price', 'currency', 'availability'],
  of: 'html',
  schema,
  find: ({ html, expected }, { types }) => {
    const items = html?.items ?? [];
    const problems: Problem[] = [];
    if ((html?.brokenItems ?? 0) > 0)
      problems.push({ what: 'broken', detail: `${html?.brokenItems} blocks of JSON-LD are no JSON` });
    const wanted = [...types, ...(expected['types'] ?? '').split(/[\s|,]+/).filter((type) => type !== '')];
    const absent = wanted.filter((type) => !items.some((item) => item.type === type));
    if (absent.length > 0) problems.push({ what: 'missing', detail: `no ${quoted(absent)}` });
    const products = items.filter(({ type }) => type === 'Product');
    const isProductWanted =
      OFFERED.some((name) => expected[name] !== undefined) && !absent.includes('Product');
    if (products.length === 0 && isProductWanted) problems.push({ what: 'missing', detail: 'no "Product"' });
    return [...problems, ...OFFERED.flatMap((name) => offerTrouble(name, products, expected[name]))];
  },
});

const OFFERED = ['price', 'currency', 'availability'] as const;
type Offered = (typeof OFFERED)[number];

function offerTrouble(
  name: Offered,
  products: readonly PageItem[],
  wanted: string | undefined,
): readonly Problem[] {
  if (products.length === 0) return [];
  const found = products.map((product) => product[name] ?? '').filter((text) => text !== '');
  if (found.length === 0) return [{ what: `no-${name}`, detail: `the Product has no ${name}` }];
  if (wanted === undefined || found.some((text) => isSame(name, text, wanted))) return [];
  return [{ what: name, detail: `the ${name} is ${quoted(found)}, "${wanted}" is expected` }];
}

/** Prices are numbers however they are written; availability is the last word of its address. */
function isSame(name: Offered, found: string, wanted: string): boolean {
  if (name === 'price') return Number(found) === Number(wanted);
  const word = (text: string): string => (text.split(/[/#]/).at(-1) ?? text).toLowerCase();
  return name === 'availability' ? word(found) === word(wanted) : found === wanted;
}
