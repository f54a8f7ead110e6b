/**
 * How long the sequential judge takes: 100 criteria of 60 strata whose counts are small enough for the exact form, and 1,000
 * criteria of 1,440 strata whose counts are large. What counts is the time of the processor: others use the machine at the same
 * time, and judging waits for nothing.
 *
 * npm run bench:judge
 */
import type { Rule } from '../src/contracts/judge.js';
import { sequential } from '../src/judges/sequential.js';
import type { Observation } from '../src/model/evidence.js';
import { binomialNear, type Random, randomOf } from '../src/stats/draw.js';
import { ruleOf } from '../test/judges/support.js';
import { say, sayResult } from './support/measure.js';

const ROUNDS = 5;

interface Size {
  readonly name: string;
  readonly criteria: number;
  readonly strata: number;
  /** Requests of the smaller arm in a stratum. */
  readonly requests: number;
  readonly targetMs: number;
}
const SIZES: readonly Size[] = [
  { name: 'exact', criteria: 100, strata: 60, requests: 500, targetMs: 2000 },
  { name: 'large', criteria: 1000, strata: 1440, requests: 20_000, targetMs: 2000 },
];
const LIMITS = ['>= baseline', '>= baseline - 1pp', '>= baseline - 2%', '>= 97%'];

function drawn(random: Random, { strata }: Size, n: number): Observation {
  const counts = Array.from({ length: strata }, () => ({ k: binomialNear(random, n, 0.98), n }));
  return {
    labels: {},
    evidence: { kind: 'counts', strata: counts },
    newest: 0,
    ended: [],
    trouble: [],
    notes: [],
  };
}

/** Median of some rounds, in milliseconds of the processor. */
function timeOf(rule: Rule, size: Size, judged: Observation, baseline: Observation | undefined): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    for (let i = 0; i < size.criteria; i += 1) sequential.judge(rule, judged, baseline);
    return process.cpuUsage(start).user / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

const results = SIZES.map((size) => {
  const random = randomOf(1);
  const judged = drawn(random, size, size.requests);
  const baseline = drawn(random, size, size.requests * 9);
  const medians = LIMITS.map((limit) => {
    const rule = ruleOf(limit, { unit: 'share', better: 'higher', falseAlarm: 0.001 });
    const ms = timeOf(rule, size, judged, limit.includes('baseline') ? baseline : undefined);
    say(`${size.name}: ${size.criteria} x ${size.strata} strata, ${limit}: ${ms.toFixed(0)} ms`);
    return [limit, Math.round(ms)] as const;
  });
  return [size.name, { ...size, medianMs: Object.fromEntries(medians) }] as const;
});
sayResult('judge', Object.fromEntries(results));
