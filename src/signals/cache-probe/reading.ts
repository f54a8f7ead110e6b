import type { CacheVisit } from '../../model/page.js';

/** Words that are a hit, in lower case, by the name of a header. */
export type HitHeaders = ReadonlyMap<string, ReadonlySet<string>>;

/** A cache that was asked for an answer, and whether it had it. */
export interface Asked {
  readonly name: string;
  readonly isHit: boolean;
  readonly forward?: string;
}

export function hitHeadersOf(
  written: Readonly<Record<string, readonly string[] | undefined>> | undefined,
): HitHeaders {
  return new Map(
    Object.entries(written ?? {}).map(([name, words]) => [
      name,
      new Set((words ?? []).map((word) => word.trim().toLowerCase())),
    ]),
  );
}

/**
 * The caches that one visit went to, the nearest to us first.
 *
 * A cache that has an answer gives back what it stored with it: whatever the caches behind it say is of the time when it
 * was stored, and they were not asked. By the older headers, whose order nobody told, each speaks for itself.
 *
 * @returns undefined where nothing that can be read tells of a cache
 */
export function askedIn(visit: CacheVisit, hitHeaders: HitHeaders): readonly Asked[] | undefined {
  if (visit.failure !== undefined || visit.caches === null) return undefined;
  if (visit.caches !== undefined && visit.caches.length > 0) {
    // With both, it contradicts itself: RFC 9211 2.2.
    const nearest = visit.caches
      .map((each): Asked => ({ ...each, isHit: each.isHit && each.forward === undefined }))
      .reverse();
    const answered = nearest.findIndex(({ isHit }) => isHit);
    return answered < 0 ? nearest : nearest.slice(0, answered + 1);
  }
  const told = Object.entries(visit.others ?? {}).flatMap(([name, value]): readonly Asked[] => {
    const words = hitHeaders.get(name);
    return words === undefined ? [] : [{ name, isHit: isAmong(value, words) }];
  });
  return told.length > 0 ? told : undefined;
}

/** One word, or one of several that a chain of caches left there. */
function isAmong(value: string, words: ReadonlySet<string>): boolean {
  return value.split(',').some((word) => words.has(word.trim().toLowerCase()));
}

/** Whether a cache had the answer; an error that a cache had is none that anybody wants. */
export function isFromCache({ status }: CacheVisit, asked: readonly Asked[]): boolean {
  return status !== null && status < 400 && asked.some(({ isHit }) => isHit);
}
