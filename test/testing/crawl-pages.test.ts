/** Which answer of a test stands at an address. */
import { expect, test } from 'vitest';
import { givenAt, readCrawls } from '../../src/testing/crawl/pages.js';
import { crawlSchema } from '../../src/testing/crawl/schema.js';

const entry = (statuses: Readonly<Record<string, number>>) =>
  crawlSchema.parse({ signal: 'pages', pages: statuses });

const ENTRIES = [
  ...readCrawls([entry({ '/own': 210, '/own/*': 211 })], ['tests', 0, 'crawls'], 'test'),
  ...readCrawls(
    [
      entry({
        '*': 220,
        '/p/*': 221,
        '/p/shoes/*': 222,
        '/p/1': 223,
        'https://other.example/p/1': 224,
        'https://other.example/*': 225,
        '/p/1?size=42': 226,
        '/schöne schuhe': 227,
        '//twice': 228,
        '/own': 299,
      }),
    ],
    ['crawls'],
    'file',
  ),
];

test.each<readonly [url: string, status: number, where: string]>([
  ['https://shop.example/p/1', 223, 'a path, on any host'],
  ['https://other.example/p/1', 224, 'a whole address before a path'],
  ['https://shop.example/p/1?size=42', 226, 'a query is another page'],
  ['https://shop.example/p/1?size=43', 221, 'and not that of the path alone'],
  ['https://shop.example/p/2', 221, 'a beginning'],
  ['https://shop.example/p/shoes/2', 222, 'the longest beginning'],
  ['https://other.example/a', 225, 'the beginning of a whole address'],
  ['https://shop.example/a', 220, 'whatever'],
  ['https://shop.example/sch%C3%B6ne%20schuhe', 227, 'as a browser writes it'],
  ['https://shop.example//twice', 228, 'two slashes are no host'],
  ['https://shop.example/own', 210, 'the first entry that says anything'],
  ['https://shop.example/own/a', 211, 'by a beginning, too'],
])('%s is %i: %s', (url, status) => {
  expect(givenAt(ENTRIES, url)?.answer).toEqual({ status });
});

test('the place of an answer is that of its key', () => {
  expect(givenAt(ENTRIES, 'https://shop.example/own')?.path).toEqual([
    'tests',
    0,
    'crawls',
    0,
    'pages',
    '/own',
  ]);
  expect(givenAt(ENTRIES.slice(0, 1), 'https://shop.example/p/1')).toBeUndefined();
});
