/** Kayenta's judge: its published classification, and what is refused of it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JudgeQuestion, Rule } from '../../src/contracts/judge.js';
import { classify, type Direction, prepared } from '../../src/judges/kayenta/classify.js';
import { kayenta } from '../../src/judges/kayenta.js';
import type { Observation } from '../../src/model/evidence.js';
import { KAYENTA_DEFAULTS, type KayentaSettings } from '../../src/model/kayenta.js';
import { kayentaShift } from '../../src/stats/kayenta-shift.js';
import { mannWhitney } from '../../src/stats/mann-whitney.js';
import { limit, numbers, raw, ruleOf } from './support.js';

const settings = (over: Partial<KayentaSettings> = {}): KayentaSettings => ({ ...KAYENTA_DEFAULTS, ...over });
const sorted = (...values: number[]): Float64Array => Float64Array.from(values).sort();
const classOf = (
  x: readonly number[],
  y: readonly number[],
  direction: Direction = 'either',
  over: Partial<KayentaSettings> = {},
): string => classify(x, y, direction, settings(over)).finding.classification;

/** Seeded normal values: the same in every run. */
function normals(seed: number): () => number {
  let state = seed;
  const next = (): number => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

describe('the shift', () => {
  test('of 10, 20, 30, 40 against 1, 2, 3, 4, as R and Kayenta have it', () => {
    const shift = kayentaShift(sorted(10, 20, 30, 40), sorted(1, 2, 3, 4), 0.95, 'absolute');
    expect(shift).toEqual({ lower: 6, upper: 39, estimate: 22.5 });
  });

  test('of two separate values an arm has the whole range for its interval', () => {
    const shift = kayentaShift(sorted(3, 4), sorted(1, 2), 0.98, 'absolute');
    expect(shift).toEqual({ lower: 1, upper: 3, estimate: 2 });
  });

  test('is noise of the published solver where most values are 0: the lower end above the upper', () => {
    const x = sorted(...Array<number>(146).fill(0), ...Array.from({ length: 64 }, (_, i) => 1 + i / 20));
    const y = sorted(...Array<number>(193).fill(0), ...Array.from({ length: 17 }, (_, i) => 1 + i / 10));
    const published = kayentaShift(x, y, 0.95, 'absolute');
    expect(published.lower).toBeGreaterThan(published.upper);
    expect(published.lower).toBeGreaterThan(1e-6);
    const ours = kayentaShift(x, y, 0.95, 'relative');
    expect(Math.abs(ours.lower)).toBeLessThan(1e-9);
    expect(Math.abs(ours.upper)).toBeLessThan(1e-9);
  });

  test('lies at the median of all differences', () => {
    const values = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(values, values, (own, other) => {
        fc.pre(new Set(own).size > 1 || new Set(other).size > 1);
        const [x, y] = [sorted(...own), sorted(...other)];
        const { lower, upper, estimate } = kayentaShift(x, y, 0.98, 'relative');
        const at = (shift: number): number =>
          mannWhitney(
            x.map((value) => value - shift),
            y,
          ).u;
        const slack = 1e-6 * 200_000;
        // Half of all pairs, but for the one that the correction for continuity lets lie to either side.
        expect(at(estimate - slack)).toBeGreaterThanOrEqual((own.length * other.length) / 2 - 0.5);
        expect(at(estimate + slack)).toBeLessThanOrEqual((own.length * other.length) / 2 + 0.5);
        expect(lower).toBeLessThanOrEqual(estimate + slack);
        expect(upper).toBeGreaterThanOrEqual(estimate - slack);
      }),
    );
  });

  test('of one value an arm is decided by rounding, as published: the judge asks for five', () => {
    expect(() => kayentaShift(sorted(0.02), sorted(0.005), 0.98, 'absolute')).not.toThrow();
    expect(() => kayentaShift(sorted(0.62), sorted(0.64), 0.98, 'absolute')).toThrow(RangeError);
  });
});

const STEADY = [10, 10.2, 9.8, 10.1, 9.9, 10.3, 9.7, 10.05];
const plus = (by: number): number[] => STEADY.map((value, i) => value + by + i / 1000);

