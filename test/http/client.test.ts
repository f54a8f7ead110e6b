import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BackendError } from '../../src/model/failure.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

test('an answer comes with status, lower-case headers and text', async () => {
  const answer = await testClient().get(`${server.url}/skewed-date?ms=90000`);
  expect(answer).toMatchObject({ status: 200, attempts: 1, body: '{"data":{"p95":0.42}}' });
  expect(Date.parse(answer.headers['date'] ?? '')).toBeGreaterThan(Date.now() + 60_000);
  expect(server.seen.at(-1)?.headers['user-agent']).toBe('gatekeeper/test');
});

test('a POST carries its body', async () => {
  await testClient().get(`${server.url}/ok`, {
    method: 'POST',
    body: 'q=1',
    headers: { 'Content-Type': 'text/plain' },
  });
  expect(server.seen.at(-1)).toMatchObject({
    method: 'POST',
    body: 'q=1',
    headers: { 'content-type': 'text/plain' },
  });
});

test('requests after one another share a connection, error pages included', async () => {
  const before = server.connections();
  const client = testClient({ retries: 0 });
  for (let i = 0; i < 10; i += 1) await client.get(`${server.url}/gzip`);
  await client.fail(`${server.url}/status/500`);
  await client.get(`${server.url}/redirect/self`);
  await client.get(`${server.url}/ok`);
  expect(server.connections() - before).toBe(1);
});

describe('statuses', () => {
  test.each([
    [401, 'backend.auth', 1],
    [403, 'backend.auth', 1],
    [404, 'backend.not-found', 1],
    [400, 'backend.query', 1],
    [422, 'backend.query', 1],
    [405, 'backend.rejected', 1],
    [408, 'backend.rejected', 3],
    [429, 'backend.rate-limited', 3],
    [500, 'backend.server-error', 3],
    [501, 'backend.server-error', 1],
    [502, 'backend.server-error', 3],
    [503, 'backend.server-error', 3],
    [504, 'backend.server-error', 3],
  ])('%i is %s after %i tries', async (status, code, attempts) => {
    expect(await testClient().failure(`${server.url}/status/${status}`)).toMatchObject({ code, attempts });
  });

  test('a refusal names the backend, the place and what was said', async () => {
    expect(await testClient().failure(`${server.url}/status/401?a=1`)).toEqual({
      code: 'backend.auth',
      message: 'backend "prom": the server refused the credentials (401)',
      mend: 'check auth of backend "prom"',
      detail: [`GET ${server.url}/status/401`, 'it said: {"error":"as asked"}'],
      attempts: 1,
    });
  });

  test('an accepted status is returned at once, a retried one too', async () => {
    const client = testClient();
    const more = { acceptStatuses: [400, 503] };
    expect(await client.get(`${server.url}/status/400`, more)).toMatchObject({ status: 400, attempts: 1 });
    expect(await client.get(`${server.url}/status/503`, more)).toMatchObject({ status: 503, attempts: 1 });
  });
});

describe('retry', () => {
  test('trouble that passes is not seen, and the waits double', async () => {
    const client = testClient();
    const answer = await client.get(`${server.url}/flaky?status=503&times=2`);
    expect(answer).toMatchObject({ status: 200, attempts: 3 });
    expect(client.clock.sleeps).toEqual([250, 500]);
  });

  test('Retry-After is kept to', async () => {
    const client = testClient();
    await client.get(`${server.url}/flaky?status=429&times=1&retry-after=7`);
    expect(client.clock.sleeps).toEqual([7000]);
  });

  test('a Retry-After of two minutes ends it at once, and says so', async () => {
    const client = testClient();
    const failure = await client.failure(`${server.url}/status/429?retry-after=120`);
    expect(failure.message).toMatch(/asks to wait 2m, longer than the 1m/);
    expect(failure.attempts).toBe(1);
    expect(client.clock.sleeps).toEqual([]);
  });

  test('a cut answer is asked for once more, not twice', async () => {
    expect(await testClient({ retries: 5 }).failure(`${server.url}/reset-mid-body`)).toMatchObject({
      code: 'backend.malformed',
      attempts: 2,
    });
    expect(await testClient().get(`${server.url}/flaky-reset?times=1`)).toMatchObject({ attempts: 2 });
  });
});

