/** Logs of crawlers and probes of caches in tests of gates. */
import { afterAll, expect, test } from 'vitest';
import { runTests } from '../support/gate-tests.js';
import { removeSandboxes } from '../support/sandbox.js';

afterAll(removeSandboxes);

const GATE = `gate: shop
backends:
  logs: { type: duckdb, tables: { access: { path: "access.log*", format: combined } } }
window: { for: 30m, step: 1m, settle: 0s }
signals:
  last: { crawler-log: { log: access, urls: [/p/1, /p/2], look-back: 30d } }
criteria:
  last: { take: max since-crawl, pass: "<= 7d" }
`;

const lastOf = (part: string, url: string, hours: number): string =>
  `{ signal: last, part: ${part}, labels: { url: ${url} }, values: ${hours * 3600} }`;

test.each<[what: string, series: readonly string[], expected: string]>([
  [
    'every page was crawled',
    [lastOf('since', '/p/1', 1), lastOf('since', '/p/2', 2)],
    'outcome: pass, value: 7200',
  ],
  [
    'one was never crawled in longer than it may',
    [lastOf('since', '/p/1', 1)],
    'outcome: fail, value: 2592000',
  ],
])('%s', async (_, series, expected) => {
  const searched = ['/p/1', '/p/2'].map((url) => lastOf('searched', url, 720));
  const { code, stdout } = await runTests(
    `series: [${[...series, ...searched].join(', ')}]\ntests: [{ name: it, expect: { criteria: { last: { ${expected} } } } }]\n`,
    [],
    GATE,
  );
  expect(code, stdout).toBe(0);
});

test.each([
  [
    'series: [{ signal: c, part: visits, values: 1x29 }]',
    '1:10',
    '"visits" of signal "c" cannot be answered by hand',
  ],
  ['crawls: [{ signal: c, pages: { /: 200 } }]', '1:20', 'signal "c" is no crawl'],
])('a probe of caches is answered by a recorded set alone: %s', async (answers, place, told) => {
  const gate = `gate: shop
signals: { c: { cache-probe: { hosts: [shop.example], base: "https://shop.example", urls: [/] } } }
criteria: { c: { pass: ">= 60%" } }
`;
  const { code, stderr } = await runTests(`${answers}\ntests: [{ name: it, expect: pass }]\n`, [], gate);
  expect(code).toBe(2);
  expect(stderr).toContain(`shop.gate.test.yaml:${place}  ${told}`);
  expect(stderr).toContain('record a set with "gatekeeper record DIR", and test it with "replay: DIR"');
});

test.each<[what: string, series: readonly string[], reason: string]>([
  ['nothing at all', [], 'no-data'],
  ['one page, and not how far back was searched', [lastOf('since', '/p/1', 1)], 'partial'],
  [
    'one page, and how far back was searched for it alone',
    [lastOf('since', '/p/1', 1), lastOf('searched', '/p/1', 720)],
    'partial',
  ],
])('a test that answers %s is no pass', async (_, series, reason) => {
  const { code, stdout } = await runTests(
    `series: [${series.join(', ')}]\ntests: [{ name: it, expect: { criteria: { last: { outcome: inconclusive, reason: ${reason} } } } }]\n`,
    [],
    GATE,
  );
  expect(code, stdout).toBe(0);
});
