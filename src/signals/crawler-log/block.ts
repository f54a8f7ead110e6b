import * as z from 'zod';
import { duration, strict } from '../../contracts/schema.js';
import { STATUS } from './statement.js';

const NAME = /^[A-Za-z_]\w*$/;

const WANTED = 'statuses such as 404, or classes of them such as 5xx, are expected';
const status = z
  .union([z.string(), z.int()])
  .transform(String)
  .refine((text) => STATUS.test(text), WANTED);
const answers = z.union([status.transform((one) => [one]), z.array(status).min(1, WANTED)], WANTED);
const text = z.string().min(1, 'an empty text says nothing');

/** Pages that should be crawled; further columns are for the signal `crawl`, which may share the list. */
export const urlsSchema = z
  .union(
    [
      z
        .array(z.union([text, z.looseObject({ url: text.meta({ description: 'Address of the page.' }) })]))
        .min(1, 'list at least one page'),
      strict({ csv: text.meta({ description: 'A file with a column "url", relative to this file.' }) }),
      strict({ sitemap: text.meta({ description: 'A sitemap in a file, relative to this one.' }) }),
    ],
    { error: '"urls" is a list of pages, { csv: PATH } or { sitemap: PATH }' },
  )
  .meta({ description: 'Pages whose last crawl is asked for: a list, { csv: PATH } or { sitemap: PATH }.' });
export type Urls = z.output<typeof urlsSchema>;

/** Each is a question of its own. */
const QUESTIONS = ['good', 'bad', 'urls', 'before'] as const;

const shape = strict({
  log: z
    .string()
    .regex(NAME, 'the name of a table of the backend is expected')
    .meta({ description: 'Table of the duckdb backend that holds the access log.' }),
  crawler: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name as in user agents, in lower case')
    .optional()
    .meta({ description: 'Which crawler; googlebot without it.' }),
  good: answers
    .optional()
    .meta({ description: 'Statuses that are well, such as [2xx, 304]; or give "bad".' }),
  bad: z
    .union(
      [z.literal('impostors'), z.literal('parameters'), answers],
      `${WANTED}; or "parameters", or "impostors"`,
    )
    .optional()
    .meta({
      description:
        'Statuses that are not, such as [5xx, 429]; "parameters", hits on URLs with a query; or "impostors", among all claims.',
    }),
  urls: urlsSchema.optional(),
  'look-back': duration
    .refine((ms) => ms > 0, 'a time above 0 is expected')
    .optional()
    .meta({
      description:
        'How far before the end of the window a crawl of "urls" is looked for; the window without it.',
    }),
  before: z
    .union([z.literal('arm'), duration.refine((ms) => ms > 0, 'a time above 0 is expected')], {
      error: 'how far to look back is expected, such as 28d; or "arm", for an arm with "shift"',
    })
    .optional()
    .meta({
      description:
        'What new patterns of URLs are told from: the time before the window, such as 28d; or "arm", the window of the second arm.',
    }),
  section: z
    .string()
    .regex(/^(?:\/|\{\{[^{}]*\}\}$)/, 'a section is the beginning of a path, such as /p/, or a variable')
    .optional()
    .meta({ description: 'Only paths that begin with this.' }),
});

/** What stands under `crawler-log:`. */
export const blockSchema = shape
  .refine((block) => QUESTIONS.filter((key) => block[key] !== undefined).length === 1, {
    error:
      'what is asked is one of "good", "bad", "urls" and "before"\nwrite one of them, such as bad: [5xx, 429]',
  })
  .refine((block) => block['look-back'] === undefined || block.urls !== undefined, {
    path: ['look-back'],
    error:
      '"look-back" is how far the last crawl of "urls" is looked for\nremove it, or write "before: 28d" for new patterns',
  })
  .refine((block) => block.section === undefined || block.urls === undefined, {
    path: ['section'],
    error: '"urls" says which pages, and "section" is of no use beside it\nremove one of the two',
  });

export type CrawlerLogBlock = z.output<typeof blockSchema>;
