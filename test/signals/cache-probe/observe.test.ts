/** What visits say: hits by cache, ages, findings; and that silence is never a miss, a hit or a pass. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/model/evidence.js';
import type { CacheVisit, Page } from '../../../src/model/page.js';
import type { Take } from '../../../src/model/take.js';
import { cacheProbe } from '../../../src/signals/cache-probe.js';
import { cacheStatusIn } from '../../../src/signals/probing/cache-status.js';
import { codesOf, countsText, observation, prepared, refusal } from '../support.js';

const BLOCK = { hosts: ['shop.example'], base: 'https://shop.example', urls: ['/'] };
const HITS: Take = { kind: 'share-hit', cache: null };
const hitsOf = (cache: string): Take => ({ kind: 'share-hit', cache });
const FINDINGS: Take = { kind: 'findings' };
const AGE: Take = { kind: 'age-quantile', quantile: 0.5 };

/** One answer of 200 with this Cache-Status; without one, with none. */
function visit(cacheStatus?: string, over: Partial<CacheVisit> = {}): CacheVisit {
  return {
    status: 200,
    body: 'aa',
    ...(cacheStatus !== undefined && { caches: cacheStatusIn([cacheStatus]) }),
    ...over,
  };
}

function pageOf(visits: readonly CacheVisit[], listed = '/'): Page {
  const url = `https://shop.example${listed}`;
  return { url, listed, isTarget: false, expected: {}, hops: [], robotsHeaders: [], linkHeaders: [], visits };
}

function seen(take: Take, visits: readonly CacheVisit[], block: object = {}): Observation {
  const signal = prepared(cacheProbe, { ...BLOCK, ...block });
  return observation(signal, { visits: { series: [], pages: [pageOf(visits)] } }, { take });
}

const names = (visits: readonly CacheVisit[], block: object = {}): readonly string[] =>
  (seen(FINDINGS, visits, block).findings ?? []).map(({ name }) => name);

const MISS = 'edge; fwd=uri-miss';
const HIT = 'edge; hit; ttl=30';

describe('share hit', () => {
  test.each<readonly [string, Take, readonly CacheVisit[], string]>([
    ['the first visit may fill', HITS, [visit(MISS), visit(HIT)], '1/1'],
    ['and counts for nothing', HITS, [visit(HIT), visit(MISS)], '0/1'],
    ['each visit after it counts', HITS, [visit(MISS), visit(HIT), visit(MISS)], '1/2'],
    ['any cache will do', HITS, [visit(MISS), visit(`shield; hit, ${MISS}`)], '1/1'],
    ['revalidated is no hit', HITS, [visit(), visit('edge; fwd=stale; fwd-status=304')], '0/1'],
    ['a hit that was forwarded contradicts itself', HITS, [visit(), visit('edge; hit; fwd=miss')], '0/1'],
    ['a cached error is no hit', HITS, [visit(), visit(HIT, { status: 500 })], '0/1'],
    ['of a cache by its name', hitsOf('shield'), [visit(), visit(`shield; hit, ${MISS}`)], '1/1'],
    ['of the one before it', hitsOf('edge'), [visit(), visit(`shield; hit, ${MISS}`)], '0/1'],
    ['a name in quotes', hitsOf('CDN Here'), [visit(), visit('"CDN Here"; hit')], '1/1'],
    // What a hit tells of the caches behind it was stored with it.
    ['behind a hit nobody was asked', hitsOf('shield'), [visit(), visit('shield; fwd=miss, edge; hit')], '-'],
  ])('%s', (_what, take, visits, counts) => {
    expect(countsText(seen(take, visits))).toBe(counts);
  });

  test('names what was missed', () => {
    expect(seen(HITS, [visit(), visit(MISS)]).notes).toEqual(['not from the cache: /: edge (uri-miss)']);
  });

  test.each<readonly [string, Take, readonly CacheVisit[], readonly string[]]>([
    ['no Cache-Status at all', HITS, [visit(), visit()], ['no-data', 'partial']],
    ['one that cannot be read', HITS, [visit('"'), visit('"')], ['no-data', 'partial']],
    ['an empty one', HITS, [visit(''), visit('')], ['no-data', 'partial']],
    ['some without', HITS, [visit(MISS), visit(HIT), visit()], ['partial']],
    [
      'a visit without an answer',
      HITS,
      [visit(MISS), { status: null, failure: { kind: 'timeout', text: '' } }],
      ['no-data', 'partial'],
    ],
    ['a cache that nobody names', hitsOf('shield'), [visit(MISS), visit(MISS)], ['no-data']],
    [
      'one that speaks up only when it hits',
      hitsOf('edge'),
      [visit(HIT), visit(HIT), visit('shield; hit')],
      ['partial'],
    ],
    [
      'one that others answered for',
      hitsOf('shield'),
      [visit(`shield; hit, ${MISS}`), visit(`shield; hit, ${HIT}`)],
      ['no-data'],
    ],
  ])('%s is missing evidence', (_what, take, visits, codes) => {
    expect(codesOf(seen(take, visits))).toEqual(codes);
  });

  test('visits that a nearer cache answered are left out for the one behind it', () => {
    const both = seen(hitsOf('shield'), [
      visit(),
      visit(`shield; hit, ${MISS}`),
      visit(`shield; hit, ${HIT}`),
    ]);
    expect([countsText(both), codesOf(both)]).toEqual(['1/1', []]);
  });
});

