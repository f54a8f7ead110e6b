import type { Matcher, Node, Promql } from './promql.js';

/** Names as counters have them. Keywords of PromQL end otherwise, so that what is read here as a name can be nothing else. */
const COUNTER_NAME = /[a-zA-Z_:][\w:]*_(?:total|bucket|count|sum)(?![\w:])/y;
/** Escapes are those that `expand` writes and people use; the grammar knows more. */
const MATCHER =
  /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\[\\"]|\\u[0-9a-f]{4})*"|'(?:[^'\\\n]|\\[\\']|\\u[0-9a-f]{4})*')\s*/y;

/**
 * Reads a query that is a counter's selector and nothing else, such as `requests_total{code=~"5..",track="stable"}`, as
 * the grammar would.
 *
 * @returns undefined where the grammar has to be asked
 */
export function readSelector(text: string): Promql | undefined {
  COUNTER_NAME.lastIndex = 0;
  if (COUNTER_NAME.exec(text) === null) return undefined;
  const nameEnd = COUNTER_NAME.lastIndex;
  const matchers = nameEnd === text.length ? [] : readMatchers(text, nameEnd);
  if (matchers === undefined) return undefined;
  const held = matchers.filter(({ operator }) => operator === '=').map(({ label }) => label);
  const selector = {
    text,
    hasFixedName: true,
    pinned: ['__name__', ...held],
    matchers,
    rangeMs: 0,
    isMoved: false,
  };
  return { text, root: selectorNode(text.length), selectors: [selector] };
}

/** All of `{a="b",c!="d"}` from `from` to the end. */
function readMatchers(text: string, from: number): readonly Matcher[] | undefined {
  const open = text.indexOf('{', from);
  if (open < 0 || !text.endsWith('}') || text.slice(from, open).trim() !== '') return undefined;
  const matchers: Matcher[] = [];
  let at = open + 1;
  for (;;) {
    MATCHER.lastIndex = at;
    const found = MATCHER.exec(text);
    if (found === null) return undefined;
    const [whole, label = '', operator = '', literal = ''] = found;
    const start = at + whole.length - whole.trimStart().length;
    matchers.push({ label, name: label, operator, literal, from: start, to: at + whole.trimEnd().length });
    at += whole.length;
    if (at === text.length - 1) return matchers;
    if (text[at] !== ',') return undefined;
    at += 1;
  }
}

function selectorNode(to: number): Node {
  return {
    name: 'VectorSelector',
    from: 0,
    to,
    firstChild: null,
    nextSibling: null,
    getChild: () => null,
    getChildren: () => [],
  };
}
