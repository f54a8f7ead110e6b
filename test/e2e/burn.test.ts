/** An error budget through the real program: a table of three days, in which only the last hours differ. */
import { readdir } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const NOW = Date.UTC(2026, 0, 5) / 1000;
const DAY = 1440;

interface Minute {
  readonly total: number;
  readonly bad: number;
}

/** Minutes before now, stamped with their ends; null leaves one out. */
function table(minutes: number, minuteOf: (ago: number) => Minute | null): string {
  const rows = Array.from({ length: minutes }, (_, i) => minutes - i).flatMap((ago) => {
    const said = minuteOf(ago);
    return said === null ? [] : [`${NOW - (ago - 1) * 60},${said.total},${said.bad}`];
  });
  return ['time,total,bad', ...rows, ''].join('\n');
}

/** A hundred requests a minute, of which so many of 10,000 fail, spread evenly. */
const failing =
  (tenThousandths: number) =>
  (ago: number): Minute => ({
    total: 100,
    bad: Math.floor((ago * tenThousandths) / 100) - Math.floor(((ago - 1) * tenThousandths) / 100),
  });

const gateOf = (burn: string, window = 'for: 10m, step: 1m, settle: 0s'): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
window: { ${window} }
signals:
  errors:
    ratio:
      bad: { path: shop.csv, time: time, value: bad }
      total: { path: shop.csv, time: time, value: total }
criteria:
  slo: { signal: errors, burn: ${burn} }
