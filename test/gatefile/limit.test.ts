/** The grammar of `pass` and `warn`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLimit, parseQuantity, printLimit } from '../../src/gatefile/limit.js';
import { type Limit, OPERATORS, type Side } from '../../src/model/limit.js';

const quantity = (value: number, unit = '') => ({ value, unit });
const absolute = (value: number, unit = ''): Side => ({ kind: 'absolute', quantity: quantity(value, unit) });
const compare = (operator: (typeof OPERATORS)[number], side: Side): Limit => ({
  kind: 'compare',
  operator,
  side,
});
const offset = (sign: 1 | -1, value: number, unit = ''): Side => ({
  kind: 'baseline-offset',
  sign,
  quantity: quantity(value, unit),
});

function read(text: string): Limit {
  const result = parseLimit(text);
  if (!result.ok) throw new Error(result.failures[0]?.message);
  return result.value;
}

describe('a limit', () => {
  test.each<[string, Limit]>([
    ['>= 97%', compare('>=', absolute(97, '%'))],
    ['>=97%', compare('>=', absolute(97, '%'))],
    ['  <=  450ms  ', compare('<=', absolute(450, 'ms'))],
    ['< 5', compare('<', absolute(5))],
    ['> .5', compare('>', absolute(0.5))],
    ['== 100 %', compare('==', absolute(100, '%'))],
    ['!= 0', compare('!=', absolute(0))],
    ['<= 1e-3', compare('<=', absolute(0.001))],
    ['<= 1.5e3 B', compare('<=', absolute(1500, 'B'))],
    ['>= -5', compare('>=', absolute(-5))],
    ['<= +5%', compare('<=', absolute(5, '%'))],
    ['<= 5 messages/min', compare('<=', absolute(5, 'messages/min'))],
    ['<= 5 orders per visit', compare('<=', absolute(5, 'orders per visit'))],
    ['<= baseline', compare('<=', { kind: 'baseline' })],
    ['>= baseline - 1pp', compare('>=', offset(-1, 1, 'pp'))],
    ['>= baseline-1pp', compare('>=', offset(-1, 1, 'pp'))],
    ['<= baseline + 10%', compare('<=', offset(1, 10, '%'))],
    ['<= baseline +10 %', compare('<=', offset(1, 10, '%'))],
    ['<= baseline * 1.1', compare('<=', { kind: 'baseline-times', factor: 1.1 })],
    ['between 1 and 5', { kind: 'between', low: absolute(1), high: absolute(5) }],
    [
      'between baseline - 5% and baseline + 5%',
      { kind: 'between', low: offset(-1, 5, '%'), high: offset(1, 5, '%') },
    ],
  ])('"%s" is read', (text, limit) => {
    expect(read(text)).toEqual(limit);
  });
});

describe('what is no limit is told, with the way to mend it', () => {
  test.each([
    { text: '+10%', says: 'two ways', mend: '"<= 10%" for the value itself, or "<= baseline + 10%"' },
    { text: '-5ms', says: 'two ways', mend: '"<= 5ms"' },
    { text: '97%', says: 'no comparison', mend: 'a limit looks like' },
    { text: '', says: 'no comparison', mend: 'a limit looks like' },
    { text: '= 5', says: 'no known operator', mend: '< <= > >= == !=' },
    { text: '=> 5', says: 'no known operator', mend: '>=' },
    { text: '=< 5', says: 'no known operator', mend: '<=' },
    { text: '>=', says: 'ends where its bound should stand', mend: 'a limit looks like' },
    { text: '>= many', says: '"many" is no quantity', mend: 'a limit looks like' },
    { text: '>= 1,000', says: 'is no quantity', mend: 'a limit looks like' },
    { text: '> = 5', says: '"= 5" is no quantity', mend: 'a limit looks like' },
    { text: '>= 1e999', says: 'is no quantity', mend: 'a limit looks like' },
    { text: '>= NaN', says: 'is no quantity', mend: 'a limit looks like' },
    { text: '>= Infinity', says: 'is no quantity', mend: 'a limit looks like' },
    { text: '>= baselin - 1pp', says: 'is no quantity', mend: 'did you mean "baseline - 1pp"?' },
    { text: '>= baseline - ', says: '', mend: '' },
    { text: '<= baseline * 1.1%', says: 'multiplies by a quantity', mend: 'bare number' },
    { text: '<= baseline * 0', says: 'never above zero', mend: 'above 0' },
    { text: '<= baseline * -2', says: 'never above zero', mend: 'above 0' },
    { text: '<= baseline + -5%', says: 'two signs', mend: 'without a sign' },
    { text: '<= baseline / 2', says: 'is no quantity', mend: 'a limit looks like' },
    { text: '<= baseline * baseline', says: '"baseline" is no quantity', mend: 'a limit looks like' },
    { text: 'between 1 and', says: '', mend: 'a limit looks like' },
    { text: 'between x and 5', says: '"x" is no quantity', mend: 'a limit looks like' },
    { text: 'between 1 and y', says: '"y" is no quantity', mend: 'a limit looks like' },
  ])('"$text"', ({ text, says, mend }) => {
    const result = parseLimit(text);
    if (result.ok) throw new Error('trouble was expected');
    expect(result.failures).toHaveLength(1);
    const [failure] = result.failures;
    expect(failure?.code).toBe('gatefile.limit');
    expect(failure?.message).toContain(says);
    expect(failure?.mend).toContain(mend);
  });
});

test.each([
  ['450ms', 450, 'ms'],
  ['97 %', 97, '%'],
  ['5 messages/min', 5, 'messages/min'],
  ['0', 0, ''],
  [' 2.5h ', 2.5, 'h'],
] as const)('the quantity "%s" is %d %s', (text, value, unit) => {
  expect(parseQuantity(text)).toEqual({ ok: true, value: { value, unit } });
});

describe('laws', () => {
  const number = fc
    .oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map((value) => (Object.is(value, -0) ? 0 : value));
  const unit = fc.constantFrom(
    '',
    '%',
    'ms',
    's',
    'KiB',
    'messages',
    'messages/min',
    'B/s',
    'orders per visit',
    'e',
    'µs',
  );
  const anyQuantity = fc.record({ value: number, unit });
  const side: fc.Arbitrary<Side> = fc.oneof(
    fc.record({ kind: fc.constant('absolute' as const), quantity: anyQuantity }),
    fc.constant({ kind: 'baseline' as const }),
    fc.record({
      kind: fc.constant('baseline-offset' as const),
      sign: fc.constantFrom(1 as const, -1 as const),
      quantity: fc.record({ value: number.map(Math.abs), unit: fc.oneof(unit, fc.constant('pp')) }),
    }),
    fc.record({
      kind: fc.constant('baseline-times' as const),
      factor: number.map(Math.abs).filter((factor) => factor > 0),
    }),
  );
  const limit: fc.Arbitrary<Limit> = fc.oneof(
    fc.record({ kind: fc.constant('compare' as const), operator: fc.constantFrom(...OPERATORS), side }),
    fc.record({ kind: fc.constant('between' as const), low: side, high: side }),
  );

  test('a limit that is written is read back as it was', () => {
    fc.assert(
      fc.property(limit, (any) => {
        expect(read(printLimit(any))).toEqual(any);
      }),
      { numRuns: 500 },
    );
  });

  test('spaces around its words change nothing', () => {
    fc.assert(
      fc.property(limit, fc.constantFrom(' ', '  ', '\t'), (any, space) => {
        const text = printLimit(any);
        expect(read(`${space}${text.replaceAll(' ', space)}${space}`)).toEqual(
          'side' in any || any.kind === 'between' ? read(text.replaceAll(' ', space)) : any,
        );
      }),
    );
  });

  test('no text breaks the reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[<>=!]{1,2} ?[bas0-9.%+ *-]{0,9}$/)), (text) => {
        const result = parseLimit(text);
        if (!result.ok) for (const failure of result.failures) expect(failure.mend).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

test('groups are written in words', () => {
  const parts = [read('>= 1'), read('<= 5')];
  expect(printLimit({ kind: 'all', limits: parts })).toBe('all of [>= 1, <= 5]');
  expect(printLimit({ kind: 'any', limits: parts })).toBe('any of [>= 1, <= 5]');
});
