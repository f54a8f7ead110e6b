import type { Criterion, Gate } from '../contracts/gate.js';
import type { CriterionResult, GateResult } from '../model/report.js';
import type { LookResult, TestResult } from './run.js';

/** What the tests of a gate have not shown yet. */
export interface Coverage {
  readonly gate: string;
  readonly file: string;
  readonly criteria: number;
  /** Keys of the criteria that no passed test expects to fail by name. */
  readonly neverFailed: readonly string[];
  readonly policies: number;
  /** Policies that decided nothing in any passed test. */
  readonly neverUsed: readonly string[];
}

/** Which criteria were seen to fail and which policies were seen to decide, by passed tests alone. */
export function coverageOf(tests: readonly TestResult[]): readonly Coverage[] {
  const gates = new Map<string, Gate>();
  for (const { looks } of tests)
    for (const look of looks) for (const gate of look.gates) gates.set(`${gate.file} ${gate.id}`, gate);
  const good = tests.filter(({ state }) => state === 'passed').flatMap(({ looks }) => looks);
  return [...gates.values()].map((gate) => {
    const failed = new Set(good.flatMap((look) => failedIn(look, gate)));
    const policies = policiesOf(gate);
    return {
      gate: gate.id,
      file: gate.file,
      criteria: gate.criteria.length,
      neverFailed: gate.criteria.filter(({ key }) => !failed.has(key)).map(({ key }) => key),
      policies: policies.length,
      neverUsed: policies
        .filter(({ isUsed }) => !good.some((look) => resultsOf(look, gate).some(isUsed)))
        .map(({ name }) => name),
    };
  });
}

export function isFull({ neverFailed, neverUsed }: Coverage): boolean {
  return neverFailed.length === 0 && neverUsed.length === 0;
}

function resultsOf({ report }: LookResult, gate: Gate): readonly GateResult[] {
  return report.gates.filter(({ id, file }) => id === gate.id && file === gate.file);
}

/** A fail that nobody expected by name shows nothing: it may be the wrong one. */
function failedIn(look: LookResult, gate: Gate): readonly string[] {
  return resultsOf(look, gate).flatMap(({ criteria }) =>
    criteria
      .filter(
        ({ key, verdict, judged }) => look.held.includes(key) && (judged?.verdict ?? verdict) === 'fail',
      )
      .map((criterion) => keyOf(criterion, gate)),
  );
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