`;
const MONTH = '{ objective: 99.9%, period: 30d }';

const shop = (csv: string, gate: string = gateOf(MONTH)): Promise<Sandbox> =>
  sandbox({ 'shop.gate.yaml': gate, 'shop.csv': csv });

interface Checked {
  readonly code: number | undefined;
  readonly slo: CriterionResult;
  readonly rows: Record<string, string>;
}

async function check(place: Sandbox, ...args: readonly string[]): Promise<Checked> {
  const { code, stdout, stderr } = await runGatekeeper(
    ['check', 'shop.gate.yaml', '--report', 'json', '--at', String(NOW), ...args],
    { cwd: place.folder },
  );
  if (stdout === '') throw new Error(`no report:\n${stderr}`);
  const report = JSON.parse(stdout) as GateReport;
  const slo = report.gates[0]?.criteria[0];
  if (slo === undefined) throw new Error('no criterion');
  return {
    code,
    slo,
    rows: Object.fromEntries((slo.evidence?.burn?.rows ?? []).map(({ name, state }) => [name, state])),
  };
}

const QUIET = {
  'page-quick': 'quiet',
  'page-slow': 'quiet',
  'ticket-quick': 'quiet',
  'ticket-slow': 'quiet',
};

describe('three days of requests', () => {
  test('within the budget pass', async () => {
    const { code, slo, rows } = await check(await shop(table(3 * DAY, failing(5))));
    expect(code).toBe(0);
    expect(rows).toEqual(QUIET);
    expect(slo).toMatchObject({ verdict: 'pass', judge: 'burn', unit: 'x', reason: null });
    expect(slo.evidence).toMatchObject({ test: 'burn-rate', alpha: null, logE: null, anomaly: null });
  });

  test('burning fast for an hour fail', async () => {
    const { code, slo, rows } = await check(
      await shop(table(3 * DAY, (ago) => (ago <= 90 ? failing(200)(ago) : failing(0)(ago)))),
    );
    expect(code).toBe(1);
    expect(rows).toMatchObject({ 'page-quick': 'burns', 'page-slow': 'quiet' });
    expect(slo).toMatchObject({
      verdict: 'fail',
      value: 20,
      bound: 14.4,
      limit: '<= 14.4x over 1h and 5m',
      n: 6000,
      reason: {
        code: 'threshold',
        text: 'burns the 30-day budget 20x too fast over 1h and 5m: 2.8 % of it is gone each hour (page-quick allows 14.4x)',
      },
    });
  });

  test('that burnt fast and stopped ten minutes ago pass: the short window says that it is over', async () => {
    const { code, rows } = await check(
      await shop(table(3 * DAY, (ago) => (ago <= 40 && ago > 10 ? failing(300)(ago) : failing(0)(ago)))),
    );
    expect([code, rows]).toEqual([0, QUIET]);
  });

  test('burning slowly for days warn', async () => {
    const { code, slo, rows } = await check(await shop(table(3 * DAY, failing(20))));
    expect(code).toBe(0);
    expect(rows).toEqual({ ...QUIET, 'ticket-slow': 'burns' });
    expect(slo).toMatchObject({
      verdict: 'warn',
      reason: {
        text: 'burns the 30-day budget 2x too fast over 3d and 6h: 0.28 % of it is gone each hour (ticket-slow allows 1x)',
      },
    });
  });

  test('exactly at the factor are quiet, and one bad request more is not', async () => {
    // 14.4 of 1000 are 864 of 60,000, in which 14.4 * (1 - 0.999) * 60,000 is 864.0000000000008.
    const at = (bad: number): string =>
      table(3 * DAY, (ago) => ({
        total: ago <= 60 ? 1000 : 100_000,
        bad: ago <= 60 ? (ago === 1 ? bad : 14) : 0,
      }));
    const exact = await check(await shop(at(864 - 59 * 14)));
    expect(exact.slo.evidence?.burn?.rows[0]?.long).toEqual({
      window: '1h',
      burn: 14.4,
      bad: 864,
      n: 60_000,
    });
    expect(exact.rows['page-quick']).toBe('quiet');
    const more = await check(await shop(at(865 - 59 * 14)));
    expect([more.code, more.rows['page-quick']]).toEqual([1, 'burns']);
    expect(more.slo.reason?.text).toContain('burns the 30-day budget 14.42x too fast');
  });
});

describe('evidence that is missing', () => {
  test('is inconclusive where there are too few events', async () => {
    const { code, slo } = await check(
      await shop(table(3 * DAY, (ago) => ({ total: ago % 60 === 1 ? 1 : 0, bad: 0 }))),
    );
    expect(code).toBe(3);
    expect(slo.reason).toEqual({
      code: 'too-few',
      text: 'page-quick: 1 event in 1h, 70 are needed for one bad one not to decide; and 3 more cannot be told',
      next: 'wait for traffic, write longer "windows", or set "min-samples"',
    });
  });

  test('does not pass a service that is younger than the windows, and fails it when it burns', async () => {
    const young = await check(await shop(table(90, failing(0))));
    expect([young.code, young.rows['page-quick'], young.rows['ticket-slow']]).toEqual([3, 'quiet', 'open']);
    expect(young.slo.reason?.code).toBe('partial');
    const burning = await check(await shop(table(90, failing(200))));
    expect([burning.code, burning.slo.verdict]).toEqual([1, 'fail']);
  });

  test('is stale when the newest minutes are missing', async () => {
    const { code, slo } = await check(
      await shop(table(3 * DAY, (ago) => (ago <= 8 ? null : failing(0)(ago)))),
    );
    expect([code, slo.reason?.code]).toEqual([3, 'stale']);
  });

  test('is a selector that never matched: no errors are not none', async () => {
    const csv = table(3 * DAY, failing(0)).replaceAll(/^(\d+,100),0$/gm, '$1,');
    const { code, slo } = await check(await shop(csv));
    expect([code, slo.reason?.code]).toEqual([3, 'bad-never-seen']);
    const zero = gateOf(MONTH).replace('    ratio:', '    ratio:\n      bad-absent: zero');
    expect((await check(await shop(csv, zero))).code).toBe(0);
  });

  test('is inconsistent when more fail than there are', async () => {
    const { code, slo } = await check(
      await shop(table(3 * DAY, (ago) => ({ total: 100, bad: ago === 1 ? 501 + 59 * 100 : 0 }))),
    );
    expect(code).toBe(3);
    expect(slo.reason).toMatchObject({ code: 'not-a-number' });
    expect(slo.reason?.text).toContain('the selectors do not nest');
  });
});

describe('what is left of the budget', () => {
  const LEFT = '{ objective: 99%, period: 2d, windows: {}, remaining: "> 10%" }';

  test.each([
    ['enough', 50, 0, 'pass', 0.5],
    ['just too little', 90, 1, 'fail', 0.1],
    ['overspent', 120, 1, 'fail', -0.2],
  ])('is %s', async (_, tenThousandths, code, verdict, left) => {
    const seen = await check(await shop(table(2 * DAY, failing(tenThousandths)), gateOf(LEFT)));
    expect([seen.code, seen.slo.verdict]).toEqual([code, verdict]);
    expect(seen.slo).toMatchObject({ unit: 'share', bound: 0.1, limit: '> 10% of the budget left' });
    expect(seen.slo.value).toBeCloseTo(left, 12);
  });

  test('is told in events', async () => {
    const { slo } = await check(await shop(table(2 * DAY, failing(120)), gateOf(LEFT)));
    expect(slo.reason?.text).toBe(
      '-20 % of the 2-day budget is left, > 10% is needed: 3,456 of 288,000 events were bad, and it allows 2,880',
    );
  });

  test('is not known of half a period', async () => {
    const { code, slo } = await check(await shop(table(DAY, failing(0)), gateOf(LEFT)));
    expect([code, slo.reason?.code]).toEqual([3, 'partial']);
  });
});

describe('after a deploy', () => {
  const csv = table(3 * DAY, (ago) => (ago <= 20 ? failing(200)(ago) : failing(0)(ago)));
  const since = ['--since', String(NOW - 20 * 60)];

  test('windows are cut down to the release, which old traffic would hide', async () => {
    const { code, slo } = await check(
      await shop(csv, gateOf(MONTH, 'for: 20m, step: 1m, settle: 0s')),
      ...since,
    );
    expect([code, slo.verdict]).toEqual([1, 'fail']);
    expect(slo.evidence?.burn?.rows.map(({ long, short }) => [long.window, short.window])).toEqual([
      ['20m', '5m'],
      ['20m', '20m'],
      ['20m', '20m'],
      ['20m', '20m'],
    ]);
    expect(slo.notes).toContain(
      'cut down to the 20m since the deploy: page-quick (1h), page-slow (6h), ticket-quick (1d), ticket-slow (3d)',
    );
  });

  test('or count what came before, and say so', async () => {
    const whole = MONTH.replace('}', ', before-deploy: count }');
    const { code, slo } = await check(
      await shop(csv, gateOf(whole, 'for: 20m, step: 1m, settle: 0s')),
      ...since,
    );
    expect([code, slo.verdict]).toEqual([0, 'pass']);
    expect(slo.notes).toContain('windows longer than the time since the deploy count what came before it');
  });

  test('nothing passes before the window is full', async () => {
    const { code, slo } = await check(
      await shop(table(3 * DAY, failing(0)), gateOf(MONTH, 'for: 30m, step: 1m, settle: 0s')),
      ...since,
    );
    expect([code, slo.reason?.code]).toEqual([3, 'window-not-full']);
  });
});

test('on a terminal the row says how fast, how fast is allowed, and what that means', async () => {
  const place = await shop(table(3 * DAY, (ago) => (ago <= 90 ? failing(200)(ago) : failing(0)(ago))));
  const { stdout } = await runGatekeeper(['check', 'shop.gate.yaml', '--at', String(NOW)], {
    cwd: place.folder,
  });
  expect(stdout).toContain(`  FAIL  slo   20 x   limit <= 14.4 x   over 5.6 x   n 6,000
        why       burns the 30-day budget 20x too fast over 1h and 5m: 2.8 % of it is gone each hour
                  (page-quick allows 14.4x)
