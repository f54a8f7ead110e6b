import type { Backend } from '../../contracts/backend.js';
import { suggest } from '../../contracts/suggest.js';
import type { Failure } from '../../model/failure.js';

/** Why a backend cannot tell a crawler's hits: without a way to verify them none is one, and a log would be no evidence. */
export function unknownCrawler(
  crawler: string,
  { id, crawlers }: Pick<Backend, 'id' | 'crawlers'>,
): Failure | undefined {
  if (crawlers === undefined || crawlers.verified.includes(crawler)) return undefined;
  const said = { code: 'gatefile.unknown-name', path: ['crawler'] } as const;
  if (crawlers.byDns.includes(crawler)) {
    return {
      ...said,
      message: `"${crawler}" has no list of addresses here, so that no hit of it can be verified`,
      mend: `give backend "${id}" one, "crawlers: { ${crawler}: FILE }", or "verify: dns"`,
    };
  }
  const known = [...crawlers.verified, ...crawlers.byDns];
  const near = suggest(crawler, known);
  return {
    ...said,
    message: `"${crawler}" is no crawler that backend "${id}" knows`,
    mend:
      near === undefined
        ? `known here: ${crawlers.verified.join(', ')}; another one has its list under "crawlers" of the backend`
        : `did you mean "${near}"?`,
  };
}
