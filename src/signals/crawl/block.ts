import * as z from 'zod';
import { optional, strict } from '../../contracts/schema.js';
import { host, mannersShape, text } from '../probing/words.js';
import { CHECKS } from './checks/all.js';
import { COLUMNS, expectSchema } from './expect.js';

const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a single value is expected' })
  .transform(String);
const row = strict({
  ...Object.fromEntries(
    COLUMNS.map((column) => [column, scalar.optional().meta({ description: aboutColumn(column) })]),
  ),
  url: text.meta({ description: 'Address of the page.' }),
});

function aboutColumn(column: string): string {
  const names = CHECKS.filter(({ columns }) => columns.includes(column)).map(({ id }) => `"${id}"`);
  return `What is expected of this page, for the check ${names.join(', ')}.`;
}

/** A page of the list, and what is expected of it. */
export const urlsSchema = z
  .union(
    [
      z.array(z.union([text, row])).min(1, 'list at least one page'),
      strict({ csv: text.meta({ description: 'A file with a column "url", relative to this file.' }) }),
      strict({ sitemap: text.meta({ description: 'A sitemap, or an index of sitemaps.' }) }),
    ],
    { error: '"urls" is a list of pages, { csv: PATH } or { sitemap: URL }' },
  )
  .meta({ description: 'The pages: a list, { csv: PATH } or { sitemap: URL }.' });

const shape = strict({
  ...mannersShape,
  'foreign-hosts': optional(() => z.array(host), {
    description: 'Hosts of others that may be asked, too, as far as their robots.txt allows.',
  }),
  urls: urlsSchema,
  expect: optional(() => expectSchema),
  'at-most': optional(
    () =>
      z
        .number()
        .int('a whole number of pages')
        .min(1, 'at least 1 page')
        .max(100_000, 'at most 100,000 pages'),
    { description: 'Pages that the list may have; 10,000.' },
  ),
  render: optional(
    () =>
      strict({
        chromium: text.meta({ description: 'The program, such as /usr/bin/chromium.' }),
      }),
    { description: 'What runs the scripts of a page, for the check "rendered".' },
  ),
  baseline: optional(
    () =>
      strict({
        recorded: text.meta({ description: 'A set recorded before the release, relative to this file.' }),
      }),
    { description: 'What regressions are counted against, where it is no arm.' },
  ),
});

const isRendering = ({ expect }: z.output<typeof shape>): boolean =>
  Array.isArray(expect) ? expect.includes('rendered') : expect?.['rendered'] !== undefined;

/** What stands under `crawl:`. */
export const blockSchema = shape
  .refine((block) => !isRendering(block) || block.render !== undefined, {
    path: ['expect'],
    error: '"rendered" needs something that runs scripts\nadd "render: { chromium: /usr/bin/chromium }"',
  })
  .refine((block) => block.render === undefined || (block.headers ?? block.cookies) === undefined, {
    path: ['render'],
    error:
      'a browser is started without headers and cookies, and would be shown another arm\nremove one of the two',
  });

export type CrawlBlock = z.output<typeof blockSchema>;
