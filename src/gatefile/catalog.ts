import * as z from 'zod';
import { strict } from '../contracts/schema.js';
import { signalShape } from './schema.js';

const parameter = strict({
  about: z.string().optional(),
  default: z.union([z.string(), z.number()]).transform(String).optional(),
  /** May stand anywhere in the query: label matchers, not just their values. */
  raw: z.boolean().default(false),
});

/** A file of the catalogue: one signal, with its parameters declared under `with:`. */
export const catalogSchema = strict({
  ...signalShape,
  with: z.record(z.string(), parameter).optional(),
}).meta({ title: 'gatekeeper catalogue signal' });
