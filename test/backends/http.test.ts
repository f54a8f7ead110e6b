import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { http } from '../../src/backends/http.js';
import type { Backend, BackendContext, QueryUse, Variables } from '../../src/contracts/backend.js';
import { SecretStore, SecretValue } from '../../src/contracts/secrets.js';
import { createHttp } from '../../src/http/client.js';
import { BackendError, type Failure } from '../../src/model/failure.js';
import type { Answer } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';
import { fakeClock } from '../support/fake-clock.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';

const TO = Date.UTC(2026, 10, 20, 14, 35);
const MINUTE = 60_000;
const WINDOW: Window = { from: TO - 3 * MINUTE, to: TO, stepMs: MINUTE };
const at = (seconds: number): number => TO / 1000 + seconds;

let server: HostileServer;
let answer: unknown;
beforeAll(async () => {
  server = await startHostileServer({
    handle: ({ url }, response) => {
      if (!url.startsWith('/api')) return false;
      response.writeHead(200, { 'content-type': 'application/json', server: 'stats/1.2' });
      response.end(JSON.stringify(answer));
      return true;
    },
  });
});
afterAll(() => server.close());
beforeEach(() => {
  answer = { data: { p95: 0.42 } };
});

function open(config: Record<string, unknown> = {}): Backend {
  const opened = http.open({ url: `${server.url}/api/`, ...config }, { id: 'stats', folder: '/gates' });
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  return opened.backend;
}

const plain = (values: Record<string, string>): Variables =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, isRaw: false }]));

interface Ask {
  readonly use?: QueryUse;
  readonly variables?: Variables;
  readonly config?: Record<string, unknown>;
}

const prepare = (source: unknown, { use = 'instant', variables = new Map(), config = {} }: Ask = {}) =>
  open(config).prepare({ source, use, window: WINDOW, variables });

function context(secrets: readonly SecretValue[] = []): BackendContext {
  const store = new SecretStore();
  for (const secret of secrets) store.register(secret);
  const clock = fakeClock(TO);
  const settings = {
    attemptTimeoutMs: 2000,
    retries: 0,
    maxBytes: 1e6,
    userAgent: 'gatekeeper/test',
    env: {},
  };
  const door = createHttp(settings, clock, store.mask);
  const { signal } = new AbortController();
  const http = () => Promise.resolve(door);
  const fetcher = () => Promise.reject(new Error('this test probes no pages'));
  const resolver = () => Promise.reject(new Error('this test asks no DNS'));
  return { http, fetcher, resolver, clock, signal, timeoutMs: 2000, maxBytes: 1e6, env: {} };
}

async function ask(source: unknown, options: Ask = {}): Promise<Answer> {
  const prepared = prepare(source, options);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.failures));
  return prepared.value.fetch(context());
}

async function trouble(
  source: unknown,
  options: Ask = {},
  secrets: readonly SecretValue[] = [],
): Promise<Failure> {
  const prepared = prepare(source, options);
  if (!prepared.ok) return prepared.failures[0] as Failure;
  const error = await prepared.value.fetch(context(secrets)).catch((thrown: unknown) => thrown);
  if (!(error instanceof BackendError)) throw new Error(`no BackendError: ${inspect(error)}`);
  return error.failure;
}

describe('a value', () => {
  test.each<[string, unknown, string, readonly number[]]>([
    ['a number', { data: { p95: 0.42 } }, 'data.p95', [0.42]],
    ['a number as text', { v: '0.97' }, 'v', [0.97]],
    ['the last of a list of objects', { rows: [{ v: 1 }, { v: 2 }] }, 'rows[-1].v', [2]],
    ['a name with a dot', { 'a.b': 3 }, '["a.b"]', [3]],
    ['NaN as text', { v: 'NaN' }, 'v', [Number.NaN]],
    ['null', { v: null }, 'v', []],
    ['an absent path', {}, 'data.p95', []],
  ])('%s', async (_, json, path, values) => {
    answer = json;
    const { series } = await ask({ path: '/stats', json: path });
    expect(series.flatMap((one) => one.values)).toEqual(values);
    expect(series).toHaveLength(values.length);
  });

  test.each<[string, unknown, string]>([
    ['text', { v: 'fast' }, '"fast"'],
    ['a number with a unit', { v: '12ms' }, '"12ms"'],
    ['an object', { v: { p95: 1 } }, 'the object {"p95": 1}'],
    ['true', { v: true }, 'true'],
  ])('%s is no number, and shown', async (_, json, shown) => {
    answer = json;
    const failure = await trouble({ json: 'v' });
    expect(failure.code).toBe('backend.answer-shape');
    expect(failure.message).toBe(`"v" in the answer of "stats" should be a number, but is ${shown}`);
  });
});

