/**
 * What every backend must do, whatever it asks. A new type needs one entry in ADAPTERS: how to make it answer each
 * case, or why the case cannot happen to it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../../src/backends/registry.js';
import type { Backend, BackendContext, QueryRequest } from '../../src/contracts/backend.js';
import { SecretStore, SecretValue } from '../../src/contracts/secrets.js';
import { createHttp } from '../../src/http/client.js';
import { BackendError } from '../../src/model/failure.js';
import { labelsText } from '../../src/model/series.js';
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
} from '../backends/shared/world.js';
import { needs } from '../support/processes.js';
import { type Mariadb, startMariadb } from '../support/sql/mariadb.js';
import { type Postgres, startPostgres } from '../support/sql/postgres.js';

const SECRET = new SecretValue('PLANTED', 'pl4nted/s3cret+value');

/** What a source is made to say; a source that says no does so with the secret in its words. */
type Case =
  | 'empty'
  | 'NaN'
  | 'one value'
  | 'two series'
  | 'refused'
  | '401'
  | '429'
  | 'timeout'
  | 'abort'
  | 'malformed'
  | 'wrong shape';

interface Stage {
  readonly config: unknown;
  readonly source: unknown;
  readonly context?: Partial<BackendContext>;
}

/** A case that cannot happen to a type, and why. */
interface NotHere {
  readonly notHere: string;
}

interface Adapter {
  readonly cases: Readonly<Record<Case, (() => Stage) | NotHere>>;
  /** A query that uses `{{track}}`. */
  readonly asking: (name: string) => Pick<Stage, 'config' | 'source'>;
  /** Why no secret can be planted, where none can. */
  readonly holdsNoSecret?: string;
  /** False where a server that it needs is not installed. */
  readonly canRun?: boolean;
}

let folder: string;
let server: Server;
let url: string;
const canRunPostgres = needs('pg_ctlcluster', 'the contract of postgres');
const canRunMariadb = needs('mariadbd', 'the contract of mysql');
let postgres: Postgres | undefined;
let mariadb: Mariadb | undefined;
/** What the server answers next. */
let answer: (response: ServerResponse, query: URLSearchParams, echo: string) => void;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contract-'));
  server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    // Whatever was sent comes back, as a careless server's error page does.
    answer(response, searchParams, `${request.url} ${JSON.stringify(request.headers)}`);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (canRunPostgres) postgres = await startPostgres();
  if (canRunMariadb) mariadb = await startMariadb();
  await postgres?.sql(`CREATE ROLE gate LOGIN PASSWORD '${SECRET.value}'; CREATE ROLE other LOGIN PASSWORD 'other';
    CREATE ROLE crowded LOGIN PASSWORD '${SECRET.value}' CONNECTION LIMIT 0;
    CREATE FUNCTION broken() RETURNS integer LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no: ${SECRET.value}' USING ERRCODE = '58030'; END $$`);
  await mariadb?.sql(
    `CREATE USER gate@'127.0.0.1' IDENTIFIED BY '${SECRET.value}'`,
    "CREATE USER other@'127.0.0.1' IDENTIFIED BY 'other'",
    `CREATE USER crowded@'127.0.0.1' IDENTIFIED BY '${SECRET.value}' WITH MAX_QUERIES_PER_HOUR 1`,
    "GRANT ALL ON shop.* TO gate@'127.0.0.1', other@'127.0.0.1', crowded@'127.0.0.1'",
    `CREATE FUNCTION broken() RETURNS INT BEGIN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1030, MESSAGE_TEXT = 'no: ${SECRET.value}'; RETURN 1; END`,
  );
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await Promise.all([postgres?.stop(), mariadb?.stop()]);
});

/** A stage of a type that speaks HTTP. */
function served(source: unknown, reply: typeof answer): () => Stage {
  return () => {
    answer = reply;
    return { config: endpoint(), source };
  };
}

const endpoint = () => ({
  url,
  headers: { 'x-api-key': SECRET },
  params: { key: SECRET },
  auth: { bearer: SECRET },
});

const json =
  (body: (query: URLSearchParams) => unknown): typeof answer =>
  (response, query) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body(query)));
  };

const status =
  (code: number): typeof answer =>
  (response, _query, echo) => {
    response.statusCode = code;
    response.end(`no: ${echo}`);
  };

const silence: typeof answer = () => undefined;
const echoed: typeof answer = (response, _query, echo) => {
  response.end(echo);
};

