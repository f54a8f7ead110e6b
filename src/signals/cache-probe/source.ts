import type { Backend, BackendSite } from '../../contracts/backend.js';
import { failed, ok } from '../../model/failure.js';
import { queryOf } from '../probing/query.js';
import { blockSchema } from './block.js';
import { bindOrder } from './order.js';

/** Asks web servers for listed addresses; what a probe of caches asks instead of a backend. */
export function cacheProbeSource(site: BackendSite): Backend {
  return {
    id: site.id,
    type: 'cache-probe',
    address: 'the web',
    prepare: (request) => {
      const block = blockSchema.safeParse(request.source);
      if (!block.success)
        return failed(
          ...block.error.issues.map(({ message }) => ({ code: 'gatefile.invalid', message }) as const),
        );
      const bound = bindOrder(block.data, request.variables);
      if (!bound.ok) return bound;
      const { order, text } = bound.value;
      return ok({
        ...queryOf(site, request, text),
        isRecordedOnly: true,
        fetch: async (context) => {
          // Loaded when there is something to ask: a replay needs no parser of headers.
          const { probeCaches } = await import('./probe.js');
          return probeCaches(order, context);
        },
      });
    },
    probe: () => Promise.resolve({ identity: 'web pages', newestAgeMs: null, notes: [] }),
  };
}
