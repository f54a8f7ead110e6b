/** Evidence of history through the real program: one table of the past, cut into windows. */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const STEP_S = 60;
const WINDOW_STEPS = 5;
/** The release; everything before is the past. */
const RELEASE = Date.UTC(2026, 0, 2) / 1000;
const AFTER = RELEASE + WINDOW_STEPS * STEP_S;

interface Minute {
  readonly requests: number;
  readonly faults: number;
  readonly latency: number;
}
const HEALTHY = (minute: number): Minute => ({
  requests: 200,
  faults: minute % 7 === 0 ? 1 : 0,
  latency: 0.1 + 0.004 * ((minute * 3) % 5),
});

/** Minutes `from` to `to` around the release, stamped with their ends; null leaves one out. */
function table(from: number, to: number, minuteOf: (minute: number) => Minute | null): string {
  const rows = Array.from({ length: to - from }, (_, i) => from + i).flatMap((minute) => {
    const said = minuteOf(minute);
    const end = RELEASE + (minute + 1) * STEP_S;
    return said === null ? [] : [`${end},${said.requests},${said.faults},${said.latency}`];
  });
  return ['time,requests,faults,latency', ...rows, ''].join('\n');
}

const GATE = `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
window: { for: 5m, step: 1m, settle: 0s }
signals:
  faults:
    ratio:
      bad: { path: shop.csv, time: time, value: faults }
      total: { path: shop.csv, time: time, value: requests }
  latency: { value: { path: shop.csv, time: time, value: latency }, unit: s, better: lower }
criteria:
  faults: { pass: "<= baseline + 2pp", evidence: history }
  latency: { take: mean, pass: "<= baseline + 25%", evidence: history }
`;

const shop = (csv: string, gate: string = GATE): Promise<Sandbox> =>
  sandbox({ 'shop.gate.yaml': gate, 'shop.csv': csv });

async function check(
  place: Sandbox,
  ...args: readonly string[]
): Promise<{ code: number | undefined; report: GateReport; criteria: Record<string, CriterionResult> }> {
  const { code, stdout, stderr } = await runGatekeeper(
    ['check', 'shop.gate.yaml', '--report', 'json', '--at', String(AFTER), ...args],
    { cwd: place.folder },
  );
  if (stdout === '') throw new Error(`no report:\n${stderr}`);
  const report = JSON.parse(stdout) as GateReport;
  return {
    code,
    report,
    criteria: Object.fromEntries((report.gates[0]?.criteria ?? []).map((each) => [each.id, each])),
  };
}

describe('a release against its own past', () => {
  test('is healthy', async () => {
    const place = await shop(table(-120, 5, HEALTHY));
    const { code, criteria } = await check(place, '--since', String(RELEASE));
    expect(code).toBe(0);
    expect(criteria['faults']).toMatchObject({
      verdict: 'pass',
      judge: 'history',
      n: 1000,
      baseline: {
        arm: 'current-earlier',
        n: 20_000,
        window: { from: '2026-01-01T22:20:00Z', to: '2026-01-02T00:00:00Z' },
      },
      evidence: { test: 'history-share', logE: null, strata: 20, history: { asked: 20 } },
    });
    expect(criteria['latency']).toMatchObject({
      verdict: 'pass',
      evidence: { test: 'history-forecast-log', strata: 20 },
    });
    expect(criteria['latency']?.notes.join('\n')).toContain(
      'judged against its own past, 20 earlier windows of 5m, not against a concurrent baseline',
    );
  });

  test('is sick', async () => {
    const place = await shop(
      table(-120, 5, (minute) =>
        minute < 0 ? HEALTHY(minute) : { requests: 200, faults: 16, latency: 0.2 },
      ),
    );
    const { code, criteria } = await check(place, '--since', String(RELEASE));
    expect(code).toBe(1);
    expect(criteria['faults']?.reason?.text).toBe(
      'certainly not <= baseline + 2pp, by how much 20 earlier windows differ',
    );
    expect(criteria['latency']?.verdict).toBe('fail');
  });

  test('has too short a past', async () => {
    const place = await shop(table(-45, 5, HEALTHY));
    const { code, report, criteria } = await check(place, '--since', String(RELEASE));
    expect(code).toBe(3);
    expect(report.verdict).toBe('inconclusive');
    expect(criteria['faults']?.reason).toMatchObject({
      code: 'history-too-short',
      text: '9 of 20 earlier windows hold data, 10 are needed to learn how much windows differ',
    });
  });

  test('windows with gaps are left out and counted', async () => {
    const place = await shop(
      table(-120, 5, (minute) => (minute < -60 && minute % 5 !== 0 ? null : HEALTHY(minute))),
    );
    const { criteria } = await check(place, '--since', String(RELEASE));
    expect(criteria['faults']).toMatchObject({
      verdict: 'pass',
      evidence: { strata: 12, history: { asked: 20 } },
    });
    expect(criteria['faults']?.notes).toContain(
      '8 of 20 earlier windows hold too little data and were left out',
    );
  });

  test('what lies between the release and the window is no part of the past', async () => {
    const warm = GATE.replace('settle: 0s', 'settle: 0s, warmup: 2m');
    const csv = table(-120, 10, (minute) =>
      minute < 0 ? HEALTHY(minute) : { requests: 200, faults: 16, latency: 0.2 },
    );
    const { criteria } = await check(
      await shop(csv, warm),
      '--since',
      String(RELEASE),
      '--at',
      String(AFTER + 120),
    );
    expect(criteria['faults']).toMatchObject({
      verdict: 'fail',
      window: { from: '2026-01-02T00:02:00Z' },
      baseline: { window: { to: '2026-01-02T00:00:00Z' } },
    });
  });

  test('does not pass before its window is full, and fails before', async () => {
    const early = ['--since', String(RELEASE), '--at', String(RELEASE + 3 * STEP_S)];
    const healthy = await check(await shop(table(-120, 3, HEALTHY)), ...early);
    expect(healthy.criteria['faults']?.reason?.code).toBe('window-not-full');
    expect(healthy.criteria['faults']?.evidence).toMatchObject({ strata: 20 });
    const sick = table(-120, 3, (minute) =>
      minute < 0 ? HEALTHY(minute) : { requests: 200, faults: 30, latency: 0.4 },
    );
    expect((await check(await shop(sick), ...early)).code).toBe(1);
  });

  test('a fault that was not seen in the window was seen in the past', async () => {
    const none = table(-120, 5, HEALTHY).replaceAll(/^(\d+),200,[01],/gm, (row, time: string) =>
      Number(time) > RELEASE ? `${time},200,,` : row,
    );
    const { criteria } = await check(await shop(none), '--since', String(RELEASE));
    expect(criteria['faults']).toMatchObject({ verdict: 'pass', value: 0 });
  });

  test('is asked in one question a part, which a recording holds and a replay finds', async () => {
    const place = await shop(table(-120, 5, HEALTHY));
    const live = await check(place, '--since', String(RELEASE), '--record', 'set');
    expect((await readdir(place.path('set/records'))).sort()).toEqual([
      'faults.bad.current-earlier.yaml',
      'faults.bad.current.yaml',
      'faults.total.current-earlier.yaml',
      'faults.total.current.yaml',
      'latency.value.current-earlier.yaml',
      'latency.value.current.yaml',
    ]);
    await place.write({ 'shop.csv': 'time,requests,faults,latency\n' });
    const { stdout, code } = await runGatekeeper(
      ['check', 'shop.gate.yaml', '--report', 'json', '--replay', 'set'],
      { cwd: place.folder },
    );
    expect(code).toBe(0);
    const again = JSON.parse(stdout) as GateReport;
    const told = ({ gates }: GateReport) =>
      gates.map((gate) =>
        gate.criteria.map((each) => [each.key, each.verdict, each.value, each.evidence, each.notes]),
      );
    expect(told(again)).toEqual(told(live.report));
  });
});

