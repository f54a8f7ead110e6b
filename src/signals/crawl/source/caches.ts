import { parseList, Token } from 'structured-headers';
import type { PageCache } from '../../../model/page.js';

/** `Cache-Status` by RFC 9211: one entry for each cache, the nearest to the origin first; null for what is no list. */
export function cachesIn(lines: readonly string[]): readonly PageCache[] | null {
  try {
    return parseList(lines.join(', ')).map(([item, parameters]) => {
      // By RFC 9211 a member is a token or a string.
      if (typeof item !== 'string' && !(item instanceof Token)) throw new RangeError('no name of a cache');
      return { name: item.toString(), isHit: parameters.get('hit') === true };
    });
  } catch {
    return null;
  }
}
