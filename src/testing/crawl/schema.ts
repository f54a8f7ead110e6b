import * as z from 'zod';
import { duration, strict } from '../../contracts/schema.js';
import { PAGE_FAILURES } from '../../model/page.js';

const name = z.string('a name is expected').min(1, 'a name is expected');
const plain = z.union([z.string(), z.number(), z.boolean()], { error: 'one text is expected' });
const text = z.string('a text is expected');

/** What follows from redirects and hosts is found out by the crawl itself, and cannot be given. */
const GIVEN_FAILURES = ['timeout', 'dns', 'tls', 'network', 'malformed', 'too-large'] as const;
const failure = z.enum(PAGE_FAILURES).extract(GIVEN_FAILURES);

const status = z
  .number('a status such as 200, 301 or 503 is expected')
  .int('a status is a whole number')
  .min(200, 'a status is 200 to 599')
  .max(599, 'a status is 200 to 599');

const header = z.union([text, z.array(text).min(1, 'at least one line is needed')], {
  error: 'a header is one text, or a list of its lines',
});

const answer = strict({
  status: status.optional().meta({ description: 'Status; 200, or 301 of a redirect.' }),
  headers: z
    .record(name, header)
    .optional()
    .meta({
      description: 'Headers by name; a list where one stands in several lines.',
      examples: [{ 'x-robots-tag': 'noindex' }],
    }),
  html: text.optional().meta({
    description: 'The page; its content-type is text/html.',
    examples: ['<title>Red shoes</title>'],
  }),
  body: text.optional().meta({
    description: 'What is no HTML: a robots.txt, a sitemap.',
    examples: ['User-agent: *\nDisallow: /cart'],
  }),
  redirect: name.optional().meta({ description: 'Where it redirects to, as the header says it.' }),
  ttfb: duration.optional().meta({
    description: 'Time until its first byte; none without, and nothing to judge it by.',
    examples: ['300ms'],
  }),
  rendered: text.optional().meta({ description: 'The document after its scripts ran, for "rendered".' }),
  'user-agents': z
    .record(name, status)
    .optional()
    .meta({
      description: 'Another status for those whose user agent holds a word.',
      examples: [{ Googlebot: 503 }],
    }),
  error: failure.optional().meta({ description: `Why it cannot be fetched: ${GIVEN_FAILURES.join(', ')}.` }),
})
  .refine((each) => each.html === undefined || each.body === undefined, {
    error: '"html" and "body" are both the body\nwrite one of the two',
  })
  .refine((each) => each.error === undefined || Object.keys(each).length === 1, {
    error: 'what cannot be fetched has no other keys\nleave "error" or the others out',
  })
  .refine((each) => each.redirect === undefined || isRedirect(each.status), {
    error: '"redirect" needs a status of 301, 302, 303, 307 or 308\nleave "status" out, which makes it 301',
  })
  .meta({ description: 'What is answered at one address.' });

function isRedirect(written: number | undefined): boolean {
  return written === undefined || [301, 302, 303, 307, 308].includes(written);
}

const PLACE = /^(?:\/|https?:\/\/[^/*]+\/|\*$)/i;

export const crawlSchema = strict({
  signal: name.meta({ description: 'Signal of the gate, a crawl.' }),
  part: z
    .enum(['pages', 'baseline'])
    .default('pages')
    .meta({ description: 'pages, or the recorded "baseline" that regressions are counted against; pages.' }),
  arm: name.optional().meta({ description: 'Arm; without it, every arm.' }),
  segment: z
    .union([plain, z.record(z.string(), plain)])
    .optional()
    .meta({ description: 'Segment: its value, or VARIABLE: VALUE of each; without it, every segment.' }),
  pages: z
    .record(
      z.string().regex(PLACE, {
        error: 'a page is a path such as /p/1, or an address\nbegin it with "/", or with http:// or https://',
      }),
      z.union([status, answer], {
        error: 'a page is a status, or what is answered\nwrite 404, or { html: "<title>Shoes</title>" }',
      }),
    )
    .refine((pages) => Object.keys(pages).length > 0, 'at least one page is needed')
    .meta({
      description:
        'Answers by path (on any host) or whole address; a final * stands for whatever follows. A number is a status.',
      examples: [{ '/p/1': { html: '<title>Red shoes</title>' }, '/gone': 410, '/robots.txt': 404 }],
    }),
}).meta({ description: 'What web servers answer to a crawl, page by page.' });

export type CrawlBlock = z.output<typeof crawlSchema>;
export type PageBlock = z.output<typeof answer>;
