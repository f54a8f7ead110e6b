/** The documented loop against a real Prometheus that scrapes live shops: a minute of the shop in a second. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  allScraped,
  type Canaries,
  type CanaryShop,
  type LoopEnd,
  REGRESSIONS,
  SILENT,
  startCanaries,
  startLoop,
} from '../support/canary.js';
import { waitUntil } from '../support/processes.js';
import { needs, startPrometheus } from '../support/prometheus.js';

const SEED = 1;
/** Seconds, with room for a busy machine: a healthy canary is promoted after about 40, and a drop of 4 pp found as late. */
const DECIDED_BY = 120;
/** Seconds for those that nothing may ever decide: longer than a healthy one waits. */
const WAIT = 70;
/** Steps of 5 s that the last look has seen at least. */
const STEPS_WAITED = 10;

const HEALTHY = { name: 'healthy', seed: SEED, fault: null };
const DYING = { name: 'dying', seed: SEED, fault: null, isDoomed: true };

describe.skipIf(!needs('prometheus'))('docs/canary-loop.sh', () => {
  let canaries: Canaries | undefined;
  const ends = new Map<string, LoopEnd>();
  const endOf = (name: string): LoopEnd => {
    const end = ends.get(name);
    if (end === undefined) throw new Error(`${name} was not run`);
    return end;
  };

  beforeAll(async () => {
    const broken = REGRESSIONS.map(({ fault }) => fault);
    const faulty = [...broken, ...SILENT].map((name): CanaryShop => ({ name, seed: SEED, fault: name }));
    canaries = await startCanaries([HEALTHY, ...faulty, DYING]);
    const { deployed, prometheus, kill } = canaries;
    const run = async (shop: string, deadline: number) => {
      const loop = await startLoop({ shop, deployed, url: prometheus.url, deadline, pause: 2 });
      ends.set(shop, await loop.ended());
    };
    await Promise.all([
      run(HEALTHY.name, DECIDED_BY),
      ...broken.map((name) => run(name, DECIDED_BY)),
      ...SILENT.map((name) => run(name, WAIT)),
      run(DYING.name, WAIT),
      // Within the second step: nothing is decided before five.
      kill(8),
      losePrometheus(canaries).then((end) => ends.set('unreachable', end)),
    ]);
  }, 300_000);
  afterAll(() => canaries?.stop());

  test('a healthy canary is promoted', () => {
    const { code, exposure, report, failed } = endOf(HEALTHY.name);
    expect([code, exposure, report.verdict, failed]).toEqual(['exit code 0', 'promoted', 'pass', []]);
  });

  test.each(REGRESSIONS)('$fault is stopped, and the report names what is broken', ({ fault, criteria }) => {
    const { code, exposure, output, failed } = endOf(fault);
    expect([code, exposure]).toEqual(['exit code 1', 'stopped']);
    expect(failed.length).toBeGreaterThan(0);
    expect(criteria).toEqual(expect.arrayContaining([...failed]));
    for (const key of failed) expect(output).toMatch(new RegExp(`FAIL +${escaped(key.split('.')[1])} `));
    expect(output).toContain('canary-loop: the gates exit with 1; exposure is stopped');
  });

  test.each([...SILENT, DYING.name])('%s is never promoted', (name) => {
    const { code, exposure, report, output } = endOf(name);
    expect([code, exposure]).toEqual(['exit code 3', 'left as it was']);
    const [gate] = report.gates;
    const waited = Date.parse(gate?.window.to ?? '') - Date.parse(gate?.window.from ?? '');
    expect(waited / 5000).toBeGreaterThanOrEqual(STEPS_WAITED);
    expect(new Set(gate?.criteria.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']));
    expect(output).toContain(`canary-loop: not decided within ${WAIT}s; exposure stays as it is`);
  });

  test('a Prometheus that is gone stops the exposure after five looks in a row', () => {
    const { code, exposure, report, output } = endOf('unreachable');
    expect([code, exposure, report.verdict]).toEqual(['exit code 4', 'stopped', 'error']);
    expect(output.match(/exit 4$/gm)).toHaveLength(5);
    expect(output).toContain('canary-loop: no backend could be asked, 5 looks in a row; exposure is stopped');
  });
});

/** A loop at a Prometheus of its own, which ends after the first look. */
async function losePrometheus({ scrape, deployed }: Canaries): Promise<LoopEnd> {
  const prometheus = await startPrometheus({ scrape });
  try {
    await allScraped(prometheus, scrape.length);
    const { url } = prometheus;
    // Of a shop that is never decided, however late the first look comes.
    const shop = 'no-traffic-flat';
    const loop = await startLoop({ shop, deployed, url, deadline: DECIDED_BY, pause: 0 });
    await waitUntil(() => /exit 3$/m.test(loop.output()), 'a first look', 60_000);
    await prometheus.stop();
    return await loop.ended();
  } finally {
    await prometheus.stop();
  }
}

function escaped(text = ''): string {
  return text.replace(/[[\]]/g, '\\$&');
}
