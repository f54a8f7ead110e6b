import type { Failure } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { caretAt } from './caret.js';
import { bare, type Node, type Promql, plainSelector, rangeMsOf, type Selector } from './promql.js';

/** Functions whose result is a speed or a difference of a gauge, never a count. */
const NOT_A_COUNT = new Set(['rate', 'irate', 'deriv', 'delta', 'idelta', 'predict_linear']);

const WRITE_INCREASE = 'write increase(…[{{step}}])';
const WRITE_FUNCTION = 'put a function around it, such as max_over_time(…) or sum(increase(…))';

/** What is wrong with a query for one value at a time, known before it is sent. */
export function valueTrouble(query: Promql): readonly Failure[] {
  switch (query.root.name) {
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return [trouble(query, query.root, 'a range of samples is not one value', WRITE_FUNCTION)];
    case 'StringLiteral':
      return [
        trouble(query, query.root, 'a string is not a number', 'write an expression that yields numbers'),
      ];
    default:
      return [];
  }
}

/**
 * What keeps a query from counting what happened in each step: another range than the step, a speed in place of a
 * count, a 0 that stands in for absent data, a total that runs on.
 */
export function countTrouble(query: Promql, stepMs: number): readonly Failure[] {
  const found: Failure[] = [...valueTrouble(query)];
  let hasRange = false;
  walk(query.root, (node) => {
    if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr') hasRange = true;
    const failure = countTroubleAt(query, node, stepMs);
    if (failure !== undefined) found.push(failure);
  });
  if (hasRange) return found;
  const mend = 'write { counter: … }, or increase(…[{{step}}])';
  return [
    ...found,
    trouble(query, query.root, 'this is a running total, not what was counted in a step', mend),
  ];
}

function countTroubleAt(query: Promql, node: Node, stepMs: number): Failure | undefined {
  switch (node.name) {
    case 'MatrixSelector': {
      if (rangeMsOf(query.text, node) === stepMs) return undefined;
      const range = node.getChild('DurationExpr') ?? node;
      const message = `the range [${textOf(query, range)}] is not the step (${formatDuration(stepMs)})`;
      const mend = 'write [{{step}}], so that each event is counted in one step and in no other';
      return trouble(query, range, message, mend);
    }
    case 'SubqueryExpr':
      return trouble(query, node, 'a subquery counts the same events more than once', WRITE_INCREASE);
    case 'FunctionIdentifier': {
      const name = textOf(query, node);
      return NOT_A_COUNT.has(name)
        ? trouble(query, node, `${name}() yields no count`, WRITE_INCREASE)
        : undefined;
    }
    case 'OffsetExpr':
    case 'StepInvariantExpr': {
      const mend = 'drop the "offset" or "@"; "shift" on an arm moves its whole window';
      return trouble(query, node, 'a moved selector counts another time than the step', mend);
    }
    case 'BinaryExpr': {
      const or = node.getChild('Or');
      if (or === null || !node.getChildren('Expr').some((side) => standsForAbsent(query, side)))
        return undefined;
      const mend = 'drop it: what is absent is told apart from 0; "bad-absent: zero" on the ratio opts in';
      return trouble(query, or, 'a made-up value stands in for absent data', mend);
    }
    default:
      return undefined;
  }
}

/** `vector(0)`, `0 * x`, and both inside other operations. */
function standsForAbsent(query: Promql, side: Node): boolean {
  const node = bare(side);
  const called = node.getChild('FunctionIdentifier');
  if (called !== null) return textOf(query, called) === 'vector';
  if (node.name !== 'BinaryExpr') return false;
  const sides = node.getChildren('Expr');
  if (node.getChild('Mul') !== null && sides.some((each) => Number(textOf(query, bare(each))) === 0))
    return true;
  return sides.every((each) => standsForAbsent(query, each) || bare(each).name === 'NumberDurationLiteral');
}

/** What is wrong with a query that must be one vector selector and nothing else. */
export function selectorTrouble(query: Promql, stands: 'counter' | 'samples'): readonly Failure[] {
  if (plainSelector(query) !== undefined) return [];
  const mend = {
    counter: 'write the selector alone, or the expression as a plain query, without "counter:"',
    samples: 'write the selector alone: its samples are read over the whole window',
  }[stands];
  return [trouble(query, query.root, `"${query.text}" is more than a plain selector`, mend)];
}

/** Selectors whose age can be asked: read at the query's own time, and of one metric. */
export function agedSelectors(query: Promql): readonly Selector[] {
  return query.selectors.filter(({ isMoved, hasFixedName }) => !isMoved && hasFixedName);
}

function trouble(query: Promql, node: Node, message: string, mend: string): Failure {
  return { code: 'gatefile.query', message, mend, detail: caretAt(query.text, node.from) };
}

function textOf(query: Promql, node: Node): string {
  return query.text.slice(node.from, node.to);
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (let child = node.firstChild; child !== null; child = child.nextSibling) walk(child, visit);
}
