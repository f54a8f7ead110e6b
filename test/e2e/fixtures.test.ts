/** The recorded sets of fixtures/, replayed and recorded by the real program. */
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { VERDICTS } from '../../src/model/verdict.js';
import { type BinaryOptions, runGatekeeper } from '../support/binary.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import {
  FIXTURE_AT,
  FIXTURE_SETS,
  FIXTURE_SHOP,
  GATES,
  historyFor,
  type Storefront,
  startStorefront,
  type World,
} from '../support/worlds.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SETS = FIXTURE_SETS.map(({ name, exit }) => [name, exit] as const);
/** What asks for pages, and no backend. */
const PROBED = ['preferred-pages', 'preferred-pages-ok'].map((id) => `crawl-signals.${id}`);
const FORMATS = ['pretty', 'json', 'ndjson', 'junit', 'markdown', 'github'];

afterAll(removeSandboxes);

/** Runs `check` in the repository and reads its JSON report. */
async function checked(
  args: readonly string[],
  options: BinaryOptions = {},
): Promise<{ code: number | undefined; report: GateReport; stderr: string }> {
  const { code, stdout, stderr } = await runGatekeeper(['check', ...args, '--report', 'json'], {
    cwd: ROOT,
    ...options,
  });
  if (stdout === '') throw new Error(`no report:\n${stderr}`);
  return { code, report: JSON.parse(stdout) as GateReport, stderr };
}

const replayed = (set: string): Promise<{ code: number | undefined; report: GateReport }> =>
  checked(['gates', '--replay', `fixtures/${set}`]);

function criteriaOf(report: GateReport): readonly CriterionResult[] {
  return report.gates.flatMap((gate) => gate.criteria);
}

function keysBy(report: GateReport, verdict: string): readonly string[] {
  return criteriaOf(report)
    .filter((criterion) => criterion.verdict === verdict)
    .map(({ key }) => key);
}

describe('each set gives its exit code', () => {
  test.each(SETS)('%s: all gates exit %i', async (set, exit) => {
    const { code, report } = await replayed(set);
    expect(code).toBe(exit);
    expect(report).toMatchObject({ exitCode: exit, mode: 'replay', asOf: FIXTURE_AT });
  });

  test.each(SETS)(
    '%s: every gate alone exits %i, and says what it says among the others',
    async (set, exit) => {
      const { report: together } = await replayed(set);
      for (const gate of GATES) {
        const alone = await checked([`gates/${gate}.gate.yaml`, '--replay', `fixtures/${set}`]);
        expect([gate, alone.code]).toEqual([gate, exit]);
        expect(alone.report.gates).toEqual(together.gates.filter(({ id }) => id === gate));
      }
      const chosen = await checked(['gates', '--gate', 'latency', '--replay', set]);
      expect(chosen.code).toBe(exit);
      expect(chosen.report.gates).toEqual(together.gates.filter(({ id }) => id === 'latency'));
    },
  );
});

