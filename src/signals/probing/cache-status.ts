import { parseList, Token } from 'structured-headers';
import type { CacheEntry } from '../../model/page.js';

type Parameter = ReturnType<typeof parseList>[number][1] extends Map<string, infer Value> ? Value : never;

/** `Cache-Status` by RFC 9211: one entry for each cache, the nearest to the origin first; null for what is no list. */
export function cacheStatusIn(lines: readonly string[]): readonly CacheEntry[] | null {
  try {
    return parseList(lines.join(', ')).map(([item, parameters]) => {
      // By RFC 9211 a member is a token or a string.
      if (typeof item !== 'string' && !(item instanceof Token)) throw new RangeError('no name of a cache');
      const forward = wordIn(parameters.get('fwd'));
      const key = wordIn(parameters.get('key'));
      return {
        name: item.toString(),
        isHit: parameters.get('hit') === true,
        ...(forward !== undefined && { forward }),
        ...(key !== undefined && { key }),
      };
    });
  } catch {
    return null;
  }
}

function wordIn(value: Parameter | undefined): string | undefined {
  return typeof value === 'string' || value instanceof Token ? value.toString() : undefined;
}
