import { counted } from '../../contracts/counted.js';
import type { BacktestCriterion, BacktestGate, BacktestReport } from '../../model/backtest.js';
import { VERDICTS } from '../../model/verdict.js';
import { tableText, wrap } from '../page/page.js';
import {
  alarmsText,
  delayText,
  incidentsText,
  missedBy,
  moveTexts,
  rateText,
  undecidedText,
} from './words.js';

const WIDTH = 100;

/** A backtest for people: each gate, each criterion in a row, and what could be done about the noisy ones. */
export function prettyBacktest(report: BacktestReport): string {
  const { from, to, every, looks, gates, notes, mode } = report;
  const lines = [
    `backtest ${from} to ${to}, every ${every}: ${counted(looks, 'look')}   source=${mode}`,
    ...gates.flatMap((gate) => ['', ...gateLines(gate)]),
    ...(notes.length > 0 ? ['', ...notes.flatMap((note) => wrap(note, WIDTH))] : []),
    '',
    closing(report),
  ];
  return `${lines.join('\n')}\n`;
}

function gateLines(gate: BacktestGate): readonly string[] {
  const incidents = incidentsText(gate);
  const said = VERDICTS.filter((verdict) => gate.counts[verdict] > 0).map(
    (verdict) => `${gate.counts[verdict]} ${verdict}`,
  );
  return [
    `${gate.id}   window ${gate.window.for}, step ${gate.window.step}`,
    `  ${said.join(', ')}`,
    `  ${alarmsText(gate)}, ${undecidedText(gate)}`,
    ...(incidents === '' ? [] : [`  ${incidents}`]),
    ...gate.incidents.flatMap(({ id, outcome, delaySeconds }) =>
      outcome === 'caught' ? [`    ${id} ${outcome} ${delayText(delaySeconds)}`] : [],
    ),
    ...criteriaLines(gate),
  ];
}

function criteriaLines({ criteria }: BacktestGate): readonly string[] {
  const hasIncidents = criteria.some(({ incidents }) => incidents.length > 0);
  const head = [
    'criterion',
    'limit',
    'fail',
    hasIncidents ? 'false alarms' : 'alarms',
    'a week',
    'undecided',
    ...(hasIncidents ? ['caught'] : []),
  ];
  const rows = criteria.map((criterion) => rowOf(criterion, hasIncidents));
  const moves = criteria.flatMap((criterion) => {
    const texts = moveTexts(criterion);
    if (texts.length === 0) return [];
    return [`  ${criterion.key}`, ...texts.flatMap((text) => wrap(text, WIDTH, '    '))];
  });
  return ['', ...tableText([head, ...rows], 1), ...(moves.length > 0 ? ['', ...moves] : [])];
}

function rowOf(criterion: BacktestCriterion, hasIncidents: boolean): readonly string[] {
  const { key, limit, counts, alarms, undecided, incidents, advisory } = criterion;
  const caught = incidents.filter(({ outcome }) => outcome === 'caught').length;
  return [
    advisory ? `${key} (advisory)` : key,
    limit,
    String(counts.fail),
    String(alarms.false),
    rateText(alarms.perWeek),
    `${Math.round(undecided * 1000) / 10} %`,
    ...(hasIncidents ? [`${caught} of ${incidents.length}`] : []),
  ];
}

function closing({ gates, incidents }: BacktestReport): string {
  const alarms = gates.reduce((sum, gate) => sum + gate.alarms.false, 0);
  const missed = missedBy(gates);
  if (incidents.length === 0)
    return `${counted(alarms, 'alarm')}; none is known to be right: --incidents FILE tells them apart`;
  const seen = missed.length === 0 ? 'every incident was seen' : `seen by no gate: ${missed.join(', ')}`;
  return `${counted(alarms, 'false alarm')}; ${seen}`;
}
