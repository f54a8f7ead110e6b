/** `backtest` and `validate --incidents` through the real program: on files and on a recording. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { BacktestReport } from '../../src/model/backtest.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { csvGate } from '../support/csv-gate.js';
import { waitUntil } from '../support/processes.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const BINARY = fileURLToPath(new URL('../../bin/gatekeeper.js', import.meta.url));

const FROM = Date.UTC(2026, 0, 1);
const DAYS = 2;
const TO = FROM + DAYS * 86_400_000;
const HOUR_MS = 3_600_000;

/** Bad requests of 1000 in a minute: an incident of an hour, and a hump of nine minutes that nobody labelled. */
function badAt(t: number): number {
  if (t > FROM + 25 * HOUR_MS && t <= FROM + 26 * HOUR_MS) return 60;
  return t > FROM + 5 * HOUR_MS && t <= FROM + 5 * HOUR_MS + 9 * 60_000 ? 30 : (t / 60_000) % 7;
}

const csv = (): string => {
  const rows = ['time,requests,bad'];
  for (let t = FROM - 10 * HOUR_MS; t <= TO; t += 60_000) rows.push(`${t / 1000},1000,${badAt(t)}`);
  return `${rows.join('\n')}\n`;
};

const gateOf = (limit = '<= 1%', more = ''): string => csvGate('10m', limit, more);

const INCIDENTS = `incidents:
  - { id: INC-1, about: checkout down, from: 2026-01-02T01:00:00Z, to: 2026-01-02T02:00:00Z }
`;

const shop = (): Promise<Sandbox> =>
  sandbox({ 'gates/shop.gate.yaml': gateOf(), 'gates/shop.csv': csv(), 'incidents.yaml': INCIDENTS });

const RANGE = ['--from', '2026-01-01T00:00:00Z', '--to', '2026-01-03T00:00:00Z'];
const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });
const backtest = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  run(place, 'backtest', ...args);
const reportOf = ({ stdout }: BinaryResult): BacktestReport => JSON.parse(stdout) as BacktestReport;

