/** Evidence that stays valid at every look: certainly worse fails, certainly within passes, else more is needed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/contracts/judge.js';
import { sequential } from '../../src/judges/sequential.js';
import type { Observation } from '../../src/model/evidence.js';
import type { PreparedLimit } from '../../src/model/limit.js';
import type { Take } from '../../src/model/take.js';
import { buckets, counts, limit, numbers, ruleOf } from './support.js';

const INF = Number.POSITIVE_INFINITY;
const MEAN: Take = { kind: 'mean' };
const P95: Take = { kind: 'quantile', quantile: 0.95 };
const SHARE = { unit: 'share' } as const;

const say = (rule: Rule, judged: Observation, baseline?: Observation): string => {
  const { verdict, reason } = sequential.judge(rule, judged, baseline);
  return reason === null ? verdict : `${verdict}: ${reason.code}`;
};

/** The same counts in every one of `steps` steps. */
const steady = (k: number, n: number, steps = 20): Observation =>
  counts(...Array.from({ length: steps }, () => [k, n] as const));
/** Numbers about `level` that vary by `spread`, in step with one another in no way. */
const wavy = (level: number, spread: number, steps = 20): Observation =>
  numbers(...Array.from({ length: steps }, (_, i) => level + spread * Math.sin(1 + i * i)));

/** A limit against `scale * baseline + offset`, in numbers. */
function bound(scale: number, offset: number, operator: '<=' | '>=' = '<='): PreparedLimit {
  return {
    text: `${operator} ${scale} * baseline + ${offset}`,
    condition: { kind: 'compare', operator, bound: { scale, offset } },
  };
}

describe('verdicts on shares', () => {
  test.each([
    { name: 'certainly worse', pass: '>= baseline - 2pp', of: [80, 100], is: 'fail: threshold' },
    { name: 'certainly within', pass: '>= baseline - 10pp', of: [90, 100], is: 'pass' },
    { name: 'certainly better', pass: '>= baseline', of: [97, 100], is: 'pass' },
    {
      name: 'certainly worse than pass, certainly within warn',
      pass: '>= baseline - 2pp',
      warn: '>= baseline - 25pp',
      of: [78, 100],
      is: 'warn: threshold',
    },
    {
      name: 'certainly worse than both',
      pass: '>= baseline - 2pp',
      warn: '>= baseline - 5pp',
      of: [70, 100],
      is: 'fail: threshold',
    },
    {
      name: 'certainly worse than pass, near warn',
      pass: '>= baseline - 2pp',
      warn: '>= baseline - 12pp',
      of: [78, 100],
      is: 'inconclusive: undecided',
    },
    { name: 'at the line', pass: '>= baseline - 10pp', of: [80, 100], is: 'inconclusive: undecided' },
    { name: 'as good, without a margin', pass: '>= baseline', of: [90, 100], is: 'inconclusive: undecided' },
    { name: 'within a share of it', pass: '>= baseline - 10%', of: [90, 100], is: 'pass' },
    { name: 'beyond a share of it', pass: '>= baseline - 5%', of: [75, 100], is: 'fail: threshold' },
    { name: 'within a multiple', pass: '>= baseline * 0.8', of: [90, 100], is: 'pass' },
    { name: 'beyond a multiple', pass: '>= baseline * 0.9', of: [70, 100], is: 'fail: threshold' },
    {
      name: 'on both sides of it, within',
      pass: 'between baseline - 10pp and baseline + 9pp',
      of: [90, 100],
      is: 'pass',
    },
    {
      name: 'on both sides of it, above',
      pass: 'between baseline - 10pp and baseline + 2pp',
      of: [99, 100],
      is: 'fail: threshold',
    },
  ])('$name: $pass of 90 % with $of is $is', ({ pass, warn, of, is }) => {
    const rule = ruleOf(pass, { ...SHARE, ...(warn === undefined ? {} : { warn }) });
    expect(say(rule, steady(of[0] ?? 0, of[1] ?? 0), steady(90, 100))).toBe(is);
  });

  test('too little traffic decides nothing, and says how much is needed', () => {
    const judged = sequential.judge(ruleOf('>= baseline - 5pp', SHARE), steady(9, 10, 6), steady(9, 10, 6));
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason?.text).toMatch(/^not decided yet: .* about [\d,]+ more samples or \d+/);
    expect(judged.evidence?.needed?.n).toBe((judged.evidence?.needed?.strata ?? 0) * 10);
    expect(judged.evidence?.firstCrossing).toBeNull();
  });

  test('a fall that comes after certainty to be within still fails', () => {
    const good = Array.from({ length: 30 }, () => [180, 200] as const);
    const bad = Array.from({ length: 30 }, () => [60, 200] as const);
    const rule = ruleOf('>= baseline - 10pp', SHARE);
    const judged = sequential.judge(rule, counts(...good, ...bad), steady(180, 200, 60));
    const { evidence } = judged;
    expect(judged.verdict).toBe('fail');
    expect(evidence?.logE.fail).toBeGreaterThan(Math.log(20));
    expect(evidence?.logE.pass).toBeGreaterThan(Math.log(20));
    expect(evidence?.firstCrossing).toMatchObject({ side: 'pass' });
  });
});

