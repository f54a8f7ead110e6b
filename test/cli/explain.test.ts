/** `gatekeeper explain`: a page for every code, and every criterion in plain words. */
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.js';
import { CODES, codePage, exitPage } from '../../src/cli/explain/codes.js';
import { json } from '../../src/reporters/json.js';
import { runGatekeeper } from '../support/binary.js';
import { mixed, PLAIN } from '../support/reports.js';
import { CONFIG, folderWith, SHOP } from './shop.js';

async function shop(gate = SHOP, config = CONFIG): Promise<string> {
  return folderWith({ 'gates/shop.gate.yaml': gate, 'gatekeeper.config.yaml': config });
}

async function explain(cwd: string, ...args: readonly string[]) {
  return runGatekeeper(['explain', ...args], { cwd });
}

describe('codes', () => {
  test.each([...CODES, ...Object.keys(EXIT)])('%s has a page of 3 to 12 lines that fit', (code) => {
    const page = codePage(code, 100) ?? [];
    expect(page.length).toBeGreaterThanOrEqual(4);
    expect(page.length).toBeLessThanOrEqual(13);
    const prose = page.slice(0, page.findIndex((line) => line.startsWith('  example')) + 1 || undefined);
    for (const line of prose.filter((each) => !each.startsWith('  example')))
      expect(line.length).toBeLessThanOrEqual(100);
    for (const label of ['means', 'why', 'mend'])
      expect(page.some((line) => line.startsWith(`  ${label} `))).toBe(true);
  });

  test('pages are different: none was copied and left', () => {
    const texts = CODES.map((code) =>
      (codePage(code, 100) ?? [])
        .filter((line) => !line.includes('  exit '))
        .slice(1)
        .join('\n'),
    );
    expect(new Set(texts).size).toBe(CODES.length);
  });

  test('a failure code, whole', async () => {
    const { code, stdout, stderr } = await explain(await folderWith({}), 'gatefile.limit');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`gatefile.limit
  means    A limit cannot be read, can be read in two ways, or can never hold or never fail: a burn
           rate that no outage reaches is one.
  why      A limit that always holds is none. "+10%" might be against zero or against the baseline.
  mend     Write an operator and a side. "%" after "baseline" is a share of it; "pp" is percentage
           points.
  example  pass: ">= 97%"
           pass: "<= baseline + 10%"
           pass: ">= baseline - 1pp"
           pass: "between 1 and 5"
           burn: { objective: 99.9%, period: 30d }
  exit     2
`);
  });

  test('a reason code tells the exit code that follows', async () => {
    const { stdout } = await explain(await folderWith({}), 'stale');
    expect(stdout).toMatch(/^stale\n {2}means {4}The newest sample is too old/);
    expect(stdout).toContain('  exit     3, on a blocking criterion and where nothing is worse\n');
  });

  test.each([['3'], ['exit', '3'], ['inconclusive']])('explain %s', async (...args) => {
    const { code, stdout } = await explain(
      await folderWith({}),
      ...args.filter((each) => typeof each === 'string'),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^exit 3 {3}inconclusive\n {2}means {4}Nothing failed, and there is not enough to decide/,
    );
  });

  test.each(Object.values(EXIT).map(String))('exit %s has a page', (number) => {
    expect(exitPage(number, 80)?.length).toBeGreaterThanOrEqual(4);
  });
});