describe('the published classification', () => {
  test.each<[string, readonly number[], readonly number[], Direction, Partial<KayentaSettings>, string]>([
    ['two against two, apart', [3, 4], [1, 2], 'either', {}, 'High'],
    ['two against two, below', [1, 2], [3, 4], 'either', {}, 'Low'],
    ['a clear increase', plus(5), STEADY, 'either', {}, 'High'],
    ['a clear increase where it is looked for', plus(5), STEADY, 'increase', {}, 'High'],
    ['a clear increase where it is not', plus(5), STEADY, 'decrease', {}, 'Pass'],
    ['a clear decrease', plus(-5), STEADY, 'decrease', {}, 'Low'],
    ['a clear decrease where it is not looked for', plus(-5), STEADY, 'increase', {}, 'Pass'],
    ['no change', plus(0), STEADY, 'either', {}, 'Pass'],
    ['the same values in another order', STEADY.toReversed(), STEADY, 'either', {}, 'Pass'],
    ['an increase that is allowed', plus(1), STEADY, 'either', { allowedIncrease: 1.2 }, 'Pass'],
    ['one beyond what is allowed', plus(3), STEADY, 'either', { allowedIncrease: 1.2 }, 'High'],
    ['a decrease that is allowed', plus(-1), STEADY, 'either', { allowedDecrease: 0.8 }, 'Pass'],
    [
      'a cles below what is allowed',
      [...STEADY.slice(2), 20, 21],
      STEADY,
      'either',
      { effectSize: 'cles', allowedIncrease: 0.9, tolerance: 0, confidence: 0.5 },
      'Pass',
    ],
    [
      'a baseline of 0, of which no ratio tells',
      plus(5),
      [0, 0, 0, 0, 0, 0],
      'either',
      { allowedIncrease: 99 },
      'High',
    ],
    ['one and the same value in both arms', [4, 4, 4], [4, 4, 4, 4], 'either', {}, 'Pass'],
    ['two constants, the judged above', [4, 4, 4, 4, 4], [3, 3, 3, 3, 3], 'either', {}, 'High'],
    ['two constants, the judged below', [2, 2, 2, 2, 2], [3, 3, 3, 3, 3], 'either', {}, 'Low'],
  ])('%s: %#', (_, x, y, direction, over, expected) => {
    expect(classOf(x, y, direction, over)).toBe(expected);
  });

  test('flags nothing against nothing as often as it is known to', () => {
    const normal = normals(20_261);
    const draw = (n: number): number[] => Array.from({ length: n }, () => 100 + normal());
    const rate = (n: number, rounds: number): number => {
      let flagged = 0;
      for (let i = 0; i < rounds; i += 1) if (classOf(draw(n), draw(n)) !== 'Pass') flagged += 1;
      return (100 * flagged) / rounds;
    };
    // 22.9, 4.8, 1.2 and about 0.2 %, within four standard errors.
    expect(Math.abs(rate(2, 4000) - 22.9)).toBeLessThan(2.7);
    expect(Math.abs(rate(3, 4000) - 4.8)).toBeLessThan(1.4);
    expect(Math.abs(rate(4, 4000) - 1.2)).toBeLessThan(0.7);
    expect(rate(8, 2000)).toBeLessThan(0.6);
  });

  test('depends on the unit with the published solver, and not with ours', () => {
    const normal = normals(7);
    let differs = 0;
    for (let i = 0; i < 300; i += 1) {
      const arm = (factor: number): number[] =>
        Array.from({ length: 20 }, () => 2e-4 * factor * (1 + 0.25 * normal()));
      const [x, y] = [arm(1.2), arm(1)];
      const inPpm = (values: readonly number[]): number[] => values.map((value) => value * 2 ** 20);
      expect(classOf(inPpm(x), inPpm(y))).toBe(classOf(x, y));
      const [fraction, ppm] = [
        classOf(x, y, 'either', { solver: 'absolute' }),
        classOf(inPpm(x), inPpm(y), 'either', { solver: 'absolute' }),
      ];
      if (fraction !== ppm) differs += 1;
    }
    expect(differs).toBeGreaterThan(50);
  });

  test('takes steps without a value and outliers as it is told', () => {
    expect(prepared([1, null, 3], settings())).toEqual([1, 3]);
    expect(prepared([1, null, 3], settings({ nan: 'replace' }))).toEqual([1, 0, 3]);
    const values = [...Array.from({ length: 150 }, (_, i) => i / 100), 90, -90];
    expect(prepared(values, settings())).toHaveLength(152);
    expect(prepared(values, settings({ outliers: 'remove' }))).toHaveLength(150);
    // The fences never lie inside the first and last hundredth: of 20 values, the largest is one of them no more.
    expect(prepared([...Array<number>(150).fill(1), 2, 2, 2], settings({ outliers: 'remove' }))).toHaveLength(
      153,
    );
  });
});

const rule = (
  pass: string,
  over: Partial<KayentaSettings> = {},
  others: Parameters<typeof ruleOf>[1] = {},
): Rule => ruleOf(pass, { take: { kind: 'mean' }, kayenta: settings(over), ...others });

