/** Pages of a crawl in tests of gates: the real crawl and its checks, with no server behind them. */
import { afterAll, describe, expect, test } from 'vitest';
import { runTests } from '../support/gate-tests.js';
import { removeSandboxes } from '../support/sandbox.js';

afterAll(removeSandboxes);

const COOKIES = '      cookies: { arm: "{{track}}" }\n';
/** A browser brings no cookies: with scripts, both arms are one. */
const SCRIPTS = '      render: { chromium: /nowhere/chromium }\n';

const gate = (expected: string, more = COOKIES): string => `gate: shop
owners: { decide: [seo], stop: [oncall] }
arms: { canary: { track: canary }, baseline: { track: stable } }
window: { for: 10m, step: 1m }
signals:
  pages:
    crawl:
      hosts: [shop.example]
      base: https://shop.example
      urls: [/, { url: /old, status: 301, final: / }]
      expect: ${expected}
${more}criteria:
  findings: { signal: pages, pass: "== 0" }
${more === SCRIPTS ? '' : '  regressions: { signal: pages, take: regressions, pass: "== 0" }\n'}  fast: { signal: pages, take: p95 ttfb, pass: "<= 500ms" }
`;

const HOME = '<title>Shop</title><link rel=canonical href=https://shop.example/>';
const run = (tests: string, expected = '[canonical]', more = COOKIES) =>
  runTests(tests, [], gate(expected, more));

/** A file whose tests all stand on a healthy shop. */
const file = (tests: string): string => `crawls:
  - signal: pages
    pages:
      /: { html: '${HOME}', ttfb: 100ms }
      /old: { redirect: /, ttfb: 100ms }
tests:
${tests}`;

test('a crawl that no page is given for is an error that names its addresses; one that is down needs none', async () => {
  const { code, stderr } = await run('tests: [{ name: it, expect: inconclusive }]\n');
  expect(code).toBe(2);
  expect(
    stderr,
  ).toContain(`shop.gate.test.yaml:1:17  signal "pages" asks for https://shop.example/ (canary), and the test says nothing of it
   1 │ tests: [{ name: it, expect: inconclusive }]
     │                 ^^  add crawls: [{ signal: pages, pages: { "/": { html: ... } } }], or a status such as 404; "/*" stands for whatever begins so`);
  expect(stderr).toContain('asks for https://shop.example/old (canary)');
  const down = await run('tests: [{ name: it, backends: { crawl: { error: timeout } }, expect: error }]\n');
  expect(down.code, down.stderr).toBe(0);
});

describe('what is answered', () => {
  test('stands for every arm, or for one; a page of a test stands over that of its file', async () => {
    const { code, stdout, stderr } = await run(
      file(`  - name: a healthy shop passes
    expect: pass
  - name: a canary that lost its canonical address fails
    crawls: [{ signal: pages, arm: canary, pages: { /: { html: <title>Shop</title> } } }]
    expect: { criteria: { findings: { outcome: fail, value: 1 }, regressions: { outcome: fail, value: 1 } } }
  - name: what both arms lost is no regression
    crawls: [{ signal: pages, pages: { 'https://shop.example/': { html: <title>Shop</title> } } }]
    expect: { criteria: { findings: { outcome: fail, value: 1 }, regressions: pass } }
  - name: slow pages, statuses, headers and failures
    crawls:
      - { signal: pages, arm: canary, pages: { '*': { html: '${HOME}', ttfb: 600ms, headers: { Link: ['</a>; rel=canonical', '</b>; rel=canonical'] } }, /old: 410 } }
    expect: { criteria: { fast: { outcome: inconclusive, reason: partial }, findings: { outcome: fail, value: 3 } } }
  - name: slow pages
    crawls: [{ signal: pages, arm: canary, pages: { /: { html: '${HOME}', ttfb: 600ms } } }]
    expect: { criteria: { fast: fail } }
  - name: a page without a time has none, and not the best one
    crawls: [{ signal: pages, arm: canary, pages: { /: { html: '${HOME}' } } }]
    expect: { criteria: { fast: { outcome: inconclusive, reason: no-data } } }
  - name: a shop that does not answer
    crawls: [{ signal: pages, pages: { '/*': { error: timeout } } }]
    expect: { verdict: error, exit: 4, criteria: { findings: { outcome: error, reason: backend } } }
  - name: looks over time see the same shop
    at: [2m, 30m]
    expect: [{ criteria: { findings: inconclusive } }, { criteria: { findings: pass } }]
`),
    );
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('8 passed, 0 failed');
  });

  test('serves robots.txt, sitemaps, whole sections, user agents and scripts to the checks that ask for them', async () => {
    const { code, stdout, stderr } = await run(
      `crawls:
  - signal: pages
    pages:
      /: { html: '${HOME}', rendered: '${HOME}', user-agents: { googlebot: 503 } }
      /old: { redirect: / }
      /robots.txt: { body: "User-agent: Googlebot\\nDisallow: /old" }
      /sitemap.xml: { body: <urlset><url><loc>https://shop.example/</loc></url></urlset> }
      /gatekeeper-nowhere-*: { status: 200, html: '${HOME}' }
tests:
  - name: each says what it finds
    expect: { criteria: { findings: { outcome: fail, value: 5 } } }
  - name: a document that scripts change
    crawls: [{ signal: pages, pages: { /: { html: '${HOME}', rendered: <title>App</title> } } }]
    expect: { criteria: { findings: { outcome: fail, value: 5 } } }
`,
      '[robots-txt, sitemap, soft-404, rendered, user-agents]',
      SCRIPTS,
    );
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  });

  test('is what a recorded baseline held, too', async () => {
    const { code, stdout, stderr } = await run(
      file(`  - name: what was there before the release is no regression
    crawls:
      - { signal: pages, pages: { /: { html: <title>Shop</title> } } }
      - { signal: pages, part: baseline, pages: { /: { html: <title>Shop</title> }, /old: { redirect: / } } }
    expect: { criteria: { regressions: pass } }
  - name: what is gone before and after tells nothing, where it is all there is
    crawls:
      - { signal: pages, pages: { /: 404 } }
      - { signal: pages, part: baseline, pages: { /: 404, /old: { redirect: / } } }
    expect: { criteria: { regressions: { outcome: inconclusive, reason: no-data } } }
  - name: a baseline that the test says nothing of tells nothing from before
    expect: { criteria: { regressions: { outcome: inconclusive, reason: no-data } } }
`),
      '[canonical]',
      `${COOKIES}      baseline: { recorded: before }\n`,
    );
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  });
});

