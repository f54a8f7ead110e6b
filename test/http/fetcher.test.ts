/** The door for probed pages against a hostile server on loopback: one test for each protection. */
import type { lookup } from 'node:dns';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fetched, FetchRequest } from '../../src/contracts/fetcher.js';
import { createFetcher } from '../../src/http/fetcher.js';
import { guardedLookup, refusedAddress, refusedUrl } from '../../src/http/guard.js';
import { Pace } from '../../src/http/pace.js';
import { BackendError } from '../../src/model/failure.js';
import { clock } from '../backends/shared/world.js';
import { fakeClock } from '../support/fake-clock.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';

let server: HostileServer;
let active = 0;
let mostActive = 0;

beforeAll(async () => {
  server = await startHostileServer({
    handle: ({ url }, response) => {
      if (url === '/headers-drip') {
        response.socket?.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => response.socket?.write('x-more: 1\r\n'), 5);
        response.socket?.on('close', () => clearInterval(timer));
        return true;
      }
      if (url === '/slow') {
        active += 1;
        mostActive = Math.max(mostActive, active);
        setTimeout(() => {
          active -= 1;
          response.end('ok');
        }, 20);
        return true;
      }
      if (url === '/other-protocol') {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
        );
        return true;
      }
      if (url === '/small-bomb') {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4 * 1024 ** 2)));
        return true;
      }
      if (url === '/twice') {
        response.writeHead(200, [
          ['x-robots-tag', 'noindex'],
          ['x-robots-tag', 'googlebot: nofollow'],
        ]);
        response.end();
        return true;
      }
      return false;
    },
  });
});
afterAll(() => server.close());

const host = (): string => new URL(server.url).host;

function ask(
  path: string,
  over: Partial<FetchRequest> = {},
  signal = new AbortController().signal,
): Promise<Fetched> {
  const request: FetchRequest = {
    url: path.includes('://') ? path : `${server.url}${path}`,
    headers: {},
    hosts: [host()],
    isPrivateAllowed: true,
    perSecond: 1000,
    connections: 2,
    timeoutMs: 2000,
    maxBytes: 8 * 1024 ** 2,
    ...over,
  };
  return createFetcher(clock, 'gatekeeper/test').fetch(request, signal);
}

const failure = (kind: string, text: unknown = expect.any(String)) => ({ state: 'failed', kind, text });

test('an answer comes as it is: any status, no redirect followed, each header line of its own', async () => {
  expect(await ask('/status/503')).toMatchObject({ state: 'answered', status: 503 });
  expect(await ask('/redirect/self')).toMatchObject({ status: 302, headers: { location: ['/ok'] } });
  expect(await ask('/twice')).toMatchObject({
    headers: { 'x-robots-tag': ['noindex', 'googlebot: nofollow'] },
  });
});