const SLO = `shop.done[path=critical]
  about         Share of checkouts that complete
  asks          signal "done": "good" out of "total", counted in each step of 1m; a share in 0..1
  of            backend "metrics" (prometheus, http://127.0.0.1:9090), for arm "canary"
  series        series of a counter are added up; a query must give one series
  time          both counts are added up over the window, then divided; steps with more traffic weigh more
  pass          >= 97%: the value is at least 0.97 (share)
  warn          else >= 95%: the value is at least 0.95 (share)
  fail          measured, and neither holds
  inconclusive  fewer than 334 samples: 10 / min(0.97, 0.03) = 334
                fewer than 9 of 10 steps hold data (coverage 90 %)
                the newest data are more than 2m older than the end of the window
                a series ends inside the window
  weight        critical: blocks, whatever a score says
  owner         oncall; then #shop, director after 15m
  runbook       https://runbooks.example/shop
  source        gates/shop.gate.yaml:27
  query         canary good:
                  done_total{ok="1",track="canary",path="critical",route="/checkout"}
  query         canary total:
                  done_total{track="canary",path="critical",route="/checkout"}
`;

describe('criteria', () => {
  test('a full key, without any secret or deploy time at hand', async () => {
    const { code, stdout, stderr } = await explain(await shop(), 'shop.done[path=critical]');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(SLO);
  });

  test('gate.criterion and criterion stand for all segments, a gate for all criteria', async () => {
    const cwd = await shop();
    const keys = async (name: string) => (await explain(cwd, name)).stdout.match(/^shop\.\S+/gm);
    expect(await keys('shop.done')).toEqual(['shop.done[path=critical]', 'shop.done[path=edge]']);
    expect(await keys('done')).toEqual(['shop.done[path=critical]', 'shop.done[path=edge]']);
    expect(await keys('shop')).toHaveLength(4);
    expect(await keys('latency-p95')).toEqual(['shop.latency-p95']);
  });

  test.each([
    ['done[path=edge]', /fewer than 50 samples: as the gate says \("min-samples"\)/],
    ['latency-p95', /fewer than 200 samples in either arm: 10 \/ min\(0\.95, 0\.05\) = 200/],
    ['latency-p95', /compared with "baseline"/],
    ['latency-p95', /pass +<= baseline \+ 10%: the value is at most 1\.1 times the baseline \(s\)/],
    ['latency-p95', /time +p95: the value that 95 % of the window's observations do not exceed/],
    ['queue', /fewer than 1 sample\n/],
    ['queue', /on +no-data is fail\n/],
    ['queue', /weight +advisory: shown, never blocks\n/],
  ])('%s says %s', async (name, words) => {
    expect((await explain(await shop(), `shop.${name}`)).stdout).toMatch(words);
  });

  test.each([
    [
      'a comparison without "evidence: point"',
      'latency-p95',
      ', evidence: point',
      '',
      /history +20 earlier windows: the past of arm "baseline" \(7d ago\)/,
    ],
    [
      'a take that is written',
      'queue',
      'value: sum(queue)',
      'value: sum(queue), take: mean',
      /mean: the mean of all steps/,
    ],
    [
      'a bad count that may be absent',
      'bad',
      'criteria:\n',
      'criteria:\n  bad: { ratio: { bad: { counter: e }, total: { counter: t } }, pass: "<= 1%" }\n',
      /"bad" is absent, and was never seen before[\s\S]*fewer than|fewer than 1,000 samples: 10 \/ min\(0\.01, 0\.99\) = 1,000[\s\S]*"bad" is absent, and was never seen before/,
    ],
    [
      'ranks',
      'lag',
      'criteria:\n',
      `criteria:\n  lag: { value: 'lag{track="{{track}}"}', take: mean, pass: "<= baseline + 5", evidence: mann-whitney }\n`,
      /inconclusive +too few values in an arm for the false-alarm budget[\s\S]*neither is it certain/,
    ],
    [
      "Kayenta's judge",
      'lag',
      'criteria:\n',
      `criteria:\n  lag: { value: 'lag{track="{{track}}"}', take: mean, pass: "<= baseline", evidence: kayenta }\n`,
      /fail +classified High where an increase breaks pass[\s\S]*fewer than 5 samples in either arm: an interval of fewer means nothing/,
    ],
    [
      'a rate',
      'crashes',
      'criteria:\n',
      'criteria:\n  crashes: { rate: { count: { counter: c }, exposure: time }, unit: crashes, pass: "<= 1 crashes/min" }\n',
      /"count" per second[\s\S]*at most 1 \(crashes\/min\)/,
    ],
    [
      'several series',
      'queue',
      'unit: jobs',
      'unit: jobs, across: worst, better: lower',
      /series +in each step, the worst of them/,
    ],
    [
      'a tolerance',
      'done',
      'warn: ">= 95%"',
      'warn: ">= 95%"\n    tolerate: 2 of 5 steps',
      /tolerates +2 of any 5 steps in a row/,
    ],
    [
      'a fallback',
      'latency-p95',
      'evidence: point',
      'evidence: point, dependency: optional, fallback: done',
      /weight +blocks, unless its fallback "done" passes/,
    ],
  ])('%s', async (_, name, from, to, words) => {
    const { code, stdout, stderr } = await explain(await shop(SHOP.replace(from, to)), `shop.${name}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(words);
  });

  test('required variables and the deploy time are stood in for', async () => {
    const gate = SHOP.replace('route: /checkout', 'route: { required: true }').replace(
      'step: 1m }',
      'step: 1m, since: required }',
    );
    const { code, stdout, stderr } = await explain(await shop(gate), 'shop.done[path=edge]');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('route="route"');
    expect(stdout).toContain('neither is it certain that the limit is broken (false alarm');
  });

  test('a series of "across: each" is explained by its criterion', async () => {
    const gate = SHOP.replace('unit: jobs', 'unit: jobs, across: each');
    const { code, stdout } = await explain(await shop(gate), 'shop.queue[zone=a]');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^shop\.queue\n[\s\S]*each has a verdict of its own/);
  });

  test('a criterion named like a code is found where a file is given', async () => {
    const gate = SHOP.replace('  queue:', '  stale:');
    const cwd = await shop(gate);
    expect((await explain(cwd, 'stale')).stdout).toMatch(/^stale\n {2}means/);
    expect((await explain(cwd, 'stale', 'gates/shop.gate.yaml')).stdout).toMatch(/^shop\.stale\n/);
  });
});

describe('--result', () => {
  const KEY = 'storefront-canary.checkout-slo[path=critical]';
  async function withResult(): Promise<string> {
    const cwd = await folderWith({});
    await writeFile(join(cwd, 'result.json'), json.render(mixed, PLAIN));
    return cwd;
  }

  test('the verdict of a criterion with its arithmetic, gates at hand or not', async () => {
    const { code, stdout, stderr } = await explain(await withResult(), KEY, '--result', 'result.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `${KEY}   in result.json, as of 2026-11-20T14:36:00Z
  verdict   FAIL (critical)
  why       does not hold: >= 95%
  value     93.1 %
  bound     >= 97.0 %
  margin    short 3.9 pp
  baseline  97.6 %, difference -4.5 pp
  n         18,402, 334 needed
  interval  95 %: 92.7 % to 93.4 %
  window    2026-11-20 14:05Z-14:35Z (30m, step 1m)
  beyond    below since 14:19Z, 15 of 29 min, 1 gap
  evidence  point; n 18,402 canary, 171,930 baseline; difference -4.5 pp; 95 % interval 92.7 % to 93.4 %
`.concat(stdout.slice(stdout.indexOf('  query '))),
    );
    expect(stdout).toContain('  owner     @payments-web\n');
  });

  test('a result, and what the gate asks', async () => {
    const cwd = await shop();
    const check = await runGatekeeper(['check', '--report', 'json:r.json', '--retries', '0'], {
      cwd,
      env: { METRICS_KEY: 'hunter2-hunter2', METRICS_URL: 'http://127.0.0.1:1' },
    });
    expect(check.code).toBe(4);
    const { code, stdout } = await explain(cwd, 'shop.done[path=edge]', '--result', 'r.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^shop\.done\[path=edge\] {3}in r\.json[\s\S]*verdict +ERROR[\s\S]*\n\nshop\.done\[path=edge\]\n {2}about/,
    );
  });

  test.each([
    [
      ['nothing.at-all', '--result', 'result.json'],
      '"nothing.at-all" is no code, and no criterion has that name',
    ],
    [
      ['storefront-canary.chekout-slo', '--result', 'result.json'],
      'did you mean "storefront-canary.checkout-slo"?',
    ],
    [[KEY, '--result', 'none.json'], '--result: none.json is not there'],
    [[KEY, '--result', 'broken.json'], '--result: broken.json is no JSON'],
    [[KEY, '--result', 'other.json'], '--result: other.json is no result of gatekeeper: schemaVersion'],
  ])('%j exits 2', async (args, message) => {
    const cwd = await withResult();
    await writeFile(join(cwd, 'broken.json'), '{');
    await writeFile(join(cwd, 'other.json'), '{}');
    const { code, stdout, stderr } = await explain(cwd, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('a runbook is named as it is opened from the working folder', () => {
  test.each([
    ['../docs/shop.md', '.', 'docs/shop.md'],
    ['"../docs/shop.md#night"', '.', 'docs/shop.md#night'],
    ['../docs/shop.md', 'gates', '../docs/shop.md'],
    ['../docs/shop.md', 'ops', '../docs/shop.md'],
    ['../docs/gone.md', '.', '../docs/gone.md'],
    ['https://runbooks.example/shop', '.', 'https://runbooks.example/shop'],
  ])('%s, run in %s, is %s', async (written, from, shown) => {
    const cwd = await folderWith({
      'gates/shop.gate.yaml': SHOP.replace('https://runbooks.example/shop', written),
      'gatekeeper.config.yaml': CONFIG,
      'docs/shop.md': '',
      'ops/keep': '',
    });
    const file = relative(join(cwd, from), join(cwd, 'gates/shop.gate.yaml'));
    const { stdout } = await explain(
      join(cwd, from),
      'shop.done[path=edge]',
      file,
      '-c',
      join(cwd, 'gatekeeper.config.yaml'),
    );
    expect(stdout).toContain(`  runbook       ${shown}\n`);
  });
});

const LISTS = `gate: lists
backends:
  logs: { type: duckdb, tables: { access: { path: access.log, format: combined } } }
  metrics: { type: prometheus, url: "http://127.0.0.1:9090" }
signals:
  pages: { crawl: { hosts: [shop.example], base: "https://shop.example", urls: [/] } }
  caches: { cache-probe: { hosts: [shop.example], base: "https://shop.example", urls: [/] } }
  crawled: { crawler-log: { log: access, urls: [/] } }
  routes: { crawler-log: { log: access, before: 7d } }
  beat: { backend: metrics, value: beat, unit: s }
criteria:
  pages: { pass: "== 0" }
  ttfb: { signal: pages, take: p95 ttfb, pass: "<= 800ms" }
  caches: { take: share hit of Edge, pass: ">= 90%" }
  old: { signal: caches, take: p95 age, pass: "<= 1h" }
  found: { signal: caches, take: findings, pass: "== 0" }
  crawled: { take: max since-crawl, pass: "<= 7d" }
  routes: { take: new-patterns, pass: "<= 0" }
  beat: { take: age, pass: "<= 60s" }
`;

describe('what is asked of a list has no steps, and what leaves it open is told', () => {
  const silent = 'no answer tells what caches did with it, or all are errors';
  const doubt = 'hits that can be neither verified nor refuted would turn the verdict';
  test.each([
    ['pages', ['the list holds no page']],
    [
      'ttfb',
      ['the list holds no page', 'a listed page gave no answer, or an error that the list does not expect'],
    ],
    [
      'caches',
      [silent, 'a visit after the first tells nothing of caches', 'a visit does not name the cache "Edge"'],
    ],
    ['old', [silent, 'a visit tells nothing of caches', 'an answer out of a cache does not say its age']],
    ['found', [silent]],
    ['crawled', ['the log holds no verified hit of the crawler', doubt]],
    [
      'routes',
      [
        'fewer than 30 samples: the fewest that any point estimate needs',
        'the newest data are more than 2m older than the end of the window',
        'no verified hit of the crawler lies in the window, or none in the time before it',
        doubt,
      ],
    ],
    ['beat', ['fewer than 1 sample']],
  ])('%s', async (name, lines) => {
    const { stdout } = await explain(await folderWith({ 'gates/lists.gate.yaml': LISTS }), `lists.${name}`);
    const [, told = ''] = /\n {2}inconclusive {2}([\s\S]*?)\n {2}weight/.exec(stdout) ?? [];
    expect(told.split(/\n +/)).toEqual(lines);
  });

  test('"plan" speaks of no steps, either', async () => {
    const cwd = await folderWith({ 'gates/lists.gate.yaml': LISTS });
    const { stdout } = await runGatekeeper(['plan'], { cwd });
    const evidence = [...stdout.matchAll(/^ +evidence +(.*)$/gm)].map(([, text]) => text);
    expect(evidence.slice(-3)).toEqual([
      'point, from every page of the list, as the log has it',
      'point, from 30 samples, newest at most 2m before the end',
      'point, from 1 sample, newest at most 2m before the end',
    ]);
  });
});

test('the command that a report ends with finds what was judged from where it is copied', async () => {
  const gate = 'gate: g\nsignals: { n: { value: { path: a.csv, time: t, value: n } } }\n';
  const files = {
    'the shop/gates/g.gate.yaml': `${gate}criteria: { n: { take: last, pass: "< 0" } }\n`,
    'the shop/gates/a.csv': `t,n\n${Array.from({ length: 10 }, (_, i) => `${1767225600 - 60 * i},1`).join('\n')}\n`,
    'the shop/config/my.yaml': 'backends: { f: { type: file, folder: ../gates } }\nwindow: { settle: 0s }\n',
  };
  const cwd = await folderWith(files);
  const flags = ['--cwd', 'the shop', '-c', 'config/my.yaml'];
  const { code, stdout } = await runGatekeeper(['check', ...flags, '--at', '2026-01-01T00:00:00Z'], { cwd });
  expect([code, stdout]).toEqual([1, expect.stringContaining('FAIL')]);
  const command = "gatekeeper explain g.n --cwd 'the shop' --config config/my.yaml";
  expect(stdout.split('\n').filter((line) => line.endsWith(command))).toHaveLength(2);
  const page = await explain(cwd, 'g.n', '--cwd', 'the shop', '--config', 'config/my.yaml');
  expect(page).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^g\.n\n/) });
});

describe('unknown subjects exit 2', () => {
  test.each([
    ['gatefile.limt', 'did you mean "gatefile.limit"?'],
    ['stael', 'did you mean "stale"?'],
    ['shop.doen', 'did you mean "shop.done"?'],
    ['zzzzzzzz', '"gatekeeper list" names the criteria'],
    ['9', 'gatekeeper never exits with "9"\n   exit codes are 0, 1, 2, 3, 4, 5, 70, 130, 143'],
  ])('%s', async (subject, message) => {
    const { code, stdout, stderr } = await explain(await shop(), subject);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('trouble of the gates is told before a name is called unknown', async () => {
    const { code, stderr } = await explain(
      await shop(SHOP.replace('pass: "<= 5 jobs"', 'pass: "5 jobs"')),
      'shop.queue',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('gates/shop.gate.yaml:33');
  });

  test('without gates a code is still known, and a criterion is not', async () => {
    const cwd = await folderWith({});
    expect((await explain(cwd, 'too-few')).code).toBe(0);
    expect((await explain(cwd, 'shop.done')).stderr).toContain(
      '"shop.done" is no code, and there is no gate here\n   name its gate file: gatekeeper explain shop.done FILE',
    );
  });
});
