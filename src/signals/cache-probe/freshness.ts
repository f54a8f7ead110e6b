/** What Cache-Control lets caches that many share do with an answer. */
export interface Freshness {
  /** Why they may not answer from it; empty where they may. */
  readonly obstacles: readonly ('no-store' | 'private' | 'no-cache' | 'no-time')[];
  /** How old it may be, in seconds, the time in which a stale one may stand in included; absent where nothing says. */
  readonly most?: number;
}

/**
 * Reads RFC 9111 5.2.2, with `stale-while-revalidate` of RFC 5861.
 *
 * By 4.2.1 the first of two equal directives holds, and an answer whose time to live is no number is stale.
 */
export function freshnessOf(cacheControl: string | undefined): Freshness {
  const directives = directivesIn(cacheControl ?? '');
  const seconds = (name: string): number | undefined => {
    const written = directives.get(name);
    if (written === undefined) return undefined;
    return /^\d+$/.test(written) ? Number(written) : 0;
  };
  const lifetime = seconds('s-maxage') ?? seconds('max-age');
  const named = (['no-store', 'private', 'no-cache'] as const).filter((name) => directives.has(name));
  return {
    obstacles: lifetime === 0 && named.length === 0 ? ['no-time'] : named,
    ...(lifetime !== undefined && { most: lifetime + (seconds('stale-while-revalidate') ?? 0) }),
  };
}

function directivesIn(text: string): ReadonlyMap<string, string> {
  const written = [...text.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;]+)))?/g)].map(
    ([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ''] as const,
  );
  return new Map(written.reverse());
}