test('extrapolated counts weigh as many events as four scrapes a step can have seen', () => {
  const rule = ruleOf('>= baseline - 2pp', SHARE);
  const extrapolated = (k: number, n: number): Observation => ({
    ...steady(k, n, 6),
    isExtrapolated: true,
  });
  const seen = sequential.judge(rule, steady(82, 100, 6), steady(90, 100, 6));
  const claimed = sequential.judge(rule, extrapolated(82, 100), extrapolated(90, 100));
  expect([seen.verdict, claimed.verdict]).toEqual(['fail', 'inconclusive']);
  // 1 - 1 / 3.6: of the shortest step that is no "step-too-short".
  expect(claimed.evidence?.n.canary).toBeCloseTo((600 * 2.6) / 3.6, 9);
  expect([claimed.value, claimed.n]).toEqual([0.82, 600]);
});

describe('a share whose bound cuts a bucket', () => {
  const buckets = (...strata: readonly (readonly number[])[]): Observation => ({
    labels: {},
    evidence: { kind: 'buckets', bounds: [0.1, 0.5, Number.POSITIVE_INFINITY], strata },
    newest: 0,
    ended: [],
    trouble: [],
    notes: [],
  });
  const rule = (bound: number) =>
    ruleOf('<= baseline', { ...SHARE, better: 'lower', take: { kind: 'share-above', bound } });

  test('of arms that are alike decides nothing, however small one of them is', () => {
    const canary = buckets(...Array.from({ length: 60 }, () => [1, 2, 2]));
    const baseline = buckets(...Array.from({ length: 60 }, () => [100, 200, 200]));
    for (const bound of [0.2, 0.34, 0.5]) {
      expect(sequential.judge(rule(bound), canary, baseline).verdict).toBe('inconclusive');
    }
  });

  test('is found worse all the same', () => {
    const canary = buckets(...Array.from({ length: 60 }, () => [10, 40, 40]));
    const baseline = buckets(...Array.from({ length: 60 }, () => [200, 400, 400]));
    expect(sequential.judge(rule(0.34), canary, baseline).verdict).toBe('fail');
  });
});

describe('a release that breaks after it was certainly within', () => {
  /** Of 200 a step: so many steps at the first count, then so many at the second. */
  const turning = (first: number, then: number, steps: readonly [number, number]): Observation =>
    counts(
      ...Array.from({ length: steps[0] }, () => [first, 200] as const),
      ...Array.from({ length: steps[1] }, () => [then, 200] as const),
    );
  const baseline = steady(196, 200, 30);

  test.each([
    { name: 'before it breaks', of: turning(196, 196, [14, 16]), is: 'pass' },
    { name: 'a little, and within all in all', of: turning(196, 193, [20, 10]), is: 'pass' },
    { name: 'below the line all in all', of: turning(196, 185, [16, 14]), is: 'inconclusive: undecided' },
    { name: 'for long', of: turning(196, 160, [10, 20]), is: 'fail: threshold' },
  ])('$name: $is', ({ of, is }) => {
    expect(say(ruleOf('>= baseline - 2pp', SHARE), of, baseline)).toBe(is);
  });

  test('is told', () => {
    const { reason, evidence } = sequential.judge(
      ruleOf('>= baseline - 2pp', SHARE),
      turning(196, 185, [16, 14]),
      baseline,
    );
    expect(evidence?.firstCrossing?.side).toBe('pass');
    expect(reason?.text).toBe(
      'was certainly within >= baseline - 2pp earlier in the window, and the window as a whole no longer is: it has turned worse since',
    );
  });

  test('is no warning either', () => {
    const rule = ruleOf('>= 97%', { ...SHARE, warn: '>= 90%' });
    expect(say(rule, turning(190, 150, [12, 8]))).not.toMatch(/^(pass|warn)/);
  });
});

describe('before min-steps', () => {
  test.each([
    { name: 'a disaster', of: [0, 1000] },
    { name: 'a perfect release', of: [1000, 1000] },
  ] as const)('$name decides nothing', ({ of }) => {
    const rule = ruleOf('>= baseline - 20pp', { ...SHARE, minSteps: 7 });
    for (let steps = 1; steps <= 9; steps += 1) {
      const judged = sequential.judge(rule, steady(of[0], of[1], steps), steady(900, 1000, steps));
      if (steps >= 7) expect(judged.verdict).toBe(of[0] === 0 ? 'fail' : 'pass');
      else {
        expect(judged).toMatchObject({ verdict: 'inconclusive', reason: { code: 'undecided' } });
        expect(judged.reason?.text).toContain(`${steps} of the 7 steps`);
      }
    }
  });

  test('steps without data in both arms do not count', () => {
    const rule = ruleOf('>= baseline - 20pp', SHARE);
    const judged = counts([0, 100], null, [0, 100], [0, 0], [0, 100], [0, 100]);
    expect(say(rule, judged, steady(90, 100, 6))).toBe('inconclusive: undecided');
    expect(
      say(rule, counts([0, 100], null, [0, 100], [0, 100], [0, 100], [0, 100]), steady(90, 100, 6)),
    ).toBe('fail: threshold');
  });
});