describe('the network', () => {
  test('a refused connection names the address', async () => {
    const gone = await startHostileServer();
    await gone.close();
    const failure = await testClient().failure(`${gone.url}/ok`);
    const address = gone.url.replace('http://', '');
    expect(failure).toMatchObject({ code: 'backend.unreachable', attempts: 3 });
    expect(failure.message).toBe(`backend "prom" could not be reached: ECONNREFUSED ${address} (3 tries)`);
  });

  test('a reset before the answer is unreachable', async () => {
    expect(await testClient().failure(`${server.url}/reset`)).toMatchObject({
      code: 'backend.unreachable',
      attempts: 3,
    });
  });

  test('a name that does not resolve is a name trouble', async () => {
    const failure = await testClient({ retries: 0 }).failure('http://no-such-host.invalid/');
    expect(failure.code).toBe('backend.dns');
    expect(failure.message).toContain('"no-such-host.invalid"');
  });

  test('what is no HTTP is malformed', async () => {
    expect(await testClient().failure(`${server.url}/not-http`)).toMatchObject({ code: 'backend.malformed' });
  });

  test.each([
    ['/hang', 'did not answer in 150ms'],
    ['/half', 'did not finish its answer in 150ms'],
    ['/drip', 'did not finish its answer in 150ms'],
  ])('%s ends with the try, connect to last byte', async (path, words) => {
    const startedAt = performance.now();
    const failure = await testClient({ attemptTimeoutMs: 150, retries: 0 }).failure(server.url + path);
    expect(failure).toMatchObject({ code: 'backend.timeout', attempts: 1 });
    expect(failure.message).toContain(words);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('an answer that changes the protocol is malformed: axios would never tell', async () => {
    const other = await startHostileServer({
      handle: (_seen, response) => {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
        );
        return true;
      },
    });
    const failure = await testClient({ retries: 0 }).failure(other.url);
    await other.close();
    expect(failure.code).toBe('backend.malformed');
    expect(failure.message).toContain('it changes the protocol (101)');
  });

  test('a timeout is tried again', async () => {
    const failure = await testClient({ attemptTimeoutMs: 50, retries: 1 }).failure(`${server.url}/drip`);
    expect(failure.attempts).toBe(2);
  });
});

describe('abort', () => {
  const reason = new BackendError({ code: 'backend.deadline', message: 'the run took longer than 10s' });

  test.each(['/hang', '/half', '/drip'])('%s ends with the reason of the signal', async (path) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 30);
    expect(await testClient().fail(server.url + path, {}, controller.signal)).toBe(reason);
  });

  test('before the first try, and while waiting for the next, nothing more is sent', async () => {
    const client = testClient();
    expect(await client.fail(`${server.url}/ok`, {}, AbortSignal.abort(reason))).toBe(reason);
    const controller = new AbortController();
    const clock = client.clock;
    clock.sleep = (_ms, signal) => {
      controller.abort(reason);
      return Promise.reject(signal.reason);
    };
    const before = server.seen.length;
    expect(await client.fail(`${server.url}/status/503`, {}, controller.signal)).toBe(reason);
    expect(server.seen.length - before).toBe(1);
  });

  test('the first cause wins', async () => {
    const controller = new AbortController();
    controller.abort(reason);
    controller.abort(new BackendError({ code: 'backend.interrupted', message: 'SIGINT' }));
    expect(await testClient().fail(`${server.url}/ok`, {}, controller.signal)).toBe(reason);
  });

  test('a reason of another kind counts as an interruption', async () => {
    const error = await testClient().fail(`${server.url}/ok`, {}, AbortSignal.abort());
    expect(error.failure.code).toBe('backend.interrupted');
  });

  test('fifty requests on one signal give no warning of a leak', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    const client = testClient();
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => client.get(`${server.url}/ok`, {}, signal)));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });
});
