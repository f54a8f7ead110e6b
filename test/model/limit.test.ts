/** When a value holds a condition, and when nobody can say. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Bound,
  boundAt,
  boundsOf,
  type Condition,
  evaluate,
  NO_READING,
  needsBaseline,
  OPERATORS,
  type Operator,
  type Outcome,
  type Reading,
} from '../../src/model/limit.js';

const fixed = (offset: number): Bound => ({ scale: 0, offset });
const compare = (operator: Operator, bound: number | Bound): Condition => ({
  kind: 'compare',
  operator,
  bound: typeof bound === 'number' ? fixed(bound) : bound,
});
const between = (low: number, high: number): Condition => ({
  kind: 'between',
  low: fixed(low),
  high: fixed(high),
});
const at = (value: number): Reading => ({ value, isAtLeast: false });
const atLeast = (value: number): Reading => ({ value, isAtLeast: true });

describe('a comparison with a number', () => {
  test.each([
    ['<', 'holds', 'broken', 'broken'],
    ['<=', 'holds', 'holds', 'broken'],
    ['>', 'broken', 'broken', 'holds'],
    ['>=', 'broken', 'holds', 'holds'],
    ['==', 'broken', 'holds', 'broken'],
    ['!=', 'holds', 'broken', 'holds'],
  ] as const)('x %s 5: below it %s, at it %s, above it %s', (operator, below, same, above) => {
    const outcomes = [4, 5, 6].map((value) => evaluate(compare(operator, 5), at(value), NO_READING));
    expect(outcomes).toEqual([below, same, above]);
  });

  test.each([
    ['<', 'open', 'broken', 'broken'],
    ['<=', 'open', 'open', 'broken'],
    ['>', 'open', 'open', 'holds'],
    ['>=', 'open', 'holds', 'holds'],
    ['==', 'open', 'open', 'broken'],
    ['!=', 'open', 'open', 'holds'],
  ] as const)(
    'of a value known to be at least 4, at least 5, at least 6: x %s 5 %s, %s, %s',
    (operator, below, same, above) => {
      const outcomes = [4, 5, 6].map((value) => evaluate(compare(operator, 5), atLeast(value), NO_READING));
      expect(outcomes).toEqual([below, same, above]);
    },
  );

  test('NaN holds nothing and breaks nothing', () => {
    fc.assert(
      fc.property(anyCondition(), fc.boolean(), anyReading(), (condition, isAtLeast, baseline) => {
        expect(evaluate(condition, { value: Number.NaN, isAtLeast }, baseline)).toBe('open');
      }),
    );
  });
});

describe('between is inclusive', () => {
  test.each([
    [0, 'broken'],
    [1, 'holds'],
    [3, 'holds'],
    [5, 'holds'],
    [6, 'broken'],
    [Number.NaN, 'open'],
  ] as const)('%d between 1 and 5: %s', (value, outcome) => {
    expect(evaluate(between(1, 5), at(value), NO_READING)).toBe(outcome);
  });

  test.each([
    [0, 'open'],
    [3, 'open'],
    [5, 'open'],
    [6, 'broken'],
  ] as const)('at least %d between 1 and 5: %s', (value, outcome) => {
    expect(evaluate(between(1, 5), atLeast(value), NO_READING)).toBe(outcome);
  });

  test('one broken side breaks it even when the other has no baseline', () => {
    const condition: Condition = { kind: 'between', low: { scale: 1, offset: 0 }, high: fixed(5) };
    expect(evaluate(condition, at(6), NO_READING)).toBe('broken');
    expect(evaluate(condition, at(4), NO_READING)).toBe('open');
  });
});

describe('a comparison with the baseline', () => {
  const relative = compare('<=', { scale: 1.1, offset: 0 });
  const shifted = compare('<=', { scale: 1, offset: 2 });
  test.each([
    { name: 'holds within the margin', condition: relative, seen: at(11), baseline: at(10), is: 'holds' },
    { name: 'is broken beyond it', condition: relative, seen: at(11.1), baseline: at(10), is: 'broken' },
    {
      name: 'is open without a baseline',
      condition: relative,
      seen: at(1),
      baseline: NO_READING,
      is: 'open',
    },
    {
      name: 'of no share of a baseline of 0 anything is said',
      condition: relative,
      seen: at(0),
      baseline: at(0),
      is: 'open',
    },
    {
      name: 'a margin in the unit itself serves a baseline of 0',
      condition: shifted,
      seen: at(2),
      baseline: at(0),
      is: 'holds',
    },
    { name: 'and can be broken there', condition: shifted, seen: at(2.1), baseline: at(0), is: 'broken' },
    {
      name: 'a plain baseline of 0 serves too',
      condition: compare('<=', { scale: 1, offset: 0 }),
      seen: at(0),
      baseline: at(0),
      is: 'holds',
    },
    {
      name: 'a baseline of which only a lower end is known is none',
      condition: shifted,
      seen: at(1),
      baseline: atLeast(9),
      is: 'open',
    },
    {
      name: 'a fixed limit asks no baseline',
      condition: compare('<=', 5),
      seen: at(4),
      baseline: atLeast(9),
      is: 'holds',
    },
  ] as const)('$name', ({ condition, seen, baseline, is }) => {
    expect(evaluate(condition, seen, baseline)).toBe(is);
  });

  test('the bound is a share of the baseline and an offset', () => {
    expect(boundAt({ scale: 1.5, offset: 2 }, 10)).toBe(17);
    expect(boundAt(fixed(2), Number.NaN)).toBe(2);
  });

  test('needs a baseline when any part speaks of it', () => {
    expect(needsBaseline(compare('<', 1))).toBe(false);
    expect(needsBaseline(relative)).toBe(true);
    expect(needsBaseline({ kind: 'between', low: fixed(0), high: { scale: 1, offset: 0 } })).toBe(true);
    expect(needsBaseline({ kind: 'any', conditions: [compare('<', 1), relative] })).toBe(true);
    expect(needsBaseline({ kind: 'all', conditions: [compare('<', 1), between(0, 1)] })).toBe(false);
    expect(boundsOf({ kind: 'all', conditions: [between(0, 1), compare('<', 2)] })).toEqual([
      fixed(0),
      fixed(1),
      fixed(2),
    ]);
  });
});

/** Conditions with the outcome of their names for a value of 1, without a baseline. */
const PARTS: Record<Outcome, Condition> = {
  holds: compare('==', 1),
  broken: compare('!=', 1),
  open: compare('<=', { scale: 1, offset: 0 }),
};

