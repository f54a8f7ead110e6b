/** A status or a class of them. */
export const STATUS = /^[1-5](?:\d\d|xx)$/;

/** What is counted: statuses, hits on URLs with a query, or false claims. */
export type Wanted = readonly string[] | 'parameters' | 'impostors';

/** End of the step that a hit belongs to: by the second, a week of a busy site would be more rows than a gate reads. */
const STEP = 'to_timestamp(epoch({{from}}) + ceil((epoch(time) - epoch({{from}})) / {{step}}) * {{step}})';

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
 * The query for counts by step, over the columns that a log has in a duckdb backend: `hits`, and `found` among them.
 * Both counts are columns of one statement, so that the log is read once for the two.
 *
 * A claim that no list can bear out (`verified` is NULL) is neither a hit nor an impostor.
 */
export function countsOf(
  { log, crawler, section, isOfClaims }: Scope,
  wanted: Wanted,
  value: 'hits' | 'found',
): object {
  const conditions = [
    'time > {{from}}',
    'time <= {{to}}',
    // Said of the line itself first, so that those of everybody else need not be taken apart.
    `contains(lower(line), ${literal(crawler)})`,
    `crawler = ${literal(crawler)}`,
    isOfClaims ? 'verified IS NOT NULL' : 'verified',
    ...(section === undefined ? [] : [`starts_with(path, ${textOf(section)})`]),
  ];
  const found = `count(*) FILTER (WHERE ${conditionOf(wanted)}) AS found`;
  return {
    sql: `SELECT ${STEP} AS step, count(*) AS hits, ${found} FROM ${log} WHERE ${conditions.join(' AND ')} GROUP BY step`,
    time: 'step',
    value,
  };
}

function conditionOf(wanted: Wanted): string {
  if (wanted === 'impostors') return 'NOT verified';
  if (wanted === 'parameters') return "contains(url, '?')";
  const each = wanted.map((status) =>
    status.endsWith('xx') ? `status BETWEEN ${status[0]}00 AND ${status[0]}99` : `status = ${status}`,
  );
  return each.join(' OR ');
}

/** A placeholder goes in as a parameter, and takes no quotes. */
function textOf(text: string): string {
  return /^\{\{[^{}]*\}\}$/.test(text) ? text : literal(text);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
