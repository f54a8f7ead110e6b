import type { BackendContext } from '../../contracts/backend.js';
import type { HttpResponse } from '../../contracts/http.js';
import { BackendError } from '../../model/failure.js';
import { type Endpoint, requestTo } from '../shared/endpoint.js';
import { describeFound } from '../shared/found.js';
import { MOST_ROWS } from '../sql/answer.js';
import { plainStatement, type Statement } from '../sql/bind.js';
import { refusalOf, type SqlSource } from '../sql/refusal.js';
import type { Table } from '../sql/rows.js';
import { tableIn } from './decode.js';
import { clickhouseFailure, exceptionIn } from './failure.js';

/** One server: where it is, and whose words are shown. */
export interface ClickhouseServer {
  readonly endpoint: Endpoint;
  readonly database: string | undefined;
  readonly source: SqlSource;
}

/** Servers send their refusals with these; they are the query's own matter, so none is tried again. */
const REFUSALS = [400, 403, 404, 413, 500, 501];
/** Settings that this profile may not change; the profile is read-only then, which is what was wanted. */
const LOCKED = /Cannot (?:override|modify) .*setting|Cannot (?:override|modify) '/i;

/** What servers before 20 do not know. */
const NEWER = {
  // Times as RFC 3339 in UTC, whatever the zone of the server and of the column.
  date_time_output_format: 'iso',
  // Whoever stops waiting stops the statement, too.
  cancel_http_readonly_queries_on_client_close: '1',
};

/**
 * Asks one statement that can only read.
 *
 * The version is asked first: servers before 20 know neither parameters nor times in UTC.
 *
 * @throws BackendError
 */
export async function askClickhouse(
  server: ClickhouseServer,
  statement: Statement,
  context: BackendContext,
  older: Statement,
): Promise<Table> {
  const { major, zone } = await whoIs(server, context);
  const isNew = major >= 20;
  const spoken = isNew ? statement : older;
  const parameters = spoken.parameters.map((value, i) => [`param_p${i + 1}`, escaped(value)] as const);
  const { response, isBare } = await send(server, spoken, context, {
    ...Object.fromEntries(parameters),
    ...(isNew ? NEWER : {}),
  });
  return tableIn(response.body, isNew && !isBare ? 'everywhere UTC' : zone, server.source);
}

interface Identity {
  readonly version: string;
  readonly major: number;
  readonly zone: string;
}

async function whoIs(server: ClickhouseServer, context: BackendContext): Promise<Identity> {
  const statement = plainStatement('SELECT version(), timezone()');
  const { response } = await send(server, statement, context, {});
  const [row = []] = tableIn(response.body, 'UTC', server.source).rows;
  const [version = '', zone = ''] = row.map(String);
  return { version, major: Number(/^\d+/.exec(version)?.[0] ?? 0), zone };
}

/** Product and version. @throws BackendError */
export async function identityOf(server: ClickhouseServer, context: BackendContext): Promise<string> {
  return `ClickHouse ${(await whoIs(server, context)).version}`;
}

interface Sent {
  readonly response: HttpResponse;
  /** Asked without settings, so that times come in the zones of server and columns. */
  readonly isBare: boolean;
}

async function send(
  server: ClickhouseServer,
  statement: Statement,
  context: BackendContext,
  more: Readonly<Record<string, string>>,
): Promise<Sent> {
  const guards = {
    // 2 still lets the settings of this request through.
    readonly: '2',
    max_execution_time: String(Math.max(1, Math.ceil(context.timeoutMs / 1000))),
    max_result_rows: String(MOST_ROWS),
    result_overflow_mode: 'throw',
    output_format_json_quote_64bit_integers: '1',
    output_format_json_quote_denormals: '1',
  };
  const guarded = await post(server, statement, context, { ...guards, ...more });
  const refused = exceptionIn(guarded.body);
  if (refused === undefined) return { response: answered(guarded, server), isBare: false };
  if (refused.number !== 164 || !LOCKED.test(refused.said))
    throw clickhouseFailure(refused, server.source, statement);
  const bare = await post(server, statement, context, {
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name.startsWith('param_'))),
  });
  const again = exceptionIn(bare.body);
  if (again !== undefined) throw clickhouseFailure(again, server.source, statement);
  return { response: answered(bare, server), isBare: true };
}

async function post(
  { endpoint, database, source }: ClickhouseServer,
  { sql }: Statement,
  context: BackendContext,
  settings: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const http = await context.http();
  const params = {
    ...(database === undefined ? {} : { database }),
    default_format: 'JSONCompact',
    ...settings,
  };
  const request = requestTo(endpoint, source.backend, '', params, {
    body: sql,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    acceptStatuses: REFUSALS,
  });
  return await http.send(request, context.signal);
}

/** An answer that is no exception of ClickHouse may still be another server's. */
function answered(response: HttpResponse, { source }: ClickhouseServer): HttpResponse {
  const { status, body } = response;
  if (status < 300) return response;
  const found = describeFound(body.trim(), source.mask);
  if (status >= 500) {
    throw refusalOf(source, { code: 'backend.server-error', said: `HTTP ${status}, ${found}` });
  }
  throw new BackendError({
    code: 'backend.rejected',
    message: `what "${source.backend}" answered (HTTP ${status}) is not ClickHouse's: ${found}`,
    mend: 'check "url": it is the HTTP interface, on port 8123 unless it was moved',
  });
}

/** Parameters are read as cells of a tab-separated file. */
function escaped(value: string): string {
  const names: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
  return value.replaceAll(/[\\\t\n\r]/g, (character) => names[character] ?? character);
}