describe('fixed limits on counts', () => {
  test.each([
    { pass: '>= 97%', of: [999, 1000], is: 'pass' },
    { pass: '>= 97%', of: [930, 1000], is: 'fail: threshold' },
    { pass: '>= 97%', warn: '>= 90%', of: [945, 1000], is: 'warn: threshold' },
    { pass: '>= 97%', of: [970, 1000], is: 'inconclusive: undecided' },
    { pass: '<= 1%', of: [0, 1000], is: 'pass' },
    { pass: '<= 1%', of: [30, 1000], is: 'fail: threshold' },
    { pass: 'between 40% and 60%', of: [500, 1000], is: 'pass' },
    { pass: 'between 40% and 60%', of: [700, 1000], is: 'fail: threshold' },
    { pass: 'between 40% and 60%', of: [300, 1000], is: 'fail: threshold' },
  ])('$pass of $of each step is $is', ({ pass, warn, of, is }) => {
    const rule = ruleOf(pass, { ...SHARE, ...(warn === undefined ? {} : { warn }) });
    expect(say(rule, steady(of[0] ?? 0, of[1] ?? 0))).toBe(is);
  });

  test.each([
    { pass: '<= 3', of: [100, 60], is: 'pass' },
    { pass: '<= 3', of: [300, 60], is: 'fail: threshold' },
    { pass: '<= 3', of: [180, 60], is: 'inconclusive: undecided' },
    { pass: '>= 3', of: [300, 60], is: 'pass' },
  ] as const)('more events than exposure are a rate: $pass of $of is $is', ({ pass, of, is }) => {
    const judgement = sequential.judge(ruleOf(pass, { unit: '/s' }), steady(of[0], of[1]), undefined);
    expect(judgement.evidence?.test).toBe('rate');
    expect(say(ruleOf(pass, { unit: '/s' }), steady(of[0], of[1]))).toBe(is);
  });
});

describe('rates against a baseline', () => {
  test.each([
    { name: 'within a ratio', limit: bound(1.25, 0), of: [90, 60], is: 'pass' },
    { name: 'beyond a ratio', limit: bound(1.25, 0), of: [180, 60], is: 'fail: threshold' },
    { name: 'at a ratio', limit: bound(1.25, 0), of: [113, 60], is: 'inconclusive: undecided' },
    { name: 'within an amount', limit: bound(1, 0.5), of: [90, 60], is: 'pass' },
    { name: 'beyond an amount', limit: bound(1, 0.5), of: [180, 60], is: 'fail: threshold' },
    { name: 'at an amount', limit: bound(1, 0.5), of: [120, 60], is: 'inconclusive: undecided' },
    { name: 'from below', limit: bound(0.8, 0, '>='), of: [40, 60], is: 'fail: threshold' },
    { name: 'another exposure', limit: bound(1.25, 0), of: [45, 30], is: 'pass' },
  ] as const)('$name: $is', ({ limit: pass, of, is }) => {
    const rule: Rule = { ...ruleOf('<= 1'), unit: '/s', pass };
    expect(say(rule, steady(of[0], of[1]), steady(90, 60))).toBe(is);
    expect(sequential.judge(rule, steady(of[0], of[1]), steady(90, 60)).evidence?.test).toBe('two-rates');
  });
});

test('a rate per byte is judged as one per terabyte', () => {
  const perTerabyte: Rule = { ...ruleOf('<= 1'), unit: '/TB', pass: bound(1, 10) };
  const perByte: Rule = { ...perTerabyte, unit: '/B', pass: bound(1, 1e-11) };
  expect(say(perTerabyte, steady(40, 1), steady(10, 1))).toBe('fail: threshold');
  expect(say(perByte, steady(40, 1e12), steady(10, 1e12))).toBe('fail: threshold');
});

describe('shares of a histogram', () => {
  const bounds = [0.1, 0.5, INF];
  const of = (fast: number, slow: number): Observation =>
    buckets(bounds, ...Array.from({ length: 12 }, () => [0, fast, fast + slow]));
  test.each([
    {
      take: { kind: 'share-at-most', bound: 0.5 },
      pass: '>= baseline - 5pp',
      of: [400, 100],
      is: 'fail: threshold',
    },
    { take: { kind: 'share-at-most', bound: 0.5 }, pass: '>= baseline - 5pp', of: [475, 25], is: 'pass' },
    {
      take: { kind: 'share-above', bound: 0.5 },
      pass: '<= baseline + 5pp',
      of: [400, 100],
      is: 'fail: threshold',
    },
    { take: { kind: 'share-above', bound: 0.5 }, pass: '<= baseline + 5pp', of: [475, 25], is: 'pass' },
  ] as const)('$take.kind $pass of $of: $is', ({ take, pass, of: [fast, slow], is }) => {
    const rule = ruleOf(pass, { ...SHARE, take });
    expect(say(rule, of(fast, slow), of(475, 25))).toBe(is);
    expect(sequential.judge(rule, of(fast, slow), of(475, 25)).evidence).toMatchObject({
      test: 'two-shares',
      strata: 12,
      n: { canary: 6000, baseline: 6000 },
    });
  });
});

