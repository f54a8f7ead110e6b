import * as z from 'zod';
import { defineSignal } from '../contracts/signal.js';
import { observeBuckets } from './fold/buckets.js';

const schema = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'a histogram needs a query by bucket')
  .meta({
    description: 'One query of cumulative counts by bucket (label le).',
  });

/** Counts by bucket, cumulative over the label `le`; quantiles and shares are read off it. Lower is better. */
export const histogram = defineSignal({
  id: 'histogram',
  about: 'counts by bucket (le), for quantiles and shares under a bound',
  schema,
  queryFields: [''],
  prepare: (source, unit) => ({
    parts: () => [{ name: 'bucket', source, use: 'buckets', path: [] }],
    better: 'lower',
    takes: ['quantile', 'share-at-most', 'share-above', 'apdex', 'count'],
    defaultTake: undefined,
    unit: unit ?? '',
    observe: (input) => observeBuckets(input, 'bucket'),
  }),
});
