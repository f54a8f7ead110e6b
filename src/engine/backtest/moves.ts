import type { Incident, LimitMove } from '../../model/backtest.js';
import { episodesOf, type LookAt, perWeek } from './alarms.js';
import type { Movable } from './slack.js';
import type { WalkedCriterion } from './walk.js';

/** Digits that a proposed bound is rounded to, outwards: nobody writes more into a gate file. */
const DIGITS = 4;
/** Bounds that are tried; of more, evenly spaced ones are. */
const MOST_BOUNDS = 500;

/** Where a limit must go to halve the false alarms, and to have none; or why it cannot be said. */
export function movesOf(
  { movable, cells }: WalkedCriterion,
  looks: readonly LookAt[],
  everyMs: number,
  incidents: readonly Incident[],
): { readonly moves: readonly LimitMove[]; readonly unmoved: string | null } {
  const falseNow = falseAlarms(looks, (look) => cells[look]?.verdict === 'fail');
  if (falseNow === 0) return { moves: [], unmoved: null };
  if (typeof movable === 'string') return { moves: [], unmoved: movable };
  const failing = cells.filter((cell) => cell?.verdict === 'fail');
  if (failing.some((cell) => cell?.slack === undefined))
    return { moves: [], unmoved: 'too many looks fail to judge each of them again with looser limits' };
  const slacks = failing.map((cell) => cell?.slack ?? Number.POSITIVE_INFINITY).filter(Number.isFinite);
  const bounds = thinned([...new Set(slacks)].sort((a, b) => a - b)).map((slack) => rounded(movable, slack));
  const failsAt =
    (slack: number) =>
    (look: number): boolean =>
      cells[look]?.verdict === 'fail' && (cells[look]?.slack ?? 0) > slack;
  const moveTo = (aim: LimitMove['aim'], most: number): readonly LimitMove[] => {
    const bound = bounds.find((each) => falseAlarms(looks, failsAt(slackTo(movable, each))) <= most);
    if (bound === undefined) return [];
    const fails = failsAt(slackTo(movable, bound));
    const left = falseAlarms(looks, fails);
    return [
      {
        aim,
        bound,
        by: bound - movable.offset,
        falseAlarms: left,
        perWeek: perWeek(left, looks, everyMs),
        missed: incidents
          .filter((incident) => isCaught(incident) && !isCaughtBy(incident, fails))
          .map(({ id }) => id),
      },
    ];
  };
  const isCaughtBy = (incident: Incident, fails: (look: number) => boolean): boolean =>
    looks.some((look, i) => look.incidents.includes(incident) && fails(i));
  const isCaught = (incident: Incident): boolean =>
    isCaughtBy(incident, (look) => cells[look]?.verdict === 'fail');
  const half = moveTo('half', Math.floor(falseNow / 2));
  const none = moveTo('none', 0);
  const moves = half[0]?.bound === none[0]?.bound ? none : [...half, ...none];
  return { moves, unmoved: moves.length === 0 ? 'no looser limit would have been quieter' : null };
}

function falseAlarms(looks: readonly LookAt[], isFailing: (look: number) => boolean): number {
  return episodesOf(looks, isFailing).filter(({ isFalse }) => isFalse).length;
}

function thinned(slacks: readonly number[]): readonly number[] {
  if (slacks.length <= MOST_BOUNDS) return slacks;
  return Array.from(
    { length: MOST_BOUNDS },
    (_, i) => slacks[Math.round((i * (slacks.length - 1)) / (MOST_BOUNDS - 1))] ?? 0,
  );
}

/** The bound that much looser, in few digits, and no tighter for it. */
function rounded({ offset, sign }: Movable, slack: number): number {
  const exact = offset + sign * slack;
  if (exact === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(exact))) - DIGITS + 1);
  const steps = exact / unit;
  const whole = sign > 0 ? Math.ceil(steps - 1e-6) : Math.floor(steps + 1e-6);
  const near = Number((whole * unit).toPrecision(DIGITS));
  // What rounding down by a hair made tighter than the bound that was tried is one unit looser.
  return sign * (near - exact) >= 0 ? near : Number(((whole + sign) * unit).toPrecision(DIGITS));
}

function slackTo({ offset, sign }: Movable, bound: number): number {
  return sign * (bound - offset);
}