describe('quantiles', () => {
  const bounds = [0.1, 0.2, 0.4, 0.8, INF];
  /** `n` observations a step, all but a tenth under 200 ms, the rest under `slow`. */
  const of = (slow: 0.4 | 0.8, n: number, steps: number): readonly (readonly number[])[] =>
    Array.from({ length: steps }, (_, i) => {
      const under = Math.round(n * 0.9) - (i % 3);
      return [Math.round(n / 2), under, slow === 0.4 ? n : under + 1, n, n];
    });

  test('are compared step by step, by the logs of their ratios', () => {
    const rule = ruleOf('<= baseline + 10%', { take: P95 });
    const [same, slower] = [buckets(bounds, ...of(0.4, 200, 10)), buckets(bounds, ...of(0.8, 200, 10))];
    expect(sequential.judge(rule, slower, same)).toMatchObject({
      verdict: 'fail',
      evidence: { test: 'paired-t-log', strata: 10, n: { canary: 10, baseline: 10 }, dispersion: null },
    });
    expect(say(rule, same, slower)).toBe('pass');
  });

  test('leave out steps with too few observations, and say so', () => {
    const rule = ruleOf('<= baseline + 10%', { take: P95 });
    // 60 observations hold three beyond the 95th percentile; 59 fewer than that.
    const mixed = buckets(bounds, ...of(0.8, 59, 7), ...of(0.8, 60, 3));
    const baseline = buckets(bounds, ...of(0.4, 200, 10));
    const judgement = sequential.judge(rule, mixed, baseline);
    expect(judgement.verdict).toBe('inconclusive');
    expect(judgement.evidence?.strata).toBe(3);
    expect(judgement.reason).toEqual({
      code: 'undecided',
      text: 'not decided yet: 3 of the 5 steps with data that evidence needs at least; 7 hold too few observations for the quantile',
      next: 'use longer steps, a lower quantile, or a share under a bucket edge',
    });
    expect(sequential.judge(rule, baseline, mixed).evidence?.strata).toBe(3);
  });

  test.each([
    { name: 'of the judged arm are not passed over', slow: 'judged', is: 'inconclusive: beyond-buckets' },
    { name: 'of the baseline say nothing', slow: 'baseline', is: 'pass' },
    { name: 'of both say nothing', slow: 'both', is: 'pass' },
  ])('above the last bucket edge in some steps $name', ({ slow, is }) => {
    const steps = of(0.4, 200, 20);
    const beyond = steps.map((step, i) => (i % 4 === 0 ? [0, 0, 0, 100, 200] : step));
    const arm = (name: string): Observation =>
      buckets(bounds, ...(slow === name || slow === 'both' ? beyond : steps));
    expect(say(ruleOf('<= baseline + 10%', { take: P95 }), arm('judged'), arm('baseline'))).toBe(is);
    if (slow !== 'baseline') return;
    const fixed = ruleOf('<= 0.5', { take: P95, warn: '<= 0.7' });
    expect(say(fixed, buckets(bounds, ...beyond))).toBe('inconclusive: beyond-buckets');
    expect(say(ruleOf('>= 0.05', { take: P95 }), buckets(bounds, ...beyond))).toBe('pass');
  });

  test('above the last bucket edge are left out', () => {
    const beyond = Array.from({ length: 6 }, () => [0, 0, 0, 100, 200]);
    const rule = ruleOf('<= baseline + 10%', { take: P95 });
    const judgement = sequential.judge(rule, buckets(bounds, ...beyond), buckets(bounds, ...of(0.4, 200, 6)));
    expect(judgement).toMatchObject({
      verdict: 'inconclusive',
      evidence: { strata: 0, logE: { fail: null } },
    });
  });
});

