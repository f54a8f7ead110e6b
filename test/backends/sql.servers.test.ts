/** The four SQL backends on real servers: one statement, the same series, whatever the zone and the types of the server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../../src/backends/registry.js';
import type { Backend, QueryRequest } from '../../src/contracts/backend.js';
import { SecretStore, SecretValue } from '../../src/contracts/secrets.js';
import { createHttp } from '../../src/http/client.js';
import type { BackendError, Failure } from '../../src/model/failure.js';
import type { Answer } from '../../src/model/series.js';
import { type Certificates, makeCertificates } from '../support/certificates.js';
import { freePort, needs } from '../support/processes.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { type Clickhouse, startClickhouse } from '../support/sql/clickhouse.js';
import { type Mariadb, startMariadb } from '../support/sql/mariadb.js';
import { type Postgres, startPostgres } from '../support/sql/postgres.js';
import {
  clock,
  contextOf,
  errorOf,
  MINUTE,
  open,
  prepared,
  requestOf,
  TO,
  variablesOf,
  WINDOW,
} from './shared/world.js';

const PASSWORD = new SecretValue('DB_PASSWORD', "s3cret'pass\\word");
const canRun = ['pg_ctlcluster', 'mariadbd', 'clickhouse-server'].every((binary) => needs(binary));

let place: Sandbox;
let postgres: Postgres;
let mariadb: Mariadb;
let clickhouse: Clickhouse;
let certificates: Certificates;

/** Minutes of the window with what came in them; the first row lies before it, at its excluded start. */
const ROWS: readonly (readonly [
  at: string,
  track: string,
  outcome: string,
  ms: number | null,
  amount: string,
])[] = [
  ['2026-11-20 14:00:00', 'canary', 'failed', 1, '1.00'],
  ['2026-11-20 14:00:30', 'canary', 'completed', 100, '10.50'],
  ['2026-11-20 14:01:00', 'canary', 'completed', 200, '0.25'],
  ['2026-11-20 14:01:01', 'canary', 'failed', null, '3.00'],
  ['2026-11-20 14:01:30', 'stable', 'completed', 300, '99.99'],
  ['2026-11-20 14:05:00', 'canary', 'completed', 400, '12345678901234.56'],
  ['2026-11-20 14:05:01', 'canary', 'completed', 500, '7.00'],
];
const quoted = (value: string | number | null) =>
  value === null ? 'NULL' : typeof value === 'number' ? String(value) : `'${value}'`;
const values = (row: (typeof ROWS)[number]) => `(${row.map(quoted).join(', ')})`;
const inserts = `INSERT INTO orders VALUES ${ROWS.map(values).join(', ')}`;

