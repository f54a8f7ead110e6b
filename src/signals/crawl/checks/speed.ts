import * as z from 'zod';
import { duration, strict } from '../../../contracts/schema.js';
import { formatDuration, parseDuration } from '../../../model/time.js';
import { factorBetween } from '../../../model/unit.js';
import { defineCheck } from './check.js';

const DEFAULT_TTFB = '800ms';
const DEFAULT_SIZE = '2MB';
const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|KiB|MiB)$/;

const ttfbSchema = strict({
  'at-most': z
    .string()
    .refine((text) => parseDuration(text) !== undefined, 'a duration such as 800ms is expected')
    .default(DEFAULT_TTFB)
    .meta({
      description: `Time to the first byte; ${DEFAULT_TTFB}.`,
      examples: duration.meta()?.['examples'],
    }),
});

/** The first byte came in time; redirects are not counted in. */
export const ttfb = defineCheck({
  id: 'ttfb',
  about: 'the first byte comes within 800 ms',
  of: 'answer',
  schema: ttfbSchema,
  find: ({ ttfb: seconds }, { 'at-most': most }) => {
    if (seconds === undefined)
      return [{ what: 'unverified', detail: 'nothing tells when its first byte came' }];
    const mostMs = parseDuration(most) ?? 0;
    return seconds * 1000 <= mostMs
      ? []
      : [
          {
            what: 'slow',
            detail: `first byte after ${Math.round(seconds * 1000)} ms, at most ${formatDuration(mostMs)}`,
          },
        ];
  },
});

const sizeSchema = strict({
  'at-most': z
    .string()
    .regex(SIZE, 'a size such as 2MB or 500KB is expected')
    .default(DEFAULT_SIZE)
    .meta({ description: `Bytes of the page, decompressed; ${DEFAULT_SIZE}.`, examples: ['2MB', '500KB'] }),
});

/** Crawlers read no more than so much of a page. */
export const size = defineCheck({
  id: 'size',
  about: 'the page is no larger than 2 MB, decompressed',
  of: 'page',
  schema: sizeSchema,
  find: ({ bytes = 0 }, { 'at-most': most }) => {
    const [, number, unit = 'B'] = SIZE.exec(most) ?? [];
    const limit = Number(number) * (factorBetween(unit, 'B') ?? 1);
    return bytes <= limit ? [] : [{ what: 'large', detail: `${bytes} bytes, at most ${most}` }];
  },
});
