/** `gatekeeper init` of a real Prometheus: labels that are there, and a recorded set where there is traffic. */
import { afterAll, describe, expect, test } from 'vitest';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const run = (place: Sandbox, ...args: readonly string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });

describe.skipIf(!needs('prometheus', 'promtool'))('a real Prometheus', () => {
  const started: Prometheus[] = [];
  afterAll(() => Promise.all(started.map((each) => each.stop())));

  /** Forty minutes up to now of the cache's counters each quarter of a minute, and of fetches now and then. */
  async function varnish(fetches: 'with rare fetches' | 'without fetches'): Promise<Prometheus> {
    const at = Math.floor(Date.now() / 60_000) * 60;
    const series = (name: string, labels: string, every: number): string => {
      const samples = Array.from({ length: 2400 / every }, (_, i) => {
        const time = at - 2400 + (i + 1) * every;
        return `varnish_main_${name}{${labels}} ${i * 50} ${time}\n`;
      });
      return `# TYPE varnish_main_${name} gauge\n${samples.join('')}`;
    };
    const cache = ['cache_hit', 'cache_miss', 's_pass'].map((name) => series(name, 'job="edge"', 15));
    const rare = [
      series('fetch', 'job="edge",type="failed"', 1200),
      series('fetch_total', 'job="edge"', 1200),
    ];
    const all = fetches === 'without fetches' ? cache : [...cache, ...rare];
    const prometheus = await startPrometheus({ openMetrics: `${all.join('')}# EOF\n` });
    started.push(prometheus);
    return prometheus;
  }

  test('gives names and labels, and a recorded set of now with a test that replays it', async () => {
    const { url: server } = await varnish('without fetches');
    const place = await sandbox();
    const { code, stdout, stderr } = await run(place, 'init', '--url', server);
    const after = await filesIn(place.folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('wrote  gates/varnish.gate.yaml       cache-hit-ratio\n');
    expect(stdout).toMatch(
      /\n\nfixtures\/first-look: 2 answers as of \S+\ngates\/first-look.gate.test.yaml: replays it, and expects fail\n\n/,
    );
    expect(after['gates/varnish.gate.yaml']).toContain(
      '    use: catalog/varnish/cache-hit-ratio\n    with: { job: "edge" }\n',
    );
    expect(after['gatekeeper.config.yaml']).toContain(`\${PROMETHEUS_URL:-${server}}`);
    expect(await run(place, 'validate')).toMatchObject({
      code: 0,
      stdout: 'valid: 1 gate with 1 criterion\n',
      stderr: '',
    });
    expect(await run(place, 'test', '--coverage', '-q')).toMatchObject({
      code: 0,
      stdout: 'FULL  varnish  1 of 1 criteria seen to fail\n4 passed, 0 failed\n',
    });
    const verified = await run(place, 'fixture', 'verify', 'fixtures/first-look');
    expect(verified.code).toBe(0);
    await place.write({ 'gates/varnish.gate.yaml': '# mine\n' });
    const again = await run(place, 'init', '--url', server);
    expect(again.code).toBe(2);
    expect(await filesIn(place.folder)).toEqual({ ...after, 'gates/varnish.gate.yaml': '# mine\n' });
  });

  test('what has too little traffic to be judged is not recorded, and it is said', async () => {
    const { url: server } = await varnish('with rare fetches');
    const place = await sandbox();
    const { code, stdout } = await run(place, 'init', '--url', server);
    const after = await filesIn(place.folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /No set was recorded: varnish\.fetch-failures is inconclusive: .*\.\nOn a healthy day with traffic: /,
    );
    expect(Object.keys(after).filter((name) => name.startsWith('fixtures'))).toEqual([]);
    expect(await run(place, 'test', '--coverage', '-q')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('FULL  varnish  2 of 2 criteria'),
    });
  });
});
