/** What the real program makes of servers that refuse, lie, stall or flood: verdict, reason and exit code. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { type Certificates, makeCertificates, serverOptions } from '../support/certificates.js';
import { type HostileServer, type Seen, startHostileServer } from '../support/hostile-server.js';
import { freePort } from '../support/processes.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

const AT = '2026-01-01T00:00:00Z';
const QUICK = ['--at', AT, '--retries', '0'];

let server: HostileServer;
let secure: HostileServer;
let certificates: Certificates;
let place: Sandbox;
let closedPort: number;

beforeAll(async () => {
  server = await startHostileServer({ handle: answerAsPrometheus });
  certificates = makeCertificates();
  secure = await startHostileServer({ tls: serverOptions(certificates) });
  place = await sandbox();
  closedPort = await freePort();
});
afterAll(async () => {
  await Promise.all([server.close(), secure.close()]);
  certificates.remove();
  await removeSandboxes();
});

const HEADERS = { 'content-type': 'application/json' };

/** What `/prom/NAME` answers to each query of one value; the age of the data is always told as five seconds. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '3': [[{}, '3']],
  empty: [],
  nan: [[{}, 'NaN']],
  infinity: [[{}, '+Inf']],
  null: [[{}, null]],
  word: [[{}, 'abc']],
  number: [[{}, 3]],
  two: [
    [{ pod: 'a' }, '1'],
    [{ pod: 'b' }, '2'],
  ],
};
const REFUSAL = 'invalid parameter "query": 1:5: parse error: unexpected character: \'?\'';

function answerAsPrometheus(seen: Seen, response: Parameters<NonNullable<HostilityOf>>[1]): boolean {
  const url = new URL(seen.url, 'http://x');
  const [, base, name = ''] = url.pathname.split('/');
  if (base !== 'prom') return false;
  const time = Number(url.searchParams.get('time'));
  // A value and its age come in one answer, but what is no vector cannot: then each is asked by itself.
  const query = url.searchParams.get('query') ?? '';
  const isJoined = query.includes(' or label_replace(');
  const isAge = query.includes('timestamp(') && !isJoined;
  const age = [{ gatekeeper_selector: '0' }, String(time - 5)] as const;
  const say = (status: number, body: unknown, more: Record<string, string> = {}): boolean => {
    response.writeHead(status, { ...HEADERS, ...more }).end(JSON.stringify(body));
    return true;
  };
  const vector = (pairs: readonly (readonly [object, unknown])[]): unknown => ({
    status: 'success',
    data: {
      resultType: 'vector',
      result: [...pairs, ...(isJoined ? [age] : [])].map(([metric, value]) => ({
        metric,
        value: [time, value],
      })),
    },
  });
  if (name === 'rejected') return say(400, { status: 'error', errorType: 'bad_data', error: REFUSAL });
  if (name === 'overloaded') return say(503, { status: 'error', errorType: 'timeout', error: 'too busy' });
  if (isAge) return say(200, vector([age]));
  if (name === 'text' && isJoined)
    return say(400, { status: 'error', errorType: 'bad_data', error: 'no vector' });
  if (name === 'text')
    return say(200, { status: 'success', data: { resultType: 'string', result: [time, 'x'] } });
  if (name === 'partial')
    return say(200, { ...(vector([[{}, '3']]) as object), warnings: ['a store is away'] });
  if (name === 'ahead' || name === 'behind') {
    const skewMs = name === 'ahead' ? 3_600_000 : -3_600_000;
    return say(200, vector([[{}, '3']]), { date: new Date(Date.now() + skewMs).toUTCString() });
  }
  return say(200, vector(ANSWERS[name] as readonly (readonly [object, unknown])[]));
}
type HostilityOf = NonNullable<Parameters<typeof startHostileServer>[0]>['handle'];

function gateOf(name: string, url: string, limit = '<= 5 messages', more = ''): string {
  return `gate: ${name}
backends:
  metrics: { type: prometheus, url: "${url}" }
signals:
  queue: { value: sum(queue), unit: messages }
criteria:
  queue: { pass: "${limit}"${more} }
`;
}

interface Said {
  readonly code: number | undefined;
  readonly verdict: string;
  readonly reason: string;
  readonly text: string;
}

async function check(gate: string, args: readonly string[] = []): Promise<Said> {
  await place.write({ 'x.gate.yaml': gate });
  return saidBy(await run(['check', 'x.gate.yaml', '-r', 'json', ...QUICK, ...args]));
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BinaryResult> {
  return runGatekeeper(args, { cwd: place.folder, env: { XDG_CACHE_HOME: place.folder, ...env } });
}

/** Of the one criterion there is. */
function saidBy(result: BinaryResult): Said {
  if (result.stdout === '') throw new Error(result.stderr);
  const report = JSON.parse(result.stdout) as GateReport;
  const reason = report.gates[0]?.criteria[0]?.reason;
  expect(report.exitCode).toBe(result.code);
  return {
    code: result.code,
    verdict: report.verdict,
    reason: reason?.code ?? '',
    text: (reason?.text ?? '')
      .replaceAll(server.url, 'http://server')
      .replaceAll(server.url.replace('http:', 'https:'), 'https://server')
      .replaceAll(secure.url, 'https://secure')
      .replaceAll(`127.0.0.1:${closedPort}`, 'closed')
      // The server's header says whole seconds.
      .replace(/\b(?:59m5\ds|1h\ds)\b/, '1h'),
  };
}

