/** Shares of a crawler's hits: what is asked of the log, and what is made of the counts. */
import { describe, expect, test } from 'vitest';
import { crawlerLog } from '../../src/signals/crawler-log.js';
import { MINUTE } from '../support/fake-backend.js';
import { observation, prepared, refusal, WINDOW } from './support.js';

/** The conditions of each part, without those on time. */
function conditionsOf(block: object): Readonly<Record<string, string>> {
  const parts = prepared(crawlerLog, block).parts({ kind: 'total' });
  return Object.fromEntries(
    parts.map(({ name, source }) => {
      const text = JSON.stringify(source);
      const asked =
        /^\{"sql":"SELECT time, count\(\*\) AS hits FROM (\w+) WHERE time > \{\{from\}\} AND time <= \{\{to\}\} AND (.*) GROUP BY time","time":"time","value":"hits"\}$/.exec(
          text,
        );
      return [name, `${asked?.[1]}: ${asked?.[2]}`];
    }),
  );
}

const VERIFIED = "access: crawler = 'googlebot' AND verified";

test.each<readonly [block: object, conditions: Readonly<Record<string, string>>]>([
  [{ bad: '5xx' }, { bad: `${VERIFIED} AND (status BETWEEN 500 AND 599)`, total: VERIFIED }],
  [
    { bad: ['5xx', 429] },
    { bad: `${VERIFIED} AND (status BETWEEN 500 AND 599 OR status = 429)`, total: VERIFIED },
  ],
  [
    { good: ['2xx', '304'] },
    { good: `${VERIFIED} AND (status BETWEEN 200 AND 299 OR status = 304)`, total: VERIFIED },
  ],
  [{ bad: 'parameters' }, { bad: `${VERIFIED} AND contains(url, '?')`, total: VERIFIED }],
  [
    { bad: 'impostors', crawler: 'bingbot' },
    {
      bad: "access: crawler = 'bingbot' AND verified IS NOT NULL AND NOT verified",
      total: "access: crawler = 'bingbot' AND verified IS NOT NULL",
    },
  ],
  [
    { bad: 404, section: "/it's/" },
    {
      bad: `${VERIFIED} AND starts_with(path, '/it''s/') AND (status = 404)`,
      total: `${VERIFIED} AND starts_with(path, '/it''s/')`,
    },
  ],
  [
    { bad: 404, section: '{{section}}' },
    {
      bad: `${VERIFIED} AND starts_with(path, {{section}}) AND (status = 404)`,
      total: `${VERIFIED} AND starts_with(path, {{section}})`,
    },
  ],
])('%j', (block, conditions) => {
  expect(conditionsOf({ log: 'access', ...block })).toEqual(conditions);
});

test.each<readonly [block: object, message: RegExp]>([
  [{ bad: '5xx' }, /expected string/],
  [{ log: 'access; DROP', bad: '5xx' }, /name of a table/],
  [{ log: 'access' }, /either "good" or "bad"/],
  [{ log: 'access', good: 200, bad: 500 }, /either "good" or "bad"/],
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

  test('a bad hit that came early and never again has not ended', () => {
    const seen = observation(signal, { bad: [1, null, null, null, null], total: [10, 10, 10, 10, 10] });
    expect([seen.ended, seen.newest]).toEqual([[], WINDOW.to]);
  });

  test('hits that stopped have, whatever was bad among them', () => {
    const seen = observation(signal, { bad: [1, null, null, null, null], total: [10, 10, null, null, null] });
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