test('a place that the answer does not have is no data, and is told', async () => {
  const prepared = prepare({ path: 'x', json: 'data.nix' });
  if (!prepared.ok) throw new Error('it should be prepared');
  expect(await prepared.value.fetch(context())).toEqual({
    series: [],
    notes: ['no "data.nix" in the answer of backend "stats"'],
  });
  expect(prepared.value.ifEmpty).toBe(
    'look at what is answered, and whether it has "data.nix": gatekeeper plan shows the request',
  );
});

describe('a series', () => {
  const rows = { json: 'data.points', time: 't', value: 'v' };
  const points = (...list: [number, unknown][]) => ({
    data: { points: list.map(([t, v]) => ({ t: at(t), v })) },
  });

  test('for steps the last point of a stratum counts, at its end', async () => {
    answer = points([-170, 1], [-130, 2], [-60, 5], [-59, 6], [0, 7], [-180, 99], [1, 99]);
    const { series } = await ask(rows, { use: 'steps' });
    expect(series).toEqual([
      { labels: {}, times: [TO - 2 * MINUTE, TO - MINUTE, TO], values: [2, 5, 7], newest: TO },
    ]);
  });

  test('for counts the points of a stratum are added up', async () => {
    answer = points([-170, 1], [-130, 2], [0, 7]);
    const { series } = await ask(rows, { use: 'counts' });
    expect(series[0]).toMatchObject({ times: [TO - 2 * MINUTE, TO], values: [3, 7] });
  });

  test('raw keeps every point in the window', async () => {
    answer = points([-170, 1], [-170, 2], [-200, 3]);
    expect((await ask(rows, { use: 'raw' })).series[0]?.values).toEqual([1, 2]);
  });

  test('pairs are read by place, labels split, and times may be in milliseconds', async () => {
    answer = [
      [TO - MINUTE, '1', 'eu'],
      [TO, '2', 'eu'],
      [TO, '3', 'us'],
    ];
    const query = { time: '[0]', value: '[1]', labels: { region: '[2]' }, 'time-format': 'unix-ms' };
    expect((await ask(query, { use: 'steps' })).series).toEqual([
      { labels: { region: 'eu' }, times: [TO - MINUTE, TO], values: [1, 2], newest: TO },
      { labels: { region: 'us' }, times: [TO], values: [3], newest: TO },
    ]);
  });

  test.each<[QueryUse, unknown]>([
    ['steps', { json: 'v' }],
    ['counts', { json: 'v' }],
    ['seen', rows],
    ['unlisted', rows],
  ])('%s cannot be asked of what has no times, or at all', (use, source) => {
    expect(prepare(source, { use })).toMatchObject({ ok: false, failures: [{ code: 'gatefile.query' }] });
  });
});

