/** Optional keys whose schemas are made late: what a file may say, and how trouble reads, is as with zod's own. */
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { once, optional, strict } from '../../src/contracts/schema.js';

const ABOUT = { description: 'How long.', examples: [3] };
const number = (): z.ZodNumber => z.number('a number is expected').min(1, 'at least 1');

describe('an optional key', () => {
  test('is made when the key is met, and once', () => {
    const make = vi.fn(number);
    const schema = strict({ a: optional(make), b: z.string() });
    expect(schema.parse({ b: 'x' })).toEqual({ b: 'x' });
    expect(schema.safeParse({ c: 1 }).success).toBe(false);
    expect(make).not.toHaveBeenCalled();
    expect(schema.parse({ a: 2, b: 'x' })).toEqual({ a: 2, b: 'x' });
    expect(schema.parse({ a: 3, b: 'x' })).toEqual({ a: 3, b: 'x' });
    expect(make).toHaveBeenCalledTimes(1);
  });

  test('has the JSON Schema of one that was made at once', () => {
    const late = strict({ a: optional(number, ABOUT), b: optional(() => strict({ c: optional(number) })) });
    const early = strict({
      a: number().optional().meta(ABOUT),
      b: strict({ c: number().optional() }).optional(),
    });
    expect(z.toJSONSchema(late)).toEqual(z.toJSONSchema(early));
  });

  test('takes and refuses what one that was made at once does, in the same words', () => {
    const late = strict({ a: optional(number), b: optional(() => strict({ c: optional(number) })) });
    const early = strict({ a: number().optional(), b: strict({ c: number().optional() }).optional() });
    const value = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constantFrom(undefined, null, 'x', [], {}));
    const written = fc.oneof(
      value,
      fc.record({ a: value, b: fc.oneof(value, fc.record({ c: value })), d: value }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(written, (each) => {
        const [found, expected] = [late.safeParse(each), early.safeParse(each)];
        expect(found.data).toEqual(expected.data);
        expect(found.error?.issues).toEqual(expected.error?.issues);
      }),
    );
  });
});

test('a schema that is made once is the same each time', () => {
  const make = vi.fn(number);
  const schema = once(make);
  expect(make).not.toHaveBeenCalled();
  expect(schema()).toBe(schema());
  expect(make).toHaveBeenCalledTimes(1);
});