beforeAll(async () => {
  if (!canRun) return;
  place = await sandbox();
  certificates = makeCertificates();
  // Each is kept as soon as it runs: one that cannot start must not leave the others behind.
  await Promise.all([
    startPostgres(certificates.server).then((started) => {
      postgres = started;
    }),
    startMariadb(certificates.server).then((started) => {
      mariadb = started;
    }),
    startClickhouse(PASSWORD.value).then((started) => {
      clickhouse = started;
    }),
  ]);
  await postgres.sql(`SET TIME ZONE 'UTC'; SET standard_conforming_strings = on;
    CREATE ROLE gate LOGIN PASSWORD '${PASSWORD.value.replaceAll("'", "''")}';
    CREATE TABLE orders (placed timestamptz, track text, outcome text, ms integer, amount numeric(20, 2));
    GRANT SELECT ON orders TO gate; ${inserts}; CREATE TABLE salaries (amount integer);`);
  await mariadb.sql(
    "SET time_zone = '+00:00'",
    `CREATE USER gate@'127.0.0.1' IDENTIFIED BY '${PASSWORD.value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    'CREATE TABLE orders (placed TIMESTAMP NULL, track TEXT, outcome TEXT, ms INT, amount DECIMAL(20, 2))',
    'CREATE TABLE salaries (amount INT)',
    "GRANT SELECT, INSERT ON shop.orders TO gate@'127.0.0.1'",
    inserts,
  );
  await clickhouse.sql(
    "CREATE TABLE orders (placed DateTime('UTC'), track String, outcome String, ms Nullable(Int32), amount Decimal64(2)) ENGINE = Memory",
    inserts,
  );
  const csv = ROWS.map(([at, ...rest]) => [`${at}+00`, ...rest.map((cell) => cell ?? '')].join(','));
  writeFileSync(join(place.folder, 'orders.csv'), `placed,track,outcome,ms,amount\n${csv.join('\n')}\n`);
}, 60_000);

afterAll(async () => {
  await Promise.all([postgres?.stop(), mariadb?.stop(), clickhouse?.stop(), removeSandboxes()]);
  certificates?.remove();
});

type Type = 'duckdb' | 'postgres' | 'mysql' | 'clickhouse';
const TYPES: readonly Type[] = ['duckdb', 'postgres', 'mysql', 'clickhouse'];
const SERVERS: readonly Type[] = ['postgres', 'mysql', 'clickhouse'];

function configOf(type: Type, more: object = {}): unknown {
  const local = { host: '127.0.0.1', user: 'gate', password: PASSWORD };
  switch (type) {
    case 'duckdb':
      return { tables: { orders: 'orders.csv' }, ...more };
    case 'postgres':
      return { ...local, port: postgres.port, database: 'postgres', ...more };
    case 'mysql':
      return { ...local, port: mariadb.port, database: 'shop', ...more };
    case 'clickhouse':
      return { url: clickhouse.url, auth: { basic: { username: 'reader', password: PASSWORD } }, ...more };
  }
}

async function backendOf(type: Type, more: object = {}): Promise<Backend> {
  const loaded = await backends.load(type);
  if (loaded === undefined) throw new Error(`no backend type "${type}"`);
  return open(loaded, configOf(type, more), place.folder);
}

const context = (timeoutMs = 5000) => {
  const secrets = new SecretStore();
  secrets.register(PASSWORD);
  const settings = {
    attemptTimeoutMs: timeoutMs,
    retries: 0,
    maxBytes: 1_000_000,
    userAgent: 'test',
    env: {},
  };
  const http = createHttp(settings, clock, secrets.mask);
  return contextOf({ timeoutMs, http: () => Promise.resolve(http) });
};

async function asked(
  type: Type,
  source: unknown,
  over: Partial<QueryRequest> = {},
  more: object = {},
): Promise<Answer> {
  const variables = variablesOf({ track: 'canary', n: '200', odd: `it's \\ "odd" \t ; -- {{x}}` });
  return await prepared(await backendOf(type, more), requestOf(source, { variables, ...over })).fetch(
    context(),
  );
}

async function refused(
  type: Type,
  source: unknown,
  more: object = {},
  timeoutMs = 5000,
): Promise<BackendError> {
  const query = prepared(
    await backendOf(type, more),
    requestOf(source, { variables: variablesOf({ track: 'a' }) }),
  );
  return await errorOf(query.fetch(context(timeoutMs)));
}

const end = (minute: number) => WINDOW.from + minute * MINUTE;
const INSIDE = 'placed > {{from}} AND placed <= {{to}} AND track = {{track}}';

describe.skipIf(!canRun).each(TYPES)('%s', (type) => {
  test('a value: one number', async () => {
    const { series } = await asked(type, `SELECT max(ms) AS ms FROM orders WHERE ${INSIDE}`);
    expect(series).toEqual([{ labels: {}, times: [TO], values: [400] }]);
  });

  test('events are counted where they happened, the end of a step included and its start not', async () => {
    const sql = `SELECT placed, outcome FROM orders WHERE ${INSIDE} ORDER BY outcome, placed`;
    const { series } = await asked(type, { sql, time: 'placed', labels: ['outcome'] }, { use: 'counts' });
    expect(series).toEqual([
      { labels: { outcome: 'completed' }, times: [end(1), end(5)], values: [2, 1], newest: end(5) },
      {
        labels: { outcome: 'failed' },
        times: [end(2)],
        values: [1],
        newest: Date.parse('2026-11-20T14:01:01Z'),
      },
    ]);
  });

  test('decimals and wide counts are numbers, NULL is no data', async () => {
    const sql = `SELECT placed, ms, amount FROM orders WHERE ${INSIDE} ORDER BY placed`;
    const amounts = await asked(type, { sql, time: 'placed', value: 'amount' }, { use: 'raw' });
    expect(amounts.series[0]?.values).toEqual([10.5, 0.25, 3, 12345678901234.56]);
    const times = await asked(type, { sql, time: 'placed', value: 'ms' }, { use: 'raw' });
    expect(times.series[0]?.values).toEqual([100, 200, 400]);
    const counted = await asked(type, 'SELECT count(*) AS n FROM orders');
    expect(counted.series[0]?.values).toEqual([7]);
  });

  test('no rows are no series, and no row with NULL alone is one', async () => {
    expect((await asked(type, "SELECT ms FROM orders WHERE track = 'none'")).series).toEqual([]);
    expect((await asked(type, 'SELECT ms FROM orders WHERE ms IS NULL')).series).toEqual([]);
  });

  test('a variable goes in as it is, whatever it holds, and stands in several places', async () => {
    const sql = 'SELECT CASE WHEN {{odd}} = {{odd}} AND length({{odd}}) > 12 THEN 1 ELSE 0 END AS v';
    expect((await asked(type, sql)).series[0]?.values).toEqual([1]);
    expect(
      (await asked(type, 'SELECT count(*) AS n FROM orders WHERE track = {{odd}}')).series[0]?.values,
    ).toEqual([0]);
  });

  test('the step is a number of seconds', async () => {
    expect((await asked(type, 'SELECT {{step}} + {{window}} AS n')).series[0]?.values).toEqual([360]);
  });

  test('what the server makes of a value comes back as it was sent', async () => {
    const sql = 'SELECT 1 AS n, {{odd}} AS odd';
    const { series } = await asked(type, { sql, value: 'n', labels: ['odd'] });
    expect(series[0]?.labels).toEqual({ odd: `it's \\ "odd" \t ; -- {{x}}` });
  });

  test('a statement that only reads is all there is', async () => {
    const result = (await backendOf(type)).prepare(requestOf('INSERT INTO orders SELECT * FROM orders'));
    expect(result).toMatchObject({ ok: false, failures: [{ code: 'gatefile.query' }] });
  });

  test('a misspelt column is the fault of the gate, with the words of the server under the statement', async () => {
    const { failure } = await refused(type, 'SELECT count(*) AS n FROM orders\nWHERE trak = {{track}}');
    expect(failure.code).toBe('backend.query');
    expect(failure.detail?.join('\n')).toMatch(/WHERE trak = \{\{track\}\}[\s\S]*trak/);
  });

  test('a syntax error carries a caret under the place as it was written', async () => {
    const { failure } = await refused(type, 'SELECT {{track}} AS a\nFROM orders GRUP BY 1 1');
    expect(failure.code).toBe('backend.query');
    const [line, caret] = failure.detail ?? [];
    expect(line).toBe('FROM orders GRUP BY 1 1');
    // Each parser gives up at another word; GRUP may be the name of the table here.
    expect(caret).toMatch(/^ {12}( {5}| {8})?\^$/);
  });

  test('a text where a number is wanted is shown', async () => {
    const { failure } = await refused(type, { sql: 'SELECT track FROM orders LIMIT 1', value: 'track' });
    expect(failure).toMatchObject({
      code: 'backend.answer-shape',
      message: '"track" in row 1 of the answer of "shop" should be a number, but is "canary"',
    });
  });

  test('a column that is not there is named with the nearest', async () => {
    const { failure } = await refused(type, { sql: 'SELECT ms FROM orders', value: 'mss' });
    expect(failure).toMatchObject({
      code: 'backend.answer-shape',
      message: 'the answer of "shop" has no column "mss"',
      mend: 'did you mean "ms"?',
    });
  });

  test('doctor learns what it is', async () => {
    const { identity } = await (await backendOf(type)).probe(context());
    expect(identity).toMatch(/^(DuckDB v1\.|PostgreSQL \d|MariaDB 10\.|ClickHouse 18\.16)/);
  });
});

/** A statement of each server that never ends by itself. */
const ENDLESS: Readonly<Record<Type, string>> = {
  duckdb: 'SELECT count(*) AS n FROM range(1000000000000) AS t(i) WHERE i % 7 = 3',
  postgres: 'SELECT count(*) AS n FROM generate_series(1, 100000000000) AS i',
  mysql:
    'SELECT count(*) AS n FROM information_schema.columns a, information_schema.columns b, information_schema.columns c',
  clickhouse: 'SELECT count() AS n FROM system.numbers',
};
const MANY: Readonly<Record<Type, string>> = {
  duckdb: 'SELECT i FROM range(300000) AS t(i)',
  postgres: 'SELECT i FROM generate_series(1, 300000) AS i',
  mysql:
    'SELECT a.ordinal_position AS i FROM information_schema.columns a, information_schema.columns b LIMIT 300000',
  clickhouse: 'SELECT number AS i FROM system.numbers LIMIT 300000',
};

/** The reader of ClickHouse may set no limits: its profile would. */
const unlocked = (type: Type) =>
  type === 'clickhouse'
    ? { auth: { basic: { username: 'default', password: new SecretValue('NONE', '') } } }
    : {};

describe.skipIf(!canRun)('limits', () => {
  test.each(TYPES)('%s: a statement that takes too long is ended', async (type) => {
    expect((await refused(type, ENDLESS[type], unlocked(type), 300)).failure.code).toBe('backend.timeout');
  });

  test.each(TYPES)('%s: more rows than a gate reads are a failure, not the first of them', async (type) => {
    expect((await refused(type, MANY[type], unlocked(type))).failure.code).toBe('backend.too-large');
  });
});

describe.skipIf(!canRun)('access', () => {
  const failureOf = async (type: Type, more: object): Promise<Failure> =>
    (await refused(type, 'SELECT 1 AS n', more)).failure;

  test.each(SERVERS)('%s: a wrong password is a matter of credentials, and is never told', async (type) => {
    const wrong = new SecretValue('WRONG', 'wr0ng-password');
    const more =
      type === 'clickhouse'
        ? { auth: { basic: { username: 'reader', password: wrong } } }
        : { password: wrong };
    const failure = await failureOf(type, more);
    expect(failure.code).toBe('backend.auth');
    expect(JSON.stringify(failure)).not.toContain(wrong.value);
  });

  test.each(SERVERS)('%s: a database that is not there', async (type) => {
    const failure = await failureOf(type, { database: 'absent' });
    // MariaDB tells nobody whether a database exists that they may not see.
    expect(failure.code).toMatch(type === 'mysql' ? /^backend\.(auth|not-found)$/ : /^backend\.not-found$/);
  });

  test.each(SERVERS)('%s: a closed port is unreachable', async (type) => {
    const port = await freePort();
    const failure = await failureOf(
      type,
      type === 'clickhouse' ? { url: `http://127.0.0.1:${port}` } : { port },
    );
    expect(failure.code).toBe('backend.unreachable');
  });

  test.each(['postgres', 'mysql'] as const)('%s: a host that no name service knows', async (type) => {
    expect((await failureOf(type, { host: 'db.invalid', tls: 'off' })).code).toBe('backend.dns');
  });

  test.each(['postgres', 'mysql'] as const)('%s: a table that the user may not read', async (type) => {
    const { failure } = await refused(type, 'SELECT amount FROM salaries');
    expect(failure.code).toBe('backend.auth');
  });

  test('postgres: a function that writes is refused by the transaction', async () => {
    await postgres.sql(`CREATE FUNCTION sell() RETURNS integer LANGUAGE sql AS
      $$ INSERT INTO orders SELECT * FROM orders RETURNING 1 $$; GRANT EXECUTE ON FUNCTION sell() TO gate`);
    const { failure } = await refused('postgres', 'SELECT sell() AS n');
    expect(failure.detail?.at(-1)).toContain('read-only transaction');
    expect((await asked('postgres', 'SELECT count(*) AS n FROM orders')).series[0]?.values).toEqual([7]);
  });

  test('mysql: a function that writes is refused by the session', async () => {
    await mariadb.sql(
      "CREATE FUNCTION sell() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO orders (track) VALUES ('x'); RETURN 1; END",
      "GRANT EXECUTE ON FUNCTION shop.sell TO gate@'127.0.0.1'",
    );
    const { failure } = await refused('mysql', 'SELECT sell() AS n');
    expect(failure.detail?.at(-1)).toMatch(/READ ONLY transaction/i);
  });

  test('clickhouse: a profile that is read-only itself takes no settings, and is asked without', async () => {
    expect((await asked('clickhouse', 'SELECT 7 AS n')).series[0]?.values).toEqual([7]);
  });

  test('clickhouse: a statement cannot set aside that it only reads', async () => {
    const { failure } = await refused(
      'clickhouse',
      "SELECT value AS n FROM system.settings WHERE name = 'readonly' SETTINGS readonly = 0",
      unlocked('clickhouse'),
    );
    expect(failure.detail?.at(-1)).toContain("Cannot modify 'readonly' setting");
  });

  test('clickhouse: times in a zone of the server are refused by an old server, unix seconds are not', async () => {
    const sql = 'SELECT toDateTime(1795183500) AS t, 1 AS n';
    const { failure } = await refused('clickhouse', { sql, time: 't', value: 'n' });
    expect(failure).toMatchObject({
      code: 'backend.answer-shape',
      message: expect.stringContaining('holds times of Asia/Kolkata'),
      mend: 'ask for unix seconds: toUnixTimestamp(t) AS t',
    });
    const seconds = {
      sql: 'SELECT toUnixTimestamp(toDateTime(1795183500)) AS t, 1 AS n',
      time: 't',
      value: 'n',
    };
    expect((await asked('clickhouse', seconds)).series[0]?.times).toEqual([TO]);
  });

  test.each(['postgres', 'mysql'] as const)('%s: a time without a zone is UTC', async (type) => {
    const cast = type === 'postgres' ? 'timestamp' : 'datetime';
    const sql = `SELECT CAST('2026-11-20 14:04:30' AS ${cast}) AS t, 1 AS n`;
    const { series } = await asked(type, { sql, time: 't', value: 'n' }, { use: 'raw' });
    expect(series[0]?.times).toEqual([Date.parse('2026-11-20T14:04:30Z')]);
  });
});

describe.skipIf(!canRun)('TLS', () => {
  const versions: Readonly<Record<'postgres' | 'mysql', string>> = {
    postgres: 'SELECT count(*) AS n FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl',
    mysql:
      "SELECT count(*) AS n FROM information_schema.session_status WHERE variable_name = 'Ssl_version' AND variable_value LIKE 'TLS%'",
  };

  test.each(['postgres', 'mysql'] as const)(
    '%s: on with an authority, off on this machine without one',
    async (type) => {
      const over = await asked(type, versions[type], {}, { tls: { ca: certificates.ca } });
      const plain = await asked(type, versions[type]);
      expect([over.series[0]?.values, plain.series[0]?.values]).toEqual([[1], [0]]);
    },
  );

  test.each(['postgres', 'mysql'] as const)(
    '%s: an authority that nobody named is not trusted',
    async (type) => {
      expect((await refused(type, versions[type], { tls: {} })).failure.code).toBe('backend.tls');
      const answer = await asked(type, versions[type], {}, { tls: { 'insecure-skip-verify': true } });
      expect(answer.series[0]?.values).toEqual([1]);
      const backend = await backendOf(type, { tls: { 'insecure-skip-verify': true } });
      expect(prepared(backend, requestOf('SELECT 1')).notes).toEqual([
        'certificates are not checked (insecure-skip-verify)',
      ]);
    },
  );

  test.each(['postgres', 'mysql'] as const)(
    '%s: the certificate must hold the host, or the name that is given',
    async (type) => {
      const { ca } = certificates;
      const trusted = async (host: string, name: string | undefined): Promise<string> => {
        const more = { host, tls: name === undefined ? { ca } : { ca, 'server-name': name } };
        return await asked(type, versions[type], {}, more).then(
          ({ series }) => String(series[0]?.values),
          (error: BackendError) => error.failure.code,
        );
      };
      // It holds gate.example and 127.0.0.1.
      expect({
        named: await trusted('localhost', 'gate.example'),
        address: await trusted('127.0.0.1', 'gate.example'),
        ofAnother: await trusted('localhost', undefined),
        another: await trusted('localhost', 'other.example'),
        addressAndAnother: await trusted('127.0.0.1', 'other.example'),
        otherAddress: await trusted('localhost', '127.0.0.2'),
        itsAddress: await trusted('localhost', '127.0.0.1'),
      }).toEqual({
        named: '1',
        address: '1',
        ofAnother: 'backend.tls',
        another: 'backend.tls',
        addressAndAnother: 'backend.tls',
        otherAddress: 'backend.tls',
        itsAddress: '1',
      });
    },
  );

  test.each(['postgres', 'mysql'] as const)('%s: a file that is not there is named', async (type) => {
    const { failure } = await refused(type, 'SELECT 1', { tls: { ca: 'absent.pem' } });
    expect(failure).toMatchObject({ code: 'backend.tls', message: expect.stringContaining('absent.pem') });
  });
});
