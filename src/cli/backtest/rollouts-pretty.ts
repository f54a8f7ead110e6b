import { counted } from '../../contracts/counted.js';
import type { RolloutResult, RolloutsGate, RolloutsReport, RolloutTimes } from '../../model/rollouts.js';
import { formatDuration } from '../../model/time.js';
import { percentText } from '../../reporters/words/number.js';
import { tableText, wrap } from '../page/page.js';

const WIDTH = 100;
/** Rollouts in the table, those that did not simply pass first. */
const MOST_SHOWN = 20;

/** A backtest of rollouts for people: what each gate came to, how fast, and each rollout that did not simply pass. */
export function prettyRollouts(report: RolloutsReport): string {
  const { from, to, every, mode, gates, notes, incidents } = report;
  const hasIncidents = incidents.length > 0;
  const lines = [
    `backtest of rollouts ${from} to ${to}, looked at every ${every}   source=${mode}`,
    ...gates.flatMap((gate) => ['', ...gateLines(gate, hasIncidents)]),
    '',
    ...notes.flatMap((note) => wrap(note, WIDTH)),
    '',
    closing(report),
  ];
  return `${lines.join('\n')}\n`;
}

function gateLines(gate: RolloutsGate, hasIncidents: boolean): readonly string[] {
  const { id, window, passed, stopped, undecided, rollouts } = gate;
  const remarkable = rollouts.filter(
    ({ outcome, incidents }) => outcome !== 'passed' || incidents.length > 0,
  );
  const shown = remarkable.slice(0, MOST_SHOWN);
  const more = remarkable.length - shown.length;
  return [
    `${id}   window ${window.for}, step ${window.step}`,
    `  ${counted(rollouts.length, 'rollout')}: ${passed} passed, ${stopped} stopped, ${undecided} undecided (${percentText(undecided / rollouts.length)})`,
    ...timeLine('passed', gate.timeToPass),
    ...timeLine('stopped', gate.timeToStop),
    ...(hasIncidents ? [`  ${falseStopsText(gate)}`] : []),
    ...(shown.length === 0 ? [] : ['', ...tableText([HEAD, ...shown.map(rowOf)], 1)]),
    ...(more === 0 ? [] : [`  and ${more} more`]),
  ];
}

const HEAD = ['since', 'rollout', 'came to', 'after', 'reason', 'incidents'];

function rowOf({ since, id, outcome, afterSeconds, reason, incidents }: RolloutResult): readonly string[] {
  return [since, id ?? '', outcome, timeText(afterSeconds), reason ?? '', incidents.join(', ')];
}

function timeLine(what: string, times: RolloutTimes | null): readonly string[] {
  if (times === null) return [];
  const { medianSeconds, longestSeconds } = times;
  return [`  ${what} after ${timeText(medianSeconds)} (median), ${timeText(longestSeconds)} at the longest`];
}

function falseStopsText({ falseStops, calm, missed }: RolloutsGate): string {
  const share = calm === 0 ? '' : ` (${percentText(falseStops / calm)})`;
  const passed = missed === 0 ? '' : `; ${counted(missed, 'rollout')} passed in an incident`;
  return `${counted(falseStops, 'false stop')} in ${counted(calm, 'rollout')} without an incident${share}${passed}`;
}

function timeText(seconds: number | null): string {
  return seconds === null ? '' : formatDuration(seconds * 1000);
}

function closing({ gates, incidents }: RolloutsReport): string {
  const stopped = gates.reduce((sum, gate) => sum + gate.stopped, 0);
  if (incidents.length === 0)
    return `${counted(stopped, 'stop')}; none is known to be right: --incidents FILE tells them apart`;
  const missed = passedIncidents(gates);
  const seen = missed.length === 0 ? 'no incident was let through' : `let through: ${missed.join(', ')}`;
  return `${counted(
    gates.reduce((sum, gate) => sum + gate.falseStops, 0),
    'false stop',
  )}; ${seen}`;
}

/** Incidents in which a rollout passed a gate, and none was stopped by any. */
export function passedIncidents(gates: readonly RolloutsGate[]): readonly string[] {
  const rollouts = gates.flatMap((gate) => gate.rollouts);
  const idsOf = (outcome: RolloutResult['outcome']): ReadonlySet<string> =>
    new Set(rollouts.filter((each) => each.outcome === outcome).flatMap(({ incidents }) => incidents));
  const stopped = idsOf('stopped');
  return [...idsOf('passed')].filter((id) => !stopped.has(id));
}
