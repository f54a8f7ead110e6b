import type { Criterion } from '../../contracts/gate.js';
import type { Take } from '../../model/take.js';

/**
 * What leaves a criterion open that is asked of a list of pages as a whole: its answers have no steps, and are as old as
 * the run or the log.
 *
 * @returns undefined of every other criterion
 */
export function openOfLists({ kind, rule: { take } }: Criterion): readonly string[] | undefined {
  if (kind === 'crawl') return ['the list holds no page', ...openOfPages(take)];
  if (kind === 'cache-probe') return [...openOfVisits(take)];
  if (take.kind !== 'since-crawl') return undefined;
  return ['the log holds no verified hit of the crawler', DOUBT];
}

const DOUBT = 'hits that can be neither verified nor refuted would turn the verdict';

function openOfPages(take: Take): readonly string[] {
  switch (take.kind) {
    case 'regressions':
      return ['the baseline holds no page'];
    case 'page-quantile':
      return ['a listed page gave no answer, or an error that the list does not expect'];
    default:
      return [];
  }
}

function openOfVisits(take: Take): readonly string[] {
  const silent = 'no answer tells what caches did with it, or all are errors';
  switch (take.kind) {
    case 'share-hit':
      return [
        silent,
        'a visit after the first tells nothing of caches',
        ...(take.cache === null ? [] : [`a visit does not name the cache "${take.cache}"`]),
      ];
    case 'age-quantile':
      return [silent, 'a visit tells nothing of caches', 'an answer out of a cache does not say its age'];
    default:
      return [silent];
  }
}

/** What else leaves the shares and the patterns of a log open. */
export function openOfLogs({ kind, rule: { take } }: Criterion): readonly string[] {
  if (kind !== 'crawler-log') return [];
  const before = 'no verified hit of the crawler lies in the window, or none in the time before it';
  return take.kind === 'new-patterns' ? [before, DOUBT] : [DOUBT];
}
