import { BackendError } from '../../model/failure.js';
import type { PageFailure } from '../../model/page.js';

/**
 * Where nothing answered at all, the fault is more likely on the way than with every page.
 *
 * @param failures of each page, as far as it never answered
 */
export function refuseSilence(
  pages: readonly { readonly url: string; readonly silence: PageFailure | undefined }[],
): void {
  const [first] = pages;
  if (first?.silence === undefined || pages.some(({ silence }) => silence === undefined)) return;
  const isRefused = first.silence.kind === 'refused';
  throw new BackendError({
    code: 'backend.unreachable',
    message: `${pages.length === 1 ? 'the only page could not' : `none of ${pages.length} pages could`} be fetched: ${first.url} ${isRefused ? '' : 'failed: '}${first.silence.text}`,
    mend: isRefused
      ? 'write "allow-private: true" if these hosts are meant to be on this machine or in a private network'
      : 'check the hosts, and that they can be reached from here without a proxy',
  });
}