describe('backtest', () => {
  test('says what was false, what was seen and when, and which limit to move', async () => {
    const { code, stdout, stderr } = await backtest(await shop(), ...RANGE, '--incidents', 'incidents.yaml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "backtest 2026-01-01T00:00:00Z to 2026-01-03T00:00:00Z, every 5m: 577 looks   source=live

      shop   window 10m, step 1m
        561 pass, 14 fail, 2 inconclusive
        1 false alarm, 3.5 a week, 0.35 % undecided (undecided 2)
        1 of 1 incident caught
          INC-1 caught after 5m

        criterion    limit  fail  false alarms  a week  undecided  caught
        shop.errors  <= 1%  14    1             3.5     0.3 %      1 of 1

        shop.errors
          move the limit to 2.5 %: no false alarm left, no incident missed for it

      each look judges a full window; as the last look of a rollout: shop
      rates a week are extrapolated from 2d

      1 false alarm; every incident was seen
      "
    `);
  });

  test('a recording gives the same, with other limits and at another cadence too', async () => {
    const place = await shop();
    const json = ['--incidents', 'incidents.yaml', '--report', 'json'];
    const live = reportOf(await backtest(place, ...RANGE, ...json, '--record', 'history'));
    await place.write({ 'gates/shop.csv': 'gone\n' });
    const replayed = reportOf(await backtest(place, '--replay', 'history', ...json));
    expect(replayed.mode).toBe('replay');
    expect({ ...replayed, mode: 'live', recordedAt: null }).toEqual(live);
    const again = await backtest(place, '--replay', 'history', ...json);
    expect(reportOf(again)).toEqual(replayed);
    await place.write({ 'gates/shop.gate.yaml': gateOf('<= 3.5%') });
    const moved = reportOf(await backtest(place, '--replay', 'history', '--every', '1m', ...json));
    expect([moved.looks, moved.gates[0]?.alarms.false, moved.gates[0]?.incidents[0]?.outcome]).toEqual([
      2881,
      0,
      'caught',
    ]);
    await place.write({ 'gates/shop.gate.yaml': gateOf('<= 50%') });
    expect((await backtest(place, '--replay', 'history', ...json)).code).toBe(1);
  });

  test('a replay looks as often as the recording did, unless told otherwise', async () => {
    const place = await shop();
    const json = ['--report', 'json'];
    const live = await backtest(place, ...RANGE, '--every', '1h', '--record', 'history', ...json);
    expect(reportOf(live).looks).toBe(49);
    expect(reportOf(await backtest(place, '--replay', 'history', ...json)).looks).toBe(49);
    expect(reportOf(await backtest(place, '--replay', 'history', '--every', '5m', ...json)).looks).toBe(577);
    const manifest = await readFile(place.path('history/manifest.yaml'), 'utf8');
    expect(manifest).toContain('historyEvery: 1h\n');
    const rest = manifest.replace('historyEvery: 1h\n', '');
    await place.write({ 'history/manifest.yaml': rest });
    expect(reportOf(await backtest(place, '--replay', 'history', ...json)).looks).toBe(577);
  });

  test('a run that was stopped goes on where it was, and a torn line is asked again', async () => {
    const place = await shop();
    const args = [...RANGE, '--report', 'json', '--resume', 'journal'];
    const whole = await backtest(place, ...args);
    const journal = await readFile(place.path('journal'), 'utf8');
    await truncate(place.path('journal'), journal.length - 200);
    const resumed = await backtest(place, ...args);
    expect(resumed.stdout).toBe(whole.stdout);
    expect(resumed.stderr).toMatch(/^5 answers known from journal\n$/);
    const lines = (await readFile(place.path('journal'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(Array.from({ length: 7 }, () => 'object'));
    await place.write({ 'gates/shop.csv': 'gone\n' });
    expect((await backtest(place, ...args)).stdout).toBe(whole.stdout);
    const other = await backtest(
      place,
      '--from',
      '2026-01-01T00:00:00Z',
      '--to',
      '2026-01-02T00:00:00Z',
      '--resume',
      'journal',
    );
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('pass --to 2026-01-03T00:00:00Z'),
    ]);
    await appendFile(place.path('notes'), 'mine\n');
    expect((await backtest(place, ...RANGE, '--resume', 'notes')).stderr).toContain(
      'notes is no journal of a backtest',
    );
  });

  test('a run that is interrupted says how to go on, and goes on', async () => {
    let answered = 0;
    const server = createServer((request, response) => {
      const to = Number(new URL(request.url ?? '', 'http://x').searchParams.get('time'));
      // The third question is never answered: there the run is stopped.
      if (answered >= 2 && answered < 3) return;
      answered += 1;
      const values = Array.from({ length: 1445 }, (_, i) => [to - (1444 - i) * 60, String(i)]);
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          status: 'success',
          data: { resultType: 'matrix', result: [{ metric: { job: 'a', instance: 'b' }, values }] },
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const gate = gateOf()
        .replace(
          '{ records: { type: file } }',
          `{ records: { type: prometheus, url: "http://127.0.0.1:${port}" } }`,
        )
        .replace(/\{ path: shop.csv, time: time, value: (\w+) \}/g, "{ counter: '$1_total' }");
      const place = await sandbox({ 'gates/shop.gate.yaml': gate });
      const args = ['backtest', ...RANGE, '--resume', 'journal', '--concurrency', '1', '--report', 'json'];
      const child = spawn(process.execPath, [BINARY, ...args], {
        cwd: place.folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      await waitUntil(
        async () => answered === 2 && (await filesIn(place.folder))['journal'] !== undefined,
        'two answers',
      );
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number | null];
      expect([code, stderr]).toEqual([130, 'stopped by SIGINT; go on with --resume journal\n']);
      answered = 3;
      const resumed = await run(place, ...args);
      expect([resumed.code, resumed.stderr]).toEqual([0, '2 answers known from journal\n']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }, 30_000);

  test('the page holds no script, needs no network, and escapes what others wrote', async () => {
    const place = await shop();
    await place.write({
      'incidents.yaml': INCIDENTS.replace('checkout down', '"<script>alert(1)</script>"'),
    });
    await backtest(place, ...RANGE, '--incidents', 'incidents.yaml', '--report', 'html:out/page.html');
    const page = (await filesIn(place.path('out')))['page.html'] ?? '';
    expect(page).not.toMatch(/<script|https?:/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('&#60;script&#62;alert(1)');
    expect(page).toContain('caught after');
  });

  test.each([
    ['a time that is yet to come', ['--to', '2999-01-01T00:00:00Z'], 'is yet to come'],
    ['a cadence that is longer than the time', [...RANGE, '--every', '7d'], 'there is no second look'],
    ['a cadence between the steps', [...RANGE, '--every', '90s'], 'use --every 2m'],
    ['a format that is none', [...RANGE, '--report', 'junit'], 'formats are pretty, json, html'],
    ['incidents that are not there', [...RANGE, '--incidents', 'none.yaml'], 'none.yaml is not there'],
  ])('%s is refused', async (_what, args, words) => {
    const { code, stdout, stderr } = await backtest(await shop(), ...args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)]);
  });

  test('a set of one look is no history', async () => {
    const place = await shop();
    await run(place, 'record', 'set', '--at', '2026-01-02T00:00:00Z', '--since', '2026-01-01T23:00:00Z');
    const { code, stderr } = await backtest(place, '--replay', 'set');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('set holds the answers of one look, and no history'),
    ]);
  });
});

describe('validate --incidents', () => {
  const validated = async (
    gate: string,
    incidents = INCIDENTS,
    name = 'incidents.yaml',
  ): Promise<BinaryResult> => {
    const place = await sandbox({ 'gates/shop.gate.yaml': gate, [name]: incidents });
    return run(place, 'validate', '--since', '2026-01-01T00:00:00Z', '--incidents', name);
  };

  test('names each incident that no criterion guards, where it is listed', async () => {
    const { code, stderr } = await validated(gateOf());
    expect(code).toBe(1);
    expect(stderr).toMatchInlineSnapshot(`
      "incidents.yaml:2:11  incident "INC-1" (checkout down) is guarded by no criterion
         2 │   - { id: INC-1, about: checkout down, from: 2026-01-02T01:00:00Z, to: 2026-01-02T02:00:00Z }
           │           ^^^^^  write "from-incident: INC-1" on the blocking criterion that would have caught it
      "
    `);
  });

  test('is content with a guard, in a list too', async () => {
    for (const from of [', from-incident: INC-1', ', from-incident: [INC-1]'])
      expect(await validated(gateOf('<= 1%', from))).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    [
      'an advisory guard',
      gateOf('<= 1%', ', advisory: true, from-incident: INC-1') +
        '  other: { signal: errors, pass: "<= 2%" }\n',
      'is guarded by advisory criteria alone',
    ],
    ['a misspelt id', gateOf('<= 1%', ', from-incident: INC-11'), 'did you mean "INC-1"?'],
  ])('%s', async (_what, gate, words) => {
    const { code, stderr } = await validated(gate);
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  test.each([
    ['yaml', 'incidents:\n  - { id: A, form: 2026-01-01T00:00:00Z }\n', 'did you mean "from"?'],
    ['yaml', 'incidents:\n  - { id: A, from: yesterday }\n', 'incidents.yaml:2:'],
    ['yaml', 'incidents:\n  - { id: A }\n  - { id: A }\n', 'incident "A" is listed twice'],
    [
      'yaml',
      'incidents:\n  - { id: A, from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z }\n',
      'ends before it begins',
    ],
    ['csv', 'id,start,end\n', 'and id, from and to are needed'],
    ['csv', 'id,from,to\nA,now,then\n', 'incidents.csv:2:1'],
  ])('a broken list in %s: %s', async (ending, text, words) => {
    const { code, stderr } = await validated(gateOf(), text, `incidents.${ending}`);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test('a list in CSV, quotes and commas and all', async () => {
    const list = 'id,from,to,about\nINC-1,2026-01-02T01:00:00Z,2026-01-02T02:00:00Z,"down, ""all"" of it"\n';
    const { stderr } = await validated(gateOf(), list, 'incidents.csv');
    expect(stderr).toContain(
      'incidents.csv:2:1  incident "INC-1" (down, "all" of it) is guarded by no criterion',
    );
  });
});
