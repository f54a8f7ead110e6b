import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import * as z from 'zod';
import type { Backend, BackendSite, PreparedQuery, QueryRequest } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { failed, ok, type Result } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { queryOf } from '../probing/query.js';
import { blockSchema } from './block.js';
import { bindOrder, type Order, type ReadList } from './source/order.js';

const baselineSchema = z.strictObject({ recorded: z.string() });
const MOST_LIST_BYTES = 64 * 1024 * 1024;

/** Asks web servers for pages; what a crawl asks instead of a backend. */
export function crawlSource(site: BackendSite): Backend {
  const readList = listReader(site.folder);
  return {
    id: site.id,
    type: 'crawl',
    address: 'the web',
    prepare: (request) => {
      const baseline = baselineSchema.safeParse(request.source);
      return baseline.success
        ? prepareBaseline(baseline.data.recorded, request, site)
        : preparePages(request, site, readList);
    },
    probe: () => Promise.resolve({ identity: 'web pages', newestAgeMs: null, notes: [] }),
  };
}

function preparePages(request: QueryRequest, site: BackendSite, readList: ReadList): Result<PreparedQuery> {
  const block = blockSchema.safeParse(request.source);
  if (!block.success)
    return failed(
      ...block.error.issues.map(({ message }) => ({ code: 'gatefile.invalid', message }) as const),
    );
  const bound = bindOrder(block.data, request.variables, readList);
  if (!bound.ok) return bound;
  const { order, text } = bound.value;
  return ok({
    ...queryOf(site, request, text),
    notes: durationNotes(order),
    fetch: async (context) => {
      // Loaded when there is something to ask: a replay needs no parser of HTML.
      const { probePages } = await import('./source/probe.js');
      return probePages(order, context);
    },
  });
}

/** Longer than this is worth a remark: a run has a limit of its own. */
const LONG_MS = 60_000;

function durationNotes({ pages, perSecond }: Order): readonly string[] {
  const many = 'rows' in pages ? pages.rows.length : 0;
  const ms = Math.round(many / perSecond) * 1000;
  return ms <= LONG_MS
    ? []
    : [
        `${many} pages take ${formatDuration(ms)} and more at this rate: give the run that time with --timeout`,
      ];
}

function prepareBaseline(written: string, request: QueryRequest, site: BackendSite): Result<PreparedQuery> {
  const shown = expandPlaceholders(written, request.variables, (value) => ok(value));
  if (!shown.ok) return shown;
  const text = JSON.stringify({ recorded: shown.value });
  return ok({
    ...queryOf(site, request, text),
    fetch: async () => {
      const { recordedPages } = await import('./source/baseline.js');
      return recordedPages(resolve(site.folder, shown.value), shown.value);
    },
  });
}

/** Reads each list once: it is asked for by every criterion, arm and segment. */
function listReader(folder: string): ReadList {
  const known = new Map<string, ReturnType<ReadList>>();
  const read: ReadList = (path) => {
    try {
      const bytes = readFileSync(resolve(folder, path));
      if (bytes.length > MOST_LIST_BYTES) return unreadable(path, 'it is larger than 64 MiB');
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      // As a reader finds it from where the run was started.
      const file = relative('', resolve(folder, path));
      return ok({ file, text: bytes.toString('utf8'), hash });
    } catch (error) {
      return unreadable(
        path,
        error instanceof Error && 'code' in error ? String(error.code) : 'unknown error',
      );
    }
  };
  return (path) => {
    const list = known.get(path) ?? read(path);
    known.set(path, list);
    return list;
  };
}

function unreadable(path: string, why: string): Result<never> {
  return failed({
    code: 'gatefile.invalid',
    message: `"${path}" cannot be read (${why})`,
    path: ['urls', 'csv'],
    mend: 'check the path of the list; a relative one starts at the folder of the gate file',
  });
}
