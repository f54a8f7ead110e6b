import { parseDuration } from '../../model/time.js';

/** A node of a query's tree, as far as it is looked at. */
export interface Node {
  readonly name: string;
  /** Offsets into the query. */
  readonly from: number;
  readonly to: number;
  readonly firstChild: Node | null;
  readonly nextSibling: Node | null;
  getChild(name: string): Node | null;
  getChildren(name: string): readonly Node[];
}

/** A query that is PromQL by its grammar; types and names are the server's to judge. */
export interface Promql {
  readonly text: string;
  /** The expression, without parentheses around all of it. */
  readonly root: Node;
  readonly selectors: readonly Selector[];
}

/** One vector selector of a query, such as `up{job="shop"}`. */
export interface Selector {
  readonly text: string;
  /** False for `{__name__=~"a|b"}`: functions that drop the name then fail on series that differ in nothing else. */
  readonly hasFixedName: boolean;
  /** Names of labels held to one value by `=`; `__name__` among them when the metric is named. */
  readonly pinned: readonly string[];
  readonly matchers: readonly Matcher[];
  /** Reach of the range or subquery it stands in, in milliseconds; 0 without, or where only the server can tell. */
  readonly rangeMs: number;
  /** It is read at another time than the rest, by `offset` or `@`. */
  readonly isMoved: boolean;
}

export interface Matcher {
  readonly label: string;
  /** The label as it is written: in quotes where it is no plain word. */
  readonly name: string;
  readonly operator: string;
  /** The literal with its quotes. */
  readonly literal: string;
  /** Where the matcher stands in the query. */
  readonly from: number;
  readonly to: number;
}

/** The node inside any parentheses around it. */
export function bare(node: Node): Node {
  let inner = node;
  while (inner.name === 'ParenExpr') {
    const child = inner.getChild('Expr');
    if (child === null) break;
    inner = child;
  }
  return inner;
}

/** The selector, when the query is one and nothing else. */
export function plainSelector({ root, selectors }: Promql): Selector | undefined {
  return root.name === 'VectorSelector' ? selectors[0] : undefined;
}

/** The range of a matrix selector or subquery; undefined when it is written as arithmetic. */
export function rangeMsOf(text: string, node: Node): number | undefined {
  const range = node.getChild('DurationExpr');
  if (range === null) return undefined;
  const written = text.slice(range.from, range.to);
  // Newer servers take bare numbers as seconds.
  return /^\d+(\.\d+)?$/.test(written) ? Number(written) * 1000 : parseDuration(written);
}
