import * as z from 'zod';
import type { Backend, BackendSite, PreparedQuery, QueryRequest } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { ok, type Result } from '../../model/failure.js';
import { listReader } from '../list/file.js';
import { urlsSchema } from './block.js';
import { listedPages, type Readers } from './pages.js';
import { CRAWL_VALUES, crawlsOf, type Target } from './statement.js';

/** What a part asks of pages: which they are is found out when it is bound to its variables. */
const question = z.strictObject({
  log: z.string(),
  crawler: z.string(),
  urls: urlsSchema,
  /** How far to look back; the window without it. */
  backMs: z.number().optional(),
  value: z.enum(CRAWL_VALUES),
});
export type PagesQuestion = z.input<typeof question>;

/** Puts the pages of a list into the statement that a backend is asked; anything else goes through as it is. */
export function throughLists(backend: Backend, site: BackendSite): Backend {
  const readList = listReader(site.folder);
  let readSitemap: Readers['readSitemap'] = () => ({ kind: 'broken', why: 'it was not to be read' });
  return {
    ...backend,
    ready: async (parts, isRaw) => {
      // Loaded where a list is a sitemap: others need no parser of XML.
      if (parts.some(isSitemap)) ({ readSitemap } = await import('../list/sitemap.js'));
      await backend.ready?.(parts, isRaw);
    },
    prepare: (request) => {
      const parsed = question.safeParse(request.source);
      return parsed.success
        ? preparePages(backend, request, parsed.data, { readList, readSitemap })
        : backend.prepare(request);
    },
  };
}

function preparePages(
  backend: Backend,
  request: QueryRequest,
  { log, crawler, urls, backMs, value }: z.output<typeof question>,
  readers: Pick<Readers, 'readList' | 'readSitemap'>,
): Result<PreparedQuery> {
  const expand: Readers['expand'] = (text) => expandPlaceholders(text, request.variables, (each) => ok(each));
  const pages = listedPages(urls, { ...readers, expand });
  if (!pages.ok) return pages;
  const { host, summary } = pages.value;
  const over = (targets: readonly Target[]): Result<PreparedQuery> =>
    backend.prepare({ ...request, source: crawlsOf({ log, crawler }, { targets, host, backMs }, value) });
  const prepared = over(pages.value.targets);
  const shown = over(STAND_IN);
  if (!prepared.ok || !shown.ok) return prepared;
  // Pages that were never crawled have no "since", and are searched for all the same.
  const listed = { label: 'url', values: pages.value.targets.map((target) => target.listed) };
  return ok({
    ...prepared.value,
    text: `${shown.value.text} ${summary}`,
    ...(value === 'searched' && { listed }),
  });
}

/** Ten thousand pages are no text for a person, nor for a recording. */
const STAND_IN: readonly Target[] = [{ listed: 'each page', target: 'its path' }];

function isSitemap(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'sitemap' in part;
}
