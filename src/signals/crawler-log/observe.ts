import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Doubt, Evidence, Observation, Trouble } from '../../model/evidence.js';
import type { Finding, MeasuredFinding } from '../../model/finding.js';
import { formatDuration } from '../../model/time.js';
import { observeCounts } from '../fold/counts.js';

const NEXT =
  'find out why: gatekeeper plan shows the statement, and rows of the log with "verified IS NULL" are meant';

/** What shares are taken of. */
export interface Shares {
  readonly top: 'good' | 'bad';
  readonly crawler: string;
  /** True where false claims are counted among all claims. */
  readonly isOfClaims: boolean;
}

/** Shares of hits, as for a ratio; of hits that nothing bears out or refutes, any may be the crawler's. */
export function observeShares(input: ObserveInput, { top, crawler, isOfClaims }: Shares): Observed {
  const seen = observeCounts(input, {
    numerator: top,
    denominator: 'total',
    absentNumerator: 'zero',
    isNested: true,
  });
  const unsure = unsureHits(input, 'unsure');
  const many = sum(unsure.values());
  if (seen.state === 'unusable') return seen;
  if (many === 0)
    return { ...seen, observations: seen.observations.map(nothingCounted(crawler, isOfClaims)) };
  const found = unsureHits(input, `unsure-${top}`);
  const others = new Map([...unsure].map(([time, hits]) => [time, hits - (found.get(time) ?? 0)]));
  const none: ReadonlyMap<number, number> = new Map();
  // The highest share that there may be, and the lowest.
  const ends = isOfClaims
    ? [more(input, unsure, unsure), more(input, none, unsure)]
    : [more(input, found, found), more(input, none, others)];
  const words = unsureWords(many, crawler);
  const observations = seen.observations.map(
    (observation): Observation => ({
      ...observation,
      trouble: [...observation.trouble, ...(observation.newest === null ? [nothingSure(words)] : [])],
      notes: [...observation.notes, words],
      otherwise: doubt(
        words,
        ends.map((end) => end(observation.evidence)),
      ),
    }),
  );
  return { state: 'observed', observations };
}

/** No hit in the log is no advice to look at an exporter. */
function nothingCounted(crawler: string, isOfClaims: boolean): (observation: Observation) => Observation {
  return (observation) =>
    observation.newest === null
      ? { ...observation, trouble: [...observation.trouble, nothingIn('the window', crawler, isOfClaims)] }
      : observation;
}

/** The evidence with as many more found, and as many more hits, by the end of their step. */
function more(
  { window }: ObserveInput,
  found: ReadonlyMap<number, number>,
  hits: ReadonlyMap<number, number>,
): (evidence: Evidence) => Evidence {
  return (evidence) => {
    if (evidence.kind !== 'counts') return evidence;
    const strata = evidence.strata.map((count, i) => {
      const end = window.from + (i + 1) * window.stepMs;
      const [k, n] = [found.get(end) ?? 0, hits.get(end) ?? 0];
      return n === 0 ? count : { k: (count?.k ?? 0) + k, n: (count?.n ?? 0) + n };
    });
    return { kind: 'counts', strata };
  };
}

/** Hits by the end of their step. */
function unsureHits({ answers }: ObserveInput, part: string): ReadonlyMap<number, number> {
  const hits = new Map<number, number>();
  for (const { times, values } of answers.get(part)?.series ?? [])
    times.forEach((time, i) => void hits.set(time, values[i] ?? 0));
  return hits;
}

/** Patterns of URLs in the window that were not there before it. */
export function observePatterns(input: ObserveInput, crawler: string): Observed {
  const [hits, unsure, age] = [byLabel(input, 'hits'), byLabel(input, 'unsure'), byLabel(input, 'age')];
  const [before, unsureBefore] = [byLabel(input, 'before'), byLabel(input, 'before-unsure')];
  const n = sum(hits.values());
  // Without a past, or without hits, nothing can be told of what is new.
  const isBlind = n === 0 || before.size === 0;
  const found = [...hits].filter(([pattern]) => !before.has(pattern)).sort(([, a], [, b]) => b - a);
  const counted = (k: number): Evidence => ({ kind: 'counts', strata: [isBlind ? null : { k, n }] });
  const findings = found.map(
    ([pattern, many]): Finding => ({ name: 'pattern.new', url: pattern, detail: counting(many) }),
  );
  // What was unsure may have been a new pattern, or may have been there before.
  const most = new Set([
    ...found.map(([pattern]) => pattern),
    ...[...unsure.keys()].filter((pattern) => !before.has(pattern)),
  ]);
  const least = found.filter(([pattern]) => !unsureBefore.has(pattern)).length;
  const words = unsureWords(sum(unsure.values()) + sum(unsureBefore.values()), crawler);
  const isUnsure = unsure.size + unsureBefore.size > 0;
  const newest = Math.min(...age.values());
  return one({
    evidence: counted(found.length),
    newest: n === 0 ? null : Number.isFinite(newest) ? input.window.to - newest * 1000 : input.window.to,
    trouble: [
      ...(n === 0 ? [nothingIn('the window', crawler)] : []),
      ...(before.size === 0 ? [nothingIn('the time before the window', crawler)] : []),
    ],
    notes: isUnsure ? [words] : [],
    findings: isBlind ? [] : findings,
    ...(isUnsure && { otherwise: doubt(words, [counted(most.size), counted(least)]) }),
  });
}

