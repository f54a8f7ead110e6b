import * as z from 'zod';
import type { Backend, BackendSite, PreparedQuery, QueryRequest } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { BackendError, failed, ok, type Result } from '../../model/failure.js';
import { formatDuration } from '../../model/time.js';
import { listReader, type ReadList } from '../list/file.js';
import { queryOf } from '../probing/query.js';
import { blockSchema } from './block.js';
import { baselineReader, type ReadBaseline } from './source/baseline.js';
import { bindOrder, type Order } from './source/order.js';

const baselineSchema = z.strictObject({ recorded: z.string() });

/** Asks web servers for pages; what a crawl asks instead of a backend. */
export function crawlSource(site: BackendSite): Backend {
  const readList = listReader(site.folder);
  const readBaseline = baselineReader(site.folder);
  return {
    id: site.id,
    type: 'crawl',
    address: 'the web',
    prepare: (request) => {
      const baseline = baselineSchema.safeParse(request.source);
      return baseline.success
        ? prepareBaseline(baseline.data.recorded, request, site, readBaseline)
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
    isCrawl: true,
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

function prepareBaseline(
  written: string,
  request: QueryRequest,
  site: BackendSite,
  readBaseline: ReadBaseline,
): Result<PreparedQuery> {
  const shown = expandPlaceholders(written, request.variables, (value) => ok(value));
  if (!shown.ok) return shown;
  const text = JSON.stringify({ recorded: shown.value });
  return ok({
    ...queryOf(site, request, text),
    isOfRecorded: true,
    refusals: () => {
      const answer = readBaseline(shown.value);
      return answer.ok ? [] : answer.failures;
    },
    fetch: () => {
      const answer = readBaseline(shown.value);
      if (answer.ok) return Promise.resolve(answer.value);
      const [failure] = answer.failures;
      return Promise.reject(failure === undefined ? new Error('no failure') : new BackendError(failure));
    },
  });
}
