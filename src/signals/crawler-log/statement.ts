/** A status or a class of them. */
export const STATUS = /^[1-5](?:\d\d|xx)$/;

/** What is counted: statuses, hits on URLs with a query, or false claims. */
export type Wanted = readonly string[] | 'parameters' | 'impostors';

/** End of the step that a hit belongs to: by the second, a week of a busy site would be more rows than a gate reads. */
const STEP = 'to_timestamp(epoch({{from}}) + ceil((epoch(time) - epoch({{from}})) / {{step}}) * {{step}})';
const FROM = 'epoch({{from}})';
const TO = 'epoch({{to}})';
/** A page that was fetched, or found to be as it was: an error or a redirect is no crawl of it. */
const FETCHED = '(status BETWEEN 200 AND 299 OR status = 304)';
/** The target of a request as a path with its query, wherever a log has the whole address. */
const TARGET = "regexp_replace(url, '^[a-zA-Z]+://[^/]*|#.*$', '', 'g')";

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
 * The query for counts by step, over the columns that a log has in a duckdb backend: `hits`, `found` among them, and
 * `unsure`, claims that nothing bears out or refutes (`verified` is NULL), which are neither hits nor impostors.
 * `unsure_found` are those of them that would be found.
 * All are columns of one statement, so that the log is read once.
 */
export function countsOf(
  scope: Scope,
  wanted: Wanted,
  value: 'hits' | 'found' | 'unsure' | 'unsure_found',
): object {
  const hit = scope.isOfClaims ? 'verified IS NOT NULL' : 'verified';
  const hits = `count(*) FILTER (WHERE ${hit})`;
  const found = `count(*) FILTER (WHERE ${hit} AND (${conditionOf(wanted)}))`;
  const columns = [
    `${STEP} AS step`,
    `nullif(${hits}, 0) AS hits`,
    `CASE WHEN ${hits} > 0 THEN ${found} END AS found`,
    `${UNSURE} AS unsure`,
    `nullif(count(*) FILTER (WHERE verified IS NULL AND (${conditionOf(wanted)})), 0) AS unsure_found`,
  ];
  const from = `FROM ${scope.log} WHERE ${within(scope, 'time > {{from}} AND time <= {{to}}')} GROUP BY step`;
  return { sql: `SELECT ${columns.join(', ')} ${from}`, time: 'step', value };
}

/**
 * The query for patterns of URLs: `hits` and `unsure` of each, and `age`, the seconds since the last of its hits.
 *
 * @param backMs 0 for the window itself; else the time before it
 */
export function patternsOf(scope: Scope, value: 'hits' | 'unsure' | 'age', backMs: number): object {
  const times =
    backMs === 0
      ? 'time > {{from}} AND time <= {{to}}'
      : `epoch(time) > ${FROM} - ${backMs / 1000} AND time <= {{from}}`;
  const columns = [
    'pattern',
    'nullif(count(*) FILTER (WHERE verified), 0) AS hits',
    `${UNSURE} AS unsure`,
    `${TO} - max(epoch(time)) FILTER (WHERE verified) AS age`,
  ];
  const from = `FROM ${scope.log} WHERE ${within(scope, times)} AND pattern IS NOT NULL GROUP BY pattern`;
  return { sql: `SELECT ${columns.join(', ')} ${from}`, value, labels: ['pattern'] };
}

/** A page to look up: as it is listed, and the path and query that a crawler asks for. */
export interface Target {
  readonly listed: string;
  readonly target: string;
}

/** Pages to look up, and where. */
export interface LookUp {
  readonly targets: readonly Target[];
  /** Of all pages; a line that names a host must name this one. Undefined: any. */
  readonly host: string | undefined;
  /** How far to look back from the end of the window; undefined for the window. */
  readonly backMs: number | undefined;
}

/** What is known of the last crawls: seconds since that of each page, and since the first hit of all. */
export const CRAWL_VALUES = ['since', 'unsure', 'searched'] as const;
type CrawlValue = (typeof CRAWL_VALUES)[number];

/**
 * The query for the last crawl of pages, one row for each of them: `since`, NULL for a page that was never fetched;
 * `unsure`, the same by hits that nothing bears out or refutes; and `searched`, the seconds since the crawler's first
 * verified hit, over which a crawl would have been seen: NULL without one.
 */
export function crawlsOf(
  { log, crawler }: Pick<Scope, 'log' | 'crawler'>,
  { targets, host, backMs }: LookUp,
  value: CrawlValue,
): object {
  const times =
    backMs === undefined
      ? 'time > {{from}} AND time <= {{to}}'
      : `epoch(time) > ${TO} - ${backMs / 1000} AND time <= {{to}}`;
  const isOwnHost = host === undefined ? '' : ` AND (host IS NULL OR lower(host) = ${literal(host)})`;
  const seen = (who: string): string => `max(epoch(time)) FILTER (WHERE ${who} AND ${FETCHED}${isOwnHost})`;
  const hits = `SELECT ${TARGET} AS target, ${seen('verified')} AS seen, ${seen('verified IS NULL')} AS guessed, \
min(epoch(time)) FILTER (WHERE verified) AS first FROM ${log} WHERE ${within({ crawler, section: undefined, isOfClaims: false }, times)} GROUP BY ALL`;
  const rows = targets.map(({ listed, target }) => `(${literal(listed)}, ${literal(target)})`);
  const columns = [
    'listed.url AS url',
    `${TO} - hits_seen.seen AS since`,
    `${TO} - hits_seen.guessed AS unsure`,
    `${TO} - (SELECT min(first) FROM hits_seen) AS searched`,
  ];
  return {
    sql: `WITH hits_seen AS MATERIALIZED (${hits}), listed (url, target) AS (VALUES ${rows.join(', ')}) \
SELECT ${columns.join(', ')} FROM listed LEFT JOIN hits_seen USING (target)`,
    value,
    labels: ['url'],
  };
}

const UNSURE = 'nullif(count(*) FILTER (WHERE verified IS NULL), 0)';

function within({ crawler, section, isOfClaims }: Omit<Scope, 'log'>, times: string): string {
  const conditions = [
    times,
    // Said of the line itself first, so that those of everybody else need not be taken apart.
    `contains(lower(line), ${literal(crawler)})`,
    `crawler = ${literal(crawler)}`,
    ...(isOfClaims ? [] : ['verified IS NOT FALSE']),
    ...(section === undefined ? [] : [`starts_with(path, ${textOf(section)})`]),
  ];
  return conditions.join(' AND ');
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