/** How long ago each page of a list was crawled; one that was not, at least as long as a crawl would have been seen. */
export function observeCrawls(input: ObserveInput, crawler: string): Observed {
  const [since, unsure, searched] = [
    byLabel(input, 'since'),
    byLabel(input, 'unsure'),
    byLabel(input, 'searched'),
  ];
  const listed = new Set([...searched.keys(), ...since.keys()]);
  const measured = [...listed]
    .map((url): MeasuredFinding => {
      const ago = since.get(url);
      const value = ago ?? searched.get(url) ?? 0;
      const detail =
        ago === undefined
          ? `never crawled in the ${durationText(value)} since the first hit of ${crawler} that the log shows`
          : `crawled ${durationText(value)} ago`;
      const name = ago === undefined ? 'since-crawl.never' : 'since-crawl.long';
      return { name, url, detail, value, isAtLeast: ago === undefined };
    })
    .sort((a, b) => b.value - a.value);
  const words = `hits on ${unsure.size} of the pages could be neither verified nor refuted: those may have been crawled later`;
  // One statement answers for all pages of the list; what is not searched for is not known to be all of it.
  const unsearched = [...since.keys(), ...unsure.keys()].filter((url) => !searched.has(url));
  const isNever = measured.some(({ isAtLeast }) => isAtLeast);
  return one({
    evidence: { kind: 'raw', values: measured.map(({ value }) => value), isAtLeast: isNever },
    newest: listed.size === 0 ? null : input.window.to,
    trouble: [
      ...(listed.size === 0 ? [nothingIn('the time that was looked at', crawler)] : []),
      ...(unsearched.length === 0 ? [] : [notSearched(unsearched)]),
    ],
    notes: unsure.size === 0 ? [] : [words],
    measured,
    ...(unsure.size > 0 && { otherwise: doubt(words, [unsureCrawls(measured, unsure)]) }),
  });
}

function unsureCrawls(measured: readonly MeasuredFinding[], unsure: ReadonlyMap<string, number>): Evidence {
  const values = measured.map(({ url, value }) => Math.min(value, unsure.get(url) ?? value));
  const isAtLeast = measured.some((each) => each.isAtLeast && !unsure.has(each.url));
  return { kind: 'raw', values, isAtLeast };
}

function one(observation: Omit<Observation, 'labels' | 'ended'>): Observed {
  return { state: 'observed', observations: [{ ...observation, labels: {}, ended: [] }] };
}

/** The value of each series by its one label. */
function byLabel({ answers }: ObserveInput, part: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { labels, values: own } of answers.get(part)?.series ?? []) {
    const [name] = Object.values(labels);
    const value = own.at(-1);
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  return values;
}

function doubt(text: string, evidence: readonly Evidence[]): Doubt {
  return { text: `${text}, and the verdict hangs on them`, next: NEXT, evidence };
}

function nothingSure(words: string): Trouble {
  return { code: 'no-data', text: `no hit is known to be the crawler's: ${words}`, next: NEXT };
}

function nothingIn(where: string, crawler: string, isOfClaims = false): Trouble {
  return {
    code: 'no-data',
    text: isOfClaims
      ? `no hit claims to be ${crawler} in ${where}`
      : `no verified hit of ${crawler} in ${where}`,
    next: 'look whether the log goes back as far, and whether the addresses of its crawlers can be verified',
  };
}

function notSearched([first = '', ...more]: readonly string[]): Trouble {
  const pages = more.length === 0 ? first : `${first} and ${more.length} more`;
  return {
    code: 'partial',
    text: `how far back the log was searched for ${pages} is not known`,
    next: 'in a test, give "searched" for each page of the list; record a set again',
  };
}

function unsureWords(many: number, crawler: string): string {
  return `${counting(many)} that ${many === 1 ? 'claims' : 'claim'} to be ${crawler} could be neither verified nor refuted`;
}

function counting(many: number): string {
  return many === 1 ? '1 hit' : `${many} hits`;
}

/** Seconds to the minute; less is told as it is. */
function durationText(seconds: number): string {
  const exact = seconds < 120 ? Math.round(seconds) : Math.round(seconds / 60) * 60;
  return formatDuration(exact * 1000);
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
