import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { caretAt } from './caret.js';
import { bare, type Matcher, type Promql, rangeMsOf, type Selector } from './promql.js';

/** Reads any query by Prometheus' own grammar. @returns a failure with a caret when the grammar refuses it */
export function parseByGrammar(text: string): Result<Promql> {
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
