/** A status or a class of them. */
export const STATUS = /^[1-5](?:\d\d|xx)$/;

/** What is counted: statuses, hits on URLs with a query, false claims, or all. */
export type Wanted = readonly string[] | 'parameters' | 'impostors' | 'all';

/** Which hits are looked at. */
export interface Scope {
  /** Table of the log: letters, digits and `_`. */
  readonly log: string;
  readonly crawler: string;
  /** Beginning of a path; may hold a variable and nothing else. */
  readonly section: string | undefined;
  /** All who say that they are the crawler, instead of those whose address bears it out. */
  readonly isOfClaims: boolean;
}

/**
 * The query for counts by the second, over the columns that a log has in a duckdb backend.
 *
 * A claim that no list can bear out (`verified` is NULL) is neither a hit nor an impostor.
 */
export function countsOf({ log, crawler, section, isOfClaims }: Scope, wanted: Wanted): object {
  const conditions = [
    'time > {{from}}',
    'time <= {{to}}',
    `crawler = ${literal(crawler)}`,
    isOfClaims ? 'verified IS NOT NULL' : 'verified',
    ...(section === undefined ? [] : [`starts_with(path, ${textOf(section)})`]),
    ...conditionOf(wanted),
  ];
  return {
    sql: `SELECT time, count(*) AS hits FROM ${log} WHERE ${conditions.join(' AND ')} GROUP BY time`,
    time: 'time',
    value: 'hits',
  };
}

function conditionOf(wanted: Wanted): readonly string[] {
  if (wanted === 'all') return [];
  if (wanted === 'impostors') return ['NOT verified'];
  if (wanted === 'parameters') return ["contains(url, '?')"];
  const each = wanted.map((status) =>
    status.endsWith('xx') ? `status BETWEEN ${status[0]}00 AND ${status[0]}99` : `status = ${status}`,
  );
  return [`(${each.join(' OR ')})`];
}

/** A placeholder goes in as a parameter, and takes no quotes. */
function textOf(text: string): string {
  return /^\{\{[^{}]*\}\}$/.test(text) ? text : literal(text);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
