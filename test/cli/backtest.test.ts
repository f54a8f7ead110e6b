/** What a backtest tells people: its bar, and its sentences about limits. */
import { describe, expect, test } from 'vitest';
import { barText } from '../../src/cli/backtest/progress.js';
import { incidentsText, missedBy, moveTexts, rateText } from '../../src/cli/backtest/words.js';
import type {
  BacktestCriterion,
  BacktestGate,
  IncidentOutcome,
  LimitMove,
} from '../../src/model/backtest.js';

const CRITERION: BacktestCriterion = {
  key: 'g.c',
  limit: '<= 1%',
  unit: 'share',
  evidence: 'point',
  advisory: false,
  isRelative: false,
  moves: [],
  unmoved: null,
  values: [],
  verdicts: [],
  counts: { pass: 0, warn: 0, fail: 0, inconclusive: 0, error: 0, skipped: 0 },
  undecided: 0,
  reasons: [],
  alarms: { false: 4, perWeek: 4, longest: [] },
  incidents: [],
};
const MOVE: LimitMove = { aim: 'half', bound: 0.031, by: 0.021, falseAlarms: 2, perWeek: 2, missed: [] };
const incident = (id: string, outcome: IncidentOutcome['outcome']): IncidentOutcome => ({
  id,
  outcome,
  delaySeconds: outcome === 'caught' ? 300 : null,
});
const CAUGHT = [incident('A', 'caught')];

describe('limits to move', () => {
  test.each([
    [{ moves: [MOVE] }, ['move the limit to 3.1 %: 2 alarms left (2 a week)']],
    [
      { moves: [MOVE], incidents: CAUGHT },
      ['move the limit to 3.1 %: 2 false alarms left (2 a week), no incident missed for it'],
    ],
    [
      { moves: [{ ...MOVE, falseAlarms: 0, missed: ['A'] }], incidents: CAUGHT },
      ['move the limit to 3.1 %: no false alarm left, A missed for it'],
    ],
    [
      { moves: [{ ...MOVE, falseAlarms: 1 }], limit: '<= 1%, warn <= 2%', isRelative: true },
      ['loosen the warn limit by 2.1 pp: 1 alarm left (2 a week)'],
    ],
    [{ unmoved: 'an anomaly has none' }, ['an anomaly has none']],
    [{}, []],
  ])('%o', (own, texts) => {
    expect(moveTexts({ ...CRITERION, ...own })).toEqual(texts);
  });
});

test('incidents in one line, the seen ones as a count', () => {
  const incidents = [...CAUGHT, incident('B', 'missed'), incident('C', 'blind'), incident('D', 'unseen')];
  expect(incidentsText({ ...CRITERION, incidents })).toBe(
    '1 of 4 incidents caught, missed B, blind C, unseen D',
  );
  expect(incidentsText(CRITERION)).toBe('');
});

test('an incident that one of the gates saw is not missed', () => {
  const gate = (incidents: readonly IncidentOutcome[]): BacktestGate => ({
    ...CRITERION,
    id: 'g',
    settings: '',
    window: { for: '10m', step: '1m' },
    criteria: [],
    incidents,
  });
  const gates = [
    gate([incident('A', 'missed'), incident('B', 'missed'), incident('C', 'blind')]),
    gate([incident('A', 'caught'), incident('B', 'unseen'), incident('C', 'blind')]),
  ];
  expect(missedBy(gates)).toEqual(['B', 'C']);
});

test.each([
  [0, '0'],
  [0.2345, '0.23'],
  [3.5, '3.5'],
  [41.7, '42'],
])('%d alarms a week are %s', (rate, text) => {
  expect(rateText(rate)).toBe(text);
});

test.each([
  [0, 10, '[------------------------------] 0 %  looks: 0 of 10'],
  [5, 10, '[###############---------------] 50 %  looks: 5 of 10'],
  [10, 10, '[##############################] 100 %  looks: 10 of 10'],
  [0, 0, '[##############################] 100 %  looks: 0 of 0'],
])('a bar of %d of %d', (done, all, text) => {
  expect(barText('looks', done, all)).toBe(text);
});
