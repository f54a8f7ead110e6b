import * as z from 'zod';
import { duration, optional, strict } from '../contracts/schema.js';
import { defineSignal, type Part } from '../contracts/signal.js';
import { observeCounts } from './fold/counts.js';

const DEFAULT_SEEN_WITHIN_MS = 7 * 86_400_000;

const schema = strict({
  good: optional(() => z.unknown(), { description: 'Counts of what went well; or give "bad".' }),
  bad: optional(() => z.unknown(), { description: 'Counts of what went wrong; or give "good".' }),
  total: z
    .unknown()
    .refine(
      (value) => value !== undefined,
      '"total" is missing\ncount everything that "good" or "bad" is part of',
    )
    .meta({ description: 'Counts of everything.' }),
  'seen-within': optional(() => duration, {
    description: 'How far back "bad" must have been seen to count as 0 when absent (7d).',
  }),
  'bad-absent': optional(() => z.literal('zero'), {
    description: '"zero": an absent "bad" (or "good") is 0 even if it was never seen.',
  }),
}).refine((block) => (block.good === undefined) !== (block.bad === undefined), {
  error: 'a ratio has either "good" or "bad", and "total"\nwrite one of the two',
});

/** Share `k / n` of two counts; the tool divides. Higher is better for `good`, lower for `bad`. */
export const ratio = defineSignal({
  id: 'ratio',
  about: 'two counts; the tool divides good or bad by total',
  schema,
  queryFields: ['good', 'bad', 'total'],
  prepare: (block) => {
    const top = block.good === undefined ? 'bad' : 'good';
    const isZeroWhenAbsent = block['bad-absent'] === 'zero';
    const absentNumerator = isZeroWhenAbsent ? 'zero' : top === 'good' ? 'zero-to-fail' : 'zero-if-seen';
    const parts: Part[] = [
      { name: top, source: block[top], use: 'counts', path: [top] },
      { name: 'total', source: block.total, use: 'counts', path: ['total'] },
    ];
    if (absentNumerator === 'zero-if-seen') {
      parts.push({
        name: 'bad-seen',
        source: block.bad,
        use: 'seen',
        path: ['bad'],
        onlyIfAbsent: 'bad',
        lookbackMs: block['seen-within'] ?? DEFAULT_SEEN_WITHIN_MS,
      });
    }
    return {
      parts: () => parts,
      better: top === 'good' ? 'higher' : 'lower',
      takes: ['total', 'first', 'last', 'mean', 'min', 'max', 'slope', 'count', 'recovery'],
      defaultTake: { kind: 'total' },
      unit: 'share',
      observe: (input) =>
        observeCounts(input, {
          numerator: top,
          denominator: 'total',
          absentNumerator,
          isNested: true,
        }),
    };
  },
});
