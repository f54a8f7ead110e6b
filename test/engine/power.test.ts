/** What a criterion can see, against rollouts that are drawn anew. */
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/contracts/judge.js';
import { doubled, powerOf, shareThatPasses } from '../../src/engine/power/power.js';
import { drawRollout, ruleFor } from '../../src/engine/power/rollout.js';
import { lineOf, type Traffic } from '../../src/engine/power/traffic.js';
import { sequential } from '../../src/judges/sequential.js';
import { randomOf } from '../../src/stats/draw.js';
import { ruleOf } from '../judges/support.js';

const STEPS = 30;
const COUNTS: Traffic = {
  kind: 'counts',
  family: 'binomial',
  steps: [
    { own: 180, other: 3600 },
    { own: 220, other: 4000 },
  ],
  rate: 0.97,
  dispersion: 1,
};
const SHAKEN: Traffic = { ...COUNTS, dispersion: 3 };
const RATE: Traffic = {
  kind: 'counts',
  family: 'poisson',
  steps: [{ own: 60, other: 600 }],
  rate: 0.4,
  dispersion: 1,
};
const LATENCY: Traffic = {
  kind: 'numbers',
  steps: [0.2, 0.22, 0.21, 0.25],
  deviation: 0.08,
  isLog: true,
  isPaired: true,
};

const criterion = (pass: string, change: Partial<Omit<Rule, 'warn'>> = {}) => ({
  judge: sequential,
  rule: ruleOf(pass, { unit: 'share', ...change }),
});

const CASES = [
  { name: 'a share', traffic: COUNTS, of: criterion('>= baseline - 1.5pp') },
  {
    name: 'a share that varies more than it should',
    traffic: SHAKEN,
    of: criterion('>= baseline - 3pp'),
  },
  { name: 'a rate', traffic: RATE, of: criterion('<= baseline * 1.3', { unit: '/min' }) },
  {
    name: 'a latency',
    traffic: LATENCY,
    of: criterion('<= baseline * 1.15', { unit: 's', take: { kind: 'quantile', quantile: 0.95 } }),
  },
];

describe.each(CASES)('$name', ({ traffic, of }) => {
  const power = powerOf(of, traffic, STEPS);
  /** Other draws than those that found the number. */
  const rollouts = (steps: number, change: number) =>
    Array.from({ length: 200 }, (_, i) => {
      const { judged, baseline } = drawRollout(traffic, steps, change, randomOf(7_000_000 + i));
      return of.judge.judge(ruleFor(of.rule, traffic), judged, baseline);
    });

  test('finds the regression that it names in about 80 of 100 rollouts', () => {
    const found = power?.found?.value ?? Number.NaN;
    const healthy = power?.healthy ?? Number.NaN;
    const change = traffic.kind === 'numbers' ? Math.log(found / healthy) : found - healthy;
    const failed = rollouts(STEPS, change).filter(({ verdict }) => verdict === 'fail').length;
    expect(failed / 200).toBeGreaterThan(0.68);
    expect(failed / 200).toBeLessThan(0.95);
  });

  test('passes a healthy release in the time that it names in about 80 of 100', () => {
    const steps = power?.passes?.steps ?? 0;
    const passed = rollouts(steps, 0).filter(({ verdict }) => verdict === 'pass').length;
    expect(passed / 200).toBeGreaterThan(0.66);
    expect(passed / 200).toBeLessThan(0.94);
  });
});

test('twice the traffic sees less, and sooner', () => {
  const of = criterion('>= baseline - 1.5pp');
  const [now, twice] = [powerOf(of, COUNTS, STEPS), powerOf(of, doubled(COUNTS), STEPS)];
  expect(twice?.perStep).toBe(400);
  expect(twice?.found?.value).toBeGreaterThan(now?.found?.value ?? 1);
  expect(twice?.passes?.steps).toBeLessThan(now?.passes?.steps ?? 0);
});

test.each([
  ['a margin of 0', criterion('>= baseline'), 'margin-0'],
  ['a limit that healthy traffic breaks', criterion('>= 99%'), 'broken'],
  ['a margin that would take for ever', criterion('>= baseline - 0.01pp'), 'too-long'],
] as const)('%s never passes', (_, of, never) => {
  expect(powerOf(of, COUNTS, STEPS)).toMatchObject({ passes: null, never });
});

test('a gate that sees its margin passes nearly all that is healthy, one that does not nearly none', () => {
  expect(shareThatPasses(criterion('>= baseline - 5pp'), COUNTS, STEPS)).toBeGreaterThan(0.95);
  expect(shareThatPasses(criterion('>= baseline - 0.4pp'), COUNTS, STEPS)).toBeLessThan(0.3);
});

test('a limit of several parts has no one line', () => {
  const low = { scale: 0, offset: 0.1 };
  expect(lineOf({ kind: 'between', low, high: { scale: 0, offset: 0.2 } })).toBeUndefined();
  expect(lineOf({ kind: 'compare', operator: '==', bound: low })).toBeUndefined();
});
