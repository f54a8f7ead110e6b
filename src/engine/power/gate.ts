import type { Criterion, Gate } from '../../contracts/gate.js';
import type { Measurements } from '../collect.js';
import { judgeCriterion } from '../judge.js';
import { doubled, type Power, powerOf, shareThatPasses } from './power.js';
import { lineOf, type Traffic, trafficOf } from './traffic.js';

/** Traffic as a person states it, in place of what was seen. */
export interface Stated {
  /** Requests of each arm in a step. */
  readonly own: number;
  readonly other: number;
  /** Share of requests that are good in a healthy release, 0..1. */
  readonly rate: number;
}

export interface CriterionPower {
  readonly criterion: Criterion;
  readonly key: string;
  /** Null where it cannot be told, and then why. */
  readonly power: { readonly now: Power; readonly doubled: Power | null } | null;
  readonly why: string | null;
}

/** What each criterion of a gate can see, by the traffic that was measured, or by what is stated. */
export function powerOfGate(
  gate: Gate,
  from: { readonly measurements: Measurements } | { readonly stated: Stated },
): readonly CriterionPower[] {
  return gate.criteria.flatMap((criterion) => {
    const why = reasonAgainst(criterion);
    if (why !== null) return [{ criterion, key: criterion.key, power: null, why }];
    return trafficsOf(criterion, gate, from).map(({ key, traffic }): CriterionPower => {
      if (typeof traffic === 'string') return { criterion, key, power: null, why: traffic };
      const now = powerOf(criterion, traffic, gate.fullStrata);
      if (now === undefined) return { criterion, key, power: null, why: 'a limit of several parts' };
      const twice =
        traffic.kind === 'counts' ? (powerOf(criterion, doubled(traffic), gate.fullStrata) ?? null) : null;
      return { criterion, key, power: { now, doubled: twice }, why: null };
    });
  });
}

/** Criteria of which fewer than half of all healthy rollouts would pass within the window, each with that share, 0..1. */
export function blindCriteria(
  gate: Gate,
  measurements: Measurements,
): readonly { readonly criterion: Criterion; readonly key: string; readonly share: number }[] {
  return gate.criteria
    .filter((criterion) => !criterion.isAdvisory && reasonAgainst(criterion) === null)
    .flatMap((criterion) =>
      trafficsOf(criterion, gate, { measurements }).flatMap(({ key, traffic }) => {
        if (typeof traffic === 'string') return [];
        const share = shareThatPasses(criterion, traffic, gate.fullStrata);
        return share < SEEING && !isMarginless(criterion) ? [{ criterion, key, share }] : [];
      }),
    );
}

const SEEING = 0.5;

/** A margin of 0 certifies nothing, and its report says so. */
function isMarginless({ rule }: Criterion): boolean {
  const bound = lineOf(rule.pass.condition)?.bound;
  return bound?.scale === 1 && bound.offset === 0;
}

function reasonAgainst(criterion: Criterion): string | null {
  if (criterion.evidence === 'point') {
    return `point evidence: the estimate decides, from ${Math.ceil(criterion.rule.minSamples)} samples`;
  }
  if (criterion.evidence !== 'sequential')
    return `no rollouts are drawn for evidence "${criterion.evidence}"`;
  return lineOf(criterion.rule.pass.condition) === undefined ? 'a limit of several parts' : null;
}

/** One traffic for each series under `across: each`, and for every other criterion one. */
function trafficsOf(
  criterion: Criterion,
  gate: Gate,
  from: { readonly measurements: Measurements } | { readonly stated: Stated },
): readonly { readonly key: string; readonly traffic: Traffic | string }[] {
  const { key } = criterion;
  if ('stated' in from) return [{ key, traffic: statedTraffic(criterion, from.stated) }];
  return judgeCriterion(criterion, gate, from.measurements).map(({ judgement, judged, baseline, series }) => {
    const isUnasked = judgement.verdict === 'error' && judgement.reason !== null;
    const dispersion = judgement.evidence?.dispersion ?? 1;
    const name = series === null ? key : `${key} ${JSON.stringify(series)}`;
    return {
      key: name,
      traffic: isUnasked
        ? (judgement.reason?.text ?? '')
        : trafficOf(criterion, judged, baseline, dispersion, gate.exposure?.traffic),
    };
  });
}

function statedTraffic({ rule, arms }: Criterion, { own, other, rate }: Stated): Traffic | string {
  const isShare = rule.unit === 'share' && rule.take.kind !== 'mean' && rule.take.kind !== 'apdex';
  if (!isShare) return '--traffic and --rate speak of shares alone: measure it instead';
  const isCompared = arms.length > 1;
  if (isCompared && other <= 0) return 'it is compared with the baseline: state "--traffic CANARY:BASELINE"';
  return {
    kind: 'counts',
    family: 'binomial',
    steps: [{ own, other: isCompared ? other : 0 }],
    // A share of what is bad is the rest.
    rate: rule.better === 'lower' ? 1 - rate : rate,
    dispersion: 1,
  };
}