describe('means of a value', () => {
  test.each([
    { name: 'slower', pass: '<= baseline + 10%', level: 130, is: 'fail: threshold' },
    { name: 'as fast', pass: '<= baseline + 10%', level: 100, is: 'pass' },
    { name: 'at the limit', pass: '<= baseline + 10%', level: 110, is: 'inconclusive: undecided' },
    { name: 'far above a fixed limit', pass: '<= 80', level: 100, is: 'fail: threshold' },
    { name: 'far below a fixed limit', pass: '<= 120', level: 100, is: 'pass' },
    { name: 'by an amount', pass: '<= baseline + 10', level: 130, is: 'fail: threshold' },
    { name: 'within an amount', pass: '<= baseline + 10', level: 100, is: 'pass' },
  ])('$name: $pass at $level is $is', ({ pass, level, is }) => {
    const rule = ruleOf(pass, { take: MEAN });
    const baseline = pass.includes('baseline') ? wavy(100, -3) : undefined;
    expect(say(rule, wavy(level, 3), baseline)).toBe(is);
  });

  test.each([
    { pass: '<= baseline + 10%', baseline: wavy(100, -3), is: 'paired-t-log' },
    { pass: '<= baseline + 10', baseline: wavy(100, -3), is: 'paired-t' },
    { pass: '<= 120', baseline: undefined, is: 't' },
  ])('$pass is weighed by $is', ({ pass, baseline, is }) => {
    const { evidence } = sequential.judge(ruleOf(pass, { take: MEAN }), wavy(100, 3), baseline);
    expect(evidence?.test).toBe(is);
  });

  test('a shock that both arms share hides nothing', () => {
    const shock = (i: number): number => (i % 4 === 0 ? 900 : 100);
    const arm = (times: number): Observation =>
      numbers(...Array.from({ length: 16 }, (_, i) => times * shock(i) * (1 + 0.01 * Math.sin(i * i))));
    expect(say(ruleOf('<= baseline + 10%', { take: MEAN }), arm(1.3), arm(1))).toBe('fail: threshold');
  });
});

describe('a baseline of zero', () => {
  test.each([
    { name: 'no events in either arm', judged: steady(0, 100), baseline: steady(0, 100) },
    { name: 'no events, little traffic', judged: steady(0, 1), baseline: steady(0, 1) },
    { name: 'no events, a small canary', judged: steady(0, 5), baseline: steady(0, 10_000) },
    { name: 'no events, a large canary', judged: steady(0, 10_000), baseline: steady(0, 5) },
  ])('$name: a relative margin is not passed', ({ judged, baseline }) => {
    for (const rule of [
      ruleOf('<= baseline + 10%', SHARE),
      ruleOf('<= baseline * 3', SHARE),
      { ...ruleOf('<= baseline * 3'), unit: '/s' },
    ]) {
      expect(say(rule, judged, baseline)).toBe('inconclusive: undecided');
    }
  });

  test('events against none fail', () => {
    expect(say(ruleOf('<= baseline + 10%', SHARE), steady(5, 100), steady(0, 100))).toBe('fail: threshold');
  });

  test('numbers of zero are not passed by division either', () => {
    const zero = numbers(...Array.from({ length: 10 }, () => 0));
    expect(say(ruleOf('<= baseline + 10%', { take: MEAN }), zero, zero)).toBe('inconclusive: undecided');
    expect(say(ruleOf('<= baseline + 10%', { take: MEAN }), wavy(5, 1), zero)).not.toBe('pass');
  });
});

describe('no data', () => {
  test.each([
    { name: 'no value', judged: counts(null), baseline: counts([9, 10]), code: 'no-data' },
    { name: 'no value and no baseline', judged: counts(null), baseline: undefined, code: 'no-data' },
    { name: 'an empty baseline', judged: counts([9, 10]), baseline: counts(null), code: 'no-baseline' },
  ])('$name is told by its own name', ({ judged, baseline, code }) => {
    const judgement = sequential.judge(ruleOf('>= baseline - 1pp', SHARE), judged, baseline);
    expect(judgement).toMatchObject({ verdict: 'inconclusive', reason: { code }, evidence: null });
  });

  test('no baseline at all never lets a margin stand for a fixed limit', () => {
    for (const pass of ['<= baseline + 5pp', '<= baseline + 10%', '<= baseline']) {
      expect(say(ruleOf(pass, SHARE), steady(0, 1000))).toBe('inconclusive: no-baseline');
    }
  });

  test('strata that never meet say nothing', () => {
    const judgement = sequential.judge(
      ruleOf('>= baseline - 5pp', SHARE),
      counts([9, 10], null, [9, 10], null),
      counts(null, [9, 10], null, [9, 10]),
    );
    expect(judgement).toMatchObject({
      verdict: 'inconclusive',
      evidence: { estimate: null, interval: null, strata: 0, n: { canary: 0, baseline: 0 }, needed: null },
    });
  });
});

