/** `record` and `fixture`: sets made on purpose, looked after, and refused when anything about them is not as it was. */
import { spawnSync } from 'node:child_process';
import { cp, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const BINARY = fileURLToPath(new URL('../../bin/gatekeeper.js', import.meta.url));
const AT = Date.UTC(2026, 0, 2) / 1000;
const MINUTES = 10;

/** Ten minutes before `AT`: 1000 requests each, and as many bad ones as told. */
function table(bad: number): string {
  const rows = Array.from({ length: MINUTES }, (_, i) => `${AT - (MINUTES - 1 - i) * 60},1000,${bad},alice`);
  return ['time,requests,bad,user', ...rows, ''].join('\n');
}

const gateOf = (limit: string): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
window: { for: 5m, step: 1m, settle: 0s }
signals:
  errors:
    ratio:
      bad: { path: shop.csv, time: time, value: bad, labels: [user] }
      total: { path: shop.csv, time: time, value: requests, labels: [user] }
criteria: { errors: { pass: "${limit}" } }
`;

const shop = (bad = 5, limit = '<= 1%'): Promise<Sandbox> =>
  sandbox({ 'gates/shop.gate.yaml': gateOf(limit), 'gates/shop.csv': table(bad) });

const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });
const record = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  run(place, 'record', 'set', '--at', String(AT), ...args);

describe('record', () => {
  test('stores what check --record stores, and judges nothing', async () => {
    const place = await shop(50);
    expect(await record(place)).toMatchObject({
      code: 0,
      stdout: 'set: 2 answers as of 2026-01-02T00:00:00Z\n',
    });
    await run(place, 'check', '--at', String(AT), '--record', 'judged');
    const lasting = async (set: string): Promise<unknown> =>
      Object.entries(await filesIn(place.path(set))).map(([name, text]) => [
        name,
        text.replaceAll(/^(recordedAt| *durationMs): .*$|[0-9a-f]{64}$/gm, ''),
      ]);
    expect(await lasting('set')).toEqual(await lasting('judged'));
    expect((await run(place, 'check', '--replay', 'set')).code).toBe(1);
  });

  test('an instant that is yet to come, and a folder that holds something else, are refused', async () => {
    const place = await shop();
    const future = await run(place, 'record', 'set', '--at', '2999-01-01T00:00:00Z');
    expect([future.code, future.stderr]).toEqual([2, expect.stringContaining('is yet to come')]);
    const before = await filesIn(place.path('gates'));
    const taken = await run(place, 'record', 'gates', '--at', String(AT));
    expect([taken.code, taken.stderr]).toEqual([
      2,
      expect.stringContaining('gates holds other files and no recorded set'),
    ]);
    expect(await filesIn(place.path('gates'))).toEqual(before);
  });

  test('a gate that the set knows, with another variable: a replay could tell of one of the two alone', async () => {
    const of = (gate: string, where: string): string => `gate: ${gate}
vars: { v: { default: one } }
backends: { f: { type: file } }
window: { for: 5m, step: 1m, settle: 0s }
criteria:
  c: { value: { path: d.csv, time: at, value: v, where: { k: "${where}" } }, take: mean, unit: x, pass: "<= 5" }
`;
    const rows = [1, 2, 3, 4, 5].flatMap((i) =>
      ['one,1', 'two,9'].map((row) => `2026-01-01T00:0${i}:00Z,${row}`),
    );
    const place = await sandbox({
      'd.csv': ['at,k,v', ...rows, ''].join('\n'),
      'a.gate.yaml': of('a', '{{v}}'),
      'b.gate.yaml': of('b', `\${K:-one}`),
    });
    const at = ['--at', '2026-01-01T00:05:00Z'];
    const run = async (args: readonly string[], env: Record<string, string> = {}) => {
      const { code, stderr } = await runGatekeeper(['check', ...args], { cwd: place.folder, env });
      return [code, stderr.split('\n')[0]];
    };
    const into = (set: string, gate: string, ...more: string[]) => [gate, ...at, '--record', set, ...more];
    const both = 'no replay could answer both';

    expect(await run(into('set', 'a.gate.yaml', '--var', 'v=two'))).toEqual([1, '']);
    const before = await filesIn(place.path('set'));
    expect(await run(into('set', 'a.gate.yaml'))).toEqual([
      2,
      `set holds a set recorded with --var v=two, and this run has no --var v: ${both}`,
    ]);
    expect(await filesIn(place.path('set'))).toEqual(before);
    expect(await run(['a.gate.yaml', '--replay', 'set'])).toEqual([1, '']);

    // Another gate joins the set, and is held to its own environment from then on.
    expect(await run(into('set', 'b.gate.yaml'), { K: 'two' })).toEqual([1, '']);
    expect(await run(into('set', 'b.gate.yaml'), { K: 'two' })).toEqual([1, '']);
    expect(await run(into('set', 'b.gate.yaml'), { K: 'one' })).toEqual([
      2,
      `set holds a set recorded with K=two, and this run has K=one: ${both}`,
    ]);
    expect(await run(into('own', 'b.gate.yaml'), { K: 'two' })).toEqual([1, '']);
    expect(await run(into('own', 'b.gate.yaml'))).toEqual([
      2,
      `own holds a set recorded with K=two, and this run has no K: ${both}`,
    ]);
    expect(await run(['b.gate.yaml', '--replay', 'own'])).toEqual([1, '']);
  });

  test('what else lies in a set stays there', async () => {
    const place = await shop();
    await record(place);
    await place.write({ 'set/README.md': 'why' });
    await record(place);
    expect((await filesIn(place.path('set')))['README.md']).toBe('why');
  });

  test('without room on the disk there is no set, and nothing is left behind', async () => {
    const place = await shop();
    const rows = Array.from({ length: 40 }, (_, i) => `${AT},1000,5,user-${i}-${'x'.repeat(90)}`);
    await place.write({ 'gates/shop.csv': ['time,requests,bad,user', ...rows, ''].join('\n') });
    const script = `ulimit -f 1; "${process.execPath}" "${BINARY}" record set --at ${AT}`;
    const env = { PATH: process.env['PATH'] ?? '', HOME: place.folder, GATEKEEPER_COMPILE_CACHE: 'off' };
    const { status, stderr } = spawnSync('bash', ['-c', script], {
      cwd: place.folder,
      env,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('the recording could not be written to set: EFBIG'),
    ]);
    expect((await readdir(place.folder)).filter((name) => name.startsWith('set'))).toEqual([]);
  });

  test('a recorder that is killed at any step leaves a whole set, the one before, or none', async () => {
    const place = await shop();
    await place.write({
      'kill.cjs': `
        const fs = require('node:fs/promises');
        let left = Number(process.env.KILL_AFTER);
        for (const name of ['mkdir', 'mkdtemp', 'cp', 'rm', 'writeFile', 'chmod', 'rename']) {
          const real = fs[name];
          fs[name] = async (...args) => {
            if (left-- === 0) process.kill(process.pid, 'SIGKILL');
            return real(...args);
          };
        }`,
    });
    const killed = (set: string, after: number): Promise<BinaryResult> =>
      runGatekeeper(['record', set, '--at', String(AT)], {
        cwd: place.folder,
        env: { NODE_OPTIONS: `--require ${place.path('kill.cjs')}`, KILL_AFTER: String(after) },
      });
    const states: string[] = [];
    for (let after = 0; ; after += 1) {
      const { signal } = await killed('set', after);
      const isThere = (await readdir(place.folder)).includes('set');
      const { code } = await run(place, 'fixture', 'verify', 'set');
      states.push(isThere ? `whole ${code}` : `absent ${code}`);
      if (signal === undefined) break;
      await rm(place.path('set'), { recursive: true, force: true });
    }
    expect(states.length).toBeGreaterThan(8);
    expect(new Set(states)).toEqual(new Set(['absent 2', 'whole 0']));
  }, 60_000);
});

describe('a set that is not as it was recorded', () => {
  const recorded = async (): Promise<Sandbox> => {
    const place = await shop();
    await record(place);
    return place;
  };
  const spoil = async (place: Sandbox, name: string, change: (text: string) => string): Promise<void> =>
    place.write({ [name]: change((await filesIn(place.folder))[name] ?? '') });

  test('a manifest cut at the end of any line is refused', async () => {
    const place = await recorded();
    const manifest = (await filesIn(place.path('set')))['manifest.yaml'] ?? '';
    const lines = manifest.trimEnd().split('\n');
    for (let kept = 1; kept < lines.length; kept += 1) {
      await place.write({ 'set/manifest.yaml': `${lines.slice(0, kept).join('\n')}\n` });
      const { code, stdout } = await run(place, 'check', '--replay', 'set');
      expect([kept, code, stdout]).toEqual([kept, 2, '']);
    }
  }, 60_000);

  test('the same of a set from before sets were counted', async () => {
    const place = await recorded();
    await spoil(place, 'set/manifest.yaml', (text) =>
      text.replace(/^count: .*\n/m, '').replace(/^ {2}records\/errors.total.*\n/m, ''),
    );
    const { code, stderr } = await run(place, 'check', '--replay', 'set');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'does not list 1 file of the set, records/errors.total.current.yaml among them',
      ),
    ]);
  });

  test.each([
    [
      'of another form',
      (text: string) => text.replace('schemaVersion: 1', 'schemaVersion: 2'),
      'is of schemaVersion 2, recorded by gatekeeper 0.1.0: this version reads 1\n   replay it with the version that',
    ],
    [
      'without its instant',
      (text: string) => text.replace(/^evalTime.*\n/m, ''),
      'is no manifest: "evalTime": Invalid input',
    ],
    [
      'at no instant',
      (text: string) => text.replace(/^evalTime.*/m, 'evalTime: yesterday'),
      'is no manifest: "evalTime" is no instant\n   write RFC 3339',
    ],
    ['that is empty', () => '', 'is no manifest: Invalid input: expected object'],
  ])('a manifest %s is told by what is wrong with it', async (_name, change, says) => {
    const place = await recorded();
    await spoil(place, 'set/manifest.yaml', change);
    const { code, stdout, stderr } = await run(place, 'check', '--replay', 'set');
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(`set/manifest.yaml ${says}`)]);
  });

  test('a link that leads out of the set, for a file and for a folder', async () => {
    const place = await recorded();
    const name = 'errors.bad.current.yaml';
    await cp(place.path(`set/records/${name}`), place.path(name));
    await rm(place.path(`set/records/${name}`));
    await symlink(place.path(name), place.path(`set/records/${name}`));
    const one = await run(place, 'check', '--replay', 'set');
    expect([one.code, one.stderr]).toEqual([
      2,
      expect.stringContaining(`set/records/${name} is a link out of the set`),
    ]);
    await rm(place.path('set/records'), { recursive: true });
    await symlink(join(place.folder, 'gates'), place.path('set/records'));
    expect((await run(place, 'check', '--replay', 'set')).stderr).toContain('is a link out of the set');
  });

  test('a set from the future, and one that stands later than it was recorded', async () => {
    const place = await recorded();
    await spoil(place, 'set/manifest.yaml', (text) =>
      text.replace(/^recordedAt: .*$/m, 'recordedAt: 2999-01-01T00:00:00Z'),
    );
    expect(await run(place, 'check', '--replay', 'set')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('which is yet to come'),
    });
    await spoil(place, 'set/manifest.yaml', (text) =>
      text.replace(/^recordedAt: .*$/m, 'recordedAt: 2025-01-01T00:00:00Z'),
    );
    expect((await run(place, 'fixture', 'verify', 'set')).stderr).toContain('later than it was recorded');
  });

  test('a gate of another version: what changed is said where an answer is missing', async () => {
    const place = await recorded();
    await place.write({ 'gates/shop.gate.yaml': gateOf('<= 2%').replace('for: 5m', 'for: 6m') });
    const { code, stderr } = await run(place, 'check', '--replay', 'set');
    expect(code).toBe(2);
    expect(stderr).toContain('set was recorded for another version of the gates');
    await place.write({ 'gates/shop.gate.yaml': gateOf('<= 2%') });
    const moved = await run(place, 'check', '--replay', 'set', '--verbose');
    expect([moved.code, moved.stderr]).toEqual([0, expect.stringContaining('is   shop.errors point <= 2%')]);
    expect((await run(place, 'check', '--replay', 'set')).stderr).toBe('');
    expect(stderr).toContain('was  shop.errors point <= 1%\n     is   shop.errors point <= 2%');
  });
});

describe('fixture', () => {
  test('age and --max-age: a replay warns, is refused under CI, and by the flag', async () => {
    const place = await shop();
    await record(place, '--max-age', '30d');
    const old = (text: string): string =>
      text.replace(/^recordedAt: .*$/m, 'recordedAt: 2026-01-02T01:00:00Z');
    await place.write({
      'set/manifest.yaml': old((await filesIn(place.path('set')))['manifest.yaml'] ?? ''),
    });
    const age = await run(place, 'fixture', 'age', 'set');
    expect([age.code, age.stdout]).toEqual([
      1,
      expect.stringMatching(/^set: \d+d old, at most 30d is wanted\n$/),
    ]);
    const warned = await run(place, 'check', '--replay', 'set');
    expect([warned.code, warned.stderr]).toEqual([0, expect.stringContaining('at most 30d is wanted')]);
    const refused = [
      await runGatekeeper(['check', '--replay', 'set'], { cwd: place.folder, env: { CI: 'true' } }),
      await run(place, 'check', '--replay', 'set', '--max-age', '1d'),
    ];
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual([
      [2, ''],
      [2, ''],
    ]);
    expect((await run(place, 'check', '--replay', 'set', '--max-age', '90000d')).code).toBe(0);
  });

  test('redact cuts the values of a label out, keeps series apart and the verdict as it is', async () => {
    const place = await shop();
    await record(place);
    const before = await run(place, 'check', '--replay', 'set', '--report', 'json');
    expect(await run(place, 'fixture', 'redact', 'set', '--label', 'user')).toMatchObject({
      code: 0,
      stdout: 'set: 2 values cut out\n',
    });
    const files = await filesIn(place.path('set'));
    expect(JSON.stringify(files)).not.toContain('alice');
    expect(files['manifest.yaml']).toContain('redactions: 2');
    expect((await run(place, 'fixture', 'verify', 'set')).code).toBe(0);
    expect((await run(place, 'check', '--replay', 'set', '--report', 'json')).stdout).toBe(before.stdout);
    const typo = await run(place, 'fixture', 'redact', 'set', '--label', 'usr');
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('did you mean "user"?')]);
  });

  test('verify finds a credential that was put in by hand', async () => {
    const place = await shop();
    await record(place);
    const files = await filesIn(place.path('set'));
    const name = 'records/errors.bad.current.yaml';
    const manifest = (files['manifest.yaml'] ?? '')
      .replace(/^ {2}records\/errors\.bad.*\n/m, '')
      .replace('count: 2', 'count: 1');
    const key = `AKIA${'A1B2'.repeat(4)}`;
    await place.write({
      [`set/${name}`]: (files[name] ?? '').replace('alice', key),
      'set/manifest.yaml': manifest,
    });
    const { code, stderr } = await run(place, 'fixture', 'verify', 'set');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`set/${name} holds what looks like an AWS access key`),
    ]);
    expect((await run(place, 'fixture', 'redact', 'set')).code).toBe(0);
    expect((await run(place, 'fixture', 'verify', 'set')).code).toBe(0);
    expect(JSON.stringify(await filesIn(place.path('set')))).not.toContain(key);
  });

  test('a word that is no action, and no folder', async () => {
    const place = await shop();
    expect((await run(place, 'fixture', 'verfy', 'set')).stderr).toContain('did you mean "verify"?');
    expect((await run(place, 'fixture', 'verify')).stderr).toContain('no recorded set is named');
  });
});
