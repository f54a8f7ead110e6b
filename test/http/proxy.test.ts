import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isExempt, proxyFor } from '../../src/http/proxy.js';
import { type Certificates, makeCertificates, serverOptions } from '../support/certificates.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['http://prom.example/', 'prom.example', true],
    ['http://a.prom.example/', 'prom.example', true],
    ['http://a.prom.example/', '.prom.example', true],
    ['http://prom.example/', '.prom.example', true],
    ['http://prom.example/', '*.prom.example', true],
    ['http://notprom.example/', 'prom.example', false],
    ['http://PROM.example./', 'prom.EXAMPLE', true],
    ['http://prom.example:9090/', 'prom.example:9090', true],
    ['http://prom.example/', 'prom.example:9090', false],
    ['http://prom.example/', 'prom.example:80', true],
    ['https://prom.example/', 'prom.example:443', true],
    ['http://[::1]:9090/', '::1', true],
    ['http://[::1]:9090/', '[::1]:9090', true],
    ['http://[::1]:9090/', '[::1]:80', false],
    ['http://127.0.0.1/', 'localhost', false],
    ['http://10.0.0.7/', 'a.example, 10.0.0.7', true],
    ['http://prom.example/', 'a.example b.example', false],
    ['http://prom.example/', '*', true],
    ['http://prom.example/', '', false],
    ['http://prom.example/', ' , ', false],
  ])('%s under "%s"', (url, noProxy, expected) => {
    expect(isExempt(new URL(url), noProxy)).toBe(expected);
  });
});

test('the variable follows the scheme, the lower-case one wins, and loopback is no exception', () => {
  const env = { HTTP_PROXY: 'http://upper:1', http_proxy: 'lower:2', HTTPS_PROXY: 'http://secure:3' };
  expect(proxyFor(new URL('http://127.0.0.1/'), env)?.href).toBe('http://lower:2/');
  expect(proxyFor(new URL('https://a.example/'), env)?.href).toBe('http://secure:3/');
  expect(proxyFor(new URL('https://a.example/'), {})).toBeUndefined();
});

test('a proxy variable that cannot be used is named, its value is not shown', async () => {
  for (const value of ['socks5://u:hunter2@h:1', 'http://u:hunter2@[']) {
    const { message, code } = await testClient({ env: { HTTP_PROXY: value } }).failure('http://127.0.0.1:1/');
    expect(code).toBe('backend.unreachable');
    expect(message).toBe('the environment variable HTTP_PROXY holds no http:// or https:// URL of a proxy');
  }
});

describe('through a proxy', () => {
  let proxy: Server;
  let proxyUrl: string;
  let server: HostileServer;
  let secure: HostileServer;
  let certificates: Certificates;
  const log: { line: string; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    certificates = makeCertificates();
    server = await startHostileServer();
    secure = await startHostileServer({ tls: serverOptions(certificates) });
    proxy = createServer((request, response) => {
      log.push({
        line: `${request.method} ${request.url}`,
        authorization: request.headers['proxy-authorization'],
      });
      response.end('{"from":"proxy"}');
    });
    proxy.on('connect', (request, client, head) => {
      log.push({ line: `CONNECT ${request.url}`, authorization: request.headers['proxy-authorization'] });
      if (request.headers['proxy-authorization'] === undefined) {
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
      client.on('error', () => upstream.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    proxyUrl = `http://user:hunter2hunter2@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    log.length = 0;
  });
  afterAll(async () => {
    await Promise.all([server.close(), secure.close()]);
    proxy.closeAllConnections();
    proxy.close();
    certificates.remove();
  });

  const authorization = `Basic ${Buffer.from('user:hunter2hunter2').toString('base64')}`;

  test('http asks the proxy for the whole URL', async () => {
    const client = testClient({ env: { HTTP_PROXY: proxyUrl } });
    for (let i = 0; i < 3; i += 1) {
      const answer = await client.get(`${server.url}/ok?a=1`);
      expect(answer.body).toBe('{"from":"proxy"}');
    }
    expect(log).toEqual(Array(3).fill({ line: `GET ${server.url}/ok?a=1`, authorization }));
  });

  test('https tunnels with CONNECT, once for many requests, and trusts the authority given', async () => {
    const client = testClient({ env: { https_proxy: proxyUrl } });
    const tls = { caFile: certificates.ca };
    for (let i = 0; i < 3; i += 1) {
      expect((await client.get(`${secure.url}/ok`, { tls })).body).toBe('{"data":{"p95":0.42}}');
    }
    expect(log).toEqual([{ line: `CONNECT ${secure.url.replace('https://', '')}`, authorization }]);
  });

  test('the certificate behind the tunnel is checked', async () => {
    const failure = await testClient({ env: { https_proxy: proxyUrl } }).failure(`${secure.url}/ok`);
    expect(failure.code).toBe('backend.tls');
  });

  test('NO_PROXY goes straight', async () => {
    const env = { HTTP_PROXY: proxyUrl, NO_PROXY: '127.0.0.1' };
    expect((await testClient({ env }).get(`${server.url}/ok`)).body).toContain('p95');
    expect(log).toEqual([]);
  });

  test('a proxy that wants credentials is told apart from the server', async () => {
    const env = { HTTPS_PROXY: proxyUrl.replace('user:hunter2hunter2@', '') };
    const failure = await testClient({ env }).failure(`${secure.url}/ok`, {
      tls: { caFile: certificates.ca },
    });
    expect(failure).toMatchObject({ code: 'backend.auth', message: 'the proxy asks for credentials (407)' });
    expect(failure.detail?.join()).toContain('through the proxy http://127.0.0.1:');
  });

  test.each(['http', 'https'])('a proxy that says nothing to %s is let go of in time', async (scheme) => {
    const sockets: Socket[] = [];
    let gone = 0;
    const mute = createNetServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        gone += 1;
      });
      socket.resume();
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const env = { HTTP_PROXY: address, HTTPS_PROXY: address };
    const failure = await testClient({ env, retries: 1, attemptTimeoutMs: 60 }).failure(
      `${scheme}://a.example/`,
    );
    expect(failure).toMatchObject({ code: 'backend.timeout', attempts: 2 });
    await expect.poll(() => [sockets.length, gone]).toEqual([2, 2]);
    mute.close();
  });

  test('a proxy that is down is named without its password', async () => {
    const env = { HTTP_PROXY: 'http://user:hunter2hunter2@127.0.0.1:1' };
    const failure = await testClient({ env, retries: 0 }).failure(`${server.url}/ok`);
    expect(failure.code).toBe('backend.unreachable');
    expect(JSON.stringify(failure)).not.toContain('hunter2');
    expect(failure.detail).toContain('through the proxy http://127.0.0.1:1');
  });
});
