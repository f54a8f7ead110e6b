/** A store's state and its history as OpenMetrics text. */
import type { Instance, Store } from './model.js';
import type { Family, FamilyType, Series } from './registry.js';

type Labels = Readonly<Record<string, string>>;

/** Samples of one series over time. */
interface Track {
  /** `name{labels}` */
  readonly head: string;
  readonly seconds: number[];
  readonly values: number[];
}

interface History {
  readonly type: FamilyType;
  readonly help: string;
  readonly tracks: Map<Series | Instance, Track>;
}

/** What one instance answers at /metrics now; `job` and `instance` are for the scraper to add. */
export function expositionOf(target: Instance): string {
  let text = '';
  for (const family of target.registry.families.values()) {
    text += headerOf(family.name, family);
    for (const { name, labels, value } of family.series.values())
      text += `${name}${labelsOf(labels)} ${value}\n`;
  }
  return `${text}# EOF\n`;
}

/**
 * Steps the store to `to` and tells what Prometheus would have scraped in [from, to], with `up`, for promtool to backfill.
 * The store is at `to` afterwards, ready to be served live.
 *
 * @param span  epoch milliseconds; what lies before `from` is lived through, but not told
 */
export async function* historyOf(
  store: Store,
  span: { readonly from: number; readonly to: number },
): AsyncGenerator<string> {
  const histories = new Map<string, History>();
  for (;;) {
    if (store.now() >= span.from) record(store, histories);
    if (store.now() + store.scrapeSeconds * 1000 > span.to) break;
    store.step();
  }
  // promtool wants all samples of a family together, so nothing can be told before the end.
  for (const [name, history] of histories) {
    yield headerOf(name, history);
    for (const track of history.tracks.values()) yield textOf(track);
  }
  yield '# EOF\n';
}

function record(store: Store, histories: Map<string, History>): void {
  const seconds = store.now() / 1000;
  for (const { target, isUp } of store.targets()) {
    const identity = { job: target.job, instance: target.instance };
    const up = historyFor(histories, { name: 'up', type: 'gauge', help: 'Whether the scrape succeeded.' });
    append(up, target, () => `up${labelsOf(identity)}`, seconds, isUp ? 1 : 0);
    if (!isUp) continue;
    for (const family of target.registry.families.values()) {
      const history = historyFor(histories, family);
      for (const series of family.series.values()) {
        const head = () => `${series.name}${labelsOf({ ...series.labels, ...identity })}`;
        append(history, series, head, seconds, series.value);
      }
    }
  }
}

function historyFor(histories: Map<string, History>, family: Omit<Family, 'series'>): History {
  let history = histories.get(family.name);
  if (history === undefined) {
    history = { type: family.type, help: family.help, tracks: new Map() };
    histories.set(family.name, history);
  }
  return history;
}

function append(
  history: History,
  key: Series | Instance,
  head: () => string,
  seconds: number,
  value: number,
): void {
  let track = history.tracks.get(key);
  if (track === undefined) {
    track = { head: head(), seconds: [], values: [] };
    history.tracks.set(key, track);
  }
  track.seconds.push(seconds);
  track.values.push(value);
}

function textOf({ head, seconds, values }: Track): string {
  let text = '';
  for (let i = 0; i < seconds.length; i++) text += `${head} ${values[i]} ${seconds[i]}\n`;
  return text;
}

function headerOf(
  name: string,
  { type, help }: { readonly type: FamilyType; readonly help: string },
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function labelsOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
