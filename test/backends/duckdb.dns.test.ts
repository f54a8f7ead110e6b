/** Crawlers verified by DNS: reverse and forward, against a real server on loopback. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DnsProofs, MOST_ADDRESSES } from '../../src/backends/duckdb/dns.js';
import { duckdb } from '../../src/backends/duckdb.js';
import type { Resolved, Resolver } from '../../src/contracts/resolver.js';
import { createResolver } from '../../src/http/resolver.js';
import { type DnsServer, startDns } from '../support/dns-server.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { contextOf, open, prepared, requestOf } from './shared/world.js';

const SERVFAIL = 2;
const DOMAINS = { googlebot: ['googlebot.com', 'google.com'], applebot: ['applebot.apple.com'] };
const V6 = '2001:db8::7';
const V6_NAME = '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';

const zone = {
  'PTR 1.100.51.198.in-addr.arpa': ['crawl-198-51-100-1.googlebot.com'],
  'A crawl-198-51-100-1.googlebot.com': ['198.51.100.1'],
  'PTR 2.100.51.198.in-addr.arpa': ['crawl-198-51-100-2.googlebot.com'],
  'A crawl-198-51-100-2.googlebot.com': ['198.51.100.99'],
  'PTR 3.100.51.198.in-addr.arpa': ['crawl.notgooglebot.com'],
  'A crawl.notgooglebot.com': ['198.51.100.3'],
  'PTR 5.100.51.198.in-addr.arpa': SERVFAIL,
  'PTR 6.100.51.198.in-addr.arpa': ['crawl-6.googlebot.com'],
  'A crawl-6.googlebot.com': SERVFAIL,
  'PTR 7.100.51.198.in-addr.arpa': ['7.bc.googleusercontent.com'],
  'A 7.bc.googleusercontent.com': ['198.51.100.7'],
  'PTR 8.100.51.198.in-addr.arpa': ['shared.example', 'Crawl-8.Google.com'],
  'A crawl-8.google.com': ['198.51.100.80', '198.51.100.8'],
  'PTR 9.100.51.198.in-addr.arpa': 'silence',
  'PTR 10.100.51.198.in-addr.arpa': ['crawl-10.googlebot.com'],
  [`PTR ${V6_NAME}`]: ['crawl-v6.googlebot.com'],
  'AAAA crawl-v6.googlebot.com': ['2001:db8:0::7'],
} as const;

let server: DnsServer;
beforeAll(async () => {
  server = await startDns(zone);
});
afterAll(async () => {
  await server.close();
  await removeSandboxes();
});

const resolver = (servers: readonly string[]) =>
  Promise.resolve(createResolver({ servers, timeoutMs: 200, tries: 1 }));

test.each<readonly [why: string, crawler: string, address: string, isOwn: boolean | null]>([
  ['its name leads back to it', 'googlebot', '198.51.100.1', true],
  ['so does that of an IPv6 address', 'googlebot', V6, true],
  ['so does one of several names, in capitals', 'googlebot', '198.51.100.8', true],
  ['an IPv4 address in the clothes of IPv6', 'googlebot', '::ffff:198.51.100.1', true],
  ['its name leads elsewhere', 'googlebot', '198.51.100.2', false],
  ['its name ends alike, in another domain', 'googlebot', '198.51.100.3', false],
  ['its name is that of a customer of Google', 'googlebot', '198.51.100.7', false],
  ['it is the crawler of somebody else', 'applebot', '198.51.100.1', false],
  ['it has no name', 'googlebot', '198.51.100.4', false],
  ['its name has no address', 'googlebot', '198.51.100.10', false],
  ['the server fails for the address', 'googlebot', '198.51.100.5', null],
  ['the server fails for the name', 'googlebot', '198.51.100.6', null],
  ['nobody answers in time', 'googlebot', '198.51.100.9', null],
  ['nobody knows the domains of the crawler', 'somebot', '198.51.100.1', null],
  ['it is no address', 'googlebot', 'crawl-198-51-100-1.googlebot.com', null],
])('%s: %s at %s is %s', async (_, crawler, address, isOwn) => {
  const proofs = new DnsProofs(DOMAINS);
  expect(proofs.verify(crawler, address)).toBe(null);
  await proofs.settle(contextOf({ resolver }), [server.address]);
  const before = server.asked.length;
  expect(proofs.verify(crawler, address)).toBe(isOwn);
  await proofs.settle(contextOf({ resolver }), [server.address]);
  // Known is known, a failure as well.
  expect(server.asked.length).toBe(before);
});

describe('what is asked is bounded', () => {
  const addresses = Array.from({ length: MOST_ADDRESSES + 5 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);

  test('in number and at a time', async () => {
    let [now, most, all] = [0, 0, 0];
    const counting: Resolver = {
      names: async () => {
        all += 1;
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
        return { state: 'none' };
      },
      addresses: () => Promise.resolve({ state: 'none' }),
    };
    const proofs = new DnsProofs(DOMAINS);
    for (const address of addresses) proofs.verify('googlebot', address);
    await proofs.settle(contextOf({ resolver: () => Promise.resolve(counting) }), []);
    expect([all, most]).toEqual([MOST_ADDRESSES, 32]);
    expect(addresses.filter((address) => proofs.verify('googlebot', address) === null)).toHaveLength(5);
    expect(proofs.unknown()).toBe(`DNS was asked about ${MOST_ADDRESSES} addresses, and there are more`);
  });

  test('in memory: nothing is kept, nor asked again, of what lies beyond', async () => {
    let all = 0;
    const failing: Resolver = {
      names: () => {
        all += 1;
        return Promise.resolve({ state: 'failed', why: 'ESERVFAIL' });
      },
      addresses: () => Promise.resolve({ state: 'none' }),
    };
    const context = contextOf({ resolver: () => Promise.resolve(failing) });
    const proofs = new DnsProofs(DOMAINS);
    for (const address of addresses) proofs.verify('googlebot', address);
    await proofs.settle(context, []);
    const { lacking } = proofs;
    for (const address of addresses) proofs.verify('googlebot', address);
    await proofs.settle(context, []);
    // What is lacking alone makes a statement be asked again.
    expect([all, proofs.lacking]).toEqual([MOST_ADDRESSES, lacking]);
    expect(proofs.unknown()).toBe(
      `DNS did not tell whose 10.0.0.0 (ESERVFAIL) and ${MOST_ADDRESSES - 1} more are; DNS was asked about ${MOST_ADDRESSES} addresses, and there are more`,
    );
  });

  test('in time: what has no answer by half of it is unknown', async () => {
    let all = 0;
    const never: Resolver = {
      names: () => {
        all += 1;
        return new Promise<Resolved>(() => undefined);
      },
      addresses: () => Promise.resolve({ state: 'none' }),
    };
    const proofs = new DnsProofs(DOMAINS);
    for (const address of addresses.slice(0, 100)) proofs.verify('googlebot', address);
    await proofs.settle(contextOf({ resolver: () => Promise.resolve(never), timeoutMs: 40 }), []);
    expect([all, proofs.verify('googlebot', '10.0.0.99')]).toEqual([32, null]);
    expect(proofs.unknown()).toBe('DNS did not tell whose 10.0.0.0 (no time was left) and 99 more are');
  });
});

test('in a log, addresses that no list has are proved by DNS, each once for all statements', async () => {
  const line = (client: string, agent = 'Googlebot/2.1'): string =>
    `${client} - - [20/Nov/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 5 "-" "${agent}"\n`;
  const clients = ['66.249.66.1', '198.51.100.1', '198.51.100.1', '198.51.100.2', '198.51.100.5'];
  const place = await sandbox({
    'access.log': [...clients.map((client) => line(client)), line('198.51.100.4', 'somebot')].join(''),
  });
  const config = {
    tables: { access: { path: 'access.log', format: 'combined' } },
    verify: 'dns',
    'dns-servers': [server.address],
  };
  const backend = open(duckdb, config, place.folder);
  const ask = (sql: string) =>
    prepared(backend, requestOf({ sql, value: 'n', labels: ['verified'] })).fetch(contextOf({ resolver }));
  const before = server.asked.length;
  const sql = 'SELECT verified, count(*) AS n FROM access WHERE crawler IS NOT NULL';
  const [careless, careful] = await Promise.all([
    ask(`${sql} GROUP BY ALL ORDER BY ALL`),
    ask(`${sql} AND (verified OR verified IS NULL) GROUP BY ALL ORDER BY ALL`),
  ]);
  const rows = ({ series }: typeof careless) =>
    series.map(({ labels, values }) => [labels['verified'], ...values]);
  expect(rows(careless)).toEqual([
    ['false', 1],
    ['true', 3],
    [undefined, 1],
  ]);
  expect(rows(careful)).toEqual([
    ['true', 3],
    [undefined, 1],
  ]);
  expect(server.asked.slice(before).sort()).toEqual([
    'A crawl-198-51-100-1.googlebot.com',
    'A crawl-198-51-100-2.googlebot.com',
    'PTR 1.100.51.198.in-addr.arpa',
    'PTR 2.100.51.198.in-addr.arpa',
    'PTR 5.100.51.198.in-addr.arpa',
  ]);
  // What passes over the unknown is not whole; what minds them is told of them.
  const words = 'DNS did not tell whose 198.51.100.5 (ESERVFAIL) is';
  expect([careless.warnings, careful.warnings]).toEqual([[words], undefined]);
  expect(careful.notes).toEqual([
    'crawler "googlebot" was verified by the addresses published on 2026-03-16',
    'addresses of crawlers that no list has were verified by DNS',
    words,
  ]);
});

test.each<readonly [what: string, condition: string, isMinded: boolean]>([
  ['asks for it', 'verified OR verified IS NULL', true],
  ['asks for it by a quoted name', '"verified" IS NOT NULL', true],
  ['speaks of it in a comment', 'verified /* verified IS NULL */', false],
  ['speaks of it in a comment to the end of the line', 'verified -- verified IS NULL', false],
  ['speaks of it in a text', "verified OR agent = 'verified IS NULL'", false],
  ['speaks of it in a name', 'verified = (SELECT true AS "verified is null")', false],
  ['reads the column by a quoted name', '"verified"', false],
])('a statement that %s: %s', async (_, condition, isMinded) => {
  const line = (client: string): string =>
    `${client} - - [20/Nov/2026:14:00:05 +0000] "GET / HTTP/1.1" 200 5 "-" "Googlebot/2.1"\n`;
  const place = await sandbox({ 'access.log': line('66.249.66.1') + line('198.51.100.5') });
  const config = {
    tables: { access: { path: 'access.log', format: 'combined' } },
    verify: 'dns',
    'dns-servers': [server.address],
  };
  const sql = `SELECT count(*) AS n FROM access WHERE ${condition}`;
  const { notes, warnings } = await prepared(open(duckdb, config, place.folder), requestOf(sql)).fetch(
    contextOf({ resolver }),
  );
  const words = 'DNS did not tell whose 198.51.100.5 (ESERVFAIL) is';
  expect([notes?.includes(words) ?? false, warnings?.includes(words) ?? false]).toEqual([
    isMinded,
    !isMinded,
  ]);
});

test.each<readonly [config: object, message: RegExp]>([
  [{ verify: 'ptr' }, /"verify" is "lists" or "dns"/],
  [{ 'dns-servers': ['192.0.2.53'] }, /no DNS is asked/],
  [{ verify: 'dns', 'dns-servers': ['dns.example'] }, /an address such as 192.0.2.53/],
  [{ verify: 'dns', 'dns-servers': ['192.0.2.53:99999'] }, /an address such as 192.0.2.53/],
  [{ crawlers: { mybot: {} } }, /nothing says how it is verified/],
  [{ crawlers: { mybot: { domains: ['Bot'] } } }, /a domain such as/],
])('%j is refused', (config, message) => {
  const opened = duckdb.open(config, { id: 'shop', folder: '/' });
  expect(opened.ok ? '' : opened.issues.map((issue) => issue.message).join()).toMatch(message);
});
