import { afterAll, beforeAll, expect, test } from 'vitest';
import { SecretValue } from '../../src/contracts/secrets.js';
import { nextHop } from '../../src/http/hop.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

let server: HostileServer;
let other: HostileServer;
beforeAll(async () => {
  [server, other] = await Promise.all([startHostileServer(), startHostileServer()]);
});
afterAll(() => Promise.all([server.close(), other.close()]));

const SECRETS = {
  headers: { cookie: 'sid=very-secret', 'x-api-key': 'key-secret', accept: 'application/json' },
  auth: { kind: 'bearer', token: new SecretValue('TOKEN', 'bearer-secret') },
} as const;

test.each([301, 302, 303, 307, 308])(
  'a %i on the same server is followed with its credentials',
  async (status) => {
    await testClient().get(`${server.url}/redirect/self?status=${status}`, SECRETS);
    expect(server.seen.at(-1)).toMatchObject({
      url: '/ok',
      headers: { authorization: 'Bearer bearer-secret', 'x-api-key': 'key-secret' },
    });
  },
);

test('another server gets neither credentials nor headers of the user', async () => {
  const to = encodeURIComponent(`${other.url}/ok`);
  await testClient().get(
    `${server.url.replace('http://', 'http://user:hunter2hunter2@')}/redirect/self?to=${to}`,
    {
      headers: SECRETS.headers,
    },
  );
  expect(Object.keys(other.seen.at(-1)?.headers ?? {}).sort()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('a refusal after leaving the server says that it was sent nothing', async () => {
  const to = encodeURIComponent(`${other.url}/status/401`);
  const failure = await testClient().failure(`${server.url}/redirect/self?to=${to}`, SECRETS);
  expect(failure.message).toContain('redirects to another server, which wants credentials (401)');
  expect(failure.detail).toContain(`redirected from ${server.url}/redirect/self`);
});

test('five hops are followed, six are not', async () => {
  expect((await testClient().get(`${server.url}/redirect/chain/5`)).status).toBe(200);
  const failure = await testClient().failure(`${server.url}/redirect/chain/6`);
  expect(failure).toMatchObject({ code: 'backend.redirect', attempts: 1 });
  expect(failure.message).toContain('more than 5 times');
});

test('a loop is named', async () => {
  const failure = await testClient().failure(`${server.url}/redirect/loop`);
  expect(failure).toMatchObject({ code: 'backend.redirect', attempts: 1 });
  expect(failure.message).toBe(`backend "prom" redirects in a loop, back to ${server.url}/redirect/loop`);
});

test.each([
  ['no Location', '/redirect/nowhere'],
  ['a file', '/redirect/self?to=file:///etc/passwd'],
])('%s is not followed', async (_, path) => {
  expect((await testClient().failure(server.url + path)).code).toBe('backend.redirect');
});

test('a POST is not followed', async () => {
  const failure = await testClient().failure(`${server.url}/redirect/self`, { method: 'POST', body: '{}' });
  expect(failure.message).toContain('302 to a POST');
});

test('from https to plain http is not followed, and another server gets no client certificate', () => {
  const hop = {
    url: new URL('https://a.example/x'),
    method: 'GET',
    headers: {},
    tls: { caFile: '/ca', certFile: '/cert', keyFile: '/key', serverName: 'a', insecureSkipVerify: true },
  } as const;
  expect(() => nextHop(hop, 302, 'http://a.example/x', [])).toThrow();
  expect(nextHop(hop, 302, 'https://b.example/x', []).tls).toEqual({ caFile: '/ca' });
  expect(nextHop(hop, 302, '/y', []).tls).toEqual(hop.tls);
});
