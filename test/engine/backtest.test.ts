/** A backtest says at each look what a check at that instant would have said; and what its counts mean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/contracts/gate.js';
import type { TakeMeasurement } from '../../src/contracts/take.js';
import { type LookAt, touches, trackOf } from '../../src/engine/backtest/alarms.js';
import { collectHistory, MOST_QUESTIONS } from '../../src/engine/backtest/history.js';
import { cadenceTrouble, type Looks, linesOf } from '../../src/engine/backtest/lines.js';
import { backtestReport } from '../../src/engine/backtest/report.js';
import { walk } from '../../src/engine/backtest/walk.js';
import { collect } from '../../src/engine/collect.js';
import { judgeGate } from '../../src/engine/report.js';
import type { BacktestReport, Incident } from '../../src/model/backtest.js';
import type { Window } from '../../src/model/window.js';
import { backtestSchema } from '../../src/reporters/backtest-schema.js';
import { gatesOf, HEAD, MINUTE, NOW, takeFrom } from '../support/fake-backend.js';
import { CRITERIA, over, TABLE } from '../support/past.js';

const POLICY = { onNoData: 'inconclusive', onBackendError: 'error' } as const;
const DAY = 86_400_000;
const still = (): Promise<void> => Promise.resolve();

async function run(
  gates: readonly Gate[],
  looks: Looks,
  take: TakeMeasurement,
  incidents: readonly Incident[] = [],
): Promise<BacktestReport> {
  const lines = linesOf(gates);
  if (!lines.ok) throw new Error(lines.failures[0]?.message);
  const history = await collectHistory(lines.value, looks, take, 2, () => undefined);
  if (!history.ok) throw new Error(history.failures[0]?.message);
  const walked = await walk(gates, looks, history.value, POLICY, still);
  return backtestReport(walked, looks, incidents, {
    version: '0',
    mode: 'live',
    recordedAt: null,
    notes: [],
  });
}

describe('each look is what a check at that instant says', () => {
  test.each(Object.keys(CRITERIA))('%s', async (kind) => {
    const text = `${HEAD}criteria: { ${kind}: { ${CRITERIA[kind]} } }\n`;
    const looks: Looks = { from: NOW - 300 * MINUTE, to: NOW, everyMs: 5 * MINUTE };
    const take = takeFrom(TABLE);
    const report = await run(await gatesOf(text, { asOf: looks.from }), looks, take);
    const said = report.gates.map(({ criteria }) => criteria[0]?.verdicts);
    const checked: string[] = [];
    for (let at = looks.from; at <= looks.to; at += looks.everyMs) {
      const [gate] = await gatesOf(text, { asOf: at });
      if (gate === undefined) throw new Error('no gate');
      checked.push(judgeGate(gate, await collect([gate], take, 1), POLICY).ruled[0]?.verdict ?? '');
    }
    expect(said[0]).toEqual(checked);
    expect(backtestSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(new Set(checked).size).toBeGreaterThan(1);
  });

  test('as the last look of a rollout: what a check with the deploy time says', async () => {
    const text = `${HEAD}criteria: { c: { ratio: { bad: b, total: t }, pass: "<= 10%" } }\n`;
    const looks: Looks = { from: NOW - 300 * MINUTE, to: NOW, everyMs: 5 * MINUTE };
    const take = takeFrom(TABLE);
    const gates = await gatesOf(text, { asOf: looks.from, isBacktest: true, isRollout: true });
    const required = `${text}window: { since: required }\n`;
    const report = await run(gates, looks, take);
    const always = await run(await gatesOf(required, { asOf: looks.from, isBacktest: true }), looks, take);
    const [said, saidAlways] = [report, always].map(({ gates: [gate] }) => gate?.criteria[0]);
    expect(said?.evidence).toBe('sequential');
    expect(saidAlways?.verdicts).toEqual(said?.verdicts);
    const checked: string[] = [];
    for (let at = looks.from; at <= looks.to; at += looks.everyMs) {
      const window = (await gatesOf(text, { asOf: at }))[0]?.window;
      if (window === undefined) throw new Error('no gate');
      const [gate] = await gatesOf(text, { asOf: at, since: window.from });
      if (gate === undefined) throw new Error('no gate');
      expect(gate.isWindowFull).toBe(true);
      checked.push(judgeGate(gate, await collect([gate], take, 1), POLICY).ruled[0]?.verdict ?? '');
    }
    expect(said?.verdicts).toEqual(checked);
  });

  test('the values too, at any cadence and over days, though each question is asked once a day', async () => {
    const text = `${HEAD}criteria: { mean: { value: v, take: mean, pass: "<= 0.5", min-samples: 1 } }\n`;
    const asked: Window[] = [];
    const inner = takeFrom(TABLE);
    const take: TakeMeasurement = (query, context) => {
      asked.push(query.window);
      return inner(query, context);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 59 }),
        async (every, offset) => {
          asked.length = 0;
          const looks: Looks = { from: NOW - 3 * DAY + offset * 1000, to: NOW, everyMs: every * 60 * MINUTE };
          const report = await run(await gatesOf(text, { asOf: looks.from }), looks, take);
          expect(asked.length).toBeLessThanOrEqual(5);
          const at = looks.from + 7 * looks.everyMs;
          const [gate] = await gatesOf(text, { asOf: at });
          if (gate === undefined) throw new Error('no gate');
          const [ruled] = judgeGate(gate, await collect([gate], inner, 1), POLICY).ruled;
          expect(report.gates[0]?.criteria[0]?.values[7]).toBe(ruled?.judgement.value);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe('load on the backend', () => {
  test('a stretch that is too large is asked in halves', async () => {
    const text = `${HEAD}criteria: { mean: { value: v, take: mean, pass: "<= 0.5", min-samples: 1 } }\n`;
    const looks: Looks = { from: NOW - DAY, to: NOW, everyMs: 60 * MINUTE };
    const inner = takeFrom(TABLE);
    const small: TakeMeasurement = (query, context) =>
      query.window.to - query.window.from > 6 * 60 * MINUTE
        ? Promise.resolve({
            state: 'failed',
            failure: { code: 'backend.too-large', message: 'too large' },
            durationMs: 0,
          })
        : inner(query, context);
    const gates = await gatesOf(text, { asOf: looks.from });
    expect(await run(gates, looks, small)).toEqual(await run(gates, looks, inner));
  });

  test('a stretch that fails makes its looks errors, and no others', async () => {
    const text = `${HEAD}criteria: { mean: { value: v, take: mean, pass: "<= 2", min-samples: 1 } }\n`;
    const looks: Looks = { from: NOW - 2 * DAY, to: NOW, everyMs: 60 * MINUTE };
    const inner = takeFrom({ v: over(() => 1) });
    const down: TakeMeasurement = (query, context) =>
      query.window.to === Math.floor(NOW / DAY) * DAY
        ? Promise.resolve({
            state: 'failed',
            failure: { code: 'backend.timeout', message: 'slow' },
            durationMs: 0,
          })
        : inner(query, context);
    const report = await run(await gatesOf(text, { asOf: looks.from }), looks, down);
    const { counts } = report.gates[0] ?? { counts: { error: 0, pass: 0 } };
    expect(counts.error).toBeGreaterThanOrEqual(24);
    expect(counts.pass).toBe(report.looks - counts.error);
  });

  test('what is asked at each look is bounded, with the mend', async () => {
    const gates = await gatesOf(`${HEAD}criteria: { now: { value: i, pass: "<= 1" } }\n`, {
      asOf: NOW - 30 * DAY,
    });
    const lines = linesOf(gates);
    const looks: Looks = { from: NOW - 30 * DAY, to: NOW, everyMs: MINUTE };
    const never: TakeMeasurement = () => Promise.reject(new Error('nothing is asked'));
    const result = await collectHistory(lines.ok ? lines.value : [], looks, never, 1, () => undefined);
    expect(result).toMatchObject({
      ok: false,
      failures: [
        {
          message: `this backtest would ask 43201 questions, and at most ${MOST_QUESTIONS} are asked`,
          mend: expect.stringContaining('take: last'),
        },
      ],
    });
  });

  test('a cadence between the steps of a gate is refused', async () => {
    const gates = await gatesOf(`${HEAD}criteria: { now: { value: i, pass: "<= 1" } }\n`);
    const looks: Looks = { from: NOW - DAY, to: NOW, everyMs: 90_000 };
    expect(cadenceTrouble(gates, looks)).toMatchObject([{ mend: 'use --every 2m' }]);
  });
});

describe('alarms and incidents', () => {
  const INCIDENT: Incident = { id: 'I', about: null, from: NOW, to: NOW + 10 * MINUTE, gates: [] };
  /** Looks every minute around `NOW`, each over the two minutes before it; `F` fails, `.` passes, `?` is undecided. */
  const track = (word: string, incidents: readonly Incident[]) => {
    const looks = [...word].map((_, i): LookAt => {
      const instant = NOW + (i - 5) * MINUTE;
      const window = { from: instant - 2 * MINUTE, to: instant, stepMs: MINUTE };
      return { instant, window, incidents: incidents.filter((each) => touches(window, each)) };
    });
    const verdicts = { F: 'fail', '.': 'pass', '?': 'inconclusive' } as const;
    const cells = [...word].map((letter) => ({
      verdict: verdicts[letter as keyof typeof verdicts],
      reason: letter === '?' ? 'no-data' : null,
    }));
    return trackOf(cells, looks, MINUTE, incidents);
  };

  test.each([
    ['FF..F............F..', 3, 'missed', null],
    ['.....FF.............', 0, 'caught', 0],
    ['........F..F........', 0, 'caught', 180],
    ['.....?????????????F.', 1, 'blind', null],
    ['....FF..............', 0, 'caught', 0],
    ['................F...', 0, 'caught', 660],
  ])('%s', (word, alarms, outcome, delaySeconds) => {
    const { alarms: found, incidents } = track(word, [INCIDENT]);
    expect({ alarms: found.false, incidents }).toEqual({
      alarms,
      incidents: [{ id: 'I', outcome, delaySeconds }],
    });
  });

  test('without incidents each run of failing looks is an alarm', () => {
    const { alarms, undecided, reasons } = track('FF.F.????F', []);
    expect([alarms.false, undecided, reasons]).toEqual([3, 0.4, [{ code: 'no-data', looks: 4 }]]);
    expect(alarms.perWeek).toBeCloseTo((3 * 7 * 1440) / 10);
  });
});

