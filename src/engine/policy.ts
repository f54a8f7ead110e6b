import type { Gate, MissingPolicy } from '../contracts/gate.js';
import type { Judgement } from '../model/judgement.js';
import { classOf, type Reason } from '../model/reason.js';
import type { Verdict } from '../model/verdict.js';
import type { Judged } from './judge.js';

/** What the flags of a run say of missing evidence. */
export interface RunPolicy {
  readonly onNoData: 'inconclusive' | 'fail';
  readonly onBackendError: 'error' | 'inconclusive' | 'fail';
}

/** A judged criterion with the verdict that stands after policies, waivers and fallbacks. */
export interface Ruled extends Judged {
  readonly verdict: Verdict;
  readonly reason: Reason | null;
  readonly isByPolicy: boolean;
  readonly isWaived: boolean;
}

/** Applies, in this order: the file's `on:`, the flags (they only tighten), waivers, fallbacks. */
export function rule(gate: Gate, judged: readonly Judged[], flags: RunPolicy): readonly Ruled[] {
  const ruled = judged.map((each) => waive(tighten(applyOn(each, gate), flags)));
  return ruled.map((each) => degrade(each, judged, gate));
}

function applyOn(each: Judged, gate: Gate): Ruled {
  const { judgement, criterion } = each;
  const plain = {
    ...each,
    verdict: judgement.verdict,
    reason: judgement.reason,
    isByPolicy: false,
    isWaived: false,
  };
  const key = policyKey(judgement);
  const policy: MissingPolicy | undefined = key === undefined ? undefined : criterion.on[key];
  if (key === undefined || policy === undefined || judgement.reason === null) return plain;
  const isLoose = policy === 'warn' || policy === 'pass';
  // A window that is still filling is not missing evidence: a policy must not pass it early.
  if (judgement.reason.code === 'window-not-full' || (isLoose && !gate.isWindowFull)) return plain;
  // A query that the server rejects is a mistake in the gate, which nobody meant to let through: it asks for nothing.
  if (isLoose && classOf(judgement.reason) === 'query') return plain;
  const because = criterion.on.because === undefined ? '' : `, because ${criterion.on.because}`;
  const reason: Reason = {
    ...judgement.reason,
    // What the evidence said stands beside it, under `judged`.
    code: isLoose ? 'on-policy' : judgement.reason.code,
    text: `${judgement.reason.text} (on ${key}: ${policy}${because})`,
  };
  return { ...plain, verdict: policy, reason, isByPolicy: isLoose };
}

function policyKey(judgement: Judgement): 'no-data' | 'undecided' | 'error' | undefined {
  if (judgement.reason === null) return undefined;
  if (judgement.verdict === 'error') return 'error';
  if (judgement.verdict !== 'inconclusive') return undefined;
  return classOf(judgement.reason) === 'no-data' ? 'no-data' : 'undecided';
}

function tighten(each: Ruled, flags: RunPolicy): Ruled {
  const { judgement } = each;
  const key = policyKey(judgement);
  if (judgement.reason === null) return each;
  if (key === 'no-data' && flags.onNoData === 'fail') {
    return {
      ...each,
      verdict: 'fail',
      reason: withFlag(judgement.reason, '--on-no-data fail'),
      isByPolicy: false,
    };
  }
  const cause = classOf(judgement.reason);
  const isAsked = (cause === 'backend' || cause === 'deadline') && flags.onBackendError !== 'error';
  // A file that says "on: { error: fail }" is not loosened by a flag.
  if (key === 'error' && isAsked && each.verdict !== 'fail') {
    return {
      ...each,
      verdict: flags.onBackendError,
      reason: withFlag(judgement.reason, `--on-backend-error ${flags.onBackendError}`),
      isByPolicy: false,
    };
  }
  return each;
}

function withFlag(reason: Reason, flag: string): Reason {
  return { ...reason, text: `${reason.text} (${flag})` };
}

function waive(each: Ruled): Ruled {
  const { waiver } = each.criterion;
  // A breach that was measured may be waived; data that are missing may not, whatever a flag makes of them.
  if (waiver === null || each.verdict !== 'fail' || each.judgement.verdict !== 'fail') return each;
  const text = `waived by ${waiver.by}: ${waiver.because}`;
  return { ...each, verdict: 'warn', reason: { code: 'waived', text }, isWaived: true };
}

/** An optional dependency is merely degraded while its fallback passes on its own evidence. */
function degrade(each: Ruled, all: readonly Judged[], gate: Gate): Ruled {
  const { criterion } = each;
  if (criterion.fallback === null || each.reason === null) return each;
  if (each.verdict !== 'fail' && each.verdict !== 'error' && each.verdict !== 'inconclusive') return each;
  if (each.reason.code === 'window-not-full') return each;
  const fallbacks = all.filter((other) => other.criterion.id === criterion.fallback);
  const sameSegment = fallbacks.filter(
    (other) => JSON.stringify(other.criterion.segment) === JSON.stringify(criterion.segment),
  );
  const standing = sameSegment.length > 0 ? sameSegment : fallbacks;
  const passes = standing.length > 0 && standing.every((other) => other.judgement.verdict === 'pass');
  const name = `${gate.id}.${criterion.fallback}`;
  if (!passes)
    return {
      ...each,
      reason: { ...each.reason, text: `${each.reason.text}; its fallback ${name} does not pass either` },
    };
  return {
    ...each,
    verdict: 'warn',
    reason: { code: 'degraded', text: `optional, and its fallback ${name} passes: ${each.reason.text}` },
  };
}
