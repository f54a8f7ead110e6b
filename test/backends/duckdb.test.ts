/** What DuckDB reads, and what no statement can make it read, write or change. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdb } from '../../src/backends/duckdb.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { contextOf, errorOf, open, prepared, refusals, requestOf, variablesOf } from './shared/world.js';

let place: Sandbox;
/** A folder whose name would end a literal, and the list of folders. */
let home: string;

beforeAll(async () => {
  place = await sandbox({
    'secret.csv': 'n\n42\n',
    'other/more.csv': 'n\n5\n',
    "it's, home/orders.csv": 'placed,n\n2026-11-20T14:04:30Z,1\n2026-11-20 14:04:40,2\n',
    "it's, home/orders.ndjson":
      '{"placed": "2026-11-20T14:04:30Z", "n": 1}\n{"placed": "2026-11-20T14:04:40Z", "n": 2}\n',
    "it's, home/orders.json":
      '[{"placed": "2026-11-20T14:04:30Z", "n": 1}, {"placed": "2026-11-20T14:04:40Z", "n": 2}]',
    "it's, home/days/2026-11-19.csv": 'n\n10\n',
    "it's, home/days/2026-11-20.csv": 'n\n20\n',
    "it's, home/bad.csv": 'a,b\n1,2\n1,2,3,4\n"open\n',
  });
  home = place.path("it's, home");
  symlinkSync(place.path('secret.csv'), `${home}/link.csv`);
  symlinkSync(home, place.path('linked-home'));
  mkdirSync(`${home}/empty`);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const target = `${home}/orders.parquet`.replaceAll("'", "''");
  await connection.run(
    `COPY (SELECT TIMESTAMPTZ '2026-11-20 14:04:30Z' + INTERVAL (i * 10) SECOND AS placed, i + 1 AS n FROM range(2) t(i)) TO '${target}'`,
  );
  connection.closeSync();
});
afterAll(removeSandboxes);

const ask = (source: unknown, config: object = {}, folder = home) =>
  prepared(
    open(duckdb, config, folder),
    requestOf(source, { use: 'raw', variables: variablesOf({ a: '1' }) }),
  ).fetch(contextOf());
const valuesOf = async (source: unknown, config: object = {}, folder = home) =>
  (await ask(source, config, folder)).series.flatMap(({ values }) => values);
const failureOf = async (source: unknown, config: object = {}) =>
  (await errorOf(ask(source, config))).failure;

test.each(['csv', 'ndjson', 'json', 'parquet'])(
  '%s: a table, and a file in a statement, with times',
  async (ending) => {
    const config = { tables: { orders: `orders.${ending}` } };
    const expected = {
      times: [Date.parse('2026-11-20T14:04:30Z'), Date.parse('2026-11-20T14:04:40Z')],
      values: [1, 2],
    };
    for (const from of ['orders', 'ORDERS', `'orders.${ending}'`]) {
      const sql = `SELECT placed, n FROM ${from} WHERE placed > {{from}} AND placed <= {{to}}`;
      expect((await ask({ sql, time: 'placed' }, config)).series).toMatchObject([expected]);
    }
  },
);

test('a pattern is many files, and a folder may be a link itself', async () => {
  expect(await valuesOf('SELECT sum(n) AS n FROM days', { tables: { days: 'days/*.csv' } })).toEqual([30]);
  expect(await valuesOf("SELECT sum(n) AS n FROM 'days/*.csv'", {}, place.path('linked-home'))).toEqual([30]);
});

test.each([
  ["SELECT COLUMNS('^n.*') FROM days"],
  ['SELECT max(n) AS n FROM (SELECT COLUMNS(c -> c LIKE \'n%\') FROM "DAYS")'],
  ['SELECT n FROM (UNPIVOT days ON n INTO NAME column_name VALUE n)'],
])('a table is found in a statement whose names DuckDB does not tell: %s', async (sql) => {
  const config = { tables: { days: 'days/2026-11-20.csv', other: 'absent.csv' } };
  expect(await valuesOf(sql, config)).toEqual([20]);
});

test('numbers of every width, booleans and texts as they are printed', async () => {
  const sql = `SELECT 1::TINYINT AS i, 9007199254740991::BIGINT AS b, 170141183460469231731687303715884105727::HUGEINT AS h,
    12.50::DECIMAL(10, 2) AS d, 0.1::DOUBLE AS f, true AS t, DATE '2026-11-20' AS day, 1 AS n`;
  const labels = ['i', 'b', 'h', 'd', 'f', 't', 'day'];
  expect((await ask({ sql, value: 'n', labels })).series[0]?.labels).toEqual({
    i: '1',
    b: '9007199254740991',
    h: '170141183460469231731687303715884105727',
    d: '12.50',
    f: '0.1',
    t: 'true',
    day: '2026-11-20',
  });
});