describe('all and any are three-valued', () => {
  const outcomes = ['holds', 'broken', 'open'] as const;
  const pairs = outcomes.flatMap((a) => outcomes.map((b) => [a, b] as const));
  const all = (...parts: Outcome[]): Outcome =>
    evaluate({ kind: 'all', conditions: parts.map((part) => PARTS[part]) }, at(1), NO_READING);
  const any = (...parts: Outcome[]): Outcome =>
    evaluate({ kind: 'any', conditions: parts.map((part) => PARTS[part]) }, at(1), NO_READING);

  test.each(pairs)('all of %s and %s: one broken breaks it, both must hold', (a, b) => {
    const expected =
      a === 'broken' || b === 'broken' ? 'broken' : a === 'holds' && b === 'holds' ? 'holds' : 'open';
    expect(all(a, b)).toBe(expected);
  });

  test.each(pairs)('any of %s and %s: one that holds is enough, both must break', (a, b) => {
    const expected =
      a === 'holds' || b === 'holds' ? 'holds' : a === 'broken' && b === 'broken' ? 'broken' : 'open';
    expect(any(a, b)).toBe(expected);
  });

  test('of no part at all nothing is said', () => {
    expect(all()).toBe('open');
    expect(any()).toBe('open');
  });

  test('groups nest', () => {
    const inner: Condition = { kind: 'any', conditions: [PARTS.broken, PARTS.open] };
    expect(evaluate({ kind: 'all', conditions: [PARTS.holds, inner] }, at(1), NO_READING)).toBe('open');
    expect(evaluate({ kind: 'all', conditions: [PARTS.broken, inner] }, at(1), NO_READING)).toBe('broken');
  });
});

describe('laws', () => {
  test('tightening a bound never turns a broken limit into one that holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('<', '<=', '>', '>=' as const),
        number(),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        anyReading(),
        (operator, bound, by, seen) => {
          const sign = operator.startsWith('<') ? -1 : 1;
          const loose = evaluate(compare(operator, bound), seen, NO_READING);
          const tight = evaluate(compare(operator, bound + sign * by), seen, NO_READING);
          if (loose === 'broken') expect(tight).toBe('broken');
          if (tight === 'holds') expect(loose).toBe('holds');
        },
      ),
      { numRuns: 500 },
    );
  });

  test('another part in all never makes it hold, another part in any never breaks it', () => {
    fc.assert(
      fc.property(
        fc.array(anyCondition(), { minLength: 1, maxLength: 4 }),
        anyCondition(),
        anyReading(),
        anyReading(),
        (conditions, more, seen, baseline) => {
          const judge = (kind: 'all' | 'any', parts: readonly Condition[]): Outcome =>
            evaluate({ kind, conditions: parts }, seen, baseline);
          if (judge('all', conditions) !== 'holds')
            expect(judge('all', [...conditions, more])).not.toBe('holds');
          if (judge('any', conditions) !== 'broken')
            expect(judge('any', [...conditions, more])).not.toBe('broken');
        },
      ),
    );
  });

  test('what is decided of a lower end is decided the same of every value above it', () => {
    fc.assert(
      fc.property(
        anyCondition(),
        number(),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        anyReading(),
        (condition, least, more, baseline) => {
          const known = evaluate(condition, atLeast(least), baseline);
          if (known !== 'open') expect(evaluate(condition, at(least + more), baseline)).toBe(known);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function number(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
}

function anyReading(): fc.Arbitrary<Reading> {
  return fc.record({
    value: fc.oneof(number(), fc.constant(Number.NaN)),
    isAtLeast: fc.boolean(),
  });
}

function anyBound(): fc.Arbitrary<Bound> {
  return fc.record({ scale: fc.constantFrom(0, 1, 0.9, 1.1), offset: number() });
}

function anyCondition(): fc.Arbitrary<Condition> {
  const leaf: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom(...OPERATORS),
      bound: anyBound(),
    }),
    fc.record({ kind: fc.constant('between' as const), low: anyBound(), high: anyBound() }),
  );
  return fc.oneof(
    { weight: 3, arbitrary: leaf },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        conditions: fc.array(leaf, { maxLength: 3 }),
      }),
    },
  );
}