describe('the request', () => {
  const last = () => server.seen.at(-1);

  test('path, params and headers join those of the backend', async () => {
    await ask(
      { path: 'stats/v1?x=1', params: { track: 'canary' }, headers: { 'X-B': 'b' }, json: 'v' },
      {
        config: {
          params: { key: new SecretValue('KEY', 's p+c') },
          headers: { 'x-a': 'a', 'X-b': 'old' },
          auth: { bearer: new SecretValue('TOKEN', 'token') },
        },
      },
    );
    expect(last()).toMatchObject({
      method: 'GET',
      url: '/api/stats/v1?key=s+p%2Bc&x=1&track=canary',
      headers: { 'x-a': 'a', 'x-b': 'b', authorization: 'Bearer token', accept: 'application/json' },
    });
  });

  test('a variable is one segment of a path and one value of a parameter', async () => {
    const variables = plain({ route: '/a b?c&d=e' });
    await ask({ path: '/r/{{route}}', params: { q: 'x-{{route}}' }, json: 'v' }, { variables });
    expect(last()?.url).toBe('/api/r/%2Fa%20b%3Fc%26d%3De?q=x-%2Fa+b%3Fc%26d%3De');
  });

  test.each(['..', '.'])('a path is not climbed by the variable %s', (value) => {
    const prepared = prepare({ path: '/r/{{route}}/x', json: 'v' }, { variables: plain({ route: value }) });
    expect(prepared).toMatchObject({ ok: false, failures: [{ code: 'gatefile.query' }] });
  });

  test.each(['/../admin', '/%2E%2e/admin', '/.\t./admin', '\\..\\admin'])('nor by %j', (path) => {
    expect(prepare({ path, json: 'v' }).ok).toBe(false);
  });

  test('built-ins give the window', async () => {
    await ask({ params: { from: '{{from}}', to: '{{to}}', step: '{{step}}' }, json: 'v' });
    expect(new URL(last()?.url ?? '', 'http://x').search).toBe(
      '?from=2026-11-20T14%3A32%3A00Z&to=2026-11-20T14%3A35%3A00Z&step=1m',
    );
  });

  test('a header with a line break is refused', () => {
    const variables = plain({ v: 'a\r\nx-admin: 1' });
    expect(prepare({ headers: { 'x-v': '{{v}}' }, json: 'v' }, { variables })).toMatchObject({
      ok: false,
      failures: [{ message: 'the header "x-v" would hold a line break' }],
    });
  });

  test('an unknown variable is named, wherever it stands', () => {
    const source = {
      path: '/{{a}}',
      params: { x: '{{b}}' },
      headers: { x: '{{c}}' },
      body: { x: ['{{d}}'] },
      json: 'v',
    };
    const prepared = prepare(source);
    expect(prepared.ok ? [] : prepared.failures.map(({ message }) => message.slice(0, 7))).toEqual([
      '"{{a}}"',
      '"{{b}}"',
      '"{{c}}"',
      '"{{d}}"',
    ]);
  });

  const nasty = plain({ v: '"}, {"a": "\\' });
  test('a mapping is sent as JSON, its strings with variables', async () => {
    const body = {
      query: { term: 'is {{v}}' },
      list: ['{{v}}', 1],
      key: new SecretValue('KEY', 'plain-key'),
    };
    await ask({ body, json: 'v' }, { variables: nasty });
    expect(last()).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(last()?.body ?? '')).toEqual({
      query: { term: 'is "}, {"a": "\\' },
      list: ['"}, {"a": "\\', 1],
      key: 'plain-key',
    });
  });

  test('in a JSON text a variable stands inside a string alone', async () => {
    await ask({ body: '{"a\\"b": "is {{v}}"}', json: 'v' }, { variables: nasty });
    expect(JSON.parse(last()?.body ?? '')).toEqual({ 'a"b': 'is "}, {"a": "\\' });
    expect(prepare({ body: '{"a": {{v}}}', json: 'v' }, { variables: nasty })).toMatchObject({
      ok: false,
      failures: [{ message: '"{{v}}" may not stand there in the body: it stands outside a JSON string' }],
    });
  });

  test('in a form it is encoded, in other text it must be harmless', async () => {
    const form = {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'q={{v}}',
      json: 'v',
    };
    await ask(form, { variables: plain({ v: 'a&b=c' }) });
    expect(last()).toMatchObject({
      body: 'q=a%26b%3Dc',
      headers: { 'content-type': form.headers['Content-Type'] },
    });
    const sql = { body: "select v from t where r = '{{v}}'", json: 'v' };
    await ask(sql, { variables: plain({ v: '/checkout' }) });
    expect(last()?.body).toContain("'/checkout'");
    expect(prepare(sql, { variables: plain({ v: "' or 1=1" }) }).ok).toBe(false);
  });

  test('a GET with a body, an unknown key and a broken path are all refused before anything is sent', () => {
    const messages = (source: unknown) => {
      const prepared = prepare(source);
      return prepared.ok ? [] : prepared.failures.map(({ message, mend }) => `${message} / ${mend}`);
    };
    expect(messages({ method: 'GET', body: 'x', json: 'v' })[0]).toContain('a GET carries no body');
    expect(messages({ jsno: 'v' })).toEqual(['unknown key "jsno" / did you mean "json"?']);
    expect(messages({ json: 'a..b' })[0]).toContain('is no JSON path');
    expect(messages({ counter: 'x' })[0]).toContain('"counter"');
  });
});

