import type { BackendContext } from '../../contracts/backend.js';
import type { HttpResponse } from '../../contracts/http.js';
import { BackendError } from '../../model/failure.js';
import { type Endpoint, requestTo } from '../shared/endpoint.js';
import { describeFound } from '../shared/found.js';
import { MOST_ROWS, RowCollector } from '../sql/answer.js';
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
  const { major, zone, isLocked } = await whoIs(server, context);
  const isNew = major >= 20;
  const spoken = isNew ? statement : older;
  const parameters = spoken.parameters.map((value, i) => [`param_p${i + 1}`, escaped(value)] as const);
  const settings = isLocked ? {} : { ...guardsOf(context), ...(isNew ? NEWER : {}) };
  const answer = await post(server, spoken, context, { ...Object.fromEntries(parameters), ...settings });
  const refused = exceptionIn(answer.body);
  if (refused !== undefined) throw clickhouseFailure(refused, server.source, spoken);
  const zoneOfTimes = isNew && !isLocked ? 'everywhere UTC' : zone;
  const { columns, rows } = tableIn(answered(answer, server).body, zoneOfTimes, server.source);
  // A profile that takes no settings may have no limits of its own.
  const collector = new RowCollector(server.source.backend, context.maxBytes);
  for (const row of rows) collector.add(row);
  return collector.table(columns);
}

interface Identity {
  readonly version: string;
  readonly major: number;
  readonly zone: string;
  /** The profile is read-only itself: it takes no settings, and times come in the zones of server and columns. */
  readonly isLocked: boolean;
}

/** Asks without settings where the profile takes none. A statement of a gate cannot bring that about: it has settings of its own. */
async function whoIs(server: ClickhouseServer, context: BackendContext): Promise<Identity> {
  const statement = plainStatement('SELECT version(), timezone()');
  const guarded = await post(server, statement, context, guardsOf(context));
  const refused = exceptionIn(guarded.body);
  const isLocked = refused?.number === 164 && LOCKED.test(refused.said);
  const answer = isLocked ? await post(server, statement, context, {}) : guarded;
  const trouble = isLocked ? exceptionIn(answer.body) : refused;
  if (trouble !== undefined) throw clickhouseFailure(trouble, server.source, statement);
  const [row = []] = tableIn(answered(answer, server).body, 'UTC', server.source).rows;
  const [version = '', zone = ''] = row.map(String);
  return { version, major: Number(/^\d+/.exec(version)?.[0] ?? 0), zone, isLocked };
}

/** Product and version. @throws BackendError */
export async function identityOf(server: ClickhouseServer, context: BackendContext): Promise<string> {
  return `ClickHouse ${(await whoIs(server, context)).version}`;
}

function guardsOf(context: BackendContext): Readonly<Record<string, string>> {
  return {
    // 2 still lets the settings of this request through.
    readonly: '2',
    max_execution_time: String(Math.max(1, Math.ceil(context.timeoutMs / 1000))),
    max_result_rows: String(MOST_ROWS),
    result_overflow_mode: 'throw',
    output_format_json_quote_64bit_integers: '1',
    output_format_json_quote_denormals: '1',
  };
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
