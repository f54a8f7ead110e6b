import { counted } from '../../contracts/counted.js';
import type { BacktestCriterion, BacktestGate, BacktestTrack, LimitMove } from '../../model/backtest.js';
import { formatDuration } from '../../model/time.js';
import { percentText, rulerFor } from '../../reporters/words/number.js';

/** `3 false alarms, 0.7 a week`. */
export function alarmsText(track: BacktestTrack): string {
  const { alarms } = track;
  return `${counted(alarms.false, alarmWord(track))}, ${rateText(alarms.perWeek)} a week`;
}

/** Without incidents nobody knows which alarms were right. */
export function alarmWord({ incidents }: BacktestTrack): string {
  return incidents.length === 0 ? 'alarm' : 'false alarm';
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
    const { falseAlarms, perWeek } = move;
    const alarms = counted(falseAlarms, alarmWord(criterion));
    const left =
      falseAlarms === 0 ? `no ${alarmWord(criterion)} left` : `${alarms} left (${rateText(perWeek)} a week)`;
    return `${moveText(criterion, move)}: ${left}${costText(criterion, move)}`;
  });
}

function costText({ incidents }: BacktestCriterion, { missed }: LimitMove): string {
  if (incidents.length === 0) return '';
  return missed.length === 0 ? ', no incident missed for it' : `, ${missed.join(', ')} missed for it`;
}

/** A margin is told by how much looser it gets: a share of the baseline has no one number. */
function moveText({ limit, unit, isRelative }: BacktestCriterion, { bound, by }: LimitMove): string {
  const which = limit.includes(', warn ') ? 'warn limit' : 'limit';
  return isRelative
    ? `loosen the ${which} by ${rulerFor(unit, by, null, true).distance(by)}`
    : `move the ${which} to ${rulerFor(unit, bound, null, true).text(bound)}`;
}

/** Whether any incident was looked at by gates that could decide, and seen by none. */
export function missedBy(gates: readonly BacktestGate[]): readonly string[] {
  const ids = new Set(gates.flatMap(({ incidents }) => incidents.map(({ id }) => id)));
  return [...ids].filter((id) => {
    const outcomes = gates.flatMap(({ incidents }) => incidents.filter((each) => each.id === id));
    return outcomes.every(({ outcome }) => outcome !== 'caught');
  });
}
