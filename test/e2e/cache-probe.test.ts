/** Caches probed by the real program: a real nginx with two layers, and servers that play no fair game. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CriterionResult } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { checkGate, foundIn } from '../support/checked-gate.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { needs } from '../support/processes.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const gate = (url: string, urls: string, criteria: string, more = ''): string => `gate: caches
owners: { decide: [release-captain], stop: [oncall] }
signals:
  probe:
    cache-probe:
      hosts: ["${new URL(url).host}"]
      base: ${url}
      urls: ${urls}
      rate: 1000/s
      allow-private: true
${more}criteria:
${criteria}`;

const check = (place: Sandbox, ...args: readonly string[]) => checkGate(place, 'caches.gate.yaml', args);
const countsOf = (result: CriterionResult | undefined) => [result?.verdict, result?.value, result?.n];

describe.skipIf(!needs('nginx'))('an nginx with an edge and a shield', () => {
  let nginx: Nginx;
  beforeAll(async () => {
    nginx = await startNginx();
  });
  afterAll(() => nginx?.stop());

  const CRITERIA = `  hits: { signal: probe, pass: ">= 90%" }
  edge: { signal: probe, take: share hit of edge, pass: ">= 90%" }
  shield: { signal: probe, take: share hit of shield, pass: ">= 90%", advisory: true }
  wrong: { signal: probe, take: findings, pass: "== 0" }
`;

  test('what may be cached is a hit the second time; the shield behind it is not asked again', async () => {
    const text = gate(nginx.url, '[/p/1, /p/2, /p/3]', CRITERIA);
    const { code, criteria } = await check(await sandbox({ 'caches.gate.yaml': text }));
    expect(code).toBe(0);
    expect(countsOf(criteria['hits'])).toEqual(['pass', 1, 3]);
    expect(countsOf(criteria['edge'])).toEqual(['pass', 1, 3]);
    expect(criteria['shield']).toMatchObject({ verdict: 'inconclusive', reason: { code: 'no-data' } });
    expect(criteria['shield']?.reason?.text).toContain('"shield" was not asked: caches nearer to us');
    expect(countsOf(criteria['wrong'])).toEqual(['pass', 0, 3]);
  });

  test('a page that may not be cached fails, and is named with its reasons', async () => {
    const text = gate(nginx.url, '[/p/1, /private]', CRITERIA);
    const { code, criteria } = await check(await sandbox({ 'caches.gate.yaml': text }));
    expect(code).toBe(1);
    expect(countsOf(criteria['hits'])).toEqual(['fail', 0.5, 2]);
    expect(criteria['hits']?.notes).toEqual([
      'not from the cache: /private: edge (uri-miss), shield (uri-miss)',
    ]);
    // The shield was asked for the page that the edge would not keep, and did not keep it either.
    expect(countsOf(criteria['shield'])).toEqual(['fail', 0, 1]);
    expect(foundIn(criteria['wrong'])).toEqual([
      'cacheable.private /private',
      'cacheable.set-cookie /private',
      'hit.none /private',
    ]);
  });

  test('caches that say nothing are no evidence', async () => {
    const silent = gate(nginx.url, '[/silent/1]', CRITERIA);
    const { code, criteria } = await check(await sandbox({ 'caches.gate.yaml': silent }));
    expect(code).toBe(3);
    expect(criteria['hits']).toMatchObject({ verdict: 'inconclusive', reason: { code: 'no-data' } });
    expect(criteria['wrong']).toMatchObject({ verdict: 'inconclusive', reason: { code: 'no-data' } });
  });

  test('an age that no answer tells is none: nginx sends no Age', async () => {
    const criterion = '  age: { signal: probe, take: p95 age, pass: "<= 10m" }\n';
    const text = gate(nginx.url, '[/p/9]', criterion);
    const { code, criteria } = await check(await sandbox({ 'caches.gate.yaml': text }));
    expect(code).toBe(3);
    expect(criteria['age']).toMatchObject({ verdict: 'inconclusive', reason: { code: 'partial' } });
  });

  test('a recording is judged again without a network, to the same report', async () => {
    const place = await sandbox({ 'caches.gate.yaml': gate(nginx.url, '[/p/1, /private]', CRITERIA) });
    const live = await check(place, '--record', 'set');
    const { criteria, code, report } = await check(place, '--replay', 'set');
    expect(code).toBe(live.code);
    expect(criteria).toEqual(live.criteria);
    expect(report.mode).toBe('replay');
    const stored = Object.values(await filesIn(place.path('set/cache-probe'))).join('\n');
    expect(stored).toContain('forward: uri-miss');
    expect(stored).not.toContain('page /p/1');
  });
});

describe('servers that play no fair game', () => {
  let server: HostileServer;
  let answer: (n: number, url: string) => Readonly<Record<string, string>> = () => ({});
  let body: (n: number) => string = () => 'shoes';
  let status = 200;
  let asked = 0;
  beforeAll(async () => {
    server = await startHostileServer({
      handle: (seen, response) => {
        asked += 1;
        response.writeHead(status, answer(asked, seen.url)).end(body(asked));
        return true;
      },
    });
  });
  afterAll(() => server?.close());

  const run = async (criteria: string, more = '', urls = '[/a]') => {
    asked = 0;
    const text = gate(server.url, urls, criteria, more);
    return check(await sandbox({ 'caches.gate.yaml': text }));
  };

  test('each address is asked for as often as said, one visit after the other', async () => {
    answer = (n) => ({ 'cache-status': n % 4 === 1 ? 'edge; fwd=miss' : 'edge; hit', age: String(n) });
    const criteria =
      '  hits: { signal: probe, pass: ">= 90%" }\n  age: { signal: probe, take: p50 age, pass: "<= 5s" }\n';
    const { code, criteria: by } = await run(criteria, '      times: 4\n');
    expect([code, asked]).toEqual([0, 4]);
    expect(countsOf(by['hits'])).toEqual(['pass', 1, 3]);
    expect([by['age']?.unit, ...countsOf(by['age'])]).toEqual(['s', 'pass', 3, 3]);
  });

  test('an answer that changes under one key is found', async () => {
    answer = () => ({ 'cache-status': 'edge; hit; key="/a"' });
    body = (n) => `visitor ${n}`;
    const { code, criteria } = await run('  wrong: { signal: probe, take: findings, pass: "== 0" }\n');
    body = () => 'shoes';
    expect(code).toBe(1);
    expect(foundIn(criteria['wrong'])).toEqual(['key.differs /a']);
  });

  test.each([
    ['garbage', { 'cache-status': '"; hit' }],
    ['a name that is no name', { 'cache-status': '4; hit' }],
    ['nothing but words of a product', { 'x-cache': 'HIT' }],
  ])('%s is neither hit nor miss', async (_what, headers) => {
    answer = () => headers;
    const { code, criteria } = await run('  hits: { signal: probe, pass: ">= 0.1%" }\n');
    expect([code, criteria['hits']?.verdict, criteria['hits']?.reason?.code]).toEqual([
      3,
      'inconclusive',
      'no-data',
    ]);
  });

  test('caches that serve the release before are told by the marker of this one', async () => {
    answer = (n) => ({ 'cache-status': n === 1 ? 'edge; hit' : 'edge; fwd=miss', age: '312' });
    body = (n) => (n === 1 ? '<html data-version="41">' : '<html data-version="42">');
    const current = '  current: { signal: probe, take: share current, pass: ">= 95%" }\n';
    const place = await sandbox({
      'caches.gate.yaml': gate(
        server.url,
        '[/a]',
        current,
        '      marker: \'version="{{version}}"\'\n',
      ).replace('signals:', 'vars: { version: "41" }\nsignals:'),
    });
    asked = 0;
    const { code, criteria } = await check(place, '--var', 'version=42', '--record', 'set');
    expect([code, ...countsOf(criteria['current'])]).toEqual([1, 'fail', 0.5, 2]);
    expect(criteria['current']?.notes).toEqual(['without the marker: /a: from the cache edge, 312 s old']);
    expect((await check(place, '--var', 'version=42', '--replay', 'set')).criteria).toEqual(criteria);
    body = () => 'shoes';
    // Another release is another question.
    for (const more of [
      ['--var', 'version=43', '--replay', 'set'],
      ['--var', 'version='],
    ]) {
      const args = ['check', 'caches.gate.yaml', ...more];
      expect((await runGatekeeper(args, { cwd: place.folder })).code).toBe(2);
    }
  });

  test('what stands late in a header is read: it passed while headers were cut', async () => {
    const late = (word: string): string =>
      `${Array.from({ length: 40 }, (_, i) => `x-word-${i}`).join(', ')}, ${word}`;
    answer = (n) => ({
      'cache-status': n === 1 ? 'edge; fwd=miss' : 'edge; hit',
      vary: late('Cookie'),
      'cache-control': late('no-store'),
    });
    const { code, criteria } = await run('  wrong: { signal: probe, take: findings, pass: "== 0" }\n');
    expect([code, foundIn(criteria['wrong'])]).toEqual([1, ['cacheable.no-store /a', 'vary.cookie /a']]);
  });

  test('an address that is down is no worse than its baseline, and no pass', async () => {
    answer = () => ({ 'cache-status': 'edge; hit' });
    status = 500;
    const COOKIES = '      cookies: { arm: "{{track}}" }\n';
    const arms = 'arms: { canary: { track: canary }, baseline: { track: stable } }\nsignals:';
    const text = gate(
      server.url,
      '[/a]',
      '  hits: { signal: probe, pass: ">= baseline" }\n',
      COOKIES,
    ).replace('signals:', arms);
    const { code, criteria } = await check(await sandbox({ 'caches.gate.yaml': text }));
    status = 200;
    expect([code, criteria['hits']?.verdict, criteria['hits']?.reason?.code]).toEqual([
      3,
      'inconclusive',
      'no-data',
    ]);
    expect(criteria['hits']?.reason?.text).toContain('errors: 500, and an error out of a cache is no hit');
  });

  test('words of a product are read where the gate says which are a hit', async () => {
    answer = (n) => ({ 'x-cache': n === 1 ? 'MISS' : 'HIT' });
    const more = '      hit-headers: { x-cache: [HIT] }\n';
    const { code, criteria } = await run('  hits: { signal: probe, pass: ">= 90%" }\n', more);
    expect([code, ...countsOf(criteria['hits'])]).toEqual([0, 'pass', 1, 1]);
  });

  test('a redirect to elsewhere is an answer like any other, and is not followed', async () => {
    answer = () => ({ 'cache-status': 'edge; hit', location: 'http://169.254.169.254/' });
    status = 302;
    const { code } = await run('  hits: { signal: probe, pass: ">= 90%" }\n');
    status = 200;
    expect([code, asked]).toEqual([0, 2]);
  });

  test('a private address needs leave, and where nothing answers nothing is judged', async () => {
    const text = gate(server.url, '[/a]', '  hits: { signal: probe, pass: ">= 90%" }\n');
    const closed = text.replace('allow-private: true', 'allow-private: false');
    const refused = await check(await sandbox({ 'caches.gate.yaml': closed }));
    expect([refused.code, refused.criteria['hits']?.verdict]).toEqual([4, 'error']);
    expect(refused.criteria['hits']?.reason?.next).toContain('allow-private');
    const gone = await check(
      await sandbox({ 'caches.gate.yaml': text.replaceAll(new URL(server.url).host, '127.0.0.1:9') }),
    );
    expect([gone.code, gone.criteria['hits']?.verdict]).toEqual([4, 'error']);
  });

  test('what is wrong with a block is told at its place, before anything is asked', async () => {
    asked = 0;
    const text = gate(
      server.url,
      '[/a, /a, "http://other.example/"]',
      '  hits: { signal: probe, take: p95 ttfb, pass: ">= 90%" }\n',
      '      times: 1\n      hit-headers: { x-cach: [HIT] }\n',
    );
    const place = await sandbox({ 'caches.gate.yaml': text });
    const { code, stderr } = await runGatekeeper(['check', 'caches.gate.yaml'], { cwd: place.folder });
    expect([code, asked]).toEqual([2, 0]);
    expect(stderr).toContain('at least 2 times: the first may fill the cache');
    expect(stderr).toContain('unknown key "x-cach"');
    expect(stderr).toContain('did you mean "x-cache"?');
  });

  test.each([
    [
      'p95 ttfb',
      '[/a, /a, "http://other.example/"]',
      '"p95 ttfb" cannot be taken of a cache-probe',
      'it takes share hit, share hit of CACHE, pNN age, findings',
    ],
    [
      'share current',
      '[/a]',
      '"share current" cannot be taken of a cache-probe without "marker"',
      'add "marker:" to the signal; without it, it takes share hit,',
    ],
  ])(
    '%s of a probe that cannot tell it is refused, with what it lacks',
    async (take, urls, message, mend) => {
      const text = gate(server.url, urls, `  hits: { signal: probe, take: ${take}, pass: ">= 90%" }\n`);
      const place = await sandbox({ 'caches.gate.yaml': text });
      const { code, stderr } = await runGatekeeper(['check', 'caches.gate.yaml'], { cwd: place.folder });
      expect(code).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr).toContain(mend);
    },
  );
});
