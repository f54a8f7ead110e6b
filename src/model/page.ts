/** Kinds of signal that ask web servers during the run: what they yield has no steps, no past, and is no sample. */
const PROBES: ReadonlySet<string> = new Set(['crawl', 'cache-probe']);

export function isProbe(kind: string): boolean {
  return PROBES.has(kind);
}

/** One answer on the way to a page. */
export interface PageHop {
  readonly url: string;
  readonly status: number;
}

/** Why no answer could be had of a page. */
export interface PageFailure {
  readonly kind: PageFailureKind;
  readonly text: string;
}

/** `refused` is a target that this run may not ask: another host, a private address. */
export const PAGE_FAILURES = [
  'refused',
  'robots',
  'loop',
  'too-many-redirects',
  'redirect',
  'timeout',
  'dns',
  'tls',
  'network',
  'malformed',
  'too-large',
] as const;
export type PageFailureKind = (typeof PAGE_FAILURES)[number];

/** A thing that structured data describe; texts as written. */
export interface PageItem {
  readonly type: string;
  readonly price?: string;
  readonly currency?: string;
  readonly availability?: string;
}

/** What the HTML of a page says, white space folded; addresses as written. */
export interface PageHtml {
  readonly title: string | null;
  readonly h1: readonly string[];
  readonly description: string | null;
  /** The first `<base href>`. */
  readonly base: string | null;
  readonly canonicals: readonly { readonly href: string; readonly isInHead: boolean }[];
  /** `<meta name="robots">` and of single robots. */
  readonly robots: readonly { readonly name: string; readonly content: string }[];
  readonly hreflang: readonly { readonly lang: string; readonly href: string }[];
  readonly items: readonly PageItem[];
  /** Blocks of JSON-LD that are no JSON. */
  readonly brokenItems: number;
  /** Characters of text outside of scripts and styles. */
  readonly textLength: number;
  /** How many; this and what follows are there when a check asks for links. */
  readonly links?: number;
  /** Some of the links that no crawler follows, as written. */
  readonly deadLinks?: readonly string[];
  /** Listed pages that it links to, absolute. */
  readonly linksTo?: readonly string[];
}

/** One cache on the way, by RFC 9211. */
export interface PageCache {
  readonly name: string;
  readonly isHit: boolean;
}

/** What one cache says of one answer, by RFC 9211. */
export interface CacheEntry extends PageCache {
  /** Why it asked further: `uri-miss`, `stale` …; absent where it did not say. */
  readonly forward?: string;
  /** What it stored the answer under. */
  readonly key?: string;
}

/** One of several times that a page was asked for, by a probe of caches. */
export interface CacheVisit {
  /** Null where nothing answered. */
  readonly status: number | null;
  readonly failure?: PageFailure;
  /** By Cache-Status, the nearest to the origin first; null: the header cannot be read; absent: there is none. */
  readonly caches?: readonly CacheEntry[] | null;
  /** Headers in which single products say the same, by their lower-case names. */
  readonly others?: Readonly<Record<string, string>>;
  /** Seconds; null: the header is there and is no number of seconds. */
  readonly age?: number | null;
  readonly cacheControl?: string;
  readonly vary?: string;
  readonly setsCookie?: boolean;
  /** Hash of the body. */
  readonly body?: string;
  /** Whether the body holds the marker of the release; absent where none was looked for. */
  readonly hasMarker?: boolean;
}

/** What one page answered, reduced to what checks look at: this is what a recording stores. */
export interface Page {
  /** Absolute, normalised, without a fragment. */
  readonly url: string;
  /** As it was listed: arms are compared by it. */
  readonly listed: string;
  /** Asked for because a listed page names it, and not judged itself. */
  readonly isTarget: boolean;
  /** What the list says of it, by column. */
  readonly expected: Readonly<Record<string, string>>;
  /** Answers in order; the last is the page's own, unless there is a failure. */
  readonly hops: readonly PageHop[];
  readonly failure?: PageFailure;
  readonly contentType?: string;
  /** Values of headers that may repeat, one entry per line. */
  readonly robotsHeaders: readonly string[];
  readonly linkHeaders: readonly string[];
  readonly vary?: string;
  /** Null: the header is there and cannot be read. */
  readonly caches?: readonly PageCache[] | null;
  /** Each time a probe of caches asked for it, in order. */
  readonly visits?: readonly CacheVisit[];
  /** Until the first byte of the last answer, in seconds. */
  readonly ttfb?: number;
  /** Of the body, decompressed. */
  readonly bytes?: number;
  readonly html?: PageHtml;
  /** The same page after scripts ran. */
  readonly rendered?: PageHtml;
  readonly renderTrouble?: string;
  /** May Googlebot fetch it, by robots.txt. */
  readonly robotsTxt?: {
    readonly state: 'allowed' | 'disallowed' | 'unreachable';
    readonly detail: string;
  };
  readonly sitemap?: { readonly state: 'listed' | 'absent' | 'unread'; readonly detail: string };
  /** Status by the name of a user agent; null where nothing answered. */
  readonly agents?: Readonly<Record<string, number | null>>;
  /** How an address that cannot exist answers in the same section. */
  readonly nowhere?: { readonly status: number | null; readonly isAlike: boolean };
}
