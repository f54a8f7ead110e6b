import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { parseDuration } from '../../model/time.js';
import { caretAt } from './caret.js';

/** A query that is PromQL by its grammar; types and names are the server's to judge. */
export interface Promql {
  readonly text: string;
  /** The expression, without parentheses around all of it. */
  readonly root: SyntaxNode;
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

/** @returns a failure with the query and a caret when the grammar refuses it */
export function parsePromql(text: string): Result<Promql> {
  const tree = parser.parse(text);
  let wrong: SyntaxNode | undefined;
  const selectors = new Map<string, Selector>();
  tree.iterate({
    enter: ({ node, type, name }) => {
      if (type.isError) wrong ??= node;
      if (name === 'VectorSelector') {
        const selector = selectorOf(text, node);
        selectors.set(`${selector.text} ${selector.rangeMs} ${selector.isMoved}`, selector);
      }
      return wrong === undefined;
    },
  });
  if (wrong !== undefined) return failed(syntaxFailure(text, wrong.from));
  const root = tree.topNode.firstChild;
  if (root === null) return failed(syntaxFailure(text, 0));
  return ok({ text, root: bare(root), selectors: [...selectors.values()] });
}

function syntaxFailure(text: string, offset: number): Failure {
  const called = /([a-zA-Z_]\w*)\s*$/.exec(text.slice(0, offset))?.[1];
  const isCall = called !== undefined && text.slice(offset).trimStart().startsWith('(');
  return {
    code: 'gatefile.query',
    message: isCall
      ? `"${called}" is no PromQL function`
      : text.slice(offset).trim() === ''
        ? 'the query ends too early'
        : 'the query is no PromQL',
    mend: 'mend it at the caret; Prometheus shows the same place under /graph',
    detail: caretAt(text, offset),
  };
}

/** The node inside any parentheses around it. */
export function bare(node: SyntaxNode): SyntaxNode {
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
export function rangeMsOf(text: string, node: SyntaxNode): number | undefined {
  const range = node.getChild('DurationExpr');
  if (range === null) return undefined;
  const written = text.slice(range.from, range.to);
  // Newer servers take bare numbers as seconds.
  return /^\d+(\.\d+)?$/.test(written) ? Number(written) * 1000 : parseDuration(written);
}

function selectorOf(text: string, node: SyntaxNode): Selector {
  let rangeMs = 0;
  let isMoved = false;
  for (let above = node.parent; above !== null; above = above.parent) {
    if (above.name === 'OffsetExpr' || above.name === 'StepInvariantExpr') isMoved = true;
    if (above.name === 'MatrixSelector' || above.name === 'SubqueryExpr') {
      rangeMs += rangeMsOf(text, above) ?? 0;
    }
  }
  const list = node.getChild('LabelMatchers');
  const matchers = list === null ? [] : matchersOf(text, list);
  const isNamed = node.getChild('Identifier') !== null || list?.getChild('QuotedLabelName') != null;
  const held = matchers.filter(({ operator }) => operator === '=').map(({ label }) => label);
  const pinned = isNamed ? ['__name__', ...held] : held;
  return {
    text: text.slice(node.from, node.to),
    hasFixedName: pinned.includes('__name__'),
    pinned,
    matchers,
    rangeMs,
    isMoved,
  };
}

function matchersOf(text: string, list: SyntaxNode): readonly Matcher[] {
  const written = (node: SyntaxNode | null): string => (node === null ? '' : text.slice(node.from, node.to));
  return [...list.getChildren('UnquotedLabelMatcher'), ...list.getChildren('QuotedLabelMatcher')].map(
    (node) => {
      const quoted = node.getChild('QuotedLabelName');
      const name = written(quoted ?? node.getChild('LabelName'));
      return {
        label: quoted === null ? name : name.slice(1, -1),
        name,
        operator: written(node.getChild('MatchOp')),
        literal: written(node.getChild('StringLiteral')),
        from: node.from,
        to: node.to,
      };
    },
  );
}