describe('text and key', () => {
  test('the text reads like the request, without host, window and secrets', () => {
    const prepared = prepare(
      {
        path: '/stats/{{route}}',
        params: { track: '{{track}}', since: '{{from}}', key: new SecretValue('KEY', 'hidden-key') },
        json: 'data.p95',
      },
      { variables: plain({ route: 'a/b', track: 'canary' }) },
    );
    expect(prepared.ok && prepared.value.text).toBe(
      'GET /stats/a%2Fb?track=canary&since={{from}}&key=<REDACTED:KEY> json=data.p95',
    );
    expect(prepared.ok && prepared.value.key).not.toContain('hidden-key');
  });

  test('another window, use, body or place in the answer is another question', () => {
    const rows = { path: '/s', json: 'a', time: 't', value: 'v' };
    const keyOf = (source: unknown, use: QueryUse = 'instant', window = WINDOW): string => {
      const prepared = open().prepare({ source, use, window, variables: new Map() });
      return prepared.ok ? prepared.value.key : '';
    };
    const keys = [
      keyOf(rows),
      keyOf(rows, 'steps'),
      keyOf(rows, 'instant', { ...WINDOW, to: TO + MINUTE }),
      keyOf({ ...rows, json: 'b' }),
      keyOf({ ...rows, body: { a: 1 } }),
      keyOf({ ...rows, headers: { a: '1' } }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(rows)).toBe(keys[0]);
  });
});

describe('answers that are none', () => {
  const hostile = (path: string) => trouble({ path, json: 'v' }, { config: { url: server.url } });

  test('HTML is called HTML', async () => {
    const failure = await hostile('/html');
    expect(failure).toMatchObject({ code: 'backend.malformed', attempts: 1 });
    expect(failure.message).toBe('backend "stats" answered HTML, not JSON');
  });

  test.each([
    ['/truncated-json', 'backend.malformed', 'broken JSON'],
    ['/empty', 'backend.malformed', 'answered nothing'],
    ['/json/hello', 'backend.malformed', 'text that is no JSON'],
    ['/status/401', 'backend.auth', 'refused the credentials (401)'],
    ['/status/404', 'backend.not-found', '404'],
    ['/status/429', 'backend.rate-limited', '429'],
    ['/status/503', 'backend.server-error', '503'],
    ['/reset-mid-body', 'backend.malformed', 'cut off'],
    ['/huge', 'backend.too-large', 'larger than'],
  ])('%s', async (path, code, words) => {
    const failure = await hostile(path);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });
});

test('no secret leaves, whatever the answer repeats', async () => {
  const secrets = ['param', 'header', 'bearer', 'body'].map(
    (name) => new SecretValue(name, `planted-${name}`),
  );
  const [param, header, bearer, body] = secrets;
  const config = { url: server.url.replace('http://', 'http://me:planted-pass@'), auth: { bearer } };
  const query = { params: { q: param }, headers: { 'x-key': header }, body: { k: body }, json: 'v' };
  const echoed = `${secrets.map(String).join()} ${secrets.map(({ value }) => value).join(' ')} planted-pass`;
  const paths = ['/echo', '/status/401', '/html', '/reset', `/json/${encodeURIComponent(echoed)}`];
  paths.push(`/json/${encodeURIComponent(JSON.stringify({ v: echoed }))}`);
  for (const path of paths) {
    const failure = await trouble({ ...query, path }, { config }, secrets);
    // The path itself is the user's own words here, and shown.
    const shown = { ...failure, detail: failure.detail?.filter((line) => !line.startsWith('POST ')) };
    expect(inspect(shown, { depth: 20 })).not.toContain('planted-');
  }
  expect(open(config).address).toBe(server.url);
});

describe('the block', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a URL that is none', { url: 'prom:9090' }, 'an http:// or https:// URL is expected'],
    ['a secret in the clear', { auth: { bearer: 'abc' } }, 'a secret must be { env: NAME }'],
    ['two ways to prove oneself', { auth: {} }, 'either "basic" or "bearer" is expected'],
    ['a certificate without a key', { tls: { cert: 'a.pem' } }, '"cert" and "key" go together'],
    ['a misspelt key', { heders: {} }, 'did you mean "headers"?'],
  ])('%s is refused', (_, config, words) => {
    const opened = http.open({ url: 'http://h', ...config }, { id: 'stats', folder: '/gates' });
    expect(opened.ok ? '' : opened.issues.map(({ message }) => message).join()).toContain(words);
  });

  test('files are found from the folder of the file, and unchecked certificates are noted', async () => {
    const config = { url: 'https://127.0.0.1:1', tls: { ca: 'ca.pem', 'insecure-skip-verify': true } };
    const prepared = prepare({ json: 'v' }, { config });
    expect(prepared.ok && prepared.value.notes).toEqual([
      'certificates are not checked (insecure-skip-verify)',
    ]);
    expect((await trouble({ json: 'v' }, { config })).message).toContain('"/gates/ca.pem" cannot be read');
  });
});

describe('probe', () => {
  test('says what it says it is', async () => {
    expect(await open().probe(context())).toMatchObject({ identity: 'stats/1.2', newestAgeMs: null });
  });

  test('a base URL without an answer of its own is up all the same; a clock that is off is told', async () => {
    const health = await open({ url: `${server.url}/no/such` }).probe(context());
    expect(health.identity).toBe('HTTP 404');
    expect(health.notes[0]).toContain('answers 404');
    expect(health.notes[1]).toMatch(/^its clock is .* (ahead of|behind) ours$/);
  });

  test('a refusal is a failure', async () => {
    await expect(open({ url: `${server.url}/status/401` }).probe(context())).rejects.toBeInstanceOf(
      BackendError,
    );
  });
});
