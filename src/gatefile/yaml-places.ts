import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Span } from '../model/span.js';
import type { Path, YamlFile, YamlText } from './yaml-file.js';

type Places = Pick<YamlFile, 'spanOf' | 'keySpanOf' | 'spanOfText'>;

interface Found {
  readonly node: unknown;
  /** The nearest pair above the node. */
  readonly pair: Pair | undefined;
  /** How many steps of the path are there. */
  readonly depth: number;
}

/** Finds the place of any path of a document. */
export function placesIn(doc: Document.Parsed, { text, span }: YamlText): Places {
  const pairsOf = pairIndex();
  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(doc) : node);
  const walk = (path: Path): Found => {
    let node = resolve(doc.contents);
    let pair: Pair | undefined;
    let depth = 0;
    for (const step of path) {
      let next: unknown;
      if (isMap(node)) {
        const found = pairsOf(node).get(String(step));
        if (found === undefined) break;
        pair = found;
        next = resolve(found.value) ?? found.key;
      } else if (isSeq(node)) next = resolve(node.items[Number(step)]);
      if (next === undefined || next === null) break;
      node = next;
      depth += 1;
    }
    return { node, pair, depth };
  };
  const spanOfNode = (node: unknown): Span | undefined => {
    const range = (node as Node | null | undefined)?.range;
    return range ? span(range[0], range[1]) : undefined;
  };
  const keySpan = (pair: Pair | undefined): Span | undefined =>
    isScalar(pair?.key) ? spanOfNode(pair.key) : undefined;
  const spanOf = (path: Path): Span => {
    const { node, pair } = walk(path);
    const own = spanOfNode(node) ?? span(0, 1);
    // A block that spans lines is named by its key: a caret under thirty lines points at nothing.
    const isLong = isCollection(node) && own.endLine > own.line;
    return isLong || isNothing(node) ? (keySpan(pair) ?? beginningOf(node) ?? own) : own;
  };
  const beginningOf = (node: unknown): Span | undefined =>
    isMap(node) ? keySpan(node.items[0]) : isSeq(node) ? spanOfNode(node.items[0]) : undefined;
  return {
    spanOf,
    keySpanOf: (path) => {
      const { pair, depth } = walk(path);
      return (depth === path.length ? keySpan(pair) : undefined) ?? spanOf(path);
    },
    spanOfText: (path, wanted, after = 0) => {
      const { node, depth } = walk(path);
      if (depth < path.length || !isScalar(node) || !node.range || node.value === wanted) return spanOf(path);
      const written = text.slice(node.range[0], node.range[1]);
      const at = wanted === '' ? -1 : written.indexOf(wanted, after);
      if (at < 0) return spanOf(path);
      return span(node.range[0] + at, node.range[0] + at + wanted.length);
    },
  };
}

/** `key:` without a value. */
function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

/** Pairs of a mapping by key, looked up once: a file may hold thousands of keys that each need a place. */
function pairIndex(): (map: { readonly items: readonly Pair[] }) => ReadonlyMap<string, Pair> {
  const known = new WeakMap<object, ReadonlyMap<string, Pair>>();
  return (map) => {
    const before = known.get(map);
    if (before !== undefined) return before;
    const pairs = new Map(
      map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair] as const] : [])),
    );
    known.set(map, pairs);
    return pairs;
  };
}
