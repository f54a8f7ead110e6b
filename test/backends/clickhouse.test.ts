/**
 * ClickHouse as newer servers speak it, by their documentation: Debian's is of 2018, and is asked for real in
 * sql.servers.test.ts.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { clickhouse } from '../../src/backends/clickhouse.js';
import { createHttp } from '../../src/http/client.js';
import {
  clock,
  contextOf,
  errorOf,
  open,
  prepared,
  requestOf,
  TO,
  variablesOf,
  WINDOW,
} from './shared/world.js';

interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly sql: string;
}

let server: Server;
let asked: Asked[] = [];
/** What it answers to anything but the question for its version. */
let body: string;
/** A profile that is read-only itself takes no settings. */
let isLocked = false;

beforeAll(async () => {
  server = createServer((request, response) => {
    let sql = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      sql += text;
    });
    request.on('end', () => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      asked.push({ params: Object.fromEntries(searchParams), sql });
      const isVersion = sql.includes('version()');
      if (isLocked && searchParams.has('readonly')) {
        response.statusCode = 500;
        response.end(
          "Code: 164. DB::Exception: Cannot modify 'readonly' setting in readonly mode. (READONLY)",
        );
        return;
      }
      response.statusCode = !isVersion && body.startsWith('Code:') ? 400 : 200;
      response.end(isVersion ? table([['24.8.1.1', 'Europe/Berlin']], 'String', 'String') : body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => new Promise((done) => server.close(done)));
beforeEach(() => {
  asked = [];
  isLocked = false;
});

const table = (rows: readonly (readonly unknown[])[], ...types: readonly string[]) =>
  JSON.stringify({ meta: types.map((type, i) => ({ name: ['t', 'n'][i], type })), data: rows });

function fetched(source: unknown) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = { attemptTimeoutMs: 5000, retries: 0, maxBytes: 1_000_000, userAgent: 'test', env: {} };
  const http = createHttp(settings, clock, (text) => text);
  const variables = variablesOf({ track: 'a\tb\\c\n' });
  const query = prepared(
    open(clickhouse, { url, database: 'shop' }),
    requestOf(source, { use: 'raw', variables }),
  );
  return query.fetch(contextOf({ http: () => Promise.resolve(http), timeoutMs: 2500 }));
}

test('variables go in as parameters, beside settings that only read, and times come back in UTC', async () => {
  body = table([['2026-11-20T14:04:30Z', '7']], "DateTime('Asia/Tokyo')", 'UInt64');
  const sql = 'SELECT t, n FROM x WHERE track = {{track}} AND t > {{from}}';
  const { series } = await fetched({ sql, time: 't' });
  expect(series).toMatchObject([{ times: [TO - 30_000], values: [7] }]);
  expect(asked[1]).toEqual({
    sql: `SELECT t, n FROM x WHERE track = {p1:String} AND t > toDateTime(${WINDOW.from / 1000}, 'UTC')`,
    params: {
      database: 'shop',
      default_format: 'JSONCompact',
      readonly: '2',
      max_execution_time: '3',
      max_result_rows: '200000',
      result_overflow_mode: 'throw',
      output_format_json_quote_64bit_integers: '1',
      output_format_json_quote_denormals: '1',
      date_time_output_format: 'iso',
      cancel_http_readonly_queries_on_client_close: '1',
      param_p1: 'a\\tb\\\\c\\n',
    },
  });
});

test.each<readonly [what: string, said: string, failure: object]>([
  [
    'a syntax error, with a caret',
    "Code: 62. DB::Exception: Syntax error: failed at position 10 ('FRM'): FRM x. Expected one of: token. (SYNTAX_ERROR) (version 24.8.1.1)",
    {
      code: 'backend.query',
      detail: [
        'SELECT n FRM x',
        '         ^',
        "Syntax error: failed at position 10 ('FRM'): FRM x. Expected one of: token. (SYNTAX_ERROR) (version 24.8.1.1)",
      ],
    },
  ],
  [
    'an exception behind rows that were sent already',
    '{"meta":[{"name":"n","type":"UInt8"}],"data":[[1],\nCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)',
    { code: 'backend.server-error' },
  ],
  [
    'too many queries at once',
    'Code: 202. DB::Exception: Too many simultaneous queries.',
    { code: 'backend.rate-limited' },
  ],
  [
    'a right that is missing',
    'Code: 497. DB::Exception: reader: Not enough privileges.',
    { code: 'backend.auth' },
  ],
  [
    'an answer that was cut',
    '{"meta":[{"name":"n","type":"UInt8"}],"data":[[1],',
    { code: 'backend.malformed' },
  ],
  ['another format, asked for in the statement', '1\n', { code: 'backend.malformed' }],
  ['a row of another length', table([[1, 2]], 'UInt8'), { code: 'backend.malformed' }],
])('%s', async (_, said, failure) => {
  body = said;
  expect((await errorOf(fetched('SELECT n FRM x'))).failure).toMatchObject(failure);
});

test('a profile that takes no settings is asked without, and its local times are refused', async () => {
  isLocked = true;
  body = table([[1795183500, '7']], 'UInt32', 'UInt64');
  expect((await fetched({ sql: 'SELECT t, n FROM x WHERE a = {{track}}', time: 't' })).series).toMatchObject([
    { times: [TO], values: [7] },
  ]);
  expect(asked.at(-1)?.params).toEqual({
    database: 'shop',
    default_format: 'JSONCompact',
    param_p1: 'a\\tb\\\\c\\n',
  });
  for (const type of ['DateTime', "DateTime('Asia/Tokyo')", "DateTime64(3, 'Asia/Tokyo')", 'DateTime64(3)']) {
    body = table([['2026-11-20 23:04:30', '7']], type, 'UInt64');
    const { failure } = await errorOf(fetched({ sql: 'SELECT t, n FROM x', time: 't' }));
    expect(failure.code).toBe('backend.answer-shape');
  }
});

test('more rows than a gate reads are refused here where the profile takes no limit', async () => {
  isLocked = true;
  body = table(
    Array.from({ length: 200_001 }, () => [1]),
    'UInt8',
  );
  const { failure } = await errorOf(fetched('SELECT t FROM x'));
  expect(failure).toMatchObject({
    code: 'backend.too-large',
    message: expect.stringMatching(/^"shop" answered more than/),
  });
});
