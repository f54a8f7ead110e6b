import type * as z from 'zod';
import type { Failure, Result } from '../model/failure.js';
import type { Answer } from '../model/series.js';
import type { Window } from '../model/window.js';
import type { Clock } from './clock.js';
import type { Fetcher } from './fetcher.js';
import type { Http } from './http.js';
import type { OpenResolver } from './resolver.js';

/**
 * What a signal wants of a query:
 * - `instant`: one value per series at the window's end
 * - `steps`: one value per series and step; the value at `t` stands for (t - step, t]
 * - `counts`: like `steps`, each value being what was counted in that step
 * - `buckets`: like `counts`, with a `le` label per bucket, cumulative over `le`
 * - `raw`: every raw observation in the window
 * - `seen`: any sample at all in the last `lookbackMs` up to the window's end; one series per selector that has some
 * - `unlisted`: counts over the whole window by `segment.variable`, of values outside `segment.listed`
 */
export type QueryUse = 'instant' | 'steps' | 'counts' | 'buckets' | 'raw' | 'seen' | 'unlisted';

/** One value that `{{name}}` stands for. */
export interface Variable {
  readonly value: string;
  /** Built-ins (step, window, from, to) and variables marked `raw` may stand anywhere in a query. */
  readonly isRaw: boolean;
}
export type Variables = ReadonlyMap<string, Variable>;

export interface QueryRequest {
  /** The part as written in the gate file: a string, `{counter}`, or a mapping in the backend's own schema. */
  readonly source: unknown;
  readonly use: QueryUse;
  readonly window: Window;
  readonly variables: Variables;
  /** For `seen`: how far back to look. */
  readonly lookbackMs?: number;
  /** For `unlisted`. */
  readonly segment?: { readonly variable: string; readonly listed: readonly string[] };
}

/** A checked query, bound to its window and variables; it cannot be asked unchecked. */
export interface PreparedQuery {
  readonly backend: string;
  /** Two queries with one key are one question, asked once. */
  readonly key: string;
  /** The key with the window taken out: what a recording is matched by. */
  readonly text: string;
  readonly use: QueryUse;
  readonly window: Window;
  /** How the backend comes to counts, where it says so: hand-written answers of tests are counted the same way. */
  readonly counting?: 'counter' | 'extrapolated';
  /** Series that a whole answer has, by the values of one label, where the question lists them: a test must give them all. */
  readonly listed?: { readonly label: string; readonly values: readonly string[] };
  /** True: its answer is no series of numbers, so that tests take it from a recorded set alone. */
  readonly isRecordedOnly?: true;
  /** True: it asks for pages through `fetcher` and nothing else, so that a test can give them. */
  readonly isCrawl?: true;
  /** True: it reads a set that was recorded before, and asks nobody. */
  readonly isOfRecorded?: true;
  /** What to look at where the answer holds no sample; without it, what is said of scraped metrics. */
  readonly ifEmpty?: string;
  /** Remarks for `validate` and the report. */
  readonly notes: readonly string[];
  /** What keeps a run from asking at all, such as a file that is not there; a replay and a test need none of it. */
  refusals?(): readonly Failure[];
  /** @throws BackendError alone */
  fetch(context: BackendContext): Promise<Answer>;
}

/** The outer world, handed to a fetch. */
export interface BackendContext {
  /** Lazy, so that a replay never loads the HTTP client. */
  readonly http: () => Promise<Http>;
  /** The door for probing pages; lazy, too. */
  readonly fetcher: () => Promise<Fetcher>;
  /** The door to DNS. */
  readonly resolver: OpenResolver;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Per attempt. */
  readonly timeoutMs: number;
  /** Cap on what one answer may hold, decompressed. */
  readonly maxBytes: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What `doctor` learns of a backend. */
export interface Health {
  /** What it says it is: product and version. */
  readonly identity: string;
  /** Age of its newest data in milliseconds, or null where that cannot be asked. */
  readonly newestAgeMs: number | null;
  readonly notes: readonly string[];
}

/** Names of crawlers, lower case. */
export interface KnownCrawlers {
  /** Whose claims it can tell true from false, as it is configured. */
  readonly verified: readonly string[];
  /** Whose claims it could tell by DNS, which it does not ask. */
  readonly byDns: readonly string[];
}

/** One configured backend. */
export interface Backend {
  readonly id: string;
  readonly type: string;
  /** Where it points, masked: for reports and `plan`. */
  readonly address: string;
  /** Crawlers by what it can tell of a claim to be one; absent where it knows no crawlers. */
  readonly crawlers?: KnownCrawlers;
  /**
   * Loads what `prepare` needs for these parts of a signal: it cannot wait itself.
   *
   * @param isRaw tells the variables that go into a query as they are
   */
  ready?(parts: readonly unknown[], isRaw: (variable: string) => boolean): Promise<void>;
  /** Checks and binds a query, of parts that were given to `ready` before. Failures carry no span: the loader adds it. */
  prepare(request: QueryRequest): Result<PreparedQuery>;
  /** @throws BackendError alone */
  probe(context: BackendContext): Promise<Health>;
}

/** What a backend type is given to open one. */
export interface BackendSite {
  readonly id: string;
  /** Folder of the file that configures it: relative paths start there. */
  readonly folder: string;
}

export interface BackendType {
  readonly type: string;
  readonly about: string;
  /** Its block under `backends:`, without `type`. */
  readonly configSchema: z.ZodType;
  /** What may stand in a signal's part, besides a plain string. */
  readonly querySchema: z.ZodType;
  /** Checks the block and opens the backend; issues are zod's, for the loader to place. */
  open(config: unknown, site: BackendSite): Opened;
}

export type Opened =
  | { readonly ok: true; readonly backend: Backend }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/**
 * Defines a backend type: `open` is given its checked block, so no cast is needed and no block is unchecked.
 */
export function defineBackend<C extends z.ZodType>(definition: {
  readonly type: string;
  readonly about: string;
  readonly config: C;
  readonly query: z.ZodType;
  readonly open: (config: z.output<C>, site: BackendSite) => Omit<Backend, 'id' | 'type'>;
}): BackendType {
  return {
    type: definition.type,
    about: definition.about,
    configSchema: definition.config,
    querySchema: definition.query,
    open: (config, site) => {
      const parsed = definition.config.safeParse(config);
      if (!parsed.success) return { ok: false, issues: parsed.error.issues };
      return {
        ok: true,
        backend: { id: site.id, type: definition.type, ...definition.open(parsed.data, site) },
      };
    },
  };
}
