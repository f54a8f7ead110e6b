/** Lines that whoever asks, or an edge in trouble, can bring about: none stops a log, and none counts as what it is not. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duckdb } from '../../src/backends/duckdb.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { contextOf, open, prepared, requestOf } from './shared/world.js';

let place: Sandbox;
beforeAll(async () => {
  place = await sandbox();
});
afterAll(removeSandboxes);

const SOUND_JSON = '{"timestamp":"2026-11-20T14:00:05Z","status":200,"remote_addr":"66.249.66.1"}';
const cloudfront = (agent: string): string =>
  ['2026-11-20', '14:00:05', 'FRA', '10', '66.249.66.1', 'GET', 'd1', '/', '200', '-', agent].join('\t');
const alb = (client: string, times: string): string =>
  `https 2026-11-20T14:00:05.000000Z app/shop/5 ${client} 10.0.0.1:80 ${times} 504 504 34 366 "GET https://shop.example:443/ HTTP/1.1" "Googlebot/2.1" - - - "-" "shop.example" "-" 0`;
const TOOK = '0.001 0.048 0.001';

/** A value of each line, in their order; `malformed` for one that is. */
async function valuesOf(
  format: string,
  value: string,
  lines: readonly string[],
): Promise<readonly unknown[]> {
  writeFileSync(join(place.folder, `${format}.log`), `${lines.join('\n')}\n`);
  const tables = { access: { path: `${format}.log`, format, 'most-malformed': '100%' } };
  const sql = `SELECT row_number() OVER () AS n, CASE WHEN malformed THEN 'malformed' ELSE coalesce(CAST(${value} AS VARCHAR), 'NULL') END AS v FROM access`;
  const query = prepared(
    open(duckdb, { tables }, place.folder),
    requestOf({ sql, value: 'n', labels: ['v'] }, { use: 'raw' }),
  );
  const { series } = await query.fetch(contextOf());
  const found = series.flatMap(({ labels, values }) => values.map((n) => [n, labels['v']] as const));
  return found.sort(([a], [b]) => a - b).map(([, v]) => v);
}

test.each<readonly [what: string, format: string, value: string, readonly (readonly [string, string])[]]>([
  [
    'a user agent that is no UTF-8 stays as it was written',
    'cloudfront',
    'agent',
    [
      [cloudfront('Googlebot%20%28x%29'), 'Googlebot (x)'],
      [cloudfront('Googlebot%20%E2%82'), 'Googlebot%20%E2%82'],
      [cloudfront('Googlebot%zz'), 'Googlebot%zz'],
      [cloudfront('-'), 'NULL'],
    ],
  ],
  [
    'a time that is none',
    'nginx-json',
    'client',
    [
      [SOUND_JSON, '66.249.66.1'],
      ['{"msec":1e300,"status":200}', 'malformed'],
      ['{"msec":"-1e300","status":200}', 'malformed'],
      [`${'['.repeat(100_000)}`, 'malformed'],
      ['[1]', 'malformed'],
    ],
  ],
  ['a time that is none', 'fastly', 'client', [['{"time":1e300,"status":200}', 'malformed']]],
  [
    'an answer that a target never gave took a time that nobody knows, and not none',
    'alb',
    'seconds',
    [
      [alb('203.0.113.7:2817', TOOK), '0.05'],
      [alb('203.0.113.7:2817', '0.001 -1 -1'), 'NULL'],
      [alb('203.0.113.7:2817', '-1 -1 -1'), 'NULL'],
    ],
  ],
  [
    'an address of IPv6, in brackets or not',
    'alb',
    'verified',
    [
      [alb('[2001:4860:4801:10::1]:443', TOOK), 'true'],
      [alb('2001:4860:4801:10::1:443', TOOK), 'true'],
      [alb('[2001:db8::1]:443', TOOK), 'false'],
    ],
  ],
])('%s: %s', async (_what, format, value, rows) => {
  const seen = await valuesOf(
    format,
    value,
    rows.map(([line]) => line),
  );
  expect(seen).toEqual(rows.map(([, expected]) => expected));
});