describe('an arm in the past', () => {
  const SHIFTED = GATE.replace('signals:', 'arms: { now: {}, before: { shift: 1h } }\nsignals:').replaceAll(
    ', evidence: history',
    '',
  );

  test('is judged by its history without being told to', async () => {
    const place = await shop(table(-240, 5, HEALTHY), SHIFTED);
    const { criteria } = await check(place);
    expect(criteria['faults']).toMatchObject({
      verdict: 'pass',
      judge: 'history',
      baseline: {
        arm: 'before-earlier',
        window: { from: '2026-01-01T21:25:00Z', to: '2026-01-01T23:05:00Z' },
      },
    });
    expect(criteria['faults']?.notes.join('\n')).toContain(
      'judged against the past of arm "before" (1h ago)',
    );
  });

  test('ends before the release, however short the shift', async () => {
    const place = await shop(table(-240, 5, HEALTHY), SHIFTED.replace('1h', '2m'));
    const { criteria } = await check(place, '--since', String(RELEASE));
    expect(criteria['faults']?.baseline?.window.to).toBe('2026-01-02T00:00:00Z');
  });
});

describe('what the file may say', () => {
  test.each([
    [
      'a baseline and nothing to find it in',
      GATE.replaceAll(', evidence: history', ''),
      'or "evidence: history" to compare with its own past',
    ],
    [
      'too few windows',
      GATE.replace('evidence: history', 'evidence: history, earlier-windows: 5'),
      'at least 10 windows',
    ],
    ['an instant', GATE.replace('take: mean, ', ''), 'a number at one instant has no window'],
    [
      'more steps than a range may have',
      GATE.replace('for: 5m', 'for: 600m'),
      '20 earlier windows of 10h in steps of 1m have more than 11,000 steps',
    ],
  ])('%s is refused', async (_, gate, message) => {
    const place = await shop(table(-1, 5, HEALTHY), gate);
    const { code, stderr } = await runGatekeeper(['validate', 'shop.gate.yaml'], { cwd: place.folder });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('more windows are more past', async () => {
    const longer = GATE.replaceAll('evidence: history', 'evidence: history, earlier-windows: 24');
    const { criteria } = await check(await shop(table(-120, 5, HEALTHY), longer));
    expect(criteria['latency']?.evidence).toMatchObject({ strata: 24, history: { asked: 24 } });
  });

  test('plan shows the past that will be asked', async () => {
    const place = await shop(table(-120, 5, HEALTHY));
    const { stdout } = await runGatekeeper(['plan', 'shop.gate.yaml', '--at', String(AFTER)], {
      cwd: place.folder,
    });
    expect(stdout).toMatch(
      /history +20 windows of its own past: \(2026-01-01T22:20:00Z, 2026-01-02T00:00:00Z\]/,
    );
    expect(stdout).toContain('current-earlier bad: counts of records');
  });
});

test('the gate of the PetShop benchmark is valid, and no check without arguments reads it', async () => {
  const file = new URL('../../gates/bench/petshop.yaml', import.meta.url);
  expect(await readFile(file, 'utf8')).toContain('evidence: history');
  const { code, stderr } = await runGatekeeper(['validate', file.pathname, '--since', String(RELEASE)], {
    env: { PETSHOP_RECORDS: '/tmp' },
  });
  expect([code, stderr]).toEqual([0, '']);
});
