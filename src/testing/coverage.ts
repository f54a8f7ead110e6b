import type { Criterion, Gate } from '../contracts/gate.js';
import type { CriterionResult, GateReport, GateResult } from '../model/report.js';

/** What one look showed of a gate. */
export interface Seen {
  readonly gate: string;
  readonly file: string;
  /** Keys of its criteria, and of those whose limit was breached, as expected: a fail by policy alone is none. */
  readonly criteria: readonly string[];
  readonly failed: readonly string[];
  /** Names of its policies, and of those that decided something. */
  readonly policies: readonly string[];
  readonly used: readonly string[];
}

/** What the tests of a gate have not shown yet. */
export interface Coverage {
  readonly gate: string;
  readonly file: string;
  readonly criteria: number;
  /** Keys of the criteria whose limit no passed test sees breached, expecting it by name. */
  readonly neverFailed: readonly string[];
  readonly policies: number;
  /** Policies that decided nothing in any passed test. */
  readonly neverUsed: readonly string[];
}

/**
 * What a look shows of each gate.
 *
 * @param held keys of the criteria that were expected by name and came out so: a fail that nobody expected may be the
 *             wrong one
 */
export function seenIn(gates: readonly Gate[], report: GateReport, held: readonly string[]): readonly Seen[] {
  return gates.map((gate): Seen => {
    const result = report.gates.find(({ id, file }) => id === gate.id && file === gate.file);
    const policies = policiesOf(gate);
    return {
      gate: gate.id,
      file: gate.file,
      criteria: gate.criteria.map(({ key }) => key),
      failed: (result?.criteria ?? [])
        .filter(({ key, verdict, judged }) => held.includes(key) && (judged?.verdict ?? verdict) === 'fail')
        .map((criterion) => keyOf(criterion, gate)),
      policies: policies.map(({ name }) => name),
      used: policies.filter(({ isUsed }) => result !== undefined && isUsed(result)).map(({ name }) => name),
    };
  });
}

/** A test, as far as coverage goes. */
interface Covering {
  readonly state: 'passed' | 'failed';
  readonly seen: readonly Seen[];
}

/** Which criteria were seen to fail and which policies were seen to decide, by passed tests alone. */
export function coverageOf(tests: readonly Covering[]): readonly Coverage[] {
  const all = tests.flatMap(({ seen }) => seen);
  const good = tests.filter(({ state }) => state === 'passed').flatMap(({ seen }) => seen);
  const gates = new Map(all.map((each) => [`${each.file} ${each.gate}`, each]));
  return [...gates.values()].map(({ gate, file, criteria, policies }) => {
    const own = good.filter((each) => each.gate === gate && each.file === file);
    const failed = new Set(own.flatMap((each) => each.failed));
    const used = new Set(own.flatMap((each) => each.used));
    return {
      gate,
      file,
      criteria: criteria.length,
      neverFailed: criteria.filter((key) => !failed.has(key)),
      policies: policies.length,
      neverUsed: policies.filter((name) => !used.has(name)),
    };
  });
}

export function isFull({ neverFailed, neverUsed }: Coverage): boolean {
  return neverFailed.length === 0 && neverUsed.length === 0;
}

/** The key that the gate gives the criterion: a series under "across: each" adds its labels to it. */
function keyOf({ key, id, segment, series }: CriterionResult, gate: Gate): string {
  if (series === null) return key;
  const own = gate.criteria.find(
    (each) => each.id === id && JSON.stringify(each.segment) === JSON.stringify(segment),
  );
  return own?.key ?? key;
}

interface Policy {
  readonly name: string;
  /** Whether it decided something in a result of its gate. */
  readonly isUsed: (result: GateResult) => boolean;
}

function policiesOf(gate: Gate): readonly Policy[] {
  return [
    ...gate.criteria.flatMap((criterion) => policiesOfCriterion(criterion)),
    ...(gate.policy.onInconclusive === 'fail'
      ? [
          {
            name: `${gate.id}: verdict: { on-inconclusive: fail }`,
            isUsed: ({ reason }: GateResult) => reason?.code === 'on-inconclusive',
          },
        ]
      : []),
    ...(gate.score === null ? [] : [{ name: `${gate.id}: score`, isUsed: isOutvoted }]),
  ];
}

function policiesOfCriterion({ key, on, fallback }: Criterion): readonly Policy[] {
  const found = (result: GateResult): readonly CriterionResult[] =>
    result.criteria.filter((criterion) => criterion.key === key);
  const ofOn = (['no-data', 'undecided', 'error'] as const)
    .filter((kind) => on[kind] !== undefined)
    .map(
      (kind): Policy => ({
        name: `${key}: on: { ${kind}: ${on[kind]} }`,
        // A policy leaves its own words in the reason of what it decided.
        isUsed: (result) =>
          found(result).some(({ reason }) => reason?.text.includes(`(on ${kind}: `) === true),
      }),
    );
  if (fallback === null) return ofOn;
  const isDegraded: Policy = {
    name: `${key}: fallback: ${fallback}`,
    isUsed: (result) => found(result).some(({ reason }) => reason?.code === 'degraded'),
  };
  return [...ofOn, isDegraded];
}

/** A score decides where a criterion that blocks failed and the gate did not. */
function isOutvoted({ verdict, criteria }: GateResult): boolean {
  const isBreached = criteria.some((criterion) => criterion.verdict === 'fail' && !criterion.advisory);
  return isBreached && (verdict === 'pass' || verdict === 'warn');
}
