import * as z from 'zod';
import { strict } from '../../contracts/schema.js';
import { mannersShape, text } from '../probing/words.js';
import { KNOWN_HEADERS } from './known-headers.js';

const hits = z
  .array(text)
  .min(1, 'list at least one word that is a hit')
  .optional()
  .meta({ description: 'Whole values that are a hit, in any case; all others are none.' });

/** What stands under `cache-probe:`. */
export const blockSchema = strict({
  ...mannersShape,
  urls: z
    .array(text, 'a list of addresses is expected')
    .min(1, 'list at least one address')
    .max(10_000, 'at most 10,000 addresses')
    .meta({ description: 'What is asked for.', examples: [['/', '/p/42']] }),
  times: z
    .number()
    .int('a whole number of times')
    .min(2, 'at least 2 times: the first may fill the cache')
    .max(20, 'at most 20 times')
    .optional()
    .meta({ description: 'How often each address is asked for; 2. The first time counts for no share.' }),
  marker: text.optional().meta({
    description:
      'Text that every answer of this release holds, such as its version: without it, a cache still serves another one. For "take: share current", and a finding.',
    examples: ['data-version="{{version}}"'],
  }),
  'hit-headers': strict(Object.fromEntries(KNOWN_HEADERS.map((name) => [name, hits])))
    .optional()
    .meta({
      description: 'Headers to read where there is no Cache-Status, each with all that is a hit.',
      examples: [{ 'x-cache': ['HIT'] }],
    }),
});

export type CacheProbeBlock = z.output<typeof blockSchema>;
