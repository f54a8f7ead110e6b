import type { Criterion, Gate } from '../contracts/gate.js';
import { strataOf } from '../model/window.js';

/** Requests, or whatever is counted, of one step. */
const COUNT = 200;

/** Answers to one signal: of a healthy release, and of one that breaks the limit. */
interface Pair {
  readonly healthy: Parts;
  readonly broken: Parts;
}

/** What each part is answered in every step; of a histogram, by bucket. */
type Parts = Readonly<Record<string, number | Buckets>>;
/** By upper bound, rising: an object would put whole numbers first. */
type Buckets = readonly (readonly [bound: number | '+Inf', count: number])[];

/**
 * A first test file for a gate of fixed limits: healthy answers that pass, and for each criterion answers that it fails.
 *
 * A criterion with a limit of another form, or a signal of another kind than ratio, rate, histogram and value, has no
 * test in it: `gatekeeper test --coverage` then names it.
 */
export function starterTest(gate: Gate): string {
  const steps = strataOf(gate.window);
  const pairs = gate.criteria.flatMap((criterion) => {
    const pair = pairOf(criterion);
    return pair === undefined ? [] : [{ criterion, pair }];
  });
  const [first] = gate.criteria.flatMap(({ arms }) => arms.flatMap(({ questions }) => questions));
  return [
    '# Answers written by hand: what the gate makes of them is tested, not that its queries find them. Counts are of one step.',
    'series:',
    '  # A healthy release.',
    ...pairs.flatMap(({ criterion, pair }) => linesOf(criterion, pair.healthy, steps, '  ')),
    '',
    'tests:',
    '  - name: a healthy release passes',
    '    expect: pass',
    ...pairs.flatMap(({ criterion, pair }) => [
      '',
      `  - name: ${JSON.stringify(`${criterion.id} outside of ${criterion.rule.pass.text} fails`)}`,
      '    series:',
      ...linesOf(criterion, pair.broken, steps, '      '),
      `    expect: { verdict: fail, criteria: { ${criterion.id}: fail } }`,
    ]),
    ...(first === undefined
      ? []
      : [
          '',
          '  - name: a server that does not answer is no pass',
          `    backends: { ${first.query.backend}: { error: timeout } }`,
          '    expect: error',
        ]),
    '',
  ].join('\n');
}

function linesOf({ signal }: Criterion, parts: Parts, steps: number, indent: string): readonly string[] {
  const run = (value: number): string => `${value}x${steps - 1}`;
  return Object.entries(parts).map(([part, value]) => {
    const values =
      typeof value === 'number'
        ? run(value)
        : `{ ${value.map(([bound, count]) => `"${bound}": ${run(count)}`).join(', ')} }`;
    return `${indent}- { signal: ${signal}, part: ${part}, values: ${values} }`;
  });
}

function pairOf({ kind, rule, arms }: Criterion): Pair | undefined {
  const { condition } = rule.pass;
  if (condition.kind !== 'compare' || condition.bound.scale !== 0) return undefined;
  const isUpper = condition.operator.startsWith('<');
  if (!isUpper && !condition.operator.startsWith('>')) return undefined;
  const limit = condition.bound.offset / rule.factor;
  const asked = new Set(arms.flatMap(({ questions }) => questions.map(({ part }) => part)));
  switch (kind) {
    case 'ratio': {
      const part = asked.has('good') ? 'good' : 'bad';
      const counted = sides(limit, isUpper, isUpper ? 4 * limit : (1 + limit) / 2);
      return both(counted, (share) => ({ [part]: Math.min(COUNT, COUNT * share), total: COUNT }));
    }
    case 'rate':
      return asked.has('exposure')
        ? both(sides(limit, isUpper, 4 * limit), (rate) => ({ count: COUNT * rate, exposure: COUNT }))
        : undefined;
    case 'histogram': {
      if (rule.take.kind !== 'quantile' || !isUpper) return undefined;
      const [half, double] = [limit / 2, 2 * limit];
      const inTime: Buckets = [
        [half, COUNT - 2],
        [limit, COUNT],
        ['+Inf', COUNT],
      ];
      const late: Buckets = [
        [half, COUNT / 4],
        [limit, COUNT / 2],
        [double, COUNT],
        ['+Inf', COUNT],
      ];
      return { healthy: { bucket: inTime }, broken: { bucket: late } };
    }
    case 'value':
      return both(sides(limit, isUpper, 2 * limit), (value) => ({ value }), false);
    default:
      return undefined;
  }
}

/** Numbers on both sides of a limit: half of it, and what lies beyond it. */
function sides(limit: number, isUpper: boolean, beyond: number): { healthy: number; broken: number } {
  return isUpper ? { healthy: limit / 2, broken: beyond } : { healthy: beyond, broken: limit / 2 };
}

/** Counts are whole: rounded away from the limit. */
function both(
  { healthy, broken }: { readonly healthy: number; readonly broken: number },
  parts: (number: number) => Readonly<Record<string, number>>,
  isCounted = true,
): Pair {
  const isUpper = healthy < broken;
  const round = (isUp: boolean, found: Readonly<Record<string, number>>): Parts =>
    Object.fromEntries(
      Object.entries(found).map(([part, value]) => [
        part,
        isCounted ? (isUp ? Math.ceil(value - 1e-9) : Math.floor(value + 1e-9)) : value,
      ]),
    );
  return { healthy: round(!isUpper, parts(healthy)), broken: round(isUpper, parts(broken)) };
}
