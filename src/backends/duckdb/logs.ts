import { sqlText } from './paths.js';

/** Access logs of web servers and edges; every one becomes the same columns. */
export const LOG_FORMATS = ['combined', 'nginx-json', 'cloudfront', 'fastly', 'alb'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Expressions over what was read of a line; one that a format does not know is NULL. */
interface Columns {
  readonly time: string;
  readonly client: string;
  readonly method: string;
  readonly url: string;
  readonly status: string;
  readonly bytes: string;
  readonly referer?: string;
  readonly agent: string;
  readonly host?: string;
  readonly cache?: string;
  /** Time that the answer took. */
  readonly seconds?: string;
}

interface Format {
  /** What is read of `line`, by name. */
  readonly reads: Readonly<Record<string, string>>;
  readonly columns: Columns;
  /** What makes a line malformed, besides having no time or no status. */
  readonly malformed?: string;
  /** Lines that are no records, such as headers. */
  readonly skips?: string;
  /** True for lines that are not malformed, said of `line` alone: counting them need not take lines apart. */
  readonly sound?: string;
}

const text = (part: string): string => `nullif(nullif(${part}, ''), '-')`;

/**
 * Apache's `common` and `combined`; nginx' `combined` with anything behind it, a cache status and a time among it.
 *
 * Two patterns of four groups each: RE2 walks those once, and takes ten times as long with a fifth.
 */
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const UNREAD = '"(?:[^"\\\\]|\\\\.)*"';
const HEAD = `^(\\S+) [^\\[]*\\[([^\\]]+)\\] ${QUOTED} (\\d{3}) `;
const TAIL = `^[^"]*${UNREAD} \\d{3} (\\d+|-)(?: ${QUOTED} ${QUOTED}(.*))?$`;
const CACHE = '(?:^|[\\s"=])(HIT|MISS|EXPIRED|STALE|UPDATING|REVALIDATED|BYPASS|SCARCE)(?:$|[\\s",])';
/** $request_time has three decimals, whatever stands around it. */
const SECONDS = '(?:^|[\\s"=])(\\d+\\.\\d{3})(?:$|[\\s",])';

const combined: Format = {
  reads: {
    head: extract(HEAD, ['client', 'at', 'request', 'status']),
    tail: extract(TAIL, ['bytes', 'referer', 'agent', 'rest']),
  },
  malformed: "tail.bytes = ''",
  sound: [
    matches(`^\\S+ [^\\[]*\\[[^\\]]+\\] ${UNREAD} \\d{3} `),
    matches(`^[^"]*${UNREAD} \\d{3} (?:\\d+|-)(?: ${UNREAD} ${UNREAD}.*)?$`),
    `${clock(`regexp_extract(line, ${sqlText('^\\S+ [^\\[]*\\[([^\\]]+)\\]')}, 1)`)} IS NOT NULL`,
  ].join(' AND '),
  columns: {
    time: clock('head.at'),
    client: text('head.client'),
    method: requestPart('head.request', 1),
    url: requestPart('head.request', 2),
    status: 'head.status',
    bytes: 'tail.bytes',
    referer: text('tail.referer'),
    agent: text('tail.agent'),
    cache: `nullif(regexp_extract(tail.rest, ${sqlText(CACHE)}, 1), '')`,
    seconds: `regexp_extract(tail.rest, ${sqlText(SECONDS)}, 1)`,
  },
};

const json = (...names: readonly string[]): string =>
  `nullif(nullif(coalesce(${names.map((name) => `record->>${sqlText(`$."${name}"`)}`).join(', ')}, ''), ''), '-')`;
const jsonTime = (...names: readonly string[]): string =>
  `coalesce(try_cast(${json(...names)} AS TIMESTAMPTZ), try(to_timestamp(try_cast(${json(...names)} AS DOUBLE))))`;

/** Keys as nginx names its variables, which most of those formats do. */
const nginxJson: Format = {
  reads: { record: 'try_cast(line AS JSON)' },
  columns: {
    time: jsonTime('time_iso8601', 'time', 'timestamp', '@timestamp', 'msec'),
    client: json('remote_addr', 'client', 'client_ip'),
    method: `coalesce(${json('request_method', 'method')}, ${requestPart(json('request'), 1)})`,
    url: `coalesce(${json('request_uri', 'uri', 'url')}, ${requestPart(json('request'), 2)})`,
    status: json('status'),
    bytes: json('body_bytes_sent', 'bytes_sent', 'bytes'),
    referer: json('http_referer', 'referer'),
    agent: json('http_user_agent', 'user_agent', 'agent'),
    host: json('host', 'http_host', 'server_name'),
    cache: json('upstream_cache_status', 'cache_status', 'cache'),
    seconds: json('request_time'),
  },
};

/** The keys of the JSON format that Fastly gives a new logging endpoint. */
const fastly: Format = {
  reads: { record: 'try_cast(line AS JSON)' },
  columns: {
    time: `coalesce(try_strptime(${json('timestamp')}, '%Y-%m-%dT%H:%M:%S%z'), ${jsonTime('timestamp', 'time')})`,
    client: json('client_ip'),
    method: json('request_method'),
    url: json('url', 'request_url'),
    status: json('response_status', 'status'),
    bytes: json('response_body_size', 'bytes'),
    referer: json('request_referer'),
    agent: json('request_user_agent'),
    host: json('host'),
    cache: json('response_state', 'cache_status', 'fastly_info_state'),
    seconds: json('time_elapsed_sec', 'request_time'),
  },
};

const tab = (index: number): string => `nullif(fields[${index}], '-')`;

/** Standard logs: fields parted by tabs, in the order that CloudFront writes them. */
const cloudfront: Format = {
  reads: { fields: 'string_split(line, chr(9))' },
  skips: "starts_with(line, '#')",
  columns: {
    time: "try_strptime(fields[1] || ' ' || fields[2] || ' +0000', '%Y-%m-%d %H:%M:%S %z')",
    client: tab(5),
    method: tab(6),
    url: `${tab(8)} || coalesce('?' || ${tab(12)}, '')`,
    status: tab(9),
    bytes: tab(4),
    referer: tab(10),
    // Whoever asks may send bytes that are no UTF-8.
    agent: `coalesce(try(url_decode(${tab(11)})), ${tab(11)})`,
    host: `coalesce(${tab(16)}, ${tab(7)})`,
    cache: tab(14),
    seconds: tab(19),
  },
};

/** Times of an ALB are -1 where it did not come to that, such as of a target that never answered: not known, and not 0. */
const took = (part: string): string => `try_cast(nullif(times.${part}, '-1') AS DOUBLE)`;

const alb: Format = {
  reads: {
    head: extract('^\\S+ (\\S+) \\S+ (\\S+) (?:\\S+ ){4}(\\d{3}) ', ['at', 'client', 'status']),
    times: extract('^(?:\\S+ ){5}(\\S+) (\\S+) (\\S+) ', ['a', 'b', 'c']),
    tail: extract(`^(?:\\S+ ){11}(\\d+) ${QUOTED} ${QUOTED} `, ['bytes', 'request', 'agent']),
    names: extract(`^(?:\\S+ ){12}${UNREAD} ${UNREAD} \\S+ \\S+ \\S+ "[^"]*" "([^"]*)"`, ['host']),
  },
  malformed: "tail.bytes = ''",
  columns: {
    time: 'try_cast(head.at AS TIMESTAMPTZ)',
    client: `regexp_replace(${text('head.client')}, '^\\[|\\]?:\\d+$', '', 'g')`,
    method: requestPart('tail.request', 1),
    url: requestPart('tail.request', 2),
    status: 'head.status',
    bytes: 'tail.bytes',
    agent: text('tail.agent'),
    host: text('names.host'),
    seconds: `${took('a')} + ${took('b')} + ${took('c')}`,
  },
};

const SELECTS: Readonly<Record<LogFormat, Format>> = {
  combined,
  'nginx-json': nginxJson,
  cloudfront,
  fastly,
  alb,
};

/**
 * The SELECT of a log: `time client method url path status bytes referer agent host cache seconds`, `crawler` (what the
 * agent says it is), `verified` (whether its address is that crawler's), `pattern` (what its route makes), `malformed` and `line`.
 *
 * A line without a time or a status is a row with `malformed` true, its text in `line`, and all else NULL: it is there to be
 * counted. Lines are read as Latin-1, so that no byte can stop the reading; empty ones are none.
 *
 * @param paths    a SQL list of absolute paths
 * @param crawlers names that user agents are searched for, lower case
 */
export function logSelect(format: LogFormat, paths: string, crawlers: readonly string[]): string {
  const { reads, columns, malformed = 'false', skips } = SELECTS[format];
  const none = 'CAST(NULL AS VARCHAR)';
  const { referer = none, host = none, cache = none, seconds = 'NULL' } = columns;
  const read = `SELECT line, ${Object.entries(reads).map(named).join(', ')} FROM (${linesOf(paths)})${skips === undefined ? '' : ` WHERE NOT ${skips}`}`;
  const typed = {
    ...columns,
    referer,
    host,
    cache,
    status: `try_cast(${columns.status} AS INTEGER)`,
    bytes: `try_cast(${columns.bytes} AS BIGINT)`,
    seconds: `try_cast(${seconds} AS DOUBLE)`,
    isOdd: malformed,
  };
  const cut = `SELECT line, ${Object.entries(typed).map(named).join(', ')} FROM (${read})`;
  const path = "regexp_replace(url, '^[a-zA-Z]+://[^/]*|[?#].*$', '', 'g')";
  const judged = `SELECT *, ${path} AS path, time IS NULL OR status IS NULL OR isOdd AS malformed FROM (${cut})`;
  const shown = COLUMNS.map((name) => `CASE WHEN NOT malformed THEN ${name} END AS ${name}`);
  const claimed = `SELECT *, ${crawlerIn('agent', crawlers)} AS crawler FROM (SELECT ${shown.join(', ')}, malformed, line FROM (${judged}))`;
  const verified = `CASE WHEN crawler IS NOT NULL THEN ${VERIFY}(crawler, client) END`;
  return `SELECT * EXCLUDE (malformed, line), ${verified} AS verified, ${PATTERN}(url) AS pattern, malformed, line FROM (${claimed})`;
}

/** Name of the function that tells whether an address is a crawler's own. */
export const VERIFY = 'gatekeeper_verify';
/** Name of the function that tells the pattern of a URL. */
export const PATTERN = 'gatekeeper_pattern';

/**
 * The SELECT of how many lines a log has, and how many of them are malformed.
 *
 * @param paths a SQL list of absolute paths
 */
export function logCount(format: LogFormat, paths: string): string {
  const { sound, skips } = SELECTS[format];
  const malformed = sound === undefined ? 'malformed' : `NOT (${sound})`;
  const lines = `SELECT line FROM (${linesOf(paths)})${skips === undefined ? '' : ` WHERE NOT ${skips}`}`;
  const from = sound === undefined ? logSelect(format, paths, []) : lines;
  return `SELECT count(*), count(*) FILTER (${malformed}) FROM (${from})`;
}

/** Which crawler a user agent says it is. */
function crawlerIn(agent: string, names: readonly string[]): string {
  const cases = names.map((name) => `WHEN contains(lower(${agent}), ${sqlText(name)}) THEN ${sqlText(name)}`);
  return cases.length === 0 ? 'CAST(NULL AS VARCHAR)' : `CASE ${cases.join(' ')} END`;
}

const COLUMNS = [
  'time',
  'client',
  'method',
  'url',
  'path',
  'status',
  'bytes',
  'referer',
  'agent',
  'host',
  'cache',
  'seconds',
] as const;

function named([name, expression]: readonly [string, string]): string {
  return `${expression} AS ${name}`;
}

/** A separator that no log holds: every line is one cell. */
const NO_SEPARATOR = '\u0001\u0002\u0003\u0004';
/** Buffers are as large: by itself DuckDB makes them sixteen times so, and reads a third as fast. */
const LONGEST_LINE = 32 * 1024 * 1024;

function linesOf(paths: string): string {
  return `SELECT rtrim(line, chr(13)) AS line FROM read_csv(${paths}, columns={'line': 'VARCHAR'}, delim='${NO_SEPARATOR}', \
quote='', escape='', header=false, auto_detect=false, strict_mode=false, encoding='latin-1', \
max_line_size=${LONGEST_LINE}, buffer_size=${LONGEST_LINE}) WHERE line IS NOT NULL AND line <> ''`;
}

function clock(written: string): string {
  return `try_strptime(${written}, '%d/%b/%Y:%H:%M:%S %z')`;
}

function matches(pattern: string): string {
  return `regexp_matches(line, ${sqlText(pattern)})`;
}

function extract(pattern: string, names: readonly string[]): string {
  return `regexp_extract(line, ${sqlText(pattern)}, [${names.map(sqlText).join(', ')}])`;
}

/** Method or target of `GET /path HTTP/1.1`. */
function requestPart(request: string, part: 1 | 2): string {
  return `nullif(regexp_extract(${request}, '^([A-Z]+) (\\S+)', ${part}), '')`;
}
