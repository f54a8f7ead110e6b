import { BackendError } from '../../model/failure.js';
import { describeFound } from '../shared/found.js';
import type { SqlSource } from '../sql/refusal.js';
import type { Cell, Table } from '../sql/rows.js';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The table of a `JSONCompact` answer.
 *
 * @param zone  of times whose column names none; or `everywhere UTC`, whatever a column names
 * @throws BackendError `backend.malformed` for what is cut or no such answer, `backend.answer-shape` for local times
 */
export function tableIn(body: string, zone: string, source: SqlSource): Table {
  const document = parsed(body);
  const meta: unknown = isRecord(document) ? document['meta'] : undefined;
  const data: unknown = isRecord(document) ? document['data'] : undefined;
  if (!Array.isArray(meta) || !Array.isArray(data)) throw malformed(body, source);
  const columns = meta.map((column: unknown) => {
    const name: unknown = isRecord(column) ? column['name'] : undefined;
    const type: unknown = isRecord(column) ? column['type'] : undefined;
    if (typeof name !== 'string' || typeof type !== 'string') throw malformed(body, source);
    refuseLocal(name, type, zone, source);
    return name;
  });
  const rows = data.map((row: unknown) => {
    if (!Array.isArray(row) || row.length !== columns.length) throw malformed(body, source);
    return row.map(cellOf);
  });
  return { columns, rows };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function malformed(body: string, source: SqlSource): BackendError {
  const found = body.trim();
  return new BackendError({
    code: 'backend.malformed',
    message: `"${source.backend}" answered no table of ClickHouse, but ${found === '' ? 'nothing' : describeFound(found.slice(0, 4096), source.mask)}`,
    mend: 'take a FORMAT out of the statement; else look at what stands at the url: a proxy, a login, a cut answer',
  });
}

/** Old servers, and profiles that take no settings, print times in local zones, where an hour of each year comes twice. */
function refuseLocal(name: string, type: string, zone: string, source: SqlSource): void {
  if (zone === 'everywhere UTC' || !/\bDateTime(?:64)?\b/.test(type)) return;
  const own = /DateTime(?:64)?\((?:\d+, )?'([^']+)'\)/.exec(type)?.[1] ?? zone;
  if (/^(?:Etc\/)?(?:UTC|UCT|GMT|Universal|Zulu)$/i.test(own)) return;
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `column "${name}" of "${source.backend}" holds times of ${own}, which this server cannot print in UTC`,
    mend: `ask for unix seconds: toUnixTimestamp(${name}) AS ${name}`,
  });
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
