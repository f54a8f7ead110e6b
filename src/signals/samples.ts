import * as z from 'zod';
import { defineSignal } from '../contracts/signal.js';
import { observeRaw } from './fold/numbers.js';

const schema = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'samples need a query')
  .meta({
    description: 'One query or file of raw observations, such as durations of single requests.',
  });

/** Raw observations in the window, all of one weight. Lower is better. */
export const samples = defineSignal({
  id: 'samples',
  about: 'raw observations: quantiles and means without buckets',
  schema,
  queryFields: [''],
  prepare: (source, unit) => ({
    parts: () => [{ name: 'samples', source, use: 'raw', path: [] }],
    better: 'lower',
    takes: ['mean', 'min', 'max', 'sum', 'quantile', 'share-at-most', 'share-above', 'apdex', 'count'],
    defaultTake: undefined,
    unit: unit ?? '',
    observe: (input) => observeRaw(input, input.answers.get('samples') ?? { series: [] }),
  }),
});
