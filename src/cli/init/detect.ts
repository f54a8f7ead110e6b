import { catalogSchema } from '../../gatefile/catalog.js';
import type { CatalogFolder } from '../../gatefile/discover.js';
import { KIND_KEYS } from '../../gatefile/schema.js';
import { checkShape } from '../../gatefile/shape.js';
import { parseYaml } from '../../gatefile/yaml.js';
import type { Metrics } from './metrics.js';
import { RAW_STARTS } from './starts.js';

/** A parameter of a catalogue signal, as a new gate gives it. */
export interface Filled {
  readonly name: string;
  readonly about: string;
  /** '' where no series has the label: an empty matcher then matches them all. */
  readonly value: string;
  /** Other values that could stand here. */
  readonly others: readonly string[];
}

/** A signal of the catalogue whose metrics are there. */
export interface FoundSignal {
  /** As in `use: catalog/NAME`. */
  readonly name: string;
  readonly parameters: readonly Filled[];
}

/** A catalogue signal, and what it asks for. */
export interface CatalogSignal {
  readonly name: string;
  readonly selectors: readonly Selector[];
  readonly parameters: Readonly<Record<string, Parameter>>;
}

interface Parameter {
  readonly about?: string | undefined;
  readonly default?: string | undefined;
  readonly raw: boolean;
}

interface Selector {
  /** Matches the name of the metric. */
  readonly metric: RegExp;
  /** As people write it, to be shown. */
  readonly shown: string;
  readonly matchers: string;
}

/** `name{…}` or `{__name__=~"…",…}`, but no `{{placeholder}}`. */
const SELECTOR = /([A-Za-z_:][\w:]*)?(?<!\{)\{(?!\{)((?:[^{}"]|"[^"]*"|\{\{[^{}]*\}\})*)\}/g;
const NAME_MATCHER = /__name__=~"([^"]*)"/;

/** Every signal of the catalogue with the selectors in its queries. */
export function signalsIn({ names, read }: CatalogFolder): readonly CatalogSignal[] {
  return names().flatMap((name) => {
    const source = read(name);
    const yaml = source === undefined ? undefined : parseYaml(source);
    if (yaml?.ok !== true) return [];
    const { value: block } = checkShape(catalogSchema(), yaml.value, yaml.value.value);
    if (block === undefined) return [];
    const texts = KIND_KEYS.flatMap((kind) => textsIn(block[kind]));
    return [{ name, selectors: texts.flatMap(selectorsIn), parameters: block.with ?? {} }];
  });
}

function textsIn(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsIn) : [];
}

function selectorsIn(query: string): readonly Selector[] {
  return [...query.matchAll(SELECTOR)].map(([, name, matchers = '']) => {
    const shown = name ?? NAME_MATCHER.exec(matchers)?.[1] ?? '';
    return { metric: new RegExp(`^(?:${shown})$`), shown, matchers };
  });
}

/** The signals all of whose metrics are there, with values for their parameters. @throws what `metrics` throws */
export async function detect(
  signals: readonly CatalogSignal[],
  metrics: Metrics,
): Promise<readonly FoundSignal[]> {
  const names = [...metrics.names];
  const found: FoundSignal[] = [];
  for (const { name, selectors, parameters } of signals) {
    const isThere = selectors.every(({ metric }) => names.some((each) => metric.test(each)));
    if (!isThere || selectors.length === 0) continue;
    const filled: Filled[] = [];
    for (const [key, parameter] of Object.entries(parameters)) {
      const one = await fill(key, parameter, selectors, metrics, names);
      if (one !== undefined) filled.push(one);
    }
    found.push({ name, parameters: filled });
  }
  return found;
}

/** @returns undefined where the parameter's own default will do */
async function fill(
  name: string,
  { about = '', default: byDefault, raw }: Parameter,
  selectors: readonly Selector[],
  metrics: Metrics,
  names: readonly string[],
): Promise<Filled | undefined> {
  if (raw) return { name, about, value: RAW_STARTS[name] ?? '', others: [] };
  const label = new RegExp(`(\\w+)=~?"\\{\\{${name}\\}\\}"`);
  const selector = selectors.find(({ matchers }) => label.test(matchers));
  const asked = label.exec(selector?.matchers ?? '')?.[1] ?? '';
  const metric = names.find((each) => selector?.metric.test(each)) ?? '';
  const values = (await metrics.valuesOf(metric, asked)).filter(isPlain);
  const [first] = values;
  if (byDefault !== undefined && (first === undefined || values.includes(byDefault))) return undefined;
  return { name, about, value: first ?? '', others: values.slice(1) };
}

/** Whether a value may be written into a gate as it is: there, braces would be read as a variable. */
function isPlain(value: string): boolean {
  return value !== '' && value.length <= 200 && !/\{\{|\$\{|\p{Cc}/u.test(value);
}
