/** `backtest --deploys` and `--since-every` through the real program: growing windows, on files and on a recording. */
import { afterAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import type { RolloutsReport } from '../../src/model/rollouts.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { csvGate } from '../support/csv-gate.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const FROM = Date.UTC(2026, 0, 1);
const HOURS = 24;

/** Bad requests of 1000 in a minute: an incident from nine to ten, and a hump at half past three. */
function badAt(minute: number): number {
  if (minute > 540 && minute <= 600) return 60;
  return minute > 930 && minute <= 940 ? 40 : minute % 7;
}

const csv = (): string => {
  const rows = Array.from({ length: HOURS * 60 }, (_, i) => `${FROM / 1000 + i * 60},1000,${badAt(i)}`);
  return ['time,requests,bad', ...rows, ''].join('\n');
};

const GATE = csvGate('30m', '<= 1%');
const INCIDENTS = 'incidents: [{ id: INC-1, from: 2026-01-01T09:00:00Z, to: 2026-01-01T10:00:00Z }]\n';
/** In no order, with remarks. */
const DEPLOYS = `# of January
2026-01-01T15:30:00Z v3
2026-01-01T09:05:00Z  v2   # went wrong

2026-01-01T03:00:00Z
2026-01-01T23:50:00Z v4
2025-12-01T00:00:00Z v0
`;

const shop = (more: Readonly<Record<string, string>> = {}): Promise<Sandbox> =>
  sandbox({
    'gates/shop.gate.yaml': GATE,
    'gates/shop.csv': csv(),
    'incidents.yaml': INCIDENTS,
    deploys: DEPLOYS,
    ...more,
  });
const RANGE = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-02T00:00:00Z'];
const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });
const backtest = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  run(place, 'backtest', ...args);
const reportOf = ({ stdout }: BinaryResult): RolloutsReport => JSON.parse(stdout) as RolloutsReport;

test('says what came of each rollout, how fast, and what was false', async () => {
  const args = [...RANGE, '--deploys', 'deploys', '--incidents', 'incidents.yaml'];
  const { code, stdout, stderr } = await backtest(await shop(), ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "backtest of rollouts 2026-01-01T00:00:00Z to 2026-01-02T00:00:00Z, looked at every 5m   source=live

    shop   window 30m, step 1m
      3 rollouts: 1 passed, 2 stopped, 0 undecided (0 %)
      passed after 5m (median), 5m at the longest
      stopped after 5m (median), 5m at the longest
      1 false stop in 2 rollouts without an incident (50 %)

      since                 rollout  came to  after  reason     incidents
      2026-01-01T09:05:00Z  v2       stopped  5m     threshold  INC-1
      2026-01-01T15:30:00Z  v3       stopped  5m     threshold

    each rollout is looked at as check --since does, until it is decided or its window is full
    1 rollout left out: of another time; see --from and --to
    1 rollout left out: not over by the last look

    1 false stop; no incident was let through
    "
  `);
});

test('each look says what a check says that is given the release and the instant', async () => {
  const place = await shop();
  const report = reportOf(
    await backtest(place, ...RANGE, '--since-every', '3h', '--every', '4m', '--report', 'json'),
  );
  const rollouts = report.gates[0]?.rollouts ?? [];
  expect(rollouts.map(({ since }) => since.slice(11, 13))).toEqual([
    '00',
    '03',
    '06',
    '09',
    '12',
    '15',
    '18',
    '21',
  ]);
  for (const { since, looks } of rollouts.slice(2, 4))
    for (const { at, verdict, criteria } of looks) {
      const checked = await run(place, 'check', '--since', since, '--at', at, '--report', 'json');
      const { gates } = JSON.parse(checked.stdout) as GateReport;
      expect({ verdict, criteria }).toEqual({
        verdict: gates[0]?.verdict,
        criteria: gates[0]?.criteria.map(({ key, verdict: own, reason, value }) => {
          return { key, verdict: own, reason: reason?.code ?? null, value };
        }),
      });
    }
});

test('a recording gives the same, with other limits and at another cadence too', async () => {
  const place = await shop();
  const json = ['--deploys', 'deploys', '--report', 'json'];
  const live = reportOf(await backtest(place, ...RANGE, ...json, '--record', 'history'));
  await place.write({ 'gates/shop.csv': 'gone\n' });
  const replayed = reportOf(await backtest(place, '--replay', 'history', ...json));
  expect({ ...replayed, mode: 'live', recordedAt: null }).toEqual(live);
  await place.write({ 'gates/shop.gate.yaml': GATE.replace('1%', '20%') });
  const loose = reportOf(await backtest(place, '--replay', 'history', '--every', '1m', ...json));
  expect(loose.gates[0]).toMatchObject({ passed: 3, stopped: 0 });
  const other = await backtest(place, '--replay', 'history', '--since-every', '6h');
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('history')]);
});

test('an incident that every rollout in it passed: exit 1', async () => {
  const place = await shop({ 'gates/shop.gate.yaml': GATE.replace('1%', '20%') });
  const args = [...RANGE, '--deploys', 'deploys', '--incidents', 'incidents.yaml'];
  const { code, stdout } = await backtest(place, ...args);
  expect([code, stdout]).toEqual([1, expect.stringContaining('0 false stops; let through: INC-1\n')]);
  expect(stdout).toContain('1 rollout passed in an incident');
});

describe('refused, with a word on how to go on', () => {
  test.each([
    [
      'a line that is no instant',
      { deploys: '2026-01-01T03:00:00Z\nv2 today\n' },
      [],
      'deploys:2:1  "v2" is no instant',
    ],
    [
      'an instant twice',
      { deploys: '2026-01-01T03:00:00Z\n2026-01-01T03:00:00Z\n' },
      [],
      'this instant stands in line 1',
    ],
    ['an empty list', { deploys: '# none\n' }, [], 'deploys lists no rollout'],
    ['no rollout in the time', { deploys: '2025-01-01T03:00:00Z\n' }, [], 'no rollout of deploys began from'],
    ['none that is over', { deploys: '2026-01-01T23:50:00Z\n' }, [], 'no rollout is over'],
    ['two ways to say when', {}, ['--since-every', '6h'], 'cannot be used with'],
    ['a page', {}, ['--report', 'html'], 'formats are pretty, json'],
  ])('%s', async (_what, files, args, message) => {
    const { code, stdout, stderr } = await backtest(
      await shop(files),
      ...RANGE,
      '--deploys',
      'deploys',
      ...args,
    );
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });
});