describe('share current', () => {
  const CURRENT: Take = { kind: 'share-current' };
  const marked = (hasMarker: boolean, cacheStatus?: string, over: Partial<CacheVisit> = {}): CacheVisit =>
    visit(cacheStatus, { hasMarker, ...over });
  const currentOf = (visits: readonly CacheVisit[]): Observation => seen(CURRENT, visits, { marker: 'v2' });

  test.each<readonly [string, readonly CacheVisit[], string, readonly string[]]>([
    ['every visit counts, the first, too', [marked(false, HIT), marked(true, HIT)], '1/2', []],
    ['no word of a cache is needed', [marked(true), marked(true)], '2/2', []],
    ['an error is not current', [marked(true), marked(true, HIT, { status: 404 })], '1/2', []],
    ['nor is silence', [marked(true), { status: null }], '1/2', []],
    ['errors alone tell nothing', [marked(true, HIT, { status: 500 }), { status: null }], '0/2', ['no-data']],
    ['what nobody looked for is not there', [visit(HIT), marked(true)], '1/2', []],
  ])('%s', (_what, visits, counts, codes) => {
    const found = currentOf(visits);
    expect([countsText(found), codesOf(found)]).toEqual([counts, codes]);
  });

  test('names what is not, where it came from, and how old it is', () => {
    const visits = [
      marked(false, HIT, { age: 312 }),
      marked(false, MISS),
      marked(false),
      { status: 502 },
      marked(true),
    ];
    expect(currentOf(visits).notes).toEqual([
      'without the marker: /: from the cache edge, 312 s old; /: not from a cache; /: nothing tells of a cache and 1 more',
    ]);
  });

  test('is a finding, too', () => {
    expect(names([marked(false, HIT), marked(true, HIT)], { marker: 'v2' })).toContain('marker.missing');
  });

  test('needs a marker', () => {
    expect(prepared(cacheProbe, BLOCK).takes).not.toContain('share-current');
    expect(prepared(cacheProbe, { ...BLOCK, marker: 'v2' }).takes).toContain('share-current');
  });
});

describe('older headers', () => {
  const xcache = (value: string): CacheVisit => visit(undefined, { others: { 'x-cache': value } });
  const BOTH = { 'hit-headers': { 'x-cache': ['HIT', 'Hit from cloudfront'] } };

  test.each([
    ['HIT', '1/1'],
    ['hit', '1/1'],
    ['Hit from cloudfront', '1/1'],
    ['MISS, HIT', '1/1'],
    ['MISS', '0/1'],
    // Not on the list of what is a hit.
    ['EXPIRED', '0/1'],
    ['TCP_HIT', '0/1'],
  ])('x-cache: %s', (value, counts) => {
    expect(countsText(seen(HITS, [xcache('MISS'), xcache(value)], BOTH))).toBe(counts);
  });

  test('say nothing unless the gate says what a hit is', () => {
    expect(codesOf(seen(HITS, [xcache('HIT'), xcache('HIT')]))).toEqual(['no-data', 'partial']);
  });

  test('give way to Cache-Status', () => {
    const of = (value: string): CacheVisit => visit(MISS, { others: { 'x-cache': value } });
    expect(countsText(seen(HITS, [of('HIT'), of('HIT')], BOTH))).toBe('0/1');
  });

  test('are known by name', () => {
    expect(refusal(cacheProbe, { ...BLOCK, 'hit-headers': { 'x-cach': ['HIT'] } }).join()).toContain(
      'did you mean "x-cache"?',
    );
  });
});

