import * as z from 'zod';
import { defineSignal } from '../contracts/signal.js';
import { observeInstant, observeNumbers } from './fold/numbers.js';

const schema = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'a value needs a query')
  .meta({
    description: 'One query. Without a take it is asked once, at the end of the window.',
  });

/** A series of numbers, or one number at the window's end. */
export const value = defineSignal({
  id: 'value',
  about: "one query: a number at the window's end, or a series over it",
  schema,
  queryFields: [''],
  prepare: (source, unit) => ({
    parts: (take) => [
      { name: 'value', source, use: take.kind === 'instant' ? 'instant' : 'steps', path: [] },
    ],
    better: undefined,
    takes: [
      'instant',
      'first',
      'last',
      'mean',
      'min',
      'max',
      'sum',
      'slope',
      'quantile',
      'share-at-most',
      'share-above',
      'count',
      'age',
      'recovery',
    ],
    defaultTake: { kind: 'instant' },
    unit: unit ?? '',
    observe: (input) => {
      const answer = input.answers.get('value') ?? { series: [] };
      return input.isInstant ? observeInstant(input, answer) : observeNumbers(input, answer);
    },
  }),
});
