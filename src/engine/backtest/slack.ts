import type { Criterion, Gate } from '../../contracts/gate.js';
import type { PreparedLimit } from '../../model/limit.js';
import { boundAt } from '../../model/limit.js';
import { labelsText } from '../../model/series.js';
import type { Measurements } from '../collect.js';
import { type Judged, judgeCriterion } from '../judge.js';

/** The comparison that a fail breaks, where it is a single one; its bound can be moved. */
export interface Movable {
  readonly limit: PreparedLimit;
  readonly scale: number;
  readonly offset: number;
  /** 1 where a looser bound is a larger number. */
  readonly sign: 1 | -1;
}

const DOUBLINGS = 12;
const HALVINGS = 7;

/** @returns a reason in words where no bound can be moved */
export function movableOf({ rule, evidence }: Criterion): Movable | string {
  if (rule.burn !== undefined) return 'rows of an error budget have no single limit';
  if (rule.anomaly !== undefined) return 'an anomaly is judged against the past, not against a limit';
  if (evidence === 'kayenta') return "Kayenta's judge has no limit";
  const limit = rule.warn ?? rule.pass;
  const { condition } = limit;
  if (condition.kind !== 'compare') return `"${limit.text}" is more than one bound`;
  const { operator, bound } = condition;
  if (operator === '==' || operator === '!=') return `"${limit.text}" has no looser side`;
  return { limit, scale: bound.scale, offset: bound.offset, sign: operator.startsWith('<') ? 1 : -1 };
}

/**
 * How much looser a limit must be for a failing look not to fail, in the criterion's unit.
 *
 * A point estimate says so itself. Other evidence is judged again by its own judge with looser bounds: the answer is
 * one at which it did not fail, at most 1 % above the least.
 *
 * @returns Infinity where no bound helps
 */
export function slackOf(movable: Movable, judged: Judged, gate: Gate, measurements: Measurements): number {
  const { criterion, judgement } = judged;
  const { value, baseline } = judgement;
  if (judgement.verdict !== 'fail' || value === null) return Number.POSITIVE_INFINITY;
  const bound = boundAt(movable, baseline?.value ?? Number.NaN);
  const distance = Math.max(0, movable.sign * (value - bound));
  const isPlain = criterion.evidence === 'point' && criterion.rule.tolerate === null;
  if (isPlain && isStrict(movable.limit)) return distance === 0 ? Number.EPSILON : distance * (1 + 1e-9);
  if (isPlain) return distance;
  return searched(movable, judged, gate, measurements, distance);
}

function isStrict({ condition }: PreparedLimit): boolean {
  return condition.kind === 'compare' && (condition.operator === '<' || condition.operator === '>');
}

function searched(
  movable: Movable,
  judged: Judged,
  gate: Gate,
  measurements: Measurements,
  distance: number,
): number {
  const fails = (slack: number): boolean => {
    const criterion = withSlack(judged.criterion, movable, slack);
    return judgeCriterion(criterion, gate, measurements).some(
      (each) =>
        labelsText(each.series ?? {}) === labelsText(judged.series ?? {}) &&
        each.judgement.verdict === 'fail',
    );
  };
  let low = 0;
  let high = Number.isFinite(distance) && distance > 0 ? distance : Math.abs(movable.offset) / 100 || 0.001;
  for (let i = 0; fails(high); i += 1) {
    if (i === DOUBLINGS) return Number.POSITIVE_INFINITY;
    low = high;
    high *= 2;
  }
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (low + high) / 2;
    if (fails(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** The criterion with its failing limit looser by so much. */
function withSlack(criterion: Criterion, { limit, scale, offset, sign }: Movable, slack: number): Criterion {
  const { rule } = criterion;
  const { condition } = limit;
  if (condition.kind !== 'compare') return criterion;
  const moved: PreparedLimit = {
    ...limit,
    condition: { ...condition, bound: { scale, offset: offset + sign * slack } },
  };
  return { ...criterion, rule: rule.warn === null ? { ...rule, pass: moved } : { ...rule, warn: moved } };
}