test('the evidence is told whole', () => {
  const judged = counts([118, 200], [112, 200], null, [115, 200], [110, 200], [109, 200], [112, 200]);
  const baseline = counts([125, 200], [130, 200], [1, 2], [121, 200], [128, 200], [126, 200], [127, 200]);
  const interval = [expect.closeTo(0.5024044676, 9), expect.closeTo(0.624262199, 9)];
  expect(sequential.judge(ruleOf('>= baseline', SHARE), judged, baseline)).toEqual({
    verdict: 'fail',
    reason: {
      code: 'threshold',
      text: 'certainly not >= baseline: fewer than 1 in 100 releases within it would ever look like this, counting every look',
    },
    value: 676 / 1200,
    interval,
    n: 1200,
    baseline: { value: 758 / 1202, n: 1202 },
    bound: 758 / 1202,
    evidence: {
      test: 'two-shares',
      estimate: expect.closeTo(676 / 1200, 12),
      interval,
      logE: { fail: expect.closeTo(4.6536725065, 9), pass: expect.closeTo(-3.6341746153, 9) },
      alpha: 0.05,
      falsePass: 0.05,
      strata: 6,
      n: { canary: 1200, baseline: 1200 },
      dispersion: 1,
      firstCrossing: { side: 'fail', stratum: 5 },
      needed: null,
    },
    notes: ['the margin is 0: a release that is merely as good cannot be certified, only a worse one found'],
  });
});

describe('notes', () => {
  const MARGIN_ZERO =
    'the margin is 0: a release that is merely as good cannot be certified, only a worse one found';
  test.each([
    { pass: '>= baseline', judged: steady(90, 100), baseline: steady(90, 100), notes: [MARGIN_ZERO] },
    { pass: '>= baseline - 1pp', judged: steady(90, 100), baseline: steady(90, 100), notes: [] },
    {
      pass: '<= baseline + 1pp',
      judged: steady(1, 100, 6),
      baseline: steady(2, 100, 6),
      notes: ['few events: 18 in all arms'],
    },
  ])('$pass: $notes', ({ pass, judged, baseline, notes }) => {
    expect(sequential.judge(ruleOf(pass, SHARE), judged, baseline).notes).toEqual(notes);
  });

  test('steps that vary are told, and weigh less', () => {
    const wild = counts(...Array.from({ length: 20 }, (_, i) => [i % 2 === 0 ? 950 : 750, 1000] as const));
    const { notes, evidence } = sequential.judge(ruleOf('>= baseline - 5pp', SHARE), wild, steady(850, 1000));
    expect(evidence?.dispersion).toBeGreaterThan(1.5);
    expect(notes).toEqual([
      `steps vary ${evidence?.dispersion?.toFixed(1)} times as much as independent requests would; the evidence allows for that`,
    ]);
  });
});

describe('what it refuses', () => {
  const share: Take = { kind: 'share-at-most', bound: 0.5 };
  const total: Take = { kind: 'total' };
  test.each([
    { kind: 'ratio', take: total, pass: '>= baseline - 1pp', message: null },
    { kind: 'ratio', take: total, pass: '>= 97%', message: null },
    { kind: 'ratio', take: total, pass: '>= 97%', warn: '>= 95%', message: null },
    { kind: 'rate', take: total, pass: '<= baseline * 2', message: null },
    { kind: 'histogram', take: P95, pass: '<= baseline + 10%', message: null },
    { kind: 'histogram', take: share, pass: '>= baseline - 1pp', message: null },
    { kind: 'histogram', take: MEAN, pass: '<= baseline + 10%', message: null },
    { kind: 'histogram', take: { kind: 'apdex', threshold: 0.5 }, pass: '>= baseline - 10%', message: null },
    { kind: 'value', take: MEAN, pass: '<= baseline + 10%', message: null },
    { kind: 'value', take: P95, pass: '<= baseline + 10%', message: /no test for this take of a value/ },
    {
      kind: 'value',
      take: { kind: 'max' },
      pass: '<= baseline + 10%',
      message: /no test for this take of a value/,
    },
    { kind: 'value', take: { kind: 'instant' }, pass: '<= 5', message: /no test for this take of a value/ },
    { kind: 'ratio', take: { kind: 'slope' }, pass: '<= 5', message: /no test for this take of a ratio/ },
    { kind: 'ratio', take: { kind: 'count' }, pass: '>= 5', message: /no test for this take of a ratio/ },
    { kind: 'samples', take: MEAN, pass: '<= 5', message: /raw samples have no steps/ },
    { kind: 'value', take: MEAN, pass: '== 5', message: /certain to be equal/ },
    { kind: 'value', take: MEAN, pass: '!= baseline', message: /certain to be equal/ },
    { kind: 'ratio', take: total, pass: '>= 97%', warn: '!= 95%', message: /certain to be equal/ },
    { kind: 'ratio', take: total, pass: '>= 100%', message: /exactly 0 % or 100 %/ },
    { kind: 'ratio', take: total, pass: '<= 0%', message: /exactly 0 % or 100 %/ },
    { kind: 'ratio', take: total, pass: 'between 0% and 5%', message: /exactly 0 % or 100 %/ },
    {
      kind: 'ratio',
      take: total,
      pass: '>= baseline - 1pp',
      warn: '>= 90%',
      message: null,
    },
    { kind: 'ratio', take: total, pass: '>= baseline - 1pp', warn: '>= baseline - 2pp', message: null },
  ] as const)('$kind $take.kind $pass: $message', (row) => {
    const warn = 'warn' in row ? limit(row.warn).condition : null;
    const unit = row.pass.includes('%') || row.pass.includes('pp') ? 'share' : '';
    const refusal = sequential.refuses({
      kind: row.kind,
      take: row.take,
      unit: row.kind === 'ratio' || row.take.kind === 'share-at-most' ? unit : 's',
      pass: limit(row.pass).condition,
      warn,
    });
    if (row.message === null) expect(refusal).toBeNull();
    else {
      expect(refusal?.message).toMatch(row.message);
      expect(refusal?.mend).toMatch(/"evidence: point"|against the baseline/);
    }
  });

  test('an equality in any part of a limit is seen', () => {
    const parts = [limit('<= 5').condition, limit('== 3').condition];
    const question = { kind: 'value', take: MEAN, unit: 's', warn: null } as const;
    for (const kind of ['all', 'any'] as const) {
      expect(sequential.refuses({ ...question, pass: { kind, conditions: parts } })).not.toBeNull();
      expect(sequential.refuses({ ...question, pass: { kind, conditions: parts.slice(0, 1) } })).toBeNull();
    }
  });
});