/** The cases in which a server's words do not matter. */
const failuresOverHttp = (source: unknown) => ({
  '401': served(source, status(401)),
  '429': served(source, status(429)),
  timeout: served(source, silence),
  abort: served(source, silence),
  refused: served(source, status(500)),
  malformed: served(source, echoed),
});

const STATS = { path: '/stats', json: 'rows', value: 'n', labels: ['pod'] };

const vector = (...values: string[]): typeof answer =>
  json(() => {
    const result = values.flatMap((value, i) => {
      const metric = values.length > 1 ? { pod: `p${i}` } : {};
      return [
        { metric, value: [TO / 1000, value] },
        { metric: { ...metric, gatekeeper_selector: '0' }, value: [TO / 1000, String(TO / 1000)] },
      ];
    });
    return { status: 'success', data: { resultType: 'vector', result } };
  });

const sh =
  (script: string): (() => Stage) =>
  () => ({
    config: { env: { TOKEN: SECRET } },
    source: { run: ['/bin/sh', '-c', script], value: 'n', labels: ['pod'] },
  });

let files = 0;
const filed =
  (content: string, context: Partial<BackendContext> = {}): (() => Stage) =>
  () => {
    files += 1;
    writeFileSync(join(folder, `f${files}.csv`), content);
    return { config: {}, source: { path: `f${files}.csv`, value: 'n', labels: ['pod'] }, context };
  };

const ONE = 'SELECT 0.5 AS n';
const TWO = {
  sql: "SELECT 1 AS n, 'p0' AS pod UNION ALL SELECT 2, 'p1' ORDER BY 2",
  value: 'n',
  labels: ['pod'],
};
const NO_DATA = 'SELECT 0.5 AS n WHERE 1 = 0';
const NOT_A_NUMBER = "SELECT 'NaN' AS n";
const A_TEXT = `SELECT '${SECRET.value}' AS n`;

type Local = 'postgres' | 'mysql';
const ENDLESS: Readonly<Record<Local, string>> = {
  postgres: 'SELECT count(*) AS n FROM generate_series(1, 100000000000) AS i',
  mysql:
    'SELECT count(*) AS n FROM information_schema.columns a, information_schema.columns b, information_schema.columns c',
};
const localConfig = (type: Local, more: object = {}) => ({
  host: '127.0.0.1',
  port: (type === 'postgres' ? postgres : mariadb)?.port ?? 1,
  database: type === 'postgres' ? 'postgres' : 'shop',
  user: 'gate',
  password: SECRET,
  ...more,
});
const stored =
  (type: Local, source: unknown, more: object = {}): (() => Stage) =>
  () => ({ config: localConfig(type, more), source });

const WIRE = 'the driver reads the wire; what is no handshake is told as no connection';
const casesOf = (type: Local): Adapter['cases'] => ({
  empty: stored(type, NO_DATA),
  NaN: stored(type, NOT_A_NUMBER),
  'one value': stored(type, ONE),
  'two series': stored(type, TWO),
  refused: stored(type, 'SELECT broken() AS n'),
  '401': stored(type, ONE, { user: 'other' }),
  '429': stored(type, ONE, { user: 'crowded' }),
  timeout: stored(type, ENDLESS[type]),
  abort: stored(type, ENDLESS[type]),
  malformed: { notHere: WIRE },
  'wrong shape': stored(type, A_TEXT),
});

const duck =
  (source: unknown): (() => Stage) =>
  () => ({ config: {}, source });

/** What ClickHouse answers; it is asked for its version first, and has the same answer to that. */
const compact = (...rows: readonly (readonly unknown[])[]): typeof answer =>
  json(() => ({
    meta: ['n', 'pod'].slice(0, rows[0]?.length ?? 1).map((name) => ({ name, type: 'String' })),
    data: rows,
  }));

