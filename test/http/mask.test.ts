import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/contracts/http.js';
import { SecretValue } from '../../src/contracts/secrets.js';
import { excerpt, placeOf } from '../../src/http/mask.js';
import { BackendError } from '../../src/model/failure.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

test('of a URL, scheme, host and path are shown', () => {
  expect(placeOf(new URL('https://user:pass@h:9/p/q?a=1&token=t#f'))).toBe('https://h:9/p/q');
});

test('what a server says is masked before it is cut, and loses tags and control characters', () => {
  const mask = (text: string) => text.replaceAll('x'.repeat(300), '<REDACTED:a>');
  expect(excerpt(`<html><style>b{}</style><p>no\u001b[31m\nway ${'x'.repeat(300)}`, mask)).toBe(
    'no [31m way <REDACTED:a>',
  );
  expect(excerpt('y'.repeat(300), mask)).toHaveLength(201);
});

describe('no secret leaves', () => {
  const planted = [
    'userinfo-pass',
    'query-secret',
    'header-secret',
    'cookie-secret',
    'bearer-secret',
    'basic-secret',
    'body-secret',
    Buffer.from('someone:userinfo-pass').toString('base64'),
    Buffer.from('someone:basic-secret').toString('base64'),
  ];
  let server: HostileServer;
  beforeAll(async () => {
    server = await startHostileServer({
      handle: ({ url }, response) => {
        if (!url.startsWith('/leave')) return false;
        response.writeHead(302, { location: `http://a:userinfo-pass@127.0.0.1:1/?token=query-secret` }).end();
        return true;
      },
    });
  });
  afterAll(() => server.close());

  const auths: readonly (HttpRequest['auth'] | undefined)[] = [
    { kind: 'bearer', token: new SecretValue('TOKEN', 'bearer-secret') },
    { kind: 'basic', username: 'someone', password: new SecretValue('PASSWORD', 'basic-secret') },
    undefined,
  ];
  const cases = [
    '/status/401',
    '/status/404',
    '/status/429',
    '/status/503',
    '/echo',
    '/redirect/loop',
    '/leave',
    '/reset',
    '/reset-mid-body',
    '/hang',
    '/drip',
    '/gzip-garbage',
    '/not-http',
    '/huge',
  ].flatMap((path) => auths.map((auth) => [path, auth?.kind ?? 'userinfo', auth] as const));

  test.each(cases)('%s with %s', async (path, _, auth) => {
    const client = testClient({ retries: 1, attemptTimeoutMs: 60, maxBytes: 1024 });
    // What the loader does for every secret of a file; the rest is found in the request itself.
    client.secrets.register({ name: 'BODY', value: 'body-secret' });
    const url = `${server.url.replace('http://', 'http://someone:userinfo-pass@')}${path}?api_key=query-secret`;
    const error = await client.fail(url, {
      method: path === '/echo' ? 'POST' : 'GET',
      headers: { 'DD-API-KEY': 'header-secret', Cookie: 'sid=cookie-secret' },
      body: '{"password":"body-secret"}',
      ...(auth === undefined ? {} : { auth }),
    });
    const everything = [
      error.message,
      error.stack,
      JSON.stringify(error),
      JSON.stringify(error.failure),
      inspect(error, { depth: 20, showHidden: true }),
    ].join('\n');
    for (const secret of planted) expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(/axios/i);
  });

  test('a URL that is none, and a header that breaks the line', async () => {
    const bad = await testClient().fail('http://u:userinfo-pass@[bad/');
    const broken = await testClient().fail(`${server.url}/ok`, {
      headers: { 'x-key': 'header-secret\r\nx: y' },
    });
    for (const error of [bad, broken]) {
      expect(error).toBeInstanceOf(BackendError);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/userinfo-pass|header-secret/);
    }
    expect(broken.failure.message).toContain('"x-key"');
  });
});
