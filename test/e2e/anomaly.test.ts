/** Series against their own past through the real program. */
import { readdir } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

/** The release: everything before is the past. */
const RELEASE = Date.UTC(2026, 0, 5) / 1000;
const WINDOW = 10;
const HOUR = 60;

interface Minute {
  readonly queue: number | null;
  readonly purges: number;
}

/** Spread without chance: -3 to 3, in no order that repeats soon. */
const wobble = (minute: number): number => ((((minute * 37) % 101) + 101) % 7) - 3;
const USUAL = (minute: number): Minute => ({
  queue: 100 + wobble(minute),
  purges: 4 + (wobble(minute) > 2 ? 1 : 0),
});

function table(past: number, minuteOf: (minute: number) => Minute | null): string {
  const rows = Array.from({ length: past + WINDOW }, (_, i) => i - past).flatMap((minute) => {
    const said = minuteOf(minute);
    return said === null ? [] : [`${RELEASE + (minute + 1) * 60},${said.queue ?? ''},${said.purges}`];
  });
  return ['time,queue,purges', ...rows, ''].join('\n');
}

/** The usual, and something else since the release. */
const since =
  (change: (usual: Minute, minute: number) => Minute) =>
  (minute: number): Minute =>
    minute < 0 ? USUAL(minute) : change(USUAL(minute), minute);

const gateOf = (criterion: string): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
window: { for: ${WINDOW}m, step: 1m, settle: 0s }
signals:
  queue: { value: { path: shop.csv, time: time, value: queue }, unit: messages, better: lower }
  purges: { rate: { count: { path: shop.csv, time: time, value: purges }, exposure: time } }
criteria:
  it: ${criterion}
  queue: { take: mean, pass: "<= 10000" }
