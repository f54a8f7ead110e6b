import * as z from 'zod';
import { optional, strict, stringOrSecret } from '../../contracts/schema.js';
import { CHECKS } from './checks/all.js';
import { COLUMNS, expectSchema } from './expect.js';

const HOST = /^(?:\{\{[^{}]+\}\}|[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:\d{1,5}|\{\{[^{}]+\}\}))?$/;
const RATE = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min)$/;

const host = z.string().regex(HOST, 'a host is a name or an address, with a port where it is not 80 or 443');
const text = z.string().min(1, 'an empty text says nothing');
const scalar = z
  .union([z.string(), z.number(), z.boolean()], { error: 'a single value is expected' })
  .transform(String);
const named = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'the name of a header or cookie'),
  stringOrSecret,
);

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
  hosts: z
    .array(host)
    .min(1, 'list at least one host')
    .meta({ description: 'All that may be asked: hosts of your own.', examples: [['shop.example.com']] }),
  'foreign-hosts': optional(() => z.array(host), {
    description: 'Hosts of others that may be asked, too, as far as their robots.txt allows.',
  }),
  base: optional(() => text, {
    description: 'What pages without a host start from.',
    examples: ['https://shop.example.com'],
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
  rate: optional(
    () =>
      z
        .string('a rate such as 2/s or 30/min is expected\nwrite it like "2/s"')
        .regex(RATE, { abort: true, error: 'a rate such as 2/s or 30/min is expected' })
        .refine((written) => parseRate(written) > 0, 'a rate above 0 is expected'),
    { description: 'Requests to each host; 2/s.', examples: ['2/s', '30/min'] },
  ),
  connections: optional(
    () =>
      z
        .number()
        .int('a whole number of connections')
        .min(1, 'at least 1 connection')
        .max(64, 'at most 64 connections'),
    { description: 'Connections to each host at a time; 2.' },
  ),
  headers: optional(() => named, {
    description: 'Sent to the host of the page alone, not to where it redirects.',
  }),
  cookies: optional(() => named, { description: 'The same for cookies.', examples: [{ arm: '{{track}}' }] }),
  'user-agent': optional(() => text, {
    description: 'Who we say we are; the name and version of this tool.',
  }),
  contact: optional(() => text, {
    description: 'Told beside it: an address where the owners of a host learn more.',
  }),
  'allow-private': optional(() => z.boolean(), {
    description: 'True: hosts may have addresses of this machine or of a private network.',
  }),
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

/** Requests a second. */
export function parseRate(written: string): number {
  const [, number, per] = RATE.exec(written) ?? [];
  return Number(number) / (per === 'min' ? 60 : 1);
}
