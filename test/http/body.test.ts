import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer({
    handle: ({ url }, response) => {
      if (url !== '/bom') return false;
      response.end('\ufeff{"a":"\u00e9"}');
      return true;
    },
  });
});
afterAll(() => server.close());

test.each(['gzip', 'br', 'deflate', 'raw-deflate'])('%s is decompressed', async (encoding) => {
  expect((await testClient().get(`${server.url}/${encoding}`)).body).toBe('{"data":{"p95":0.42}}');
});

test('UTF-8 is kept and a byte order mark dropped', async () => {
  expect((await testClient().get(`${server.url}/bom`)).body).toBe('{"a":"\u00e9"}');
});

test('an empty body is an empty text', async () => {
  expect((await testClient().get(`${server.url}/empty`)).body).toBe('');
});

test.each(['gzip-cut', 'gzip-garbage', 'zstd'])('%s is malformed, never half an answer', async (path) => {
  expect(await testClient().failure(`${server.url}/${path}`)).toMatchObject({
    code: 'backend.malformed',
    attempts: 2,
  });
});

test.each(['gzip-bomb', 'huge', 'declared-huge'])(
  '%s stops at the cap, is not tried again, and lets go of the connection',
  async (path) => {
    const hostile = await startHostileServer();
    const client = testClient({ maxBytes: 1024 ** 2 });
    // The first one makes the bomb.
    await client.fail(`${hostile.url}/gzip-bomb`);
    const before = process.memoryUsage().rss;
    const failure = await client.failure(`${hostile.url}/${path}`);
    expect(failure).toMatchObject({ code: 'backend.too-large', attempts: 1 });
    expect(failure.message).toBe('the answer of backend "prom" is larger than 1 MiB, decompressed');
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 ** 2);
    await expect.poll(() => hostile.open()).toBe(0);
    await hostile.close();
  },
);
