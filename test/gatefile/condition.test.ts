/** Limits with their units converted to those of the value. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prepareCondition } from '../../src/gatefile/condition.js';
import { parseLimit } from '../../src/gatefile/limit.js';
import type { Failure } from '../../src/model/failure.js';
import type { Condition, Limit } from '../../src/model/limit.js';
import { factorBetween } from '../../src/model/unit.js';

function limit(text: string): Limit {
  const parsed = parseLimit(text);
  if (!parsed.ok) throw new Error(parsed.failures[0]?.message);
  return parsed.value;
}

function condition(text: string, unit: string): Condition {
  const prepared = prepareCondition(limit(text), { unit });
  if (!prepared.ok) throw new Error(prepared.failures[0]?.message);
  return prepared.value;
}

function trouble(written: Limit, unit: string): readonly Failure[] {
  const prepared = prepareCondition(written, { unit });
  return prepared.ok ? [] : prepared.failures;
}

describe('a fixed bound is converted to the unit of the value', () => {
  test.each([
    ['<= 450ms', 's', 0.45],
    ['<= 300ms', 's', 0.3],
    ['<= 0.1s', 'ms', 100],
    ['<= 2m', 's', 120],
    ['<= 1h', 'm', 60],
    ['>= 97%', 'share', 0.97],
    ['>= 99.9%', 'share', 0.999],
    ['>= 0.97', 'share', 0.97],
    ['>= 97%', '%', 97],
    ['<= 1 share', '%', 100],
    ['<= 64KiB', 'B', 65_536],
    ['<= 2MiB', 'KiB', 2048],
    ['<= 1MB', 'KB', 1000],
    ['<= 2GiB', 'B', 2_147_483_648],
    ['<= 1GB', 'B', 1_000_000_000],
    ['<= 1h', 'ns', 3.6e12],
    ['<= 1d', 'us', 8.64e10],
    ['<= 5B', 'GiB', 5 / 1_073_741_824],
    ['<= 1.1h', 's', 3960],
    ['>= 99.99%', 'share', 0.9999],
    ['<= 5 messages', 'messages', 5],
    ['<= 6 messages/min', 'messages/s', 0.1],
    ['<= 5', 's', 5],
    ['<= 5', '', 5],
    ['<= 500', '%', 500],
    ['<= 1.5', 'messages', 1.5],
    ['>= -3ms', 's', -0.003],
  ] as const)('%s of a value in "%s" is %d', (text, unit, offset) => {
    expect(condition(text, unit)).toEqual({
      kind: 'compare',
      operator: text.slice(0, 2),
      bound: { scale: 0, offset },
    });
  });
});

describe('a bound against the baseline is a share of it and an offset', () => {
  test.each([
    ['<= baseline', 's', 1, 0],
    ['<= baseline + 10%', 's', 1.1, 0],
    ['>= baseline - 10%', 's', 0.9, 0],
    ['>= baseline - 10%', 'share', 0.9, 0],
    ['<= baseline + 150%', 's', 2.5, 0],
    ['<= baseline * 1.1', 's', 1.1, 0],
    ['>= baseline - 1pp', 'share', 1, -0.01],
    ['>= baseline - 1pp', '%', 1, -1],
    ['<= baseline + 50ms', 's', 1, 0.05],
    ['<= baseline + 5', 'messages', 1, 5],
    ['<= baseline + 5 messages', 'messages', 1, 5],
  ] as const)('%s of a value in "%s" is %d of it and %d', (text, unit, scale, offset) => {
    expect(condition(text, unit)).toEqual({
      kind: 'compare',
      operator: text.slice(0, 2),
      bound: { scale, offset },
    });
  });
});

describe('what cannot be converted, or can be read two ways, is told', () => {
  test.each([
    { text: '<= 450ms', unit: 'share', code: 'gatefile.unit', mend: '%' },
    { text: '<= 450ms', unit: 'B', code: 'gatefile.unit', mend: 'B' },
    { text: '<= 5 messages', unit: 's', code: 'gatefile.unit', mend: 's' },
    { text: '<= 5 message', unit: 'messages', code: 'gatefile.unit', mend: 'did you mean "messages"?' },
    { text: '<= 5 Ms', unit: 's', code: 'gatefile.unit', mend: 'did you mean "ms"?' },
    { text: '<= 5 messages/min', unit: 'messages', code: 'gatefile.unit', mend: '' },
    { text: '<= 5 orders/min', unit: 'messages/s', code: 'gatefile.unit', mend: '' },
    { text: '<= 450ms', unit: '', code: 'gatefile.unit', mend: 'add "unit: ms"' },
    { text: '<= 5%', unit: '', code: 'gatefile.unit', mend: 'unit: share' },
    { text: '>= 97', unit: 'share', code: 'gatefile.limit', mend: 'write 97%' },
    { text: '>= 1.01', unit: 'share', code: 'gatefile.limit', mend: '' },
    { text: '>= 1pp', unit: 'share', code: 'gatefile.limit', mend: 'baseline - 1pp' },
    { text: '>= baseline - 1pp', unit: 's', code: 'gatefile.unit', mend: '%' },
    { text: '>= baseline - 0.01', unit: 'share', code: 'gatefile.limit', mend: '1pp' },
    { text: '>= baseline - 5', unit: '%', code: 'gatefile.limit', mend: 'pp' },
    { text: '<= baseline + 5MB', unit: 's', code: 'gatefile.unit', mend: 's' },
    { text: '>= baseline - 100%', unit: 's', code: 'gatefile.limit', mend: 'below 100%' },
    { text: '>= baseline - 150%', unit: 's', code: 'gatefile.limit', mend: 'below 100%' },
    { text: 'between 5 and 1', unit: 's', code: 'gatefile.limit', mend: 'swap' },
    { text: 'between 1s and 500ms', unit: 's', code: 'gatefile.limit', mend: 'swap' },
    { text: 'between baseline + 5% and baseline + 5%', unit: 's', code: undefined, mend: '' },
    { text: 'between baseline + 2s and baseline - 2s', unit: 's', code: 'gatefile.limit', mend: 'swap' },
    { text: 'between baseline and 5', unit: 's', code: undefined, mend: '' },
  ])('$text of a value in "$unit"', ({ text, unit, code, mend }) => {
    const [failure] = trouble(limit(text), unit);
    expect(failure?.code).toBe(code);
    if (failure !== undefined) expect(failure.mend).toContain(mend);
  });

  test('both sides of a range, and all parts of a group, at once', () => {
    expect(trouble(limit('between 1B and 5B'), 's')).toHaveLength(2);
    expect(
      trouble({ kind: 'all', limits: [limit('<= 1B'), limit('<= 1s'), limit('<= 1%')] }, 's'),
    ).toHaveLength(2);
  });

  test('a group of nothing', () => {
    expect(trouble({ kind: 'any', limits: [] }, 's')[0]?.message).toContain('holds no limit');
  });
});

test('groups keep their parts', () => {
  const prepared = prepareCondition(
    { kind: 'any', limits: [limit('<= 1ms'), limit('>= 2ms')] },
    { unit: 's' },
  );
  expect(prepared).toMatchObject({
    ok: true,
    value: { kind: 'any', conditions: [{ bound: { offset: 0.001 } }, { bound: { offset: 0.002 } }] },
  });
});

test('a bound of few decimals keeps them, whatever unit it is written in', () => {
  fc.assert(
    fc.property(fc.integer({ min: -9999, max: 9999 }), fc.constantFrom(1, 10, 100), (digits, decimals) => {
      const value = digits / decimals;
      expect(condition(`<= ${value}ms`, 's')).toMatchObject({
        bound: { offset: digits / (decimals * 1000) },
      });
      expect(condition(`<= ${value}%`, 'share')).toMatchObject({
        bound: { offset: digits / (decimals * 100) },
      });
    }),
  );
});

test('a bound is as many times larger as its unit is, in any unit', () => {
  const units = fc.constantFrom('ns', 'us', 'ms', 's', 'm', 'h', 'd');
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e6, noNaN: true }), units, units, (value, from, to) => {
      const text = `<= ${value}${from}`;
      const prepared = condition(text, to);
      const bound = prepared.kind === 'compare' ? prepared.bound.offset : Number.NaN;
      expect(bound / (value * (factorBetween(from, to) ?? Number.NaN))).toBeCloseTo(1, 12);
    }),
  );
});