describe('limits that would have been quieter', () => {
  const INCIDENT: Incident = {
    id: 'I',
    about: null,
    from: NOW - 60 * MINUTE,
    to: NOW - 50 * MINUTE,
    gates: [],
  };
  /** Hourly humps of rising height, and an incident of 40 %. */
  const bad = (minute: number): number => {
    if (minute >= -60 && minute < -50) return 400;
    const hour = Math.floor(-minute / 60);
    return -minute % 60 < 10 && hour > 1 ? 100 + 20 * hour : 10;
  };
  const LOOKS: Looks = { from: NOW - 10 * 60 * MINUTE, to: NOW, everyMs: 5 * MINUTE };
  const report = async (criterion: string): Promise<BacktestReport> => {
    const table = { b: over(bad), t: over(() => 1000) };
    const text = `${HEAD}criteria: { c: { ratio: { bad: b, total: t }, ${criterion} } }\n`;
    return run(await gatesOf(text, { asOf: LOOKS.from }), LOOKS, takeFrom(table), [INCIDENT]);
  };

  test.each(['pass: "<= 5%"', 'pass: "<= 1.5%", warn: "<= 5%"', 'pass: "<= 5%", evidence: sequential'])(
    '%s: what is proposed does what it says',
    async (criterion) => {
      const before = await report(criterion);
      const moves = before.gates[0]?.criteria[0]?.moves ?? [];
      const alarms = before.gates[0]?.criteria[0]?.alarms.false ?? 0;
      expect(moves.map(({ aim }) => aim)).toEqual(['half', 'none']);
      for (const move of moves) {
        const moved = criterion.replace(/5%(?=")(?!.*5%)/, `${move.bound * 100}%`);
        expect(moved).not.toBe(criterion);
        const after = (await report(moved)).gates[0]?.criteria[0];
        expect(after?.alarms.false).toBe(move.falseAlarms);
        expect(after?.incidents[0]?.outcome).toBe(move.missed.length === 0 ? 'caught' : 'missed');
      }
      expect(moves[0]?.falseAlarms).toBeLessThanOrEqual(alarms / 2);
      expect(moves[1]?.falseAlarms).toBe(0);
    },
  );
});