describe('where it goes', () => {
  const opened = (): number => server.connections();

  test('a host that is not listed is not connected to', async () => {
    const count = opened();
    expect(await ask('/ok', { hosts: ['shop.example.com'] })).toEqual(
      failure('refused', 'is not on the list of hosts'),
    );
    expect(await ask('/ok', { hosts: ['127.0.0.1'] })).toEqual(
      failure('refused', 'is not on the list of hosts'),
    );
    expect(server.connections()).toBe(count);
  });
  test('a private address is not connected to, unless the file allows it', async () => {
    const count = opened();
    expect(await ask('/ok', { isPrivateAllowed: false })).toEqual(
      failure('refused', 'is a loopback address'),
    );
    expect(server.connections()).toBe(count);
  });
  test('nor is a name that leads to one: the address is checked when the connection is opened', async () => {
    const count = opened();
    const url = server.url.replace('127.0.0.1', 'localhost');
    const request = { hosts: [new URL(url).host], isPrivateAllowed: false };
    expect(await ask(`${url}/ok`, request)).toEqual(
      failure('refused', 'its name leads to a loopback address'),
    );
    expect(server.connections()).toBe(count);
    expect(await ask(`${url}/ok`, { ...request, isPrivateAllowed: true })).toMatchObject({ status: 200 });
  });
  test('nothing but http and https', () => {
    const reach = { hosts: ['a'], isPrivateAllowed: true };
    expect(refusedUrl('file:///etc/passwd', reach)).toBe('is neither http nor https');
    expect(refusedUrl('ftp://a/', reach)).toBe('is neither http nor https');
  });

  test.each([
    ['8.8.8.8', undefined, undefined],
    ['2606:4700::1111', undefined, undefined],
    ['127.0.0.1', 'loopback', undefined],
    ['::1', 'loopback', undefined],
    ['10.1.2.3', 'private', undefined],
    ['192.168.0.1', 'private', undefined],
    ['172.16.0.1', 'private', undefined],
    ['100.64.0.1', 'carrier-grade-nat', undefined],
    ['fd00::1', 'unique-local', undefined],
    ['::ffff:10.0.0.1', 'private', undefined],
    // No file allows these: clouds keep credentials at link-local addresses, and routers decide where others lead.
    ['169.254.169.254', 'link-local', 'link-local'],
    ['::ffff:169.254.169.254', 'link-local', 'link-local'],
    ['fe80::1', 'link-local', 'link-local'],
    ['0.0.0.0', 'unspecified', 'unspecified'],
    ['224.0.0.1', 'multicast', 'multicast'],
    ['255.255.255.255', 'broadcast', 'broadcast'],
    ['240.0.0.1', 'reserved', 'reserved'],
    ['64:ff9b::a9fe:a9fe', 'rfc6052', 'rfc6052'],
    ['2002:7f00:1::', '6to4', '6to4'],
  ])('%s is refused as %s; where private ones are allowed, as %s', (address, plain, allowed) => {
    expect(refusedAddress(address, false)).toBe(plain);
    expect(refusedAddress(address, true)).toBe(allowed);
  });

  test.each(['http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://[::ffff:7f00:1]/'])(
    '%s is loopback however it is written',
    (url) => {
      const { host: written } = new URL(url);
      expect(refusedUrl(url, { hosts: [written], isPrivateAllowed: false })).toBe('is a loopback address');
    },
  );

  test('one private address among public ones refuses the name', async () => {
    const resolver = ((_name: string, _options: object, done: (error: null, found: object[]) => void) => {
      done(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    }) as unknown as typeof lookup;
    const message = await new Promise((resolve) => {
      guardedLookup(false, resolver)('rebound.example', { all: true }, (error) => resolve(error?.message));
    });
    expect(message).toBe('its name leads to a private address');
  });

  test('userinfo in an address is not sent', async () => {
    const url = server.url.replace('http://', 'http://me:secret@');
    expect(await ask(`${url}/ok`)).toMatchObject({ status: 200 });
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
  });
});

describe('how much it takes', () => {
  const MIB = 1024 ** 2;
  test.each([
    ['/huge', { maxBytes: MIB }, 'too-large'],
    ['/declared-huge', { maxBytes: MIB }, 'too-large'],
    ['/gzip-bomb', { maxBytes: MIB }, 'too-large'],
    ['/small-bomb', {}, 'malformed'],
    ['/zstd', {}, 'malformed'],
    ['/gzip-cut', {}, 'malformed'],
    ['/drip', { timeoutMs: 150 }, 'timeout'],
    ['/headers-drip', { timeoutMs: 150 }, 'timeout'],
    ['/hang', { timeoutMs: 150 }, 'timeout'],
    ['/half', { timeoutMs: 150 }, 'timeout'],
    ['/not-http', {}, 'malformed'],
    ['/reset', {}, 'network'],
  ] as const)('%s with %j fails: %s', async (path, over, kind) => {
    expect(await ask(path, over)).toEqual(failure(kind));
  });

  test('an answer that changes the protocol ends, where it held the run for ever', async () => {
    expect(await ask('/other-protocol')).toEqual(failure('malformed', 'it ended without an answer'));
  });

  test('what unpacks to many times its size says so', async () => {
    expect(await ask('/small-bomb')).toEqual(
      failure('malformed', 'it unpacks to more than 200 times its size'),
    );
  });
  test('a stopped run ends it at once, with its own reason', async () => {
    const controller = new AbortController();
    const asked = ask('/hang', {}, controller.signal);
    const reason = new BackendError({ code: 'backend.deadline', message: 'over' });
    setTimeout(() => controller.abort(reason), 20);
    await expect(asked).rejects.toBe(reason);
  });
});

describe('how hard it asks', () => {
  test('no more connections to a host than allowed, over all that ask', async () => {
    const fetcher = createFetcher(clock, 'gatekeeper/test');
    const request: FetchRequest = {
      url: `${server.url}/slow`,
      headers: {},
      hosts: [host()],
      isPrivateAllowed: true,
      perSecond: 10_000,
      connections: 2,
      timeoutMs: 2000,
      maxBytes: 1000,
    };
    mostActive = 0;
    await Promise.all(Array.from({ length: 8 }, () => fetcher.fetch(request, new AbortController().signal)));
    expect(mostActive).toBe(2);
  });

  test('turns come at the rate, never sooner, and later by chance', async () => {
    let time = 0;
    const waited: number[] = [];
    const still = { ...fakeClock(), monotonic: () => time, random: () => 0.5 };
    const pace = new Pace({
      ...still,
      sleep: (ms) => {
        waited.push(Math.round(ms));
        time += ms;
        return Promise.resolve();
      },
    });
    for (let i = 0; i < 4; i += 1) (await pace.turn(2, 1, new AbortController().signal))();
    pace.pause(5000);
    (await pace.turn(2, 1, new AbortController().signal))();
    expect(waited).toEqual([583, 583, 583, 5000]);
  });

  test('a host that asks to be left alone is left alone, and then asked again', async () => {
    const waits: number[] = [];
    const quick = {
      ...clock,
      // The watch over limits ticks on; what a host asks for passes at once.
      sleep: (ms: number, signal: AbortSignal) => {
        if (ms <= 100) return clock.sleep(ms, signal);
        waits.push(Math.round(ms / 1000));
        return Promise.resolve();
      },
    };
    const fetcher = createFetcher(quick, 'gatekeeper/test');
    const from = server.seen.length;
    const request = {
      url: `${server.url}/flaky?status=429&times=1&retry-after=7`,
      headers: {},
      hosts: [host()],
      isPrivateAllowed: true,
      perSecond: 1000,
      connections: 1,
      timeoutMs: 2000,
      maxBytes: 1000,
    };
    expect(await fetcher.fetch(request, new AbortController().signal)).toMatchObject({ status: 200 });
    expect(waits).toEqual([7]);
    const never = { ...request, url: `${server.url}/status/503?retry-after=3600` };
    expect(await fetcher.fetch(never, new AbortController().signal)).toMatchObject({ status: 503 });
    expect(server.seen.slice(from).map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  test('a failed connection is tried once more', async () => {
    const from = server.seen.length;
    await ask('/reset');
    expect(server.seen.slice(from)).toHaveLength(2);
  });
});
