import { suggest } from '../contracts/suggest.js';
import type { Failure } from '../model/failure.js';
import type { CriterionResult, GateReport } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import type { Path, Places } from './places.js';
import type { CriterionExpectation, LookExpectation, TestBlock } from './schema.js';

/** One thing that is other than expected. */
export interface Mismatch {
  /** Key of the criterion; null where the run as a whole is meant. */
  readonly criterion: string | null;
  readonly what: 'verdict' | 'exit' | 'reason' | 'outcome' | 'value' | 'criterion';
  readonly expected: string;
  /** Null where nothing came. */
  readonly got: string | null;
  /** Where the expectation stands, and what would make it hold; null where nothing stands there. */
  readonly path: Path | null;
}

export interface Compared {
  readonly mismatches: readonly Mismatch[];
  /** Keys of the criteria that were expected by name and came out so. */
  readonly held: readonly string[];
  /** Trouble with the expectations themselves. */
  readonly failures: readonly Failure[];
}

/** Sums in another order differ by less. */
const RELATIVE_TOLERANCE = 1e-9;

/** The expectations of each look, with their places; a failure where there are more or fewer than looks. */
export function expectationsOf(
  { expect, at }: Pick<TestBlock, 'expect' | 'at'>,
  path: Path,
  places: Places,
): { readonly looks: readonly Expected[]; readonly failures: readonly Failure[] } {
  const wanted = Array.isArray(at) ? at.length : 1;
  const listed = Array.isArray(expect) ? expect : [expect];
  const looks = listed.map((look, i): Expected => {
    const own = Array.isArray(expect) ? [...path, i] : path;
    return typeof look === 'string'
      ? { look: { verdict: look }, path: own, isWord: true }
      : { look, path: own, isWord: false };
  });
  if (looks.length === wanted) return { looks, failures: [] };
  const failure: Failure = {
    code: 'gatetest.expectation',
    message: `${listed.length} ${listed.length === 1 ? 'expectation' : 'expectations'} for ${wanted} ${wanted === 1 ? 'look' : 'looks'}`,
    span: places.spanOf(path),
    mend: 'expect something of each look: expect: [inconclusive, fail]',
  };
  return { looks, failures: [failure] };
}

/** What is expected of one look; a lone word is the verdict. */
export interface Expected {
  readonly look: LookExpectation;
  readonly path: Path;
  readonly isWord: boolean;
}

/** Compares a report with what was expected of it. */
export function compare(report: GateReport, { look, path, isWord }: Expected, places: Places): Compared {
  const mismatches: Mismatch[] = [];
  const failures: Failure[] = [];
  const held = new Set<string>();
  const check = (
    what: Mismatch['what'],
    expected: string | number | undefined,
    got: string | number | undefined,
  ): void => {
    if (expected === undefined || expected === got) return;
    const own = isWord ? path : [...path, what];
    const came = got === undefined ? null : String(got);
    mismatches.push({ criterion: null, what, expected: String(expected), got: came, path: own });
  };
  check('verdict', look.verdict, report.verdict);
  check('exit', look.exit, report.exitCode);
  check('reason', look.reason, report.gates.find(({ reason }) => reason !== null)?.reason?.code);
  const all = report.gates.flatMap((gate) =>
    gate.criteria.map((criterion) => ({ gate: gate.id, criterion })),
  );
  const listed = new Set<string>();
  for (const [name, written] of Object.entries(look.criteria ?? {})) {
    const own = [...path, 'criteria', name];
    const found = all.filter(({ gate, criterion }) => isNamed(name, gate, criterion));
    if (found.length === 0) failures.push(unknownCriterion(name, all, places.keySpanOf(own)));
    for (const { criterion } of found) {
      listed.add(criterion.key);
      const wrong = compareCriterion(criterion, written, own);
      mismatches.push(...wrong);
      if (wrong.length === 0) held.add(criterion.key);
    }
  }
  if (look.exhaustive === true)
    for (const { criterion } of all)
      if (!listed.has(criterion.key))
        mismatches.push({
          criterion: criterion.key,
          what: 'criterion',
          expected: 'nothing',
          got: criterion.verdict,
          path: null,
        });
  return { mismatches, held: [...held], failures };
}

/** `ID`, `GATE.ID`, or either with a segment: `ID[path=edge]`. */
function isNamed(name: string, gate: string, { id, key }: CriterionResult): boolean {
  return [id, `${gate}.${id}`, key].includes(name) || `${gate}.${name}` === key;
}

function compareCriterion(
  criterion: CriterionResult,
  written: Verdict | CriterionExpectation,
  path: Path,
): readonly Mismatch[] {
  const { key, verdict, reason, value } = criterion;
  const expected: CriterionExpectation = typeof written === 'string' ? { outcome: written } : written;
  const found: Mismatch[] = [];
  const say = (what: 'outcome' | 'reason' | 'value', wanted: string, got: string | null): void => {
    const own = typeof written === 'string' ? path : [...path, what];
    found.push({ criterion: key, what, expected: wanted, got, path: own });
  };
  if (expected.outcome !== undefined && expected.outcome !== verdict)
    say('outcome', expected.outcome, verdict);
  if (expected.reason !== undefined && expected.reason !== reason?.code)
    say('reason', expected.reason, reason?.code ?? null);
  if (expected.value !== undefined) {
    const slack = expected.tolerance ?? RELATIVE_TOLERANCE * Math.max(1, Math.abs(expected.value));
    const isNear = value !== null && Math.abs(value - expected.value) <= slack;
    const within = expected.tolerance === undefined ? '' : ` within ${expected.tolerance}`;
    if (!isNear) say('value', `${expected.value}${within}`, value === null ? null : String(value));
  }
  return found;
}

function unknownCriterion(
  name: string,
  all: readonly { readonly gate: string; readonly criterion: CriterionResult }[],
  span: NonNullable<Failure['span']>,
): Failure {
  const known = [
    ...new Set(all.flatMap(({ gate, criterion: { id, key } }) => [id, key.slice(gate.length + 1), key])),
  ];
  const near = suggest(name, known);
  const ids = [...new Set(all.map(({ criterion }) => criterion.id))];
  return {
    code: 'gatetest.unknown-name',
    message: `no criterion is called "${name}"`,
    span,
    mend: near === undefined ? `criteria here are ${ids.join(', ')}` : `did you mean "${near}"?`,
  };
}