const NO_STATUS = 'it speaks no HTTP, so nobody can send it a status';

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  prometheus: {
    cases: {
      ...failuresOverHttp('up'),
      empty: served('up', vector()),
      NaN: served('up', vector('NaN')),
      'one value': served('up', vector('0.5')),
      'two series': served('up', vector('1', '2')),
      'wrong shape': served(
        'up',
        json(() => ({ status: 'success', data: { resultType: 'string', result: [1, SECRET.value] } })),
      ),
    },
    asking: (name) => ({ config: endpoint(), source: `sum(up{track="{{${name}}}"})` }),
  },
  http: {
    cases: {
      ...failuresOverHttp(STATS),
      empty: served(
        STATS,
        json(() => ({ rows: [] })),
      ),
      NaN: served(
        STATS,
        json(() => ({ rows: [{ n: 'NaN' }] })),
      ),
      'one value': served(
        STATS,
        json(() => ({ rows: [{ n: 0.5 }] })),
      ),
      'two series': served(
        STATS,
        json(() => ({
          rows: [
            { n: 1, pod: 'p0' },
            { n: 2, pod: 'p1' },
          ],
        })),
      ),
      'wrong shape': served(
        STATS,
        json(() => ({ rows: SECRET.value })),
      ),
    },
    asking: (name) => ({ config: endpoint(), source: { ...STATS, params: { track: `{{${name}}}` } } }),
  },
  exec: {
    cases: {
      empty: sh('true'),
      NaN: sh('echo NaN'),
      'one value': sh('echo 0.5'),
      'two series': sh(`echo '[{"n": 1, "pod": "p0"}, {"n": 2, "pod": "p1"}]'`),
      refused: sh('echo "bad token $TOKEN" >&2; exit 1'),
      '401': { notHere: NO_STATUS },
      '429': { notHere: NO_STATUS },
      timeout: sh('sleep 60'),
      abort: sh('sleep 60'),
      malformed: sh('echo "token: $TOKEN"'),
      'wrong shape': sh('printf "\\"%s\\"" "$TOKEN"'),
    },
    asking: (name) => ({ config: {}, source: ['count', `--track={{${name}}}`] }),
  },
  file: {
    cases: {
      empty: filed('pod,n\n'),
      NaN: filed('pod,n\n,NaN\n'),
      'one value': filed('pod,n\n,0.5\n'),
      'two series': filed('pod,n\np0,1\np1,2\n'),
      refused: () => ({ config: {}, source: { path: 'absent.csv', value: 'n' } }),
      '401': { notHere: NO_STATUS },
      '429': { notHere: NO_STATUS },
      timeout: filed('pod,n\n,1\n', { clock: { ...clock, sleep: () => Promise.resolve() } }),
      abort: { notHere: 'a file of the test is read before anything could abort it; see "aborted before"' },
      malformed: filed('pod,n\n"p0,1\n'),
      'wrong shape': filed('pod,n\np0,up\n'),
    },
    asking: (name) => ({
      config: {},
      source: { path: 'a.csv', value: 'n', where: { track: `{{${name}}}` } },
    }),
    holdsNoSecret: 'its block has no place for one',
  },
  duckdb: {
    cases: {
      empty: duck(NO_DATA),
      NaN: duck(NOT_A_NUMBER),
      'one value': duck(ONE),
      'two series': duck(TWO),
      refused: duck("SELECT n FROM 'absent.csv'"),
      '401': { notHere: NO_STATUS },
      '429': { notHere: NO_STATUS },
      timeout: duck('SELECT count(*) AS n FROM range(1000000000000) AS t(i) WHERE i % 7 = 3'),
      abort: duck('SELECT count(*) AS n FROM range(1000000000000) AS t(i) WHERE i % 7 = 3'),
      malformed: () => {
        writeFileSync(join(folder, 'broken.ndjson'), '{"n": 1}\n{"n": \n');
        return duck("SELECT sum(n) AS n FROM 'broken.ndjson'")();
      },
      'wrong shape': duck("SELECT 'up' AS n"),
    },
    asking: (name) => ({ config: {}, source: `SELECT 1 AS n WHERE {{${name}}} = 'a'` }),
    holdsNoSecret: 'its block has no place for one',
  },
  postgres: {
    cases: casesOf('postgres'),
    asking: (name) => ({ config: localConfig('postgres'), source: `SELECT 1 AS n WHERE {{${name}}} = 'a'` }),
    canRun: canRunPostgres,
  },
  mysql: {
    cases: casesOf('mysql'),
    asking: (name) => ({ config: localConfig('mysql'), source: `SELECT 1 AS n WHERE {{${name}}} = 'a'` }),
    canRun: canRunMariadb,
  },
  clickhouse: {
    cases: {
      ...failuresOverHttp(ONE),
      empty: served(ONE, compact()),
      NaN: served(ONE, compact(['nan'])),
      'one value': served(ONE, compact([0.5])),
      'two series': served({ sql: ONE, value: 'n', labels: ['pod'] }, compact([1, 'p0'], [2, 'p1'])),
      'wrong shape': served(ONE, compact([SECRET.value])),
    },
    asking: (name) => ({ config: endpoint(), source: `SELECT 1 AS n WHERE {{${name}}} = 'a'` }),
  },
};