test('a failed test names the findings in the place of steps', async () => {
  const { code, stdout } = await run(
    file(`  - name: it
    crawls: [{ signal: pages, arm: canary, pages: { /: 404 } }]
    expect: { criteria: { findings: pass } }
`),
  );
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: `FAIL  shop.gate.test.yaml:7  it
        shop.findings
          outcome    expected pass  got fail
          judged     1, n 2, pass == 0
          because    does not hold: == 0 (threshold)
          found      status.client-error /: answers 404, 200 is expected
0 passed, 1 failed
`,
  });
});

describe('what cannot be run', () => {
  const at = (line: number, col: number): string => `shop.gate.test.yaml:${line}:${col}  `;
  const one = (crawls: string): string => `tests:
  - name: it
    crawls:
      - { ${crawls} }
    expect: pass
`;
  const all = `/: { html: '${HOME}' }, /old: { redirect: / }`;
  test.each<readonly [what: string, file: string, told: string]>([
    [
      'an address that the test says nothing of',
      one('signal: pages, pages: { /old: { redirect: / } }'),
      `${at(4, 26)}signal "pages" asks for https://shop.example/ (canary), and the test says nothing of it`,
    ],
    [
      'a page that no crawl asks for',
      one(`signal: pages, pages: { ${all}, /odl: 404 }`),
      `${at(4, 141)}no crawl asks for /odl`,
    ],
    [
      'an address that is answered twice',
      one(`signal: pages, pages: { ${all} } }\n      - { signal: pages, pages: { /: 404 }`),
      'shop.gate.test.yaml:5:35  / of signal "pages" is answered in line 4, too',
    ],
    [
      'a signal that is none',
      one(`signal: page, pages: { ${all} }`),
      `${at(4, 19)}no criterion asks for a signal "page"`,
    ],
    [
      'an arm that is none',
      one(`signal: pages, arm: canari, pages: { ${all} }`),
      `${at(4, 31)}no criterion asks for "pages" of signal "pages" in an arm "canari"`,
    ],
    [
      'a key that is none',
      one('signal: pages, pages: { /: { htm: a } }'),
      `${at(4, 40)}unknown key "htm" in "/"`,
    ],
    [
      'two bodies',
      one('signal: pages, pages: { /: { html: a, body: b } }'),
      `${at(4, 38)}"html" and "body" are both the body`,
    ],
    [
      'a failure that answers',
      one('signal: pages, pages: { /: { error: timeout, status: 200 } }'),
      `${at(4, 38)}what cannot be fetched has no other keys`,
    ],
    [
      'a redirect with a status that is none',
      one('signal: pages, pages: { /: { redirect: /a, status: 200 } }'),
      `${at(4, 38)}"redirect" needs a status of 301, 302, 303, 307 or 308`,
    ],
    [
      'an address that is none',
      one('signal: pages, pages: { p/1: 404 }'),
      `${at(4, 35)}"p/1" is no name: a page is a path such as /p/1, or an address`,
    ],
  ])('%s', async (_, tests, told) => {
    const { code, stderr } = await run(tests);
    expect({ code, told: stderr.split('\n')[0] }).toEqual({ code: 2, told });
  });

  test('a page whose scripts are checked, and of which only the source is given', async () => {
    const { code, stderr } = await run(one(`signal: pages, pages: { ${all} }`), '[rendered]', SCRIPTS);
    expect(code).toBe(2);
    expect(stderr).toContain('https://shop.example/ is checked after its scripts ran');
  });

  test('a crawl of a signal that asks a backend', async () => {
    const more = `${COOKIES}      rate: 3/s
  up: { value: up }
`;
    const { code, stderr } = await runTests(
      one('signal: up, pages: { /: 200 }'),
      [],
      `${gate('[canonical]', more)}  up: { pass: ">= 1" }\nbackends: { metrics: { type: prometheus, url: "http://x" } }\n`,
    );
    expect(code).toBe(2);
    expect(stderr).toContain('signal "up" is no crawl');
    expect(stderr).toContain('answer it under "series"');
  });
});