describe('what is outside', () => {
  test.each([
    ['a file beside the folder', "SELECT * FROM '../secret.csv'"],
    ['the same by its whole name', () => `SELECT * FROM '${place.path('secret.csv')}'`],
    ['a link that leads there', "SELECT * FROM 'link.csv'"],
    ['a way through a folder that is there', "SELECT * FROM 'days/../../secret.csv'"],
    ['a name out of a variable', "SELECT * FROM read_csv('/etc/' || {{a}})"],
    ['a text file', "SELECT length(content) AS n FROM read_text('/etc/hosts')"],
    ['a list of files', "SELECT count(*) AS n FROM glob('/etc/*')"],
    ['the network', "SELECT * FROM 'https://example.com/a.csv'"],
    ['a statement that is put together', "SELECT * FROM query('SELECT * FROM ''/etc/hosts.csv''')"],
  ])('%s is refused', async (_, statement) => {
    const { code, detail } = await failureOf(typeof statement === 'string' ? statement : statement());
    expect(code).toBe('backend.query');
    expect(detail?.join('\n')).toMatch(
      /Cannot access file|must be constant|file system operations are disabled/,
    );
  });

  test('is read where it is named', async () => {
    const config = { allow: ['../other'], tables: { more: '../other/more.csv' } };
    expect(await valuesOf('SELECT n FROM more', config)).toEqual([5]);
    expect((await failureOf("SELECT n FROM '../secret.csv'", config)).code).toBe('backend.query');
  });
});

test.each([
  ["COPY (SELECT 1) TO 'stolen.csv'"],
  ["ATTACH 'new.db'"],
  ['CREATE TABLE t AS SELECT 1'],
  ['SET enable_external_access = true'],
  ['INSTALL httpfs'],
  ['PRAGMA database_list'],
])('%s is no SELECT', (statement) => {
  expect(refusals(open(duckdb, {}, home), requestOf(statement))).toEqual([
    expect.stringContaining('gatefile.query: a gate only reads'),
  ]);
});

test('nothing was written', () => {
  expect(readdirSync(home).sort()).toEqual([
    'bad.csv',
    'days',
    'empty',
    'link.csv',
    'orders.csv',
    'orders.json',
    'orders.ndjson',
    'orders.parquet',
  ]);
});

test.each([
  ['a file that is not there', "SELECT * FROM 'absent.csv'", 'backend.file'],
  ['a pattern that matches nothing', "SELECT * FROM 'empty/*.csv'", 'backend.file'],
  ['types that do not fit', "SELECT n FROM 'orders.csv' WHERE n = [1]", 'backend.query'],
  ['a function that is not there', 'SELECT nofunction(1) AS n', 'backend.query'],
])('%s: %s is %s', async (_, statement, code) => {
  expect((await failureOf(statement)).code).toBe(code);
});

// Where lines do not agree on their cells, DuckDB takes the file for one of a single column, which the statement does not find.
test.each([
  ['a row of another length', 'n,m\n1,2\n1,2,3\n', 'backend.query'],
  ['a first row of another length', 'n,m\n1,2,3\n1,2\n1,2\n1,2\n', 'backend.query'],
  ['a short row', 'n,m\n1,2\n1\n1,2\n', 'backend.query'],
  ['a quote that is never closed', 'n,m\n1,2\n"1,2\n', 'backend.query'],
  ['a text among numbers, far down', `n,m\n${'1,2\n'.repeat(30_000)}x,2\n`, 'backend.malformed'],
])('a table of CSV with %s is a failure, and nothing of it is left out', async (_, text, code) => {
  await place.write({ 'broken/broken.csv': text });
  const config = { folder: '../broken', tables: { broken: 'broken.csv' } };
  expect((await failureOf('SELECT sum(n) AS n FROM broken', config)).code).toBe(code);
});

test.each<readonly [config: object, message: RegExp]>([
  [{ tables: { orders: 'orders.dat' } }, /does not say what it holds/],
  [{ tables: { orders: { path: 'access.log' } } }, /does not say what it holds/],
  [
    { tables: { orders: { path: 'a.csv', format: 'xls' } } },
    /a format is one of csv, json, ndjson, parquet, combined/,
  ],
  [{ tables: { orders: { path: 'a.csv', 'most-malformed': '1%' } } }, /only logs have malformed lines/],
  [
    { tables: { access: { path: 'a.log', format: 'combined', 'most-malformed': 'few' } } },
    /a share such as 1%/,
  ],
  [{ tables: { 'my orders': 'orders.csv' } }, /name of a table/],
  [{ crawlers: { 'Google Bot': 'a.json' } }, /in lower case/],
])('the block %j is refused', (config, message) => {
  const opened = duckdb.open(config, { id: 'shop', folder: home });
  expect(opened.ok ? '' : JSON.stringify(opened.issues)).toMatch(message);
});
