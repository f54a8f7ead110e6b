import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { readCsvList } from '../list/csv.js';
import type { ReadList } from '../list/file.js';
import type { Sitemap } from '../list/sitemap.js';
import type { Urls } from './block.js';
import type { Target } from './statement.js';

/** Pages to look up in a log. */
export interface ListedPages {
  readonly targets: readonly Target[];
  /** The one host that they name; undefined where none of them does. */
  readonly host: string | undefined;
  /** What a recording knows the list by. */
  readonly summary: string;
}

/** What lists are read with. */
export interface Readers {
  readonly readList: ReadList;
  readonly readSitemap: (body: Uint8Array) => Sitemap;
  /** Puts variables into a text of the block. */
  readonly expand: (text: string) => Result<string>;
}

interface Written {
  readonly url: string;
  readonly place: Pick<Failure, 'span' | 'path'>;
}

/** The statement that looks them up holds every one of them. */
const MOST_PAGES = 10_000;
/** More trouble than this is the same trouble again. */
const MOST_TROUBLE = 10;

/** Reads the list of pages that a block names or holds. Every trouble at once. */
export function listedPages(urls: Urls, readers: Readers): Result<ListedPages> {
  const read =
    'csv' in urls
      ? ofCsv(urls.csv, readers)
      : 'sitemap' in urls
        ? ofSitemap(urls.sitemap, readers)
        : ofList(urls, readers);
  if (!read.ok) return read;
  const { written, summary } = read.value;
  if (written.length > MOST_PAGES)
    return refused(
      ['urls'],
      `the list has ${written.length} pages, at most ${MOST_PAGES} are looked up`,
      'shorten it',
    );
  const failures: Failure[] = [];
  const targets: Target[] = [];
  const known = new Set<string>();
  const hosts = new Set<string>();
  for (const { url: listed, place } of written) {
    const refuse = (message: string, mend: string): void => {
      failures.push({ code: 'gatefile.invalid', message, ...place, mend });
    };
    const url = pageOf(listed);
    if (url === undefined) {
      refuse(`"${listed}" is no page`, 'write it like https://shop.example.com/path, or /path');
      continue;
    }
    if (url.host !== undefined) hosts.add(url.host);
    if (hosts.size > 1)
      refuse(
        `"${listed}" is on another host than those before it: ${[...hosts].join(', ')}`,
        'a log may not tell hosts apart: write a signal for each',
      );
    if (known.has(url.target)) refuse(`"${listed}" is listed twice`, 'list it once');
    known.add(url.target);
    targets.push({ listed, target: url.target });
  }
  if (failures.length > 0) return failed(...failures.slice(0, MOST_TROUBLE));
  return ok({ targets, host: [...hosts][0], summary });
}

function pageOf(listed: string): { readonly target: string; readonly host: string | undefined } | undefined {
  const isWhole = /^https?:\/\//i.test(listed);
  if (!isWhole && !/^\/(?!\/)/.test(listed)) return undefined;
  const base = isWhole ? undefined : 'http://any';
  // Doubled braces would be taken for a variable.
  if (listed.includes('{{') || !URL.canParse(listed, base)) return undefined;
  const { pathname, search, host } = new URL(listed, base);
  return { target: `${pathname}${search}`, host: isWhole ? host : undefined };
}

type Found = Result<{ readonly written: readonly Written[]; readonly summary: string }>;

function ofList(urls: Extract<Urls, readonly unknown[]>, { expand }: Readers): Found {
  const failures: Failure[] = [];
  const written = urls.map((each, i): Written => {
    const path = typeof each === 'string' ? ['urls', i] : ['urls', i, 'url'];
    const text = typeof each === 'string' ? each : each.url;
    const expanded = expand(text);
    if (!expanded.ok) failures.push(...expanded.failures.map((failure) => ({ ...failure, path })));
    return { url: expanded.ok ? expanded.value : text, place: { path } };
  });
  const summary = JSON.stringify(written.map(({ url }) => url));
  return failures.length > 0 ? failed(...failures) : ok({ written, summary });
}

function ofCsv(path: string, { readList, expand }: Readers): Found {
  const at = ['urls', 'csv'];
  const expanded = expand(path);
  if (!expanded.ok) return failed(...expanded.failures.map((failure) => ({ ...failure, path: at })));
  const list = readList(expanded.value, at);
  if (!list.ok) return list;
  const { text, file, hash } = list.value;
  // Other columns are what a crawl expects of the pages.
  const rows = readCsvList(text, file, () => undefined);
  if (!rows.ok) return rows;
  const written = rows.value.map(
    ({ cells, place }): Written => ({ url: cells['url'] ?? '', place: place('url') }),
  );
  return ok({ written, summary: JSON.stringify({ csv: path, sha256: hash }) });
}

function ofSitemap(path: string, { readList, readSitemap, expand }: Readers): Found {
  const at = ['urls', 'sitemap'];
  if (/^https?:/i.test(path))
    return refused(at, `"${path}" is no file`, 'save the sitemap beside the gate, and write its path');
  const expanded = expand(path);
  if (!expanded.ok) return failed(...expanded.failures.map((failure) => ({ ...failure, path: at })));
  const list = readList(expanded.value, at);
  if (!list.ok) return list;
  const { file, bytes, hash } = list.value;
  const read = readSitemap(bytes);
  if (read.kind === 'broken') return refused(at, `${file} is no sitemap: ${read.why}`, 'save it anew');
  if (read.kind === 'index')
    return refused(at, `${file} is an index of sitemaps`, 'save one of the sitemaps that it names');
  if (read.locs.length === 0) return refused(at, `${file} lists no page`, 'save it anew');
  const written = read.locs.map((url): Written => ({ url, place: { path: at } }));
  return ok({ written, summary: JSON.stringify({ sitemap: path, sha256: hash }) });
}

function refused(path: readonly string[], message: string, mend: string): Result<never> {
  return failed({ code: 'gatefile.invalid', message, path: [...path], mend });
}