describe('limits of several parts', () => {
  const all = (...texts: readonly string[]): PreparedLimit => ({
    text: texts.join(' and '),
    condition: { kind: 'all', conditions: texts.map((text) => limit(text).condition) },
  });
  const any = (...texts: readonly string[]): PreparedLimit => ({
    text: texts.join(' or '),
    condition: { kind: 'any', conditions: texts.map((text) => limit(text).condition) },
  });
  test.each([
    { name: 'all hold', pass: all('>= 80%', '>= baseline - 10pp'), is: 'pass' },
    { name: 'one of all is broken', pass: all('>= 80%', '>= baseline + 5pp'), is: 'fail: threshold' },
    { name: 'one of all is open', pass: all('>= 80%', '>= baseline'), is: 'inconclusive: undecided' },
    { name: 'one of any holds', pass: any('>= 80%', '>= baseline + 5pp'), is: 'pass' },
    { name: 'all of any are broken', pass: any('>= 97%', '>= baseline + 5pp'), is: 'fail: threshold' },
    { name: 'one of any is open', pass: any('>= 97%', '>= baseline'), is: 'inconclusive: undecided' },
  ])('$name: $is', ({ pass, is }) => {
    const rule: Rule = { ...ruleOf('>= 1%', SHARE), pass };
    expect(say(rule, steady(450, 500), steady(450, 500))).toBe(is);
  });
});

