/** Shares of a crawler's hits: what is asked of the log, and what is made of the counts. */
import { describe, expect, test } from 'vitest';
import { crawlerLog } from '../../src/signals/crawler-log.js';
import { MINUTE } from '../support/fake-backend.js';
import { observation, prepared, refusal, WINDOW } from './support.js';

const COLUMN: Readonly<Record<string, string>> = {
  total: 'hits',
  unsure: 'unsure',
  'unsure-bad': 'unsure_found',
  'unsure-good': 'unsure_found',
};

/** What all parts ask of the log: which hits, and which of them are found. */
function askedBy(block: object): readonly [hits: string, found: string] {
  const parts = prepared(crawlerLog, block).parts({ kind: 'total' });
  const texts = parts.map(({ name, source }) => {
    const text = JSON.stringify(source);
    const asked =
      /^\{"sql":"SELECT to_timestamp\(.*\) AS step, .* THEN count\(\*\) FILTER \(WHERE verified(?: IS NOT NULL)? AND \((.*)\)\) END AS found, .* FROM (\w+) WHERE time > \{\{from\}\} AND time <= \{\{to\}\} AND (.*) GROUP BY step","time":"step","value":"(\w+)"\}$/.exec(
        text,
      );
    expect(asked?.[4]).toBe(COLUMN[name] ?? 'found');
    return [`${asked?.[2]}: ${asked?.[3]}`, asked?.[1] ?? ''] as const;
  });
  // One statement serves all.
  expect(new Set(texts.map((each) => each.join(' '))).size).toBe(1);
  return texts[0] ?? ['', ''];
}

const VERIFIED =
  "access: contains(lower(line), 'googlebot') AND crawler = 'googlebot' AND verified IS NOT FALSE";

test.each<readonly [block: object, hits: string, found: string]>([
  [{ bad: '5xx' }, VERIFIED, 'status BETWEEN 500 AND 599'],
  [{ bad: ['5xx', 429] }, VERIFIED, 'status BETWEEN 500 AND 599 OR status = 429'],
  [{ good: ['2xx', '304'] }, VERIFIED, 'status BETWEEN 200 AND 299 OR status = 304'],
  [{ bad: 'parameters' }, VERIFIED, "contains(url, '?')"],
  [
    { bad: 'impostors', crawler: 'bingbot' },
    "access: contains(lower(line), 'bingbot') AND crawler = 'bingbot'",
    'NOT verified',
  ],
  [{ bad: 404, section: "/it's/" }, `${VERIFIED} AND starts_with(path, '/it''s/')`, 'status = 404'],
  [{ bad: 404, section: '{{section}}' }, `${VERIFIED} AND starts_with(path, {{section}})`, 'status = 404'],
])('%j', (block, hits, found) => {
  expect(askedBy({ log: 'access', ...block })).toEqual([hits, found]);
});

test.each<readonly [block: object, message: RegExp]>([
  [{ bad: '5xx' }, /expected string/],
  [{ log: 'access; DROP', bad: '5xx' }, /name of a table/],
  [{ log: 'access' }, /one of "good", "bad", "urls" and "before"/],
  [{ log: 'access', good: 200, bad: 500 }, /one of "good", "bad"/],
  [{ log: 'access', urls: [] }, /list at least one page/],
  [{ log: 'access', urls: ['/a'], bad: 404 }, /one of "good", "bad"/],
  [{ log: 'access', urls: ['/a'], section: '/a' }, /"section" is of no use/],
  [{ log: 'access', bad: 404, 'look-back': '7d' }, /last crawl of "urls"/],
  [{ log: 'access', before: 'release' }, /how far to look back/],
  [{ log: 'access', before: '0s' }, /how far to look back|above 0/],
  [{ log: 'access', good: [] }, /statuses such as 404/],
  [{ log: 'access', bad: 'x' }, /or "parameters", or "impostors"/],
  [{ log: 'access', good: '6xx' }, /statuses such as 404/],
  [{ log: 'access', bad: 404, section: 'p' }, /beginning of a path/],
  [{ log: 'access', bad: 404, section: '{{a}}/{{b}}' }, /beginning of a path/],
  [{ log: 'access', bad: 404, crawler: "o'bot" }, /lower case/],
])('%j is refused', (block, message) => {
  expect(refusal(crawlerLog, block).join('\n')).toMatch(message);
});

describe('what is made of the counts', () => {
  const signal = prepared(crawlerLog, { log: 'access', bad: '5xx' });

  test('bad hits are a share of all', () => {
    const seen = observation(signal, { bad: [0, 1, null, null, 2], total: [10, 10, 10, 10, 10] });
    expect(seen.evidence).toEqual({
      kind: 'counts',
      strata: [0, 1, 0, 0, 2].map((k) => ({ k, n: 10 })),
    });
  });

  test('no bad hit at all is 0 while others came, and lower is better', () => {
    const seen = observation(signal, { bad: { series: [] }, total: [10, 10, 10, 10, 10] });
    expect([seen.trouble, signal.better]).toEqual([[], 'lower']);
    expect(seen.evidence).toEqual({
      kind: 'counts',
      strata: Array.from({ length: 5 }, () => ({ k: 0, n: 10 })),
    });
  });

  test('hits that stopped have, whatever was bad among them', () => {
    const seen = observation(signal, { bad: [1, 0, null, null, null], total: [10, 10, null, null, null] });
    expect(seen.ended).not.toEqual([]);
    expect(seen.newest).toBe(WINDOW.from + 2 * MINUTE);
  });

  test('no hit at all is no data', () => {
    const seen = observation(signal, { bad: { series: [] }, total: { series: [] } });
    expect([seen.newest, seen.evidence]).toEqual([
      null,
      { kind: 'counts', strata: [null, null, null, null, null] },
    ]);
  });
});
