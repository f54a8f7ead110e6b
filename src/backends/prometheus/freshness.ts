import { type Labels, labelsText, type Series } from '../../model/series.js';
import { type EpochMs, formatDuration } from '../../model/time.js';
import { agedSelectors } from './checks.js';
import { type Promql, plainSelector, type Selector } from './promql.js';

/**
 * How the age of the samples behind an answer is asked. A server repeats a series' last sample for five minutes, so
 * the answer alone makes a dead exporter look alive; `timestamp()` gives the sample's own time.
 *
 * - `none`: nothing whose age can be asked stands in the query
 * - `each`: the query is one selector: its series are matched by their labels
 * - `joint`: series of the query are computed; the oldest of what they were computed from holds for all of them
 */
export type AgeProbe =
  | { readonly kind: 'none' }
  | { readonly kind: 'each'; readonly query: string }
  | { readonly kind: 'joint'; readonly query: string; readonly selectors: readonly Selector[] };

/** Label that tells the selectors of a joint probe apart. */
const TAG = 'gatekeeper_selector';

export function ageProbe(query: Promql): AgeProbe {
  const selectors = agedSelectors(query);
  const plain = plainSelector(query);
  if (plain !== undefined && selectors.length > 0) return { kind: 'each', query: `timestamp(${plain.text})` };
  if (selectors.length === 0) return { kind: 'none' };
  return { kind: 'joint', query: tagged(selectors.map(({ text }) => `min(timestamp(${text}))`)), selectors };
}

/**
 * A query and its probe as one question, whose answer `parted` takes apart: what the probe yields bears the tag, so that
 * none of it is what the query yields.
 */
export function joined(query: Promql, probe: Exclude<AgeProbe, { kind: 'none' }>): string {
  // No operator binds looser than "or": the query needs no parentheses, and places in it stay where they are.
  return `${query.text} or ${probe.kind === 'each' ? tagged([probe.query]) : probe.query}`;
}

/** The series of a query and those of its probe, out of the answer to both. */
export function parted(
  series: readonly Series[],
  kind: 'each' | 'joint',
): { readonly own: readonly Series[]; readonly ages: readonly Series[] } {
  const own = series.filter(({ labels }) => !Object.hasOwn(labels, TAG));
  const ages = series.filter(({ labels }) => Object.hasOwn(labels, TAG));
  return { own, ages: kind === 'each' ? ages.map(withoutTag) : ages };
}

function withoutTag(one: Series): Series {
  const { [TAG]: _, ...labels } = one.labels;
  return { ...one, labels };
}

/** Single values joined in one question, each under the label of its index. */
export function tagged(expressions: readonly string[]): string {
  return expressions.map((each, i) => `label_replace(${each}, "${TAG}", "${i}", "", "")`).join(' or ');
}

/** The answer to a `tagged` question: series by their index. */
export function untagged(series: readonly Series[]): ReadonlyMap<number, Series> {
  return new Map(series.map((one) => [Number(one.labels[TAG]), one]));
}

/** Series of an instant answer with the time of their own sample. */
export function withEachAge(series: readonly Series[], probe: readonly Series[]): readonly Series[] {
  const ages = new Map(probe.map((one) => [unnamed(one.labels), secondsToMs(one.values[0])]));
  return series.map((one) => {
    const newest = ages.get(unnamed(one.labels));
    return newest === undefined ? one : { ...one, newest };
  });
}

/** Series of an instant answer with the time of the oldest thing that they were computed from. */
export function withJointAge(series: readonly Series[], ages: readonly EpochMs[]): readonly Series[] {
  return ages.length === 0 ? series : series.map((one) => ({ ...one, newest: Math.min(...ages) }));
}

/**
 * Selectors that may have fed a range function although they have no sample within the look-back: what ended three
 * minutes ago is still inside `[5m]`. Their ages have to be asked by `rangedAges`.
 */
export function unansweredRanges(
  selectors: readonly Selector[],
  probe: readonly Series[],
): readonly Selector[] {
  const answered = untagged(probe);
  return selectors.filter(({ rangeMs }, i) => rangeMs > 0 && !answered.has(i));
}

/** A question for the newest sample of each selector within its own range. */
export function rangedAges(selectors: readonly Selector[]): string {
  return tagged(
    selectors.map(({ text, rangeMs }) => {
      // A hundred looks are cheap, and find the last sample to within a hundredth of the range.
      const everyMs = Math.max(15_000, Math.ceil(rangeMs / 100_000) * 1000);
      return `max(max_over_time(timestamp(${text})[${formatDuration(rangeMs)}:${formatDuration(everyMs)}]))`;
    }),
  );
}

/** When the newest sample behind the value at each instant was taken; an instant without one is not in it. */
export type AgesByTime = ReadonlyMap<EpochMs, EpochMs>;

/** The oldest of what feeds the value at each of these instants, from a joint probe by step. */
export function jointAges(
  selectors: readonly Selector[],
  probe: readonly Series[],
  instants: readonly EpochMs[],
): AgesByTime {
  const answered = untagged(probe);
  const oldest = new Map<EpochMs, EpochMs>();
  selectors.forEach(({ rangeMs }, i) => {
    const own = agesOf(answered.get(i));
    let last: EpochMs | undefined;
    for (const instant of instants) {
      const now = own.get(instant);
      // Within its range a selector that is gone still feeds the value, with samples that grow older.
      const feeding = now ?? (last !== undefined && last > instant - rangeMs ? last : undefined);
      last = now ?? last;
      if (feeding !== undefined) oldest.set(instant, Math.min(feeding, oldest.get(instant) ?? feeding));
    }
  });
  return oldest;
}

/** The sample's time at each instant, of every series of an `each` probe. */
export function eachAges(probe: readonly Series[]): ReadonlyMap<string, AgesByTime> {
  return new Map(probe.map((one) => [unnamed(one.labels), agesOf(one)]));
}

/** Drops the points that repeat a sample of an earlier stratum; `newest` is the last sample, dropped or not. */
export function measuredOnly(one: Series, ages: AgesByTime, stepMs: number): Series {
  const isMeasured = (time: EpochMs): boolean => {
    const sampled = ages.get(time);
    return sampled !== undefined && !(sampled <= time - stepMs);
  };
  const last = one.times.findLast((time) => ages.has(time));
  const newest = last === undefined ? undefined : ages.get(last);
  const age = newest === undefined ? {} : { newest };
  // Nearly always all of them: an answer of a million points is not copied for nothing.
  if (one.times.every(isMeasured)) return { ...one, ...age };
  return {
    labels: one.labels,
    times: one.times.filter(isMeasured),
    values: one.values.filter((_, i) => isMeasured(one.times[i] ?? Number.NaN)),
    ...age,
  };
}

/** Labels without the metric's name, which `timestamp()` drops. */
export function unnamed(labels: Labels): string {
  const { __name__: _, ...rest } = labels;
  return labelsText(rest);
}

function agesOf(one: Series | undefined): AgesByTime {
  return new Map(one?.times.map((time, i) => [time, secondsToMs(one.values[i])]));
}

/** Unix seconds as milliseconds; a time that is none is as old as can be, so that nothing passes by it. */
export function secondsToMs(value: number | undefined): EpochMs {
  return value === undefined || !Number.isFinite(value) ? 0 : Math.round(value * 1000);
}