describe('age', () => {
  const aged = (age: number | null | undefined): CacheVisit => visit(HIT, age === undefined ? {} : { age });

  test('is that of answers from caches', () => {
    const { evidence } = seen(AGE, [visit(MISS, { age: 7 }), aged(10), aged(12)]);
    expect(evidence).toEqual({ kind: 'raw', values: [10, 12] });
  });

  test.each<readonly [string, readonly CacheVisit[], readonly string[]]>([
    ['none came from a cache', [visit(MISS), visit(MISS)], ['no-data']],
    ['a hit does not say it', [aged(1), aged(undefined)], ['partial']],
    ['it is no number', [aged(1), aged(null)], ['partial']],
    ['a visit says nothing of caches', [aged(1), visit()], ['partial']],
    ['an answer is an error', [aged(1), visit(MISS, { status: 503 })], ['partial']],
  ])('is missing evidence where %s', (_what, visits, codes) => {
    expect(codesOf(seen(AGE, visits))).toEqual(codes);
  });
});

describe('findings', () => {
  const twice = (over: Partial<CacheVisit>): readonly CacheVisit[] => [visit(MISS, over), visit(HIT, over)];

  test.each<readonly [string, readonly CacheVisit[], readonly string[]]>([
    ['nothing wrong', twice({ cacheControl: 'public, max-age=60', age: 3, vary: 'Accept-Encoding' }), []],
    ['no-store', twice({ cacheControl: 'no-store, max-age=60' }), ['cacheable.no-store']],
    ['private', twice({ cacheControl: 'PRIVATE="set-cookie"' }), ['cacheable.private']],
    ['no-cache', twice({ cacheControl: 'no-cache' }), ['cacheable.no-cache']],
    ['no time', twice({ cacheControl: 'max-age=0' }), ['cacheable.no-time']],
    ['time for shared caches alone', twice({ cacheControl: 'max-age=0, s-maxage=60' }), []],
    ['a cookie', twice({ setsCookie: true }), ['cacheable.set-cookie']],
    [
      'vary',
      twice({ vary: 'accept-encoding, Cookie, User-Agent, *' }),
      ['vary.cookie', 'vary.user-agent', 'vary.star'],
    ],
    ['an age beyond max-age', twice({ cacheControl: 'max-age=60', age: 61 }), ['age.beyond']],
    ['an age within s-maxage', twice({ cacheControl: 'max-age=60, s-maxage=600', age: 61 }), []],
    [
      'a stale one that may stand in',
      twice({ cacheControl: 'max-age=60, stale-while-revalidate=30', age: 90 }),
      [],
    ],
    [
      'an age beyond the first of two',
      twice({ cacheControl: 'max-age=60, max-age=600', age: 61 }),
      ['age.beyond'],
    ],
    ['a time below none', twice({ cacheControl: 'max-age=-1' }), ['cacheable.no-time']],
    ['a time that is none', twice({ cacheControl: 'public, max-age' }), ['cacheable.no-time']],
    ['an age that is none', twice({ age: null }), ['age.unread']],
    ['no Cache-Status', [visit(MISS), visit(HIT), visit()], ['cache-status.missing']],
    ['an unreadable one', [visit(MISS), visit(HIT), visit('"')], ['cache-status.unread']],
    ['an error', [visit(MISS, { status: 503 }), visit(HIT)], ['status.error']],
    ['never a hit', [visit(MISS), visit(MISS)], ['hit.none']],
    ['another answer from the cache', [visit(MISS), visit(HIT, { body: 'bb' })], ['key.differs']],
    [
      'another answer under another key',
      [visit('edge; fwd=miss; key=a'), visit('edge; hit; key=b', { body: 'bb' })],
      [],
    ],
    [
      'another answer from the origin',
      [visit(MISS), visit(MISS, { body: 'bb' }), visit(HIT, { body: 'bb' })],
      [],
    ],
    [
      'no answer',
      [visit(MISS), { status: null, failure: { kind: 'timeout', text: 'late' } }, visit(HIT)],
      ['fetch.timeout'],
    ],
  ])('%s', (_what, visits, found) => {
    expect(names(visits)).toEqual(found);
  });

  test('say why an error that a cache had is no hit', () => {
    const found = seen(FINDINGS, [visit(MISS), visit(HIT, { status: 500 })]).findings ?? [];
    expect(found.map(({ name, detail }) => `${name} ${detail}`)).toEqual([
      'status.error answers 500, and an error out of a cache is no hit',
    ]);
  });

  test('count for a page once each, whatever the number of visits', () => {
    const one = seen(
      FINDINGS,
      Array.from({ length: 5 }, () => visit(HIT, { setsCookie: true })),
    );
    expect(countsText(one)).toBe('1/1');
  });

  test('are no pass where nothing tells of a cache', () => {
    expect(codesOf(seen(FINDINGS, [visit(), visit()]))).toEqual(['no-data']);
  });
});