`;

interface Checked {
  readonly code: number | undefined;
  readonly it: CriterionResult;
}

async function check(place: Sandbox, ...args: readonly string[]): Promise<Checked> {
  const { code, stdout, stderr } = await runGatekeeper(
    ['check', 'shop.gate.yaml', '--report', 'json', '--at', String(RELEASE + WINDOW * 60), ...args],
    { cwd: place.folder },
  );
  if (stdout === '') throw new Error(`no report:\n${stderr}`);
  const it = (JSON.parse(stdout) as GateReport).gates[0]?.criteria.find(({ id }) => id === 'it');
  if (it === undefined) throw new Error('no criterion');
  return { code, it };
}

const run = async (criterion: string, csv: string, ...args: readonly string[]): Promise<Checked> =>
  check(await sandbox({ 'shop.gate.yaml': gateOf(criterion), 'shop.csv': csv }), ...args);

const TRAILING = '{ signal: queue, anomaly: { against: trailing }, blocking: true }';
const POISSON = '{ signal: purges, anomaly: { against: poisson, history: 5h }, blocking: true }';

describe('against the steps before', () => {
  test('nothing unusual passes', async () => {
    const { code, it } = await run(TRAILING, table(2 * HOUR, USUAL));
    expect([code, it.verdict, it.judge, it.unit, it.advisory]).toEqual([
      0,
      'pass',
      'anomaly',
      'spreads',
      false,
    ]);
    expect(it.evidence).toMatchObject({
      test: 'hampel',
      strata: 100,
      burn: null,
      anomaly: { against: 'trailing', direction: 'above', threshold: 3, history: { n: 100, asked: 100 } },
    });
  });

  test('a queue that grew fails, in words that need no statistics', async () => {
    const { code, it } = await run(
      TRAILING,
      table(
        2 * HOUR,
        since((usual) => ({ ...usual, queue: 130 })),
      ),
    );
    expect(code).toBe(1);
    expect(it.reason?.text).toMatch(
      /^unusually high for 3 steps in a row: about 130 messages, usually 100; that is [\d.]+ times as far off as it varies as a rule, 3 are allowed$/,
    );
    expect(it).toMatchObject({ limit: '<= 3 spreads, 3 steps in a row', bound: 3, n: 10 });
    expect(it.evidence?.firstCrossing).toEqual({ side: 'fail', at: '2026-01-05T00:03:00Z' });
  });

  test('one wild step is no incident, and is one where one is enough', async () => {
    const csv = table(
      2 * HOUR,
      since((usual, minute) => (minute === 4 ? { ...usual, queue: 500 } : usual)),
    );
    expect((await run(TRAILING, csv)).code).toBe(0);
    expect((await run(TRAILING.replace('trailing', 'trailing, in-a-row: 1'), csv)).code).toBe(1);
  });

  test('a queue that shrank is no news, where lower is better', async () => {
    const csv = table(
      2 * HOUR,
      since((usual) => ({ ...usual, queue: 40 })),
    );
    expect((await run(TRAILING, csv)).code).toBe(0);
    const both = await run(TRAILING.replace('trailing', 'trailing, direction: both'), csv);
    expect([both.code, both.it.reason?.text]).toEqual([1, expect.stringContaining('unusually low')]);
  });

  test('a small lasting rise is found by Page-Hinkley', async () => {
    const csv = table(
      2 * HOUR,
      since((usual) => ({ ...usual, queue: (usual.queue ?? 0) + 6 })),
    );
    expect((await run(TRAILING, csv)).code).toBe(0);
    const { code, it } = await run(TRAILING.replace('trailing', 'trailing, detector: page-hinkley'), csv);
    expect([code, it.reason?.text]).toEqual([
      1,
      expect.stringContaining('the level has moved up and stays there'),
    ]);
  });

  test('a queue that never varied is compared as a count, and a number that never varied is not judged', async () => {
    const flat = (now: number, before: number): string =>
      table(2 * HOUR, (minute) => ({ queue: minute < 0 ? before : now, purges: 0 }));
    expect((await run(TRAILING, flat(6, 5))).it.verdict).toBe('pass');
    expect((await run(TRAILING, flat(25, 5))).it.verdict).toBe('fail');
    const { code, it } = await run(TRAILING, flat(0.6, 0.5));
    expect([code, it.reason?.code]).toEqual([3, 'undecided']);
  });
});

describe('against an even flow of events', () => {
  test('as many as before pass', async () => {
    const { code, it } = await run(POISSON, table(5 * HOUR, USUAL));
    expect([code, it.verdict, it.limit, it.bound, it.unit]).toEqual([
      0,
      'pass',
      '< 1000 steps',
      1000,
      'steps',
    ]);
  });

  test('three times as many fail', async () => {
    const { code, it } = await run(
      POISSON,
      table(
        5 * HOUR,
        since((usual) => ({ ...usual, purges: 12 })),
      ),
    );
    expect(code).toBe(1);
    expect(it.reason?.text).toMatch(
      /^events come too often: about 12 in a step, usually 4\.\d+; chance makes such a run once in [\d,]+ steps at most, and once in 1,000 is an alarm$/,
    );
    expect(it.evidence).toMatchObject({
      test: 'e-detector',
      dispersion: 1,
      anomaly: { history: { n: 300 } },
    });
  });

  test('the rate of false alarms is a setting', async () => {
    const csv = table(
      5 * HOUR,
      since((usual, minute) => (minute < 7 ? usual : { ...usual, purges: 8 })),
    );
    expect((await run(POISSON, csv)).it.verdict).toBe('pass');
    const often = POISSON.replace('history: 5h', 'history: 5h, false-alarm: 1 per 10 steps');
    expect((await run(often, csv)).it).toMatchObject({ verdict: 'fail', bound: 10 });
  });
});

describe('against the same time', () => {
  /** Quiet but for one hour a day. */
  const daily = (minute: number): Minute => ({
    queue: (((minute % 1440) + 1440) % 1440 < HOUR ? 500 : 100) + wobble(minute + Math.floor(minute / 1440)),
    purges: 0,
  });
  const SEASONAL = '{ signal: queue, anomaly: { against: seasonal, seasons: 4 }, blocking: true }';
  const WEEKLY = '{ signal: queue, anomaly: { against: same-hour-last-week, weeks: 3 }, blocking: true }';

  test.each([
    ['of the day', SEASONAL, 4 * 24 * HOUR],
    ['of the week', WEEKLY, 21 * 24 * HOUR],
  ])('%s a busy hour is usual, and half as much again is not', async (_, criterion, past) => {
    expect((await run(criterion, table(past, daily))).it.verdict).toBe('pass');
    const csv = table(past, (minute) => ({
      queue: (daily(minute).queue ?? 0) * (minute < 0 ? 1 : 1.5),
      purges: 0,
    }));
    const { code, it } = await run(criterion, csv);
    expect([code, it.reason?.text]).toEqual([
      1,
      expect.stringMatching(/about 7\d\d messages, usually 50\d|usually 49\d|usually 500/),
    ]);
    // The steps before were quiet: against them, any busy hour is unusual.
    expect((await run(TRAILING, table(past, daily))).it.verdict).toBe('fail');
  });

  test('two days are no season', async () => {
    const { code, it } = await run(SEASONAL, table(2 * 24 * HOUR + HOUR, daily));
    expect(code).toBe(3);
    expect(it.reason).toMatchObject({
      code: 'history-too-short',
      text: '2 of 4 earlier seasons hold data, 3 are needed to know what is usual at this time',
    });
  });
});

describe('what an anomaly does to a release', () => {
  const odd = table(
    2 * HOUR,
    since((usual) => ({ ...usual, queue: 130 })),
  );

  test('it is shown and does not block, unless it is told to', async () => {
    const { code, it } = await run(TRAILING.replace(', blocking: true', ''), odd);
    expect([code, it.verdict, it.advisory]).toEqual([0, 'fail', true]);
  });

  test('too short a past is inconclusive, with what is needed', async () => {
    const { code, it } = await run(TRAILING, table(20, USUAL));
    expect(code).toBe(3);
    expect(it.reason).toEqual({
      code: 'history-too-short',
      text: '20 of 100 steps before it hold data, 30 are needed to know what is usual',
      next: 'wait until there is more history, or look further back',
    });
  });

  test('gaps in the window are inconclusive', async () => {
    const { code, it } = await run(
      TRAILING,
      table(2 * HOUR, (minute) => (minute > 0 && minute % 3 === 0 ? null : USUAL(minute))),
    );
    expect([code, it.reason?.code]).toEqual([3, 'partial']);
  });

  test('after a deploy, it may fail early, and pass only when the window is full', async () => {
    const early = ['--since', String(RELEASE), '--at', String(RELEASE + 4 * 60)];
    const sick = await run(TRAILING, odd, ...early);
    expect([sick.code, sick.it.evidence?.anomaly?.usual]).toEqual([1, 100]);
    const healthy = await run(TRAILING, table(2 * HOUR, USUAL), ...early);
    expect([healthy.code, healthy.it.reason?.code]).toEqual([3, 'window-not-full']);
  });

  test('a replay finds the past', async () => {
    const place = await sandbox({ 'shop.gate.yaml': gateOf(TRAILING), 'shop.csv': odd });
    const live = await check(place, '--record', 'set');
    expect((await readdir(place.path('set/records'))).sort()).toEqual([
      'queue.value.current-past-1.yaml',
      'queue.value.current.yaml',
    ]);
    await place.write({ 'shop.csv': 'time,queue,purges\n' });
    const { stdout, code } = await runGatekeeper(
      ['check', 'shop.gate.yaml', '--report', 'json', '--replay', 'set'],
      { cwd: place.folder },
    );
    const again = (JSON.parse(stdout) as GateReport).gates[0]?.criteria.find(({ id }) => id === 'it');
    expect([code, again?.evidence]).toEqual([1, live.it.evidence]);
  });
});
