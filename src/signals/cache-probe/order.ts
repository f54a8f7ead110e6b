import type { Variables } from '../../contracts/backend.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import { listedAddress } from '../probing/addresses.js';
import { bindManners, expandWith, isWithoutGround, type Manners } from '../probing/manners.js';
import type { CacheProbeBlock } from './block.js';

/** An address to ask for. */
export interface Row {
  readonly url: string;
  readonly listed: string;
}

/** All that a run must know to ask, variables in place. */
export interface Order extends Manners {
  readonly rows: readonly Row[];
  readonly times: number;
  /** Text that answers of the release hold. */
  readonly marker: string | undefined;
}

const TIMES = 2;

/** Puts variables into a block. Every trouble at once. @returns the order, and the text that it is known by */
export function bindOrder(
  block: CacheProbeBlock,
  variables: Variables,
): Result<{ readonly order: Order; readonly text: string }> {
  const failures: Failure[] = [];
  const expand = expandWith(variables, failures);
  const { manners, base, shown } = bindManners(block, expand, failures);
  if (isWithoutGround(failures)) return failed(...failures);
  const seen = new Set<string>();
  const rows = block.urls.flatMap((written, i): readonly Row[] => {
    const listed = expand(written, 'urls', i);
    const address = listedAddress(listed, { base, hosts: manners.hosts });
    const refuse = (message: string, mend: string): readonly Row[] => {
      failures.push({ code: 'gatefile.invalid', message, path: ['urls', i], mend });
      return [];
    };
    if (address.state === 'refused') return refuse(address.message, address.mend);
    if (seen.has(address.url)) return refuse(`"${listed}" is listed twice`, 'list it once');
    seen.add(address.url);
    return [{ url: address.url, listed }];
  });
  const marker = block.marker === undefined ? undefined : expand(block.marker, 'marker');
  if (marker?.trim() === '')
    failures.push({
      code: 'gatefile.invalid',
      message: '"marker" is empty, and every page would hold it',
      path: ['marker'],
      mend: 'write text that only pages of this release hold, such as its version',
    });
  if (failures.length > 0) return failed(...failures);
  const times = block.times ?? TIMES;
  const text = JSON.stringify({ urls: rows.map(({ listed }) => listed), ...shown, times, marker });
  return ok({ order: { ...manners, rows, times, marker }, text });
}