test('every type of the registry has an adapter, and no adapter is without a type', () => {
  expect(Object.keys(ADAPTERS).sort()).toEqual([...backends.ids].sort());
});

const runnable = Object.entries(ADAPTERS).filter(([, { canRun = true }]) => canRun);

describe.each(runnable)('%s', (id, adapter) => {
  const opened = async (config: unknown): Promise<Backend> => {
    const type = await backends.load(id);
    if (type === undefined) throw new Error(`no backend type "${id}"`);
    expect(type.type).toBe(id);
    const backend = open(type, config, folder);
    await backend.ready?.(['a query of any kind'], () => false);
    return backend;
  };

  /** Plays a case; undefined where it cannot happen. */
  async function play(name: Case, over: Partial<BackendContext> = {}) {
    const stage = adapter.cases[name];
    if (typeof stage !== 'function') return undefined;
    const { config, source, context } = stage();
    const query = prepared(await opened(config), requestOf(source));
    return { fetched: query.fetch(worldOf({ ...context, ...over })) };
  }

  /** A test of a case, skipped with the adapter's reason where it cannot happen. */
  function testCase(name: Case, says: string, body: () => Promise<void>): void {
    const stage = adapter.cases[name];
    const reason = typeof stage === 'function' ? undefined : stage.notHere;
    if (reason === undefined) test(`${name}: ${says}`, body);
    else test.skip(`${name}: not here, since ${reason}`, () => undefined);
  }

  const seriesOf = async (name: Case) => (await (await play(name))?.fetched)?.series ?? [];

  async function failureIn(name: Case, over: Partial<BackendContext> = {}): Promise<BackendError> {
    const played = await play(name, over);
    if (played === undefined) throw new Error(`"${name}" cannot happen here`);
    const error = await errorOf(played.fetched);
    expect(error.failure.message).not.toBe('');
    expectNoSecret(error);
    return error;
  }

  testCase('empty', 'no data is no series, never a 0', async () => {
    expect(await seriesOf('empty')).toEqual([]);
  });

  testCase('NaN', 'stays NaN', async () => {
    expect((await seriesOf('NaN')).map(({ values }) => values)).toEqual([[Number.NaN]]);
  });

  testCase('one value', 'is one series with one point in the window', async () => {
    const [series, ...others] = await seriesOf('one value');
    expect(others).toEqual([]);
    expect(series).toMatchObject({ values: [0.5] });
    expect(series?.times.every((time) => time > WINDOW.from && time <= WINDOW.to)).toBe(true);
  });

  testCase('two series', 'stay two, told apart by their labels', async () => {
    const series = await seriesOf('two series');
    expect(series.map(({ values }) => values)).toEqual([[1], [2]]);
    expect(new Set(series.map(({ labels }) => labelsText(labels))).size).toBe(2);
    for (const { times, values } of series) expect(times.length).toBe(values.length);
  });

  testCase('refused', 'a source that fails is a failure with a code', async () => {
    expect((await failureIn('refused')).failure.code).toMatch(/^backend\.(exec|file|server-error)$/);
  });

  testCase('401', 'is a matter of credentials', async () => {
    expect((await failureIn('401')).failure.code).toBe('backend.auth');
  });

  testCase('429', 'is a matter of rates', async () => {
    expect((await failureIn('429')).failure.code).toBe('backend.rate-limited');
  });

  testCase('timeout', 'a source that does not answer in time is a failure', async () => {
    expect((await failureIn('timeout', { timeoutMs: 200 })).failure.code).toBe('backend.timeout');
  });

  testCase('malformed', 'what cannot be read is a failure, never no data', async () => {
    expect((await failureIn('malformed')).failure.code).toBe('backend.malformed');
  });

  testCase('wrong shape', 'what is no number is a failure, never no data', async () => {
    expect((await failureIn('wrong shape')).failure.code).toBe('backend.answer-shape');
  });

  testCase('abort', 'the reason of the abort is what is thrown', async () => {
    const controller = new AbortController();
    const played = await play('abort', { signal: controller.signal });
    const reason = new BackendError({ code: 'backend.deadline', message: 'the run took too long' });
    setTimeout(() => controller.abort(reason), 100);
    expect(await errorOf(played?.fetched ?? Promise.resolve())).toBe(reason);
  });

  test('aborted before: nothing is asked, and the reason is thrown', async () => {
    const reason = new BackendError({ code: 'backend.interrupted', message: 'interrupted' });
    const played = await play('one value', { signal: AbortSignal.abort(reason) });
    expect(await errorOf(played?.fetched ?? Promise.resolve())).toBe(reason);
  });

  test('a secret is planted, or there is a reason why none can be', async () => {
    const stage = adapter.cases['one value'];
    if (typeof stage !== 'function') throw new Error('every type can answer one value');
    expect(holdsSecret(stage().config)).toBe(adapter.holdsNoSecret === undefined);
  });

  test('neither address, key nor text holds a secret', async () => {
    const { config, source } = adapter.asking('track');
    const backend = await opened(config);
    const { key, text, notes } = prepared(
      backend,
      requestOf(source, { variables: variablesOf({ track: 'a' }) }),
    );
    expect(JSON.stringify([backend.address, key, text, notes])).not.toContain(SECRET.value);
  });

  async function askedFor(over: Partial<QueryRequest> = {}) {
    const { config, source } = adapter.asking('track');
    const variables = variablesOf({ track: 'canary' });
    return prepared(await opened(config), requestOf(source, { variables, ...over }));
  }

  test('another window is another question with the same text', async () => {
    const now = await askedFor();
    const later = await askedFor({
      window: { ...WINDOW, from: WINDOW.from + MINUTE, to: WINDOW.to + MINUTE },
    });
    expect(later.key).not.toBe(now.key);
    expect(later.text).toBe(now.text);
    expect((await askedFor()).key).toBe(now.key);
  });

  test('another value of a variable is another question with another text', async () => {
    const now = await askedFor();
    const other = await askedFor({ variables: variablesOf({ track: 'stable' }) });
    expect(other.key).not.toBe(now.key);
    expect(other.text).not.toBe(now.text);
  });

  test('a query says what it was prepared for', async () => {
    expect(await askedFor()).toMatchObject({ backend: 'shop', use: 'instant', window: WINDOW });
  });

  test('a variable that nothing defines is refused by name', async () => {
    const { config, source } = adapter.asking('treck');
    const result = (await opened(config)).prepare(
      requestOf(source, { variables: variablesOf({ track: 'a' }) }),
    );
    expect(result).toMatchObject({
      ok: false,
      failures: [
        {
          code: 'gatefile.variable',
          message: '"{{treck}}" names no variable',
          mend: 'did you mean "{{track}}"?',
        },
      ],
    });
  });

  test.each([[undefined], [null], [42], [{ nonsense: 1 }], [[{}]]])(
    'a query %j is refused, not thrown',
    async (source) => {
      const result = (await opened(adapter.asking('track').config)).prepare(requestOf(source));
      expect(result.ok).toBe(false);
      if (!result.ok) for (const { code } of result.failures) expect(code).toMatch(/^gatefile\./);
    },
  );

  test('an unknown key of its block is refused with the nearest', async () => {
    const type = await backends.load(id);
    const result = type?.open({ nonsense: 1 }, { id: 'shop', folder });
    expect(result).toMatchObject({ ok: false, issues: expect.any(Array) });
  });
});

function worldOf(over: Partial<BackendContext>): BackendContext {
  const context = contextOf(over);
  const secrets = new SecretStore();
  secrets.register(SECRET);
  const settings = {
    attemptTimeoutMs: context.timeoutMs,
    retries: 0,
    maxBytes: context.maxBytes,
    userAgent: 'gatekeeper/test',
    env: {},
  };
  const http = createHttp(settings, context.clock, secrets.mask);
  return { ...context, http: () => Promise.resolve(http) };
}

/** A failure is printed, logged and recorded: none of its forms may hold a secret, nor half of one. */
function expectNoSecret(error: BackendError): void {
  const forms = [
    error.message,
    error.stack,
    inspect(error, { depth: 12, showHidden: true }),
    JSON.stringify(error.failure),
  ];
  for (const part of [
    SECRET.value,
    encodeURIComponent(SECRET.value),
    SECRET.value.slice(0, 8),
    btoa(SECRET.value),
  ]) {
    expect(forms.join('\n')).not.toContain(part);
  }
}

function holdsSecret(value: unknown): boolean {
  if (value instanceof SecretValue) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsSecret);
}
