import type { BacktestCriterion, BacktestGate, BacktestTrack, LimitMove } from '../../model/backtest.js';
import { formatDuration } from '../../model/time.js';
import { percentText, rulerFor } from '../../reporters/words/number.js';
import { counted } from '../page/page.js';

/** `3 false alarms, 0.7 a week`. */
export function alarmsText({ alarms }: BacktestTrack): string {
  return `${counted(alarms.false, 'false alarm')}, ${rateText(alarms.perWeek)} a week`;
}

export function rateText(perWeek: number): string {
  return perWeek === 0 || perWeek >= 10
    ? String(Math.round(perWeek))
    : String(Number(perWeek.toPrecision(2)));
}

/** Share of looks that decided nothing, and the commonest reasons. */
export function undecidedText({ undecided, reasons }: BacktestTrack): string {
  const most = reasons.slice(0, 2).map(({ code, looks }) => `${code} ${looks}`);
  return `${percentText(undecided)} undecided${most.length === 0 ? '' : ` (${most.join(', ')})`}`;
}

/** Which incidents were seen, and how long after they began. */
export function incidentsText({ incidents }: BacktestTrack): string {
  if (incidents.length === 0) return '';
  const caught = incidents.filter(({ outcome }) => outcome === 'caught');
  const others = (['missed', 'blind', 'unseen'] as const).flatMap((word) => {
    const ids = incidents.filter(({ outcome }) => outcome === word).map(({ id }) => id);
    return ids.length === 0 ? [] : [`${word} ${ids.join(', ')}`];
  });
  return [`${caught.length} of ${counted(incidents.length, 'incident')} caught`, ...others].join(', ');
}

export function delayText(seconds: number | null): string {
  return seconds === null ? '' : `after ${formatDuration(seconds * 1000)}`;
}

/** One sentence for each move of a limit: where to, what it spares, what it costs. */
export function moveTexts(criterion: BacktestCriterion): readonly string[] {
  if (criterion.unmoved !== null) return [criterion.unmoved];
  return criterion.moves.map((move) => {
    const left =
      move.falseAlarms === 0
        ? 'no false alarm'
        : `${counted(move.falseAlarms, 'false alarm')} (${rateText(move.perWeek)} a week)`;
    const cost =
      move.missed.length === 0
        ? 'no incident would be missed for it'
        : `it would miss ${move.missed.join(', ')}`;
    return `move the ${limitName(criterion)} to ${boundText(criterion, move)}: ${left} left, ${cost}`;
  });
}

function limitName({ limit, isRelative }: BacktestCriterion): string {
  const which = limit.includes(', warn ') ? 'warn limit' : 'limit';
  return isRelative ? `${which}'s margin` : which;
}

function boundText({ unit, isRelative }: BacktestCriterion, { bound }: LimitMove): string {
  const ruler = rulerFor(unit, bound, null, true);
  return isRelative ? `baseline ${ruler.difference(bound)}` : ruler.text(bound);
}

/** Whether any incident was looked at by gates that could decide, and seen by none. */
export function missedBy(gates: readonly BacktestGate[]): readonly string[] {
  const ids = new Set(gates.flatMap(({ incidents }) => incidents.map(({ id }) => id)));
  return [...ids].filter((id) => {
    const outcomes = gates.flatMap(({ incidents }) => incidents.filter((each) => each.id === id));
    return outcomes.every(({ outcome }) => outcome !== 'caught');
  });
}