const at = (path: string) => (): string => server.url + path;

describe('a Prometheus', () => {
  test.each<[name: string, url: () => string, code: number, reason: string, text: readonly string[]]>([
    ['without an answer', at('/prom/empty'), 3, 'no-data', ['no data in the window']],
    ['that answers NaN', at('/prom/nan'), 3, 'not-a-number', ['the value is NaN']],
    ['that answers infinity', at('/prom/infinity'), 3, 'not-a-number', ['the value is Infinity']],
    [
      'that answers null',
      at('/prom/null'),
      4,
      'backend',
      ['the answer of "metrics" is not what the Prometheus API answers: a value is no string'],
    ],
    [
      'that answers a word',
      at('/prom/word'),
      4,
      'backend',
      ['the answer of "metrics" is not what the Prometheus API answers: the value "abc"'],
    ],
    [
      'that answers a bare number',
      at('/prom/number'),
      4,
      'backend',
      ['the answer of "metrics" is not what the Prometheus API answers: a value is no string'],
    ],
    [
      'that answers a string',
      at('/prom/text'),
      2,
      'query',
      ['"metrics" answered with a string, where one value per series is wanted', 'sum(queue)'],
    ],
    [
      'that answers two series',
      at('/prom/two'),
      2,
      'query',
      ['"value" answered 2 series where one is meant', '  {pod="a"}', '  {pod="b"}'],
    ],
    [
      'that rejects the query',
      at('/prom/rejected'),
      2,
      'query',
      ['the server "metrics" rejected the query', 'sum(queue)', '    ^', REFUSAL],
    ],
    [
      'that is too busy',
      at('/prom/overloaded'),
      4,
      'backend',
      [
        'backend "metrics" answered 503 Service Unavailable',
        'GET http://server/prom/overloaded/api/v1/query',
        'it said: {"status":"error","errorType":"timeout","error":"too busy"}',
      ],
    ],
    [
      'with a part of it away',
      at('/prom/partial'),
      3,
      'partial',
      ['the backend says its answer is not whole: a store is away'],
    ],
    [
      'an hour ahead',
      at('/prom/ahead'),
      3,
      'partial',
      ["the backend says its answer is not whole: clock: the server's clock is 1h ahead of this machine's"],
    ],
    [
      'an hour behind',
      at('/prom/behind'),
      3,
      'partial',
      ["the backend says its answer is not whole: clock: the server's clock is 1h behind this machine's"],
    ],
    [
      '401',
      at('/status/401'),
      4,
      'backend',
      [
        'backend "metrics": the server refused the credentials (401)',
        'GET http://server/status/401/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '403',
      at('/status/403'),
      4,
      'backend',
      [
        'backend "metrics": the server refused the credentials (403)',
        'GET http://server/status/403/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '404',
      at('/status/404'),
      4,
      'backend',
      [
        'backend "metrics" knows no such address (404)',
        'GET http://server/status/404/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '429',
      at('/status/429'),
      4,
      'backend',
      [
        'backend "metrics" answers no more for now: too many requests (429)',
        'GET http://server/status/429/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '429, come again in two minutes',
      at('/status/429?retry-after=120'),
      4,
      'backend',
      [
        'backend "metrics" answers no more for now: too many requests (429), and asks to wait 2m, longer than the 1m that are waited',
        'GET http://server/status/429/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '500',
      at('/status/500'),
      4,
      'backend',
      [
        'backend "metrics" answered 500 Internal Server Error',
        'GET http://server/status/500/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '503',
      at('/status/503'),
      4,
      'backend',
      [
        'backend "metrics" answered 503 Service Unavailable',
        'GET http://server/status/503/api/v1/query',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      'redirects in a loop',
      at('/redirect/loop'),
      4,
      'backend',
      [
        'backend "metrics" redirects in a loop, back to http://server/redirect/loop',
        'GET http://server/redirect/loop',
        'redirected from http://server/redirect/loop/api/v1/query',
      ],
    ],
    [
      'a sign-in page',
      at('/html'),
      4,
      'backend',
      [
        'what "metrics" answered (HTTP 200) is no complete answer of the Prometheus API',
        'it begins: "<!DOCTYPE html><title>Sign in</title><p>Hello"',
      ],
    ],
    [
      'JSON cut short',
      at('/truncated-json'),
      4,
      'backend',
      [
        'what "metrics" answered (HTTP 200) is no complete answer of the Prometheus API',
        'it begins: "{\\"data\\": {\\"p95\\": 0.4"',
      ],
    ],
    [
      'an empty body',
      at('/empty'),
      4,
      'backend',
      [
        'what "metrics" answered (HTTP 200) is no complete answer of the Prometheus API',
        'the answer is empty',
      ],
    ],
    [
      'gzip that is none',
      at('/gzip-garbage'),
      4,
      'backend',
      [
        'the answer of backend "metrics" cannot be read: it is no whole gzip stream',
        'GET http://server/gzip-garbage/api/v1/query',
      ],
    ],
    [
      'no HTTP',
      at('/not-http'),
      4,
      'backend',
      [
        'the answer of backend "metrics" cannot be read: what came is not HTTP (HPE_INVALID_CONSTANT)',
        'GET http://server/not-http/api/v1/query',
      ],
    ],
    [
      'a reset connection',
      at('/reset'),
      4,
      'backend',
      ['backend "metrics" could not be reached: ECONNRESET', 'GET http://server/reset/api/v1/query'],
    ],
    [
      'a reset in the middle',
      at('/reset-mid-body'),
      4,
      'backend',
      [
        'the answer of backend "metrics" cannot be read: it was cut off',
        'GET http://server/reset-mid-body/api/v1/query',
      ],
    ],
    [
      'refused',
      () => `http://127.0.0.1:${closedPort}`,
      4,
      'backend',
      ['backend "metrics" could not be reached: ECONNREFUSED closed', 'GET http://closed/api/v1/query'],
    ],
    [
      'a certificate that nobody signed',
      () => secure.url,
      4,
      'backend',
      [
        'no trusted connection to backend "metrics": UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'GET https://secure/api/v1/query',
      ],
    ],
    [
      'TLS to a port without',
      () => server.url.replace('http:', 'https:'),
      4,
      'backend',
      ['no trusted connection to backend "metrics": EPROTO', 'GET https://server/api/v1/query'],
    ],
  ])('%s', async (_name, url, code, reason, text) => {
    const verdict = code === 3 ? 'inconclusive' : 'error';
    expect(await check(gateOf('shop', url()))).toEqual({ code, verdict, reason, text: text.join('\n') });
  });

  test('a host that nobody knows', async () => {
    const said = await check(gateOf('shop', 'http://nowhere.invalid'));
    expect(said).toMatchObject({ code: 4, verdict: 'error', reason: 'backend' });
    expect(said.text).toMatch(
      /^the host name "nowhere\.invalid" of backend "metrics" could not be resolved \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });

  test('a slow drip ends with --backend-timeout', async () => {
    const before = Date.now();
    expect(await check(gateOf('shop', `${server.url}/drip`), ['--backend-timeout', '500ms'])).toEqual({
      code: 4,
      verdict: 'error',
      reason: 'backend',
      text: 'backend "metrics" did not finish its answer in 500ms\nGET http://server/drip/api/v1/query',
    });
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  test('silence ends with --backend-timeout', async () => {
    expect(await check(gateOf('shop', `${server.url}/hang`), ['--backend-timeout', '500ms'])).toEqual({
      code: 4,
      verdict: 'error',
      reason: 'backend',
      text: 'backend "metrics" did not answer in 500ms\nGET http://server/hang/api/v1/query',
    });
  });

  test('the deadline of the run comes before the patience with one backend', async () => {
    const args = ['--timeout', '500ms', '--backend-timeout', '30s', '--retries', '3'];
    const before = Date.now();
    expect(await check(gateOf('shop', `${server.url}/hang`), args)).toEqual({
      code: 4,
      verdict: 'error',
      reason: 'deadline',
      text: 'the whole run took longer than 500ms',
    });
    expect(Date.now() - before).toBeLessThan(5_000);
  });

  test('--retries 1 asks once more, and says how often it asked', async () => {
    const before = server.seen.length;
    const said = await check(gateOf('shop', `${server.url}/status/503`), ['--retries', '1']);
    expect(said.text).toContain('503 Service Unavailable (2 tries)');
    // The value and the age of the data behind it are one question.
    expect(server.seen.length - before).toBe(2);
  });
});

describe('floods stop at 64 MiB, and memory stays flat', () => {
  test.each(['/gzip-bomb', '/huge', '/declared-huge'])('%s', async (path) => {
    const probe = place.path('rss.cjs');
    const file = place.path('rss.txt');
    await writeFile(
      probe,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));`,
    );
    await place.write({ 'x.gate.yaml': gateOf('shop', server.url + path) });
    const result = await run(['check', 'x.gate.yaml', '-r', 'json', ...QUICK], {
      NODE_OPTIONS: `--require=${probe}`,
    });
    expect(saidBy(result)).toEqual({
      code: 4,
      verdict: 'error',
      reason: 'backend',
      text: `the answer of backend "metrics" is larger than 64 MiB, decompressed\nGET http://server${path}/api/v1/query`,
    });
    // 75 MB without any answer; an answer in memory twice would be past this.
    expect(Number(await readFile(file, 'utf8')) / 1024).toBeLessThan(260);
  });
});

describe('any other endpoint', () => {
  const gateOfHttp = (path: string, json = 'data.p95'): string => `gate: shop
backends:
  stats: { type: http, url: "${server.url}" }
criteria:
  p95: { value: { path: ${path}, json: ${json} }, unit: s, pass: "<= 1s" }
`;
  const json = (text: string): string => `/json/${encodeURIComponent(text)}`;

  test.each<[name: string, path: string, code: number, reason: string, text: readonly string[]]>([
    ['a number', '/ok', 0, '', []],
    ['null', json('{"data":{"p95":null}}'), 3, 'no-data', ['no data in the window']],
    ['no such field', json('{"data":{}}'), 3, 'no-data', ['no data in the window']],
    [
      'a word',
      json('{"data":{"p95":"fast"}}'),
      2,
      'query',
      ['"data.p95" in the answer of "stats" should be a number, but is "fast"'],
    ],
    [
      'a list',
      json('{"data":{"p95":[1,2]}}'),
      2,
      'query',
      ['"stats" answered 2 values without a time for one series, where one value is needed'],
    ],
    [
      'a sign-in page',
      '/html',
      4,
      'backend',
      [
        'backend "stats" answered HTML, not JSON',
        'it begins with "<!DOCTYPE html><title>Sign in</title><p>Hello"',
      ],
    ],
    [
      'JSON cut short',
      '/truncated-json',
      4,
      'backend',
      ['backend "stats" answered broken JSON', 'it begins with "{\\"data\\": {\\"p95\\": 0.4"'],
    ],
    ['an empty body', '/empty', 4, 'backend', ['backend "stats" answered nothing, not JSON']],
    [
      '400',
      '/status/400',
      2,
      'query',
      [
        'backend "stats" rejected the query: 400 Bad Request',
        'GET http://server/status/400',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '422',
      '/status/422',
      2,
      'query',
      [
        'backend "stats" rejected the query: 422 Unprocessable Entity',
        'GET http://server/status/422',
        'it said: {"error":"as asked"}',
      ],
    ],
    [
      '405',
      '/status/405',
      4,
      'backend',
      [
        'backend "stats" rejected the request: 405 Method Not Allowed',
        'GET http://server/status/405',
        'it said: {"error":"as asked"}',
      ],
    ],
  ])('%s', async (_name, path, code, reason, text) => {
    const verdict = { 0: 'pass', 3: 'inconclusive' }[code] ?? 'error';
    expect(await check(gateOfHttp(path))).toEqual({ code, verdict, reason, text: text.join('\n') });
  });
});

describe('several at once', () => {
  const GATES: Readonly<Record<string, () => string>> = {
    pass: () => gateOf('pass', `${server.url}/prom/3`),
    warn: () => gateOf('warn', `${server.url}/prom/3`, '<= 1 messages', ', warn: "<= 5 messages"'),
    fail: () => gateOf('fail', `${server.url}/prom/3`, '<= 1 messages'),
    empty: () => gateOf('empty', `${server.url}/prom/empty`),
    dead: () => gateOf('dead', `http://127.0.0.1:${closedPort}`),
    rejected: () => gateOf('rejected', `${server.url}/prom/rejected`),
    hang: () => gateOf('hang', `${server.url}/hang`),
    'advisory-fail': () =>
      gateOf('advisory-fail', `${server.url}/prom/3`).replace(
        'criteria:',
        'criteria:\n  extra: { signal: queue, pass: "<= 1 messages", advisory: true }',
      ),
  };

  test.each<[gates: string, flags: string, code: number]>([
    ['pass', '', 0],
    ['pass warn', '', 0],
    ['pass advisory-fail', '', 0],
    ['pass warn empty dead fail', '', 1],
    ['rejected fail', '', 1],
    ['rejected dead empty', '', 2],
    ['dead empty warn', '', 4],
    ['empty warn', '', 3],
    ['hang fail', '--backend-timeout 300ms', 1],
    ['hang empty', '--timeout 500ms', 4],
    ['warn', '--fail-on warn', 5],
    ['pass', '--fail-on warn', 0],
    ['warn fail', '--fail-on warn', 1],
    ['warn empty', '--fail-on warn', 3],
    ['warn', '--max-warnings 0', 5],
    ['warn', '--max-warnings 1', 0],
    ['empty', '--on-no-data fail', 1],
    ['dead', '--on-no-data fail', 4],
    ['dead', '--on-backend-error fail', 1],
    ['dead', '--on-backend-error inconclusive', 3],
    ['rejected', '--on-backend-error fail', 2],
    ['hang', '--timeout 500ms --on-backend-error fail', 1],
    ['fail', '--exit-zero', 0],
    ['empty dead', '--exit-zero', 0],
    ['rejected', '--exit-zero', 2],
    ['fail', '--exit-zero --fail-on warn', 0],
  ])('%s %s: exit %i', async (gates, flags, code) => {
    const names = gates.split(' ');
    await place.write(Object.fromEntries(names.map((name) => [`${name}.gate.yaml`, GATES[name]?.() ?? ''])));
    const files = names.map((name) => `${name}.gate.yaml`);
    const result = await run([
      'check',
      ...files,
      '-r',
      'json',
      ...QUICK,
      ...flags.split(' ').filter(Boolean),
    ]);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code, stderr: '' });
    expect((JSON.parse(result.stdout) as GateReport).exitCode).toBe(code);
  });

  test('two files may give two servers one name: each is asked', async () => {
    await place.write({
      'a.gate.yaml': gateOf('a', `${server.url}/prom/3`),
      'b.gate.yaml': gateOf('b', `${server.url}/prom/empty`),
    });
    const { stdout } = await run(['check', 'a.gate.yaml', 'b.gate.yaml', '-r', 'json', ...QUICK]);
    const verdicts = (JSON.parse(stdout) as GateReport).gates.map(({ id, verdict }) => [id, verdict]);
    expect(verdicts).toEqual([
      ['a', 'pass'],
      ['b', 'inconclusive'],
    ]);
  });

  test('one backend in the configuration is asked once for the same question of two gates', async () => {
    const gate = (id: string): string => gateOf(id, '').replace(/backends:\n.*\n/, '');
    await place.write({
      'shared/gatekeeper.config.yaml': `backends:\n  metrics: { type: prometheus, url: "${server.url}/prom/3" }\n`,
      'shared/a.gate.yaml': gate('a'),
      'shared/b.gate.yaml': gate('b'),
    });
    const before = server.seen.length;
    const args = ['check', '--cwd', 'shared', '*.gate.yaml', ...QUICK];
    expect((await run(args)).code).toBe(0);
    const once = server.seen.length - before;
    expect((await run([...args, '--gate', 'a'])).code).toBe(0);
    expect(server.seen.length - before - once).toBe(once);
  });
});