describe('laws', () => {
  const pair = fc.integer({ min: 0, max: 60 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
  const arms = fc.array(fc.tuple(fc.option(pair, { freq: 8 }), fc.option(pair, { freq: 8 })), {
    maxLength: 25,
  });
  const passes = fc.constantFrom(
    '>= baseline',
    '>= baseline - 10pp',
    '<= baseline + 20%',
    '>= baseline * 0.5',
    'between baseline - 30pp and baseline + 30pp',
  );

  test('a crossing is never taken back: what failed goes on failing', () => {
    fc.assert(
      fc.property(arms, passes, (steps, pass) => {
        const rule = ruleOf(pass, { ...SHARE, falseAlarm: 0.3, falsePass: 0.3 });
        let hasFailed = false;
        let crossed: unknown = null;
        for (let length = 1; length <= steps.length; length += 1) {
          const seen = steps.slice(0, length);
          const judged = sequential.judge(
            rule,
            counts(...seen.map(([own]) => own)),
            counts(...seen.map(([, other]) => other)),
          );
          if (hasFailed) expect(judged.verdict).toBe('fail');
          hasFailed = judged.verdict === 'fail';
          if (crossed !== null) expect(judged.evidence?.firstCrossing).toEqual(crossed);
          crossed = judged.evidence?.firstCrossing ?? null;
        }
      }),
    );
  });

  test('nor by numbers, zeros among them', () => {
    const number = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number), { maxLength: 25 }),
        fc.constantFrom('<= baseline + 20%', '<= baseline + 2', '<= 9'),
        (steps, pass) => {
          const rule = ruleOf(pass, { take: MEAN, falseAlarm: 0.3, falsePass: 0.3 });
          let hasFailed = false;
          for (let length = 1; length <= steps.length; length += 1) {
            const seen = steps.slice(0, length);
            const other = pass.includes('baseline') ? numbers(...seen.map(([, value]) => value)) : undefined;
            const { verdict } = sequential.judge(rule, numbers(...seen.map(([own]) => own)), other);
            if (hasFailed) expect(verdict).toBe('fail');
            hasFailed = verdict === 'fail';
          }
        },
      ),
    );
  });

  test('nor by one number of zero after numbers above it', () => {
    // The ratios are steady while the level swings: clear in logs, lost in plain differences.
    const levels = [1, 900, 3, 500, 2, 1000, 5, 700];
    const rule = ruleOf('<= baseline + 20%', { take: MEAN });
    const judged = levels.map((level, i) => level * (1.5 + 0.01 * Math.sin(i * i)));
    expect(say(rule, numbers(...judged), numbers(...levels))).toBe('fail: threshold');
    expect(say(rule, numbers(...judged, 0), numbers(...levels, 1))).toBe('fail: threshold');
  });

  test('the unit of a value and of its limit changes nothing', () => {
    const value = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(1000, 1e-3, 1024, 1e9),
        fc.constantFrom(bound(1.1, 0), bound(1, 700), bound(0, 5000), bound(0.9, 0, '>=')),
        (steps, unit, pass) => {
          const base: Rule = { ...ruleOf('<= 1', { take: MEAN }), pass };
          const { condition } = pass;
          if (condition.kind !== 'compare') throw new Error('one comparison');
          const { scale, offset } = condition.bound;
          const scaled: Rule = {
            ...base,
            pass: bound(scale, offset * unit, condition.operator === '>=' ? '>=' : '<='),
          };
          const isFixed = scale === 0;
          const judge = (rule: Rule, factor: number) =>
            sequential.judge(
              rule,
              numbers(...steps.map(([own]) => own * factor)),
              isFixed ? undefined : numbers(...steps.map(([, other]) => other * factor)),
            );
          const [here, there] = [judge(base, 1), judge(scaled, unit)];
          expect(there.verdict).toBe(here.verdict);
          expect(there.evidence?.firstCrossing).toEqual(here.evidence?.firstCrossing);
          expect(there.evidence?.strata).toBe(here.evidence?.strata);
        },
      ),
    );
  });

  test('a rate may be judged per second or per minute', () => {
    for (const pass of [bound(1.25, 0), bound(1, 0.5), bound(0, 2)]) {
      if (pass.condition.kind !== 'compare') throw new Error('one comparison');
      const { scale, offset } = pass.condition.bound;
      const perSecond: Rule = { ...ruleOf('<= 1'), unit: '/s', pass };
      const perMinute: Rule = { ...perSecond, unit: '/min', factor: 60, pass: bound(scale, offset * 60) };
      const baseline = scale === 0 ? undefined : steady(90, 60);
      for (const k of [60, 90, 120, 200]) {
        const here = sequential.judge(perSecond, steady(k, 60), baseline);
        const there = sequential.judge(perMinute, steady(k, 60), baseline);
        expect(there.verdict).toBe(here.verdict);
        expect(there.evidence?.logE.fail).toBeCloseTo(here.evidence?.logE.fail ?? Number.NaN, 9);
        expect(there.evidence?.estimate).toBeCloseTo(60 * (here.evidence?.estimate ?? Number.NaN), 9);
        expect(there.evidence?.interval?.[1]).toBeCloseTo(
          60 * (here.evidence?.interval?.[1] ?? Number.NaN),
          6,
        );
      }
    }
  });

  test('empty steps change nothing but where the others lie', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pair, pair), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(12), { maxLength: 5 }),
        passes,
        (steps, gaps, pass) => {
          const rule = ruleOf(pass, SHARE);
          const full = steps.filter(([[, n], [, m]]) => n > 0 && m > 0);
          fc.pre(full.length > 0);
          const gapped: (readonly [readonly [number, number] | null, readonly [number, number] | null])[] = [
            ...full,
          ];
          gaps.forEach((at, i) => {
            gapped.splice(Math.min(at, gapped.length), 0, i % 2 === 0 ? [null, [1, 9]] : [[0, 0], null]);
          });
          const judge = (of: typeof gapped) =>
            sequential.judge(
              rule,
              counts(...of.map(([own]) => own)),
              counts(...of.map(([, other]) => other)),
            );
          const [here, there] = [judge(full), judge(gapped)];
          expect(there.verdict).toBe(here.verdict);
          expect({ ...there.evidence, firstCrossing: null }).toEqual({
            ...here.evidence,
            firstCrossing: null,
          });
        },
      ),
    );
  });

  test('a pass has no reason, everything else has one; no number is NaN', () => {
    fc.assert(
      fc.property(arms, passes, fc.option(passes, { nil: undefined }), (steps, pass, warn) => {
        const rule = ruleOf(pass, { ...SHARE, ...(warn === undefined ? {} : { warn }) });
        const judged = sequential.judge(
          rule,
          counts(...steps.map(([own]) => own)),
          counts(...steps.map(([, other]) => other)),
        );
        expect(judged.reason === null).toBe(judged.verdict === 'pass');
        expect(
          JSON.stringify(judged.evidence, (_, value) => (Number.isNaN(value) ? 'NaN' : value)),
        ).not.toContain('NaN');
      }),
    );
  });
});

test('charts show the judged number of each step', () => {
  const rule = ruleOf('>= baseline - 1pp', SHARE);
  expect(sequential.strata(rule, counts([90, 100], null, [4, 5]))).toEqual([0.9, null, 0.8]);
});
