import * as z from 'zod';
import { duration, optional, strict } from '../contracts/schema.js';
import { defineSignal, type ObserveInput, type Part } from '../contracts/signal.js';
import type { Answer } from '../model/series.js';
import { strataOf } from '../model/window.js';
import { observeCounts } from './fold/counts.js';

const DEFAULT_SEEN_WITHIN_MS = 7 * 86_400_000;

const schema = strict({
  count: z
    .unknown()
    .refine((value) => value !== undefined, '"count" is missing\ncount the events')
    .meta({ description: 'Counts of events.' }),
  exposure: z
    .unknown()
    .refine(
      (value) => value !== undefined,
      '"exposure" is missing\ngive the counts that events are measured against, or "exposure: time"',
    )
    .meta({ description: 'Counts of exposure (requests, visits), or the word "time".' }),
  'seen-within': optional(() => duration, {
    description: 'How far back "count" must have been seen to count as 0 when absent (7d).',
  }),
  'bad-absent': optional(() => z.literal('zero'), {
    description: '"zero": an absent "count" is 0 even if it was never seen.',
  }),
});

/** Events per exposure; with `exposure: time`, events per second. Lower is better. */
export const rate = defineSignal({
  id: 'rate',
  about: 'events per exposure: another count, or time',
  schema,
  queryFields: ['count', 'exposure'],
  prepare: (block, unit) => {
    const isPerTime = block.exposure === 'time';
    const isZeroWhenAbsent = block['bad-absent'] === 'zero';
    const parts: Part[] = [{ name: 'count', source: block.count, use: 'counts', path: ['count'] }];
    if (!isPerTime)
      parts.push({ name: 'exposure', source: block.exposure, use: 'counts', path: ['exposure'] });
    if (!isPerTime && !isZeroWhenAbsent) {
      parts.push({
        name: 'count-seen',
        source: block.count,
        use: 'seen',
        path: ['count'],
        onlyIfAbsent: 'count',
        lookbackMs: block['seen-within'] ?? DEFAULT_SEEN_WITHIN_MS,
      });
    }
    return {
      parts: () => parts,
      better: 'lower',
      takes: ['total', 'first', 'last', 'mean', 'min', 'max', 'slope', 'count', 'recovery'],
      defaultTake: { kind: 'total' },
      unit: isPerTime ? `${unit ?? 'events'}/s` : (unit ?? ''),
      observe: (input) =>
        observeCounts(isPerTime ? withTimeExposure(input) : input, {
          numerator: 'count',
          denominator: 'exposure',
          absentNumerator: isZeroWhenAbsent ? 'zero' : 'zero-if-seen',
          isNested: false,
        }),
    };
  },
});

/**
 * Exposure in seconds for each stratum in which the counter itself has data.
 *
 * Time alone does not show that anything was counting: a stratum without a sample stays empty, and a counter
 * that is absent altogether is no data, not zero events.
 */
function withTimeExposure(input: ObserveInput): ObserveInput {
  const count = input.answers.get('count');
  const seconds = input.window.stepMs / 1000;
  const ends = Array.from(
    { length: strataOf(input.window) },
    (_, i) => input.window.from + (i + 1) * input.window.stepMs,
  );
  const each = input.across === 'each' || input.across === 'worst';
  const all = count?.series ?? [];
  const present = (times: readonly number[]): readonly number[] =>
    ends.filter((end) => times.some((t) => t > end - input.window.stepMs && t <= end));
  const newest = (series: readonly (typeof all)[number][]): number =>
    Math.max(...series.map((one) => one.newest ?? one.times.at(-1) ?? Number.NEGATIVE_INFINITY));
  const exposureOf = (
    labels: Answer['series'][number]['labels'],
    series: readonly (typeof all)[number][],
  ): Answer['series'][number] => {
    const times = present(series.flatMap((one) => one.times));
    return { labels, times, values: times.map(() => seconds), newest: newest(series) };
  };
  const filled = all.filter((one) => one.times.length > 0);
  const series = each
    ? filled.map((one) => exposureOf(one.labels, [one]))
    : filled.length > 0
      ? [exposureOf({}, filled)]
      : [];
  const isAdditive = count?.isAdditive ?? false;
  return { ...input, answers: new Map([...input.answers, ['exposure', { series, isAdditive }]]) };
}
