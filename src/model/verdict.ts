/**
 * The release decision: what one criterion can say, and how many fold into one.
 *
 * Law 1 lives here: nothing absent, failed or undecided can fold into `pass` or `warn`.
 */
export const VERDICTS = ['pass', 'warn', 'fail', 'inconclusive', 'error', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict that a gate or a whole run can have: a blocking `skipped` folds as `inconclusive`. */
export type FoldedVerdict = Exclude<Verdict, 'skipped'>;

/** Worst first. `fail` beats `error`: a proven breach is not undone by a question that went unanswered. */
const WORST_FIRST: readonly FoldedVerdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass'];

/** What the fold needs to know of one criterion; its verdict is the one after waivers and policies. */
export interface Ballot {
  readonly verdict: Verdict;
  /** Shown, never blocks. */
  readonly isAdvisory: boolean;
  /** Cannot be outvoted by a score. */
  readonly isCritical: boolean;
  /** Weight in the score, above 0. */
  readonly weight: number;
  /** True when missing evidence was turned into `pass` or `warn` by an `on:` policy of the file. */
  readonly isByPolicy: boolean;
}

/** Limits of a score in 0..100; see `scoreOf`. */
export interface ScorePolicy {
  readonly pass: number;
  readonly warn: number;
}

/** The worst of the verdicts; of none it is `inconclusive`, never `pass`. */
export function worst(verdicts: readonly Verdict[]): FoldedVerdict {
  if (verdicts.length === 0) return 'inconclusive';
  const seen = new Set(verdicts.map((verdict) => (verdict === 'skipped' ? 'inconclusive' : verdict)));
  // Unknown words cannot reach here by type; should one do so, it is a question left open.
  return WORST_FIRST.find((verdict) => seen.has(verdict)) ?? 'inconclusive';
}

/**
 * Weighted share of passed non-critical criteria, 0..100; a warn counts half.
 *
 * What a policy lets through raises no score: missing evidence cannot outvote a measured breach.
 *
 * @returns undefined when there is no non-critical ballot to count
 */
export function scoreOf(ballots: readonly Ballot[]): number | undefined {
  const counted = ballots.filter((ballot) => !ballot.isAdvisory && !ballot.isCritical);
  const all = pointsOf(counted);
  const measured = pointsOf(counted.filter((ballot) => !ballot.isByPolicy));
  return all === undefined || measured === undefined ? all : Math.min(all, measured);
}

function pointsOf(counted: readonly Ballot[]): number | undefined {
  const all = sumOf(counted.map((ballot) => ballot.weight));
  const got = sumOf(counted.map((ballot) => ballot.weight * (CREDIT[ballot.verdict] ?? 0)));
  // Rounded, since 0.7 + 0.2 of 1 is a hair under 90 points; the quotient first, since all of all must be 100.
  return all > 0 ? Math.round(100 * (got / all) * 1e9) / 1e9 : undefined;
}

const CREDIT: Readonly<Partial<Record<Verdict, number>>> = { pass: 1, warn: 0.5 };

/** Sums smallest first: the order of criteria in the file must not move a score across its limit. */
function sumOf(weights: readonly number[]): number {
  return [...weights].sort((a, b) => a - b).reduce((sum, weight) => sum + weight, 0);
}

/**
 * Folds the criteria of one gate.
 *
 * With a score, only pass, warn and fail of non-critical criteria trade against each other; a blocking
 * criterion that is undecided or failed to be asked makes the gate that, whatever the score.
 */
export function foldGate(ballots: readonly Ballot[], score?: ScorePolicy): FoldedVerdict {
  const blocking = ballots.filter((ballot) => !ballot.isAdvisory);
  if (blocking.length === 0) return 'inconclusive';
  const folded =
    score === undefined ? worst(blocking.map((ballot) => ballot.verdict)) : foldScored(blocking, score);
  // A measured breach that a score trades away against passes of policies is no measured pass either.
  const isDecided = folded === 'pass' || folded === 'warn';
  return isDecided && !blocking.some(isMeasuredPass) ? 'inconclusive' : folded;
}

function isMeasuredPass({ verdict, isByPolicy }: Ballot): boolean {
  return (verdict === 'pass' || verdict === 'warn') && !isByPolicy;
}

function foldScored(blocking: readonly Ballot[], score: ScorePolicy): FoldedVerdict {
  const critical = blocking.filter((ballot) => ballot.isCritical).map((ballot) => ballot.verdict);
  if (critical.includes('fail')) return 'fail';
  const open = blocking.map((ballot) => ballot.verdict).filter((verdict) => !isMeasured(verdict));
  if (open.length > 0) return worst(open);
  const points = scoreOf(blocking);
  if (points === undefined) return worst(critical);
  const traded: FoldedVerdict = points >= score.pass ? 'pass' : points >= score.warn ? 'warn' : 'fail';
  return worst([traded, ...critical]);
}

function isMeasured(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'warn' || verdict === 'fail';
}
