/**
 * What docs/canary-loop.sh does with live canaries behind a real Prometheus, 20 seeds a scenario, wrong verdicts counted:
 * `npm run bench:canary -- [SEEDS]`. A minute of the shop lasts a second; four seeds of each scenario run at a time.
 */
import {
  type CanaryShop,
  type LoopEnd,
  REGRESSIONS,
  SILENT,
  startCanaries,
  startLoop,
} from '../test/support/canary.js';
import { median, rounded, say, sayResult } from './support/measure.js';

const AT_ONCE = 4;
const DECIDED_BY = 140;
const WAIT = 70;
const PAUSE = 5;

interface Scenario {
  readonly name: string;
  readonly shop: (seed: number) => Omit<CanaryShop, 'name' | 'seed'>;
  /** Seconds after which the loop gives up. */
  readonly deadline: number;
  readonly right: LoopEnd['exposure'];
  /** Criteria of which the report has to name one, and none besides. */
  readonly named: readonly string[];
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'healthy', shop: () => ({ fault: null }), deadline: DECIDED_BY, right: 'promoted', named: [] },
  ...REGRESSIONS.map(
    ({ fault, criteria }): Scenario => ({
      name: fault,
      shop: () => ({ fault }),
      deadline: DECIDED_BY,
      right: 'stopped',
      named: criteria,
    }),
  ),
  {
    name: 'no-traffic',
    shop: (seed) => ({ fault: SILENT[seed % SILENT.length] ?? null }),
    deadline: WAIT,
    right: 'left as it was',
    named: [],
  },
  {
    name: 'killed',
    shop: () => ({ fault: null, isDoomed: true }),
    deadline: WAIT,
    right: 'left as it was',
    named: [],
  },
];

const seeds = Number(process.argv[2] ?? 20);
const ends = new Map<string, LoopEnd[]>(SCENARIOS.map(({ name }) => [name, []]));
for (let first = 1; first <= seeds; first += AT_ONCE) {
  await runWave(Array.from({ length: Math.min(AT_ONCE, seeds - first + 1) }, (_, i) => first + i));
  say(`seeds to ${Math.min(first + AT_ONCE - 1, seeds)} are done`);
}
const rows = SCENARIOS.map(rowOf);
const regressions = rows.filter(({ right }) => right === 'stopped');
const [healthy] = rows;
sayResult('canary', {
  seeds,
  rows,
  regressionsPromoted: regressions.reduce((sum, { promoted }) => sum + promoted, 0),
  healthyStopped: healthy?.stopped,
  healthyPromoted: healthy?.promoted,
  targets: { regressionsPromoted: 0, healthyStopped: '<= 1 of 20', healthyPromoted: '>= 18 of 20' },
});

async function runWave(wave: readonly number[]): Promise<void> {
  const runs = SCENARIOS.flatMap((scenario) =>
    wave.map((seed) => ({
      scenario,
      shop: { name: `${scenario.name}-${seed}`, seed, ...scenario.shop(seed) },
    })),
  );
  const canaries = await startCanaries(runs.map(({ shop }) => shop));
  try {
    const { deployed, prometheus } = canaries;
    await Promise.all([
      canaries.kill(8),
      ...runs.map(async ({ scenario, shop }) => {
        const { deadline } = scenario;
        const url = prometheus.url;
        const loop = await startLoop({ shop: shop.name, deployed, url, deadline, pause: PAUSE });
        const end = await loop.ended();
        ends.get(scenario.name)?.push(end);
        if (end.exposure !== scenario.right) sayWhy(shop.name, end);
      }),
    ]);
  } finally {
    await canaries.stop();
  }
}

/** What stood in the way of the verdict that was to be. */
function sayWhy(shop: string, { code, exposure, report }: LoopEnd): void {
  const reasons = report.reasons.map(({ key, text }) => `${key}: ${text}`);
  say(`${shop}: ${code}, ${exposure} · ${[...new Set(reasons)].join(' · ')}`);
}

function rowOf({ name, right, named }: Scenario) {
  const all = ends.get(name) ?? [];
  const count = (exposure: LoopEnd['exposure']): number =>
    all.filter((end) => end.exposure === exposure).length;
  const row = {
    scenario: name,
    right,
    promoted: count('promoted'),
    stopped: count('stopped'),
    leftAsItWas: count('left as it was'),
    /** Stops that name a broken criterion and no other. */
    namedRight: all.filter(({ failed }) => failed.length > 0 && failed.every((key) => named.includes(key)))
      .length,
    medianSeconds: rounded(median(all.map(({ seconds }) => seconds)), 0),
    longestSeconds: rounded(Math.max(...all.map(({ seconds }) => seconds)), 0),
  };
  say(
    `${name.padEnd(24)} promoted ${row.promoted}, stopped ${row.stopped} (named right ${row.namedRight}), left as it was ${row.leftAsItWas}, after ${row.medianSeconds} s, at most ${row.longestSeconds} s`,
  );
  return row;
}