describe('nothing but errors is no evidence, whatever is taken', () => {
  const failed: CacheVisit = { status: null, failure: { kind: 'timeout', text: 'late' } };

  test.each<readonly [string, readonly CacheVisit[], string]>([
    [
      '500 each time',
      [visit(undefined, { status: 500 }), visit(undefined, { status: 500 })],
      '2 answers that count are errors: 500',
    ],
    [
      'out of a cache',
      [visit(HIT, { status: 500 }), visit(HIT, { status: 503 })],
      '2 answers that count are errors: 500, 503, and an error out of a cache is no hit',
    ],
    ['and no answer', [visit(HIT, { status: 404 }), failed], 'errors: 404, no answer'],
  ])('%s', (_what, visits, text) => {
    for (const take of [HITS, hitsOf('edge'), AGE, FINDINGS]) {
      const [trouble] = seen(take, visits).trouble;
      expect(trouble?.code).toBe('no-data');
      expect(trouble?.text).toContain(text);
      expect(trouble?.next).not.toContain('Cache-Status');
    }
  });

  test('among the visits that count', () => {
    const one = seen(HITS, [visit(MISS), visit(HIT, { status: 500 })]);
    expect(codesOf(one)).toEqual(['no-data']);
    expect(one.notes).toEqual(['not from the cache: /: answers 500, and an error out of a cache is no hit']);
  });

  test('errors beside silence are named', () => {
    const [trouble] = seen(HITS, [visit(), visit(undefined, { status: 500 })]).trouble;
    expect(trouble?.next).toContain('1 of 2 answers are errors (500)');
  });
});

describe('laws', () => {
  const statuses = fc.constantFrom(
    undefined,
    MISS,
    HIT,
    `shield; hit, ${MISS}`,
    `shield; fwd=miss, ${HIT}`,
    '"',
  );
  const visits = fc
    .array(statuses, { minLength: 2, maxLength: 8 })
    .map((all) => all.map((each) => visit(each)));

  test('a visit that says nothing never raises a share, and is never passed over', () => {
    fc.assert(
      fc.property(visits, fc.constantFrom(HITS, hitsOf('edge'), hitsOf('shield')), (all, take) => {
        const silent = seen(take, [...all, visit()]);
        expect(countsText(silent)).toBe(countsText(seen(take, all)));
        expect(codesOf(silent).length).toBeGreaterThan(0);
      }),
    );
  });

  test('the hits of one cache are among the hits of any', () => {
    fc.assert(
      fc.property(visits, (all) => {
        const hitsIn = (take: Take): number => Number(countsText(seen(take, all)).split('/')[0]) || 0;
        expect(hitsIn(hitsOf('edge')) + hitsIn(hitsOf('shield'))).toBe(hitsIn(HITS));
      }),
    );
  });
});
