import type { BackendContext, PreparedQuery, QueryRequest } from '../../contracts/backend.js';
import { ok, type Result } from '../../model/failure.js';
import { bindStatement, type Statement } from './bind.js';
import type { Dialect } from './dialect.js';
import { parseSqlQuery } from './query.js';
import type { SqlSource } from './refusal.js';
import { seriesOfTable, type Table } from './rows.js';

/** Rows, and what the report must say of them. */
export interface SqlAnswer extends Table {
  readonly notes?: readonly string[];
  readonly warnings?: readonly string[];
}

/** How a type asks its server; `older` is the same statement for a server that knows no newer dialect. */
type Ask = (statement: Statement, context: BackendContext, older: Statement) => Promise<SqlAnswer>;

interface Spoken {
  readonly dialect: Dialect;
  /** The dialect of older servers, where it is another. */
  readonly older?: Dialect;
}

/** Checks a signal's part, binds it to its variables, and reads the rows that `ask` gives. */
export function prepareSql(
  request: QueryRequest,
  source: SqlSource,
  { dialect, older = dialect }: Spoken,
  notes: readonly string[],
  ask: Ask,
): Result<PreparedQuery> {
  const { use, window, variables } = request;
  const query = parseSqlQuery(request.source, use, window);
  if (!query.ok) return query;
  const bound = bindStatement(query.value.sql, variables, window, dialect);
  if (!bound.ok) return bound;
  const boundOlder = bindStatement(query.value.sql, variables, window, older);
  if (!boundOlder.ok) return boundOlder;
  const { written, used } = bound.value;
  const more = { ...query.value.asWritten, ...(Object.keys(used).length === 0 ? {} : { with: used }) };
  const text = Object.keys(more).length === 0 ? written : `${written} ${JSON.stringify(more)}`;
  return ok({
    backend: source.backend,
    key: JSON.stringify([source.backend, text, use, window.from, window.to, window.stepMs]),
    text,
    use,
    window,
    notes,
    ifEmpty:
      'look whether there are rows in the window, and whether the statement finds them: gatekeeper plan shows it',
    fetch: async (context) => {
      const answer = await ask(bound.value, context, boundOlder.value);
      return {
        series: seriesOfTable(answer, query.value, use, window, source),
        ...(answer.notes === undefined || answer.notes.length === 0 ? {} : { notes: answer.notes }),
        ...(answer.warnings === undefined || answer.warnings.length === 0
          ? {}
          : { warnings: answer.warnings }),
      };
    },
  });
}
