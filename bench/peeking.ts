/**
 * False fails, wrong passes and looks to detection of the project's own judge, when every one of 50 looks may decide:
 * `npm run bench:peeking -- [ROLLOUTS] [NAME]`. Beside it, in the same rollouts, rules that others look with.
 */

import { sequential } from '../src/judges/sequential.js';
import type { Observation } from '../src/model/evidence.js';
import { randomOf } from '../src/stats/draw.js';
import { ruleOf } from '../test/judges/support.js';
import { thresholdEach, thresholdTotals, zTest } from './peeking/naive.js';
import { type First, kayentaEach, mannWhitneyEach } from './peeking/ranks.js';
import { LOOKS, type Look, SCENARIOS, type Scenario, ZERO } from './peeking/scenarios.js';

interface Tally {
  fails: number[];
  passes: number[];
}

const rollouts = Number(process.argv[2] ?? 2000);
const only = process.argv[3];

const rows = SCENARIOS.filter(({ name }) => only === undefined || name.startsWith(only)).map(measure);
console.log(JSON.stringify({ rollouts, looks: LOOKS, alpha: 0.05, rows }));

function measure(scenario: Scenario): unknown {
  const isFixed = !scenario.pass.includes('baseline');
  const rule = { ...ruleOf(scenario.pass), unit: 'share', better: scenario.better };
  const own: Tally = { fails: [], passes: [] };
  const others = { totals: 0, each: 0, z: 0 };
  const ranks: Record<'mannWhitney' | 'kayenta' | 'kayentaFrom5' | 'kayentaFrom10', First[]> = {
    mannWhitney: [],
    kayenta: [],
    kayentaFrom5: [],
    kayentaFrom10: [],
  };
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const random = randomOf(rollout * 7919 + 1);
    const looks = Array.from({ length: LOOKS }, (_, index) => scenario.look(random, index));
    const judgement = sequential.judge(
      rule,
      observe(looks, 'judged'),
      isFixed ? undefined : observe(looks, 'baseline'),
    );
    // The evidence never forgets a crossing, so the whole window knows at which look a loop would have stopped.
    const first = judgement.evidence?.firstCrossing;
    if (first != null) own[first.side === 'fail' ? 'fails' : 'passes'].push(first.stratum + 1);
    if (isFixed) continue;
    const side = scenario.better === 'higher' ? -1 : 1;
    others.totals += thresholdTotals(looks, side) ? 1 : 0;
    others.each += thresholdEach(looks, side) ? 1 : 0;
    others.z += zTest(looks, side) ? 1 : 0;
    if (scenario.pass !== ZERO[scenario.better]) continue;
    ranks.mannWhitney.push(mannWhitneyEach(looks, side));
    ranks.kayenta.push(kayentaEach(looks, side, 2));
    ranks.kayentaFrom5.push(kayentaEach(looks, side, 5));
    ranks.kayentaFrom10.push(kayentaEach(looks, side, 10));
  }
  const share = (n: number): number => Math.round((1000 * n) / rollouts) / 10;
  const row = {
    scenario: scenario.name,
    about: scenario.about,
    pass: scenario.pass,
    failPercent: share(own.fails.length),
    failLook: [quantile(own.fails, 0.5), quantile(own.fails, 0.9)],
    passPercent: share(own.passes.length),
    passLook: [quantile(own.passes, 0.5), quantile(own.passes, 0.9)],
    wrong: scenario.wrong,
    others: isFixed
      ? null
      : { totals: share(others.totals), eachLook: share(others.each), z: share(others.z) },
    ranks: Object.fromEntries(
      Object.entries(ranks)
        .filter(([, firsts]) => firsts.length > 0)
        .map(([rule, firsts]) => [rule, foundOf(firsts, share)]),
    ),
  };
  console.log(
    `${row.scenario.padEnd(24)} ${row.about.padEnd(36)} fail ${String(row.failPercent).padStart(5)} % ${row.failLook.join('/').padEnd(6)} pass ${String(row.passPercent).padStart(5)} % ${row.passLook.join('/').padEnd(6)} | ${row.others === null ? '' : `totals ${row.others.totals} each ${row.others.eachLook} z ${row.others.z}`}`,
  );
  for (const [rule, found] of Object.entries(row.ranks)) {
    console.log(
      `${''.padEnd(61)} fail ${String(found.percent).padStart(5)} % ${found.look.join('/')} ${rule}`,
    );
  }
  return row;
}

/** How many rollouts a rule failed, and at which look. */
function foundOf(
  firsts: readonly First[],
  share: (n: number) => number,
): { readonly percent: number; readonly look: readonly (number | null)[] } {
  const found = firsts.filter((first) => first !== null);
  return { percent: share(found.length), look: [quantile(found, 0.5), quantile(found, 0.9)] };
}

function observe(looks: readonly Look[], arm: 'judged' | 'baseline'): Observation {
  const strata = looks.map((look) => look[arm]);
  return { labels: {}, evidence: { kind: 'counts', strata }, newest: 0, ended: [], trouble: [], notes: [] };
}

function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? null;
}