describe('the report of a set', () => {
  test.each(SETS)('%s: lists every criterion of every gate once, in a word for a verdict', async (set) => {
    const { report } = await replayed(set);
    const keys = criteriaOf(report).map(({ key }) => key);
    expect(keys).toEqual((await Promise.all(GATES.map(keysOf))).flat());
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, verdict, reason } of criteriaOf(report)) {
      expect(VERDICTS, key).toContain(verdict);
      expect(reason === null, `${key}: ${verdict} has a reason`).toBe(verdict === 'pass');
    }
  });

  test('healthy: every criterion passes', async () => {
    const { report } = await replayed('healthy');
    expect(criteriaOf(report).filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  test('regressed: each fault is found by the criteria it breaks, and by no other', async () => {
    const { report } = await replayed('regressed');
    const byFault = {
      // The shield is as good as before: it only gets more to do.
      'cache-collapse': ['cache-floor[layer=edge]', 'cache-not-worse[layer=edge]', 'origin-not-flooded'].map(
        (id) => `cache-hit-ratio.${id}`,
      ),
      'purge-storm': ['purges', 'purges-not-more', 'purges-of-everything'].map(
        (id) => `cache-hit-ratio.${id}`,
      ),
      'checkout-drop-edge': ['checkout-slo', 'checkout-not-worse'].map(
        (id) => `checkout-completion.${id}[path=edge]`,
      ),
      'canonical-elsewhere, noindex': ['preferred-pages', 'preferred-pages-ok'].map(
        (id) => `crawl-signals.${id}`,
      ),
      'googlebot-503': ['crawl-signals.googlebot-refused'],
      'crawler-5xx': ['crawler-errors', 'crawler-errors-not-worse'].flatMap((id) =>
        ['googlebot', 'bingbot'].map((crawler) => `crawl-signals.${id}[crawler=${crawler}]`),
      ),
      'robots-404': ['crawl-signals.robots-served'],
      'slow-checkout': ['latency-share', 'latency-p95'].map((id) => `latency.${id}[route=/checkout]`),
    };
    expect(keysBy(report, 'fail')).toEqual(Object.values(byFault).flat());
    expect(keysBy(report, 'warn')).toEqual([]);
    expect(report.gates.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail', 'fail']);
  });

  test('no-traffic: nothing fails and nothing passes, whether series are absent or stay at 0', async () => {
    const { report } = await replayed('no-traffic');
    // The pages of the shop are there for whoever asks, traffic or not.
    expect(keysBy(report, 'pass')).toEqual(PROBED);
    const others = criteriaOf(report).filter(({ key }) => !PROBED.includes(key));
    expect(new Set(others.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']));
    const reasons = report.gates.map(({ criteria }) =>
      [
        ...new Set(
          criteria
            .filter(({ key, advisory }) => !advisory && !PROBED.includes(key))
            .map(({ reason }) => reason?.code),
        ),
      ].sort(),
    );
    const [cache, checkout, crawl, latency] = reasons;
    expect({ cache, latency }).toEqual({ cache: ['no-data'], latency: ['no-data'] });
    expect({ checkout, crawl }).toEqual({
      checkout: ['no-data', 'too-few'],
      crawl: ['no-data', 'too-few'],
    });
  });

  test('backend-down: every criterion is an error of the backend, with what happened', async () => {
    const { report } = await replayed('backend-down');
    for (const { key, verdict, reason, queries } of criteriaOf(report)) {
      expect([key, verdict, reason?.code]).toEqual([key, 'error', 'backend']);
      const isLog = key === 'crawl-signals.googlebot-refused';
      expect(reason?.text).toContain(isLog ? 'No files found' : 'ECONNREFUSED');
      expect(queries[0]?.failure?.code).toBe(isLog ? 'backend.file' : 'backend.unreachable');
    }
  });
});

describe('a replay is the same, byte for byte', () => {
  const everyFormat = async (set: string, options: BinaryOptions, args: readonly string[] = []) => {
    const out = await sandbox();
    const reports = FORMATS.flatMap((format) => ['--report', `${format}:${out.path(format)}`]);
    const { code } = await runGatekeeper(
      ['check', 'gates', '--replay', `fixtures/${set}`, ...reports, ...args],
      {
        cwd: ROOT,
        ...options,
      },
    );
    return { code, files: await filesIn(out.folder) };
  };

  test.each(SETS)('%s: again, in other time zones, locales and working folders', async (set, exit) => {
    const first = await everyFormat(set, {});
    expect(first.code).toBe(exit);
    expect(Object.keys(first.files).sort()).toEqual([...FORMATS].sort());
    const places: readonly (readonly [BinaryOptions, string[]])[] = [
      [{ env: { TZ: 'Asia/Tokyo', LANG: 'ja_JP.UTF-8' } }, ['--concurrency', '1']],
      [{ env: { TZ: 'America/St_Johns', LC_ALL: 'de_DE.UTF-8', LANG: 'C' } }, []],
      [{ env: { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8' }, cwd: '/' }, ['--cwd', ROOT]],
      [{ cwd: join(ROOT, 'gates') }, ['--cwd', '..']],
    ];
    for (const [options, args] of places) expect(await everyFormat(set, options, args)).toEqual(first);
  });

  test('a locale without UTF-8 changes the glyphs of the terminal alone', async () => {
    const first = await everyFormat('regressed', {});
    const ascii = await everyFormat('regressed', { env: { LC_ALL: 'C' } });
    const changed = FORMATS.filter((format) => ascii.files[format] !== first.files[format]);
    expect(changed).toEqual(['pretty']);
    expect(ascii.files['pretty']).toMatch(/^[\n\x20-\x7e]*$/);
  });
});

describe('a replay opens no socket and starts no process', () => {
  const TRAPS = ['net.Socket.prototype.connect', 'dns.lookup', 'tls.connect', 'child_process.spawn'];
  /** A preload that throws when one of these is called, and writes down that it was. */
  const withTraps = async (traps: readonly string[]) => {
    const place = await sandbox({
      'traps.cjs': `
        const fs = require('node:fs');
        for (const trap of ${JSON.stringify(traps)}) {
          const [module, ...names] = trap.split('.');
          const last = names.pop();
          const owner = names.reduce((object, name) => object[name], require('node:' + module));
          owner[last] = () => {
            fs.appendFileSync(__dirname + '/tripped', trap + '\\n');
            throw new Error('no network: ' + trap);
          };
        }`,
    });
    const env = { NODE_OPTIONS: `--require ${place.path('traps.cjs')}` };
    return { env, tripped: async () => (await filesIn(place.folder))['tripped'] };
  };

  test.each(SETS)('%s is judged with the network taken away', async (set, exit) => {
    const { env, tripped } = await withTraps(TRAPS);
    const args = ['check', 'gates', '--replay', `fixtures/${set}`];
    const { code, stdout } = await runGatekeeper(args, { cwd: ROOT, env });
    expect(code).toBe(exit);
    expect(stdout).toContain('source=replay');
    expect(await tripped()).toBeUndefined();
  });

  // Without these, a preload that watches nothing would prove nothing.
  test.each([
    ['net.Socket.prototype.connect', '{ type: prometheus, url: "http://127.0.0.1:9" }', 'up'],
    ['dns.lookup', '{ type: prometheus, url: "http://prometheus.example:9090" }', 'up'],
    ['tls.connect', '{ type: prometheus, url: "https://127.0.0.1:9" }', 'up'],
    ['child_process.spawn', '{ type: exec }', '[echo, "1"]'],
  ])('a live run trips %s', async (trap, backend, query) => {
    const { env, tripped } = await withTraps([trap]);
    const live = await sandbox({
      'a.gate.yaml': `
gate: live
backends: { it: ${backend} }
criteria: { up: { value: ${query}, pass: ">= 1" } }
`,
    });
    const args = ['check', 'a.gate.yaml', '--retries', '0'];
    const { code } = await runGatekeeper(args, { cwd: live.folder, env });
    expect(code).not.toBe(0);
    expect(await tripped()).toContain(trap);
  });
});

describe('a set that does not fit is refused, with the mend', () => {
  const ANSWER = 'metrics/latency.bucket.canary._p.yaml';
  /** A copy of the repository's gates and of one set, to spoil. */
  const copied = async (): Promise<Sandbox> => {
    const copy = await sandbox();
    for (const name of ['gates', 'gatekeeper.config.yaml', 'fixtures/healthy'])
      await cp(join(ROOT, name), copy.path(name), { recursive: true });
    return copy;
  };
  const replayIn = ({ folder }: Sandbox) =>
    runGatekeeper(['check', 'gates', '--replay', 'fixtures/healthy'], { cwd: folder });
  const spoil = async (copy: Sandbox, name: string, change: (text: string) => string): Promise<void> =>
    copy.write({ [name]: change(await readFile(copy.path(name), 'utf8')) });

  test('the copy itself passes', async () => {
    expect((await replayIn(await copied())).code).toBe(0);
  });

  test('a file that is missing', async () => {
    const copy = await copied();
    await spoil(copy, 'fixtures/healthy/manifest.yaml', (text) =>
      text.replaceAll('latency.bucket.canary._p.yaml', 'latency.bucket.canary._gone.yaml'),
    );
    const { code, stdout, stderr } = await replayIn(copy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'fixtures/healthy/metrics/latency.bucket.canary._gone.yaml is listed in the manifest and not there',
    );
    expect(stderr).toContain('record the set again');
  });

  test('a file that was edited', async () => {
    const copy = await copied();
    await spoil(copy, `fixtures/healthy/${ANSWER}`, (text) => text.replace(/values: \d+/, 'values: 1'));
    const { code, stdout, stderr } = await replayIn(copy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`fixtures/healthy/${ANSWER} was changed since it was recorded`);
    expect(stderr).toContain('remove its line from the manifest if the change is meant');
  });

  test.each([
    ['cut in its middle', (text: string) => text.slice(0, text.length / 2)],
    ['cut to its first line', (text: string) => text.slice(0, text.indexOf('\n'))],
    ['empty', () => ''],
    ['of no YAML', (text: string) => `${text}\n]`],
  ])('a manifest %s', async (_what, change) => {
    const copy = await copied();
    await spoil(copy, 'fixtures/healthy/manifest.yaml', change);
    const { code, stdout, stderr } = await replayIn(copy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/manifest\.yaml is no manifest|was changed since it was recorded/);
    expect(stderr).toContain('record the set again');
  });

  test('a folder without a manifest, and one that is not there', async () => {
    const copy = await copied();
    for (const folder of ['gates', 'nowhere']) {
      const { code, stderr } = await runGatekeeper(['check', '--replay', folder], { cwd: copy.folder });
      expect(code).toBe(2);
      expect(stderr).toContain('holds no recorded set: manifest.yaml is not there');
      expect(stderr).toContain('gatekeeper check --record DIR');
    }
  });

  test('a gate whose query was changed since: the nearest question is shown, and in what it differs', async () => {
    const copy = await copied();
    await spoil(copy, 'gates/latency.gate.yaml', (text) => text.replace('seconds_bucket{', 'ms_bucket{'));
    const { code, stdout, stderr } = await replayIn(copy);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'fixtures/healthy holds no answer for latency: "bucket" of signal "latency", arm "canary"',
    );
    expect(stderr).toContain('nearest is fixtures/healthy/metrics/latency.bucket.canary._p.yaml:');
    expect(stderr).toContain('query wanted    http_request_duration_ms_bucket{track="canary",route="/p"}');
    expect(stderr).toContain(
      'query recorded  http_request_duration_seconds_bucket{track="canary",route="/p"}',
    );
    expect(stderr).toContain('record it with "gatekeeper check --record DIR"');
  });

  test('a window of another length', async () => {
    const { code, stderr } = await runGatekeeper(['check', '--replay', 'healthy', '--window', '20m'], {
      cwd: (await copied()).folder,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('from wanted    -21m');
    expect(stderr).toContain('from recorded  -31m');
  });

  test('an instant of its own: a replay stands at the instant of its recording', async () => {
    const { code, stderr } = await runGatekeeper(['check', '--replay', 'healthy', '--at', FIXTURE_AT], {
      cwd: ROOT,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('--at cannot go with --replay');
  });
});

describe.skipIf(!needs('prometheus'))('against a Prometheus with the same history', () => {
  interface Live {
    readonly prometheus: Prometheus;
    readonly storefront: Storefront;
  }
  let healthy: Live;
  let regressed: Live;
  const worldOf = (set: string): World => {
    const world = FIXTURE_SETS.find(({ name }) => name === set)?.worlds[0];
    if (world === undefined) throw new Error(`no set ${set}`);
    return world;
  };
  const envOf = ({ prometheus, storefront }: Live) => ({
    PROMETHEUS_URL: prometheus.url,
    ...storefront.env,
  });
  const live = (world: Live, ...args: string[]) =>
    checked(['gates', '--at', FIXTURE_AT, ...args], { env: envOf(world) });
  const start = async (set: string): Promise<Live> => ({
    prometheus: await startPrometheus({ openMetrics: historyFor(worldOf(set)) }),
    storefront: await startStorefront(worldOf(set), (await sandbox()).path('logs')),
  });

  beforeAll(async () => {
    healthy = await start('healthy');
    regressed = await start('regressed');
  });
  afterAll(async () => {
    for (const world of [healthy, regressed]) {
      await world?.prometheus.stop();
      await world?.storefront.stop();
    }
  });

  test.each(['healthy', 'regressed'])(
    '%s: a replay differs from its live run in mode and recordedAt alone',
    async (set) => {
      const target = (await sandbox()).path('set');
      const recording = await live(set === 'healthy' ? healthy : regressed, '--record', target);
      const replay = await checked(['gates', '--replay', target]);
      expect(replay.code).toBe(recording.code);
      expect(recording.report).toMatchObject({ mode: 'live', recordedAt: null });
      expect(replay.report.mode).toBe('replay');
      expect(Date.parse(replay.report.recordedAt ?? '')).toBeGreaterThan(0);
      expect({ ...replay.report, mode: 'live', recordedAt: null }).toEqual(recording.report);
    },
  );

  test.each(['healthy', 'regressed'])(
    '%s: what is checked in is what a live run says today, but for durations',
    async (set) => {
      const world = set === 'healthy' ? healthy : regressed;
      const today = await live(world);
      const { report } = await replayed(set);
      const lasting = (each: GateReport, url: string): unknown => {
        const text = JSON.stringify({ ...each, mode: 'any', recordedAt: null }).replaceAll(url, 'SHOP_URL');
        return JSON.parse(text, (key, value: unknown) => (key === 'durationMs' ? 0 : value));
      };
      const recordedUrl = `http://127.0.0.1:${FIXTURE_SHOP.port}`;
      expect(lasting(report, recordedUrl)).toEqual(lasting(today.report, world.storefront.url));
    },
  );

  test('recording twice at one instant is accepted, and changes nothing', async () => {
    const target = (await sandbox()).path('set');
    await live(healthy, '--record', target);
    const first = await filesIn(target);
    const second = await live(healthy, '--record', target);
    expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    expect(await filesIn(target)).toEqual(first);
  });

  test('recording one gate after the other gives the set of all of them', async () => {
    const place = await sandbox();
    await live(healthy, '--record', place.path('together'));
    for (const gate of GATES) await live(healthy, '--gate', gate, '--record', place.path('apart'));
    const reports = await Promise.all(
      ['together', 'apart'].map((set) => checked(['gates', '--replay', place.path(set)])),
    );
    expect(reports.map(({ code }) => code)).toEqual([0, 0]);
    const manifests = await Promise.all(['together', 'apart'].map((set) => filesIn(place.path(set))));
    expect(Object.keys(manifests[1] ?? {}).length).toBeGreaterThanOrEqual(
      Object.keys(manifests[0] ?? {}).length,
    );
  });

  test('recording into a set of another instant is refused, and the set is left as it was', async () => {
    const target = (await sandbox()).path('set');
    await live(healthy, '--record', target);
    const before = await filesIn(target);
    const args = ['check', 'gates', '--at', '2026-11-20T14:36:00Z', '--record', target];
    const { code, stderr } = await runGatekeeper(args, { cwd: ROOT, env: envOf(healthy) });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`holds a set evaluated at ${FIXTURE_AT}, and this run at 2026-11-20T14:36:00Z`);
    expect(stderr).toContain(`record into a new folder, or pass --at ${FIXTURE_AT}`);
    expect(await filesIn(target)).toEqual(before);
  });

  test('another answer to a recorded question is refused, and the set is left as it was', async () => {
    const target = (await sandbox()).path('set');
    await live(healthy, '--record', target);
    const before = await filesIn(target);
    const { code, stderr } = await live(regressed, '--record', target);
    expect(code).toBe(1);
    expect(stderr).toContain('holds another answer to the same question');
    expect(stderr).toContain('record into a new folder');
    expect(await filesIn(target)).toEqual(before);
  });
});

/** What a gate file says must be in the report: every criterion by every combination of its signal's segments. */
async function keysOf(gate: string): Promise<readonly string[]> {
  interface Written {
    readonly signals: Record<string, { segments?: Record<string, unknown[]> }>;
    readonly criteria: Record<string, { signal?: string }>;
  }
  const file = parse(await readFile(join(ROOT, 'gates', `${gate}.gate.yaml`), 'utf8')) as Written;
  return Object.entries(file.criteria).flatMap(([id, { signal }]) => {
    const [dimension] = Object.entries(file.signals[signal ?? id]?.segments ?? {});
    if (dimension === undefined) return [`${gate}.${id}`];
    const [name, values] = dimension;
    return values.map((value) => `${gate}.${id}[${name}=${String(value)}]`);
  });
}