`);
});

test('each long window is asked once, in coarse steps, and a replay finds the answers', async () => {
  const place = await shop(table(3 * DAY, failing(20)));
  const live = await check(place, '--record', 'set');
  expect((await readdir(place.path('set/records'))).sort()).toEqual([
    'errors.bad.current-page-quick.yaml',
    'errors.bad.current-page-slow.yaml',
    'errors.bad.current-ticket-quick.yaml',
    'errors.bad.current.yaml',
    'errors.total.current-page-quick.yaml',
    'errors.total.current-page-slow.yaml',
    'errors.total.current-ticket-quick.yaml',
    'errors.total.current.yaml',
  ]);
  await place.write({ 'shop.csv': 'time,total,bad\n' });
  const { stdout, code } = await runGatekeeper(
    ['check', 'shop.gate.yaml', '--report', 'json', '--replay', 'set'],
    {
      cwd: place.folder,
    },
  );
  expect(code).toBe(0);
  const again = (JSON.parse(stdout) as GateReport).gates[0]?.criteria[0];
  expect([again?.verdict, again?.evidence]).toEqual([live.slo.verdict, live.slo.evidence]);
});

test('rows of one own take the place of the table', async () => {
  const own = `{ objective: 99.9%, period: 7d, windows: {
    now: { long: 30m, short: 5m, factor: 10, severity: page },
    today: { long: 12h, budget: 10%, severity: ticket } } }`;
  const { code, slo } = await check(await shop(table(DAY, failing(50)), gateOf(own)));
  expect([code, slo.verdict]).toEqual([0, 'warn']);
  expect(slo.evidence?.burn?.rows).toMatchObject([
    {
      name: 'now',
      factor: 10,
      needed: 100,
      long: { window: '30m' },
      short: { window: '5m' },
      state: 'quiet',
    },
    { name: 'today', factor: 1.4, long: { window: '12h' }, short: { window: '1h' }, state: 'burns' },
  ]);
});
