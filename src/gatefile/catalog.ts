import * as z from 'zod';
import { once, optional, strict } from '../contracts/schema.js';
import { signalShape } from './schema.js';

const parameter = once(() =>
  strict({
    about: optional(() => z.string(), { description: 'What to give, in a few words.' }),
    default: optional(() => z.union([z.string(), z.number()]).transform(String), {
      description: 'Its value where none is given.',
    }),
    /** May stand anywhere in the query: label matchers, not just their values. */
    raw: z
      .boolean()
      .default(false)
      .meta({ description: 'True: it may stand anywhere in a query, and is not escaped.' }),
  }),
);

/** A file of the catalogue: one signal, with its parameters declared under `with:`. */
export const catalogSchema = once(() =>
  strict({
    ...signalShape,
    with: optional(() => z.record(z.string(), parameter()), {
      description: 'Parameters: what a gate gives under "with:".',
    }),
  }).meta({
    title: 'gatekeeper catalogue signal',
    description: 'One signal of a common product, with its parameters.',
  }),
);