describe('the judge', () => {
  test.each<[string, Rule, Observation, string]>([
    ['an increase that is bad', rule('<= baseline'), numbers(...plus(5)), 'fail'],
    ['an increase that is good', rule('>= baseline'), numbers(...plus(5)), 'pass'],
    ['a decrease that is bad', rule('>= baseline'), numbers(...plus(-5)), 'fail'],
    ['any change where both are bad', rule('== baseline'), numbers(...plus(-5)), 'fail'],
    ['no change', rule('== baseline'), numbers(...plus(0)), 'pass'],
    ['raw samples', rule('<= baseline'), raw(...plus(5)), 'fail'],
    [
      'gaps that count as 0',
      rule('>= baseline', { nan: 'replace' }),
      numbers(...STEADY.slice(0, 5), ...Array<null>(30).fill(null)),
      'fail',
    ],
    ['four values', rule('<= baseline'), numbers(50, 51, 52, 53), 'inconclusive'],
    [
      'four values and a gap that counts as 0',
      rule('<= baseline', { nan: 'replace' }),
      numbers(50, 51, 52, 53, null),
      'inconclusive',
    ],
    [
      'no value',
      rule('<= baseline', { nan: 'replace' }),
      numbers(null, null, null, null, null),
      'inconclusive',
    ],
  ])('%s: %#', (_, asked, judged, verdict) => {
    expect(kayenta.judge(asked, judged, numbers(...STEADY)).verdict).toBe(verdict);
  });

  test.each<[string, Observation | undefined, string]>([
    ['none at all', undefined, 'no-baseline'],
    ['one without values', numbers(null, null, null, null, null), 'no-baseline'],
    ['one of four values', numbers(1, 2, 3, 4), 'too-few'],
  ])('is inconclusive with a baseline of %s', (_, baseline, code) => {
    const found = kayenta.judge(rule('<= baseline', { nan: 'replace' }), numbers(...STEADY), baseline);
    expect(found).toMatchObject({ verdict: 'inconclusive', reason: { code } });
  });

  test('says the classification, the interval, the effect and the mean ratio', () => {
    const asked = rule('<= baseline', { criticalIncrease: 2 }, { isSince: true });
    const found = kayenta.judge(asked, numbers(...plus(5)), numbers(...STEADY));
    expect(found).toMatchObject({
      verdict: 'fail',
      isOutvotable: true,
      ranks: {
        test: 'kayenta',
        alpha: 0.02,
        falsePass: null,
        strata: 8,
        n: { canary: 8, baseline: 8 },
        larger: 1,
        p: null,
        kayenta: { classification: 'High', effectSize: 'mean-ratio', isCritical: false },
      },
      notes: ['evidence of kayenta: not controlled for repeated looks'],
    });
    expect(found.reason?.text).toMatch(
      /^classified High: the values lie 5\.\d+ above the baseline's \(98 % interval 4\.\d+ to 5\.\d+\), mean ratio 1\.5$/,
    );
    expect(found.ranks?.kayenta?.meanRatio).toBeCloseTo(1.5, 2);
    const critical = kayenta.judge(
      rule('<= baseline', { criticalIncrease: 1.4 }),
      numbers(...plus(5)),
      numbers(...STEADY),
    );
    expect(critical.isOutvotable).toBe(false);
  });
});

const question = (over: Partial<JudgeQuestion> & { readonly limit?: string }): JudgeQuestion => ({
  kind: 'value',
  take: { kind: 'mean' },
  unit: '',
  warn: null,
  ...over,
  pass: limit(over.limit ?? '<= baseline').condition,
});

test.each<[string, Partial<JudgeQuestion> & { readonly limit?: string }, RegExp | null]>([
  ['steps of a value', {}, null],
  ['raw samples, either way', { kind: 'samples', limit: '== baseline' }, null],
  ['counts', { kind: 'ratio', take: { kind: 'total' } }, /"value"/],
  ['one instant', { take: { kind: 'instant' } }, /take: mean/],
  ['a margin', { limit: '<= baseline + 10%' }, /allowed-increase/],
  ['a fixed limit', { limit: '<= 5' }, /== baseline/],
  ['a strict limit', { limit: '< baseline' }, /<= baseline/],
  ['a warn', { warn: limit('<= baseline * 2').condition }, /remove "warn"/],
])('%s is served or refused with a mend', (_, over, mend) => {
  const refusal = kayenta.refuses(question(over));
  if (mend === null) expect(refusal).toBeNull();
  else expect(refusal?.mend).toMatch(mend);
});
