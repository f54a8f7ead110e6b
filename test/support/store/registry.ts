/** What one instance would show at /metrics: families of counters, gauges and histograms. */

export type FamilyType = 'counter' | 'gauge' | 'histogram';

export interface Series {
  /** Full sample name, such as `http_request_duration_seconds_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Family {
  /** OpenMetrics family name, so without `_total`. */
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly series: Map<string, Series>;
}

/** Upper bounds, as text for `le` and as seconds. */
const EDGES: readonly (readonly [string, number])[] = [
  ['0.05', 0.05],
  ['0.1', 0.1],
  ['0.25', 0.25],
  ['0.5', 0.5],
  ['1', 1],
  ['2.5', 2.5],
  ['5', 5],
  ['+Inf', Number.POSITIVE_INFINITY],
];

/** A series exists from its first event on, as with the client libraries: an error that never happened has none. */
export class Registry {
  readonly families = new Map<string, Family>();
  readonly #common: Readonly<Record<string, string>>;
  readonly #startsAtZero: boolean;

  /**
   * @param common        labels of every series, such as `track`
   * @param startsAtZero  series exist before their first event, as where a program declares all its label values
   */
  constructor(common: Readonly<Record<string, string>>, startsAtZero: boolean) {
    this.#common = common;
    this.#startsAtZero = startsAtZero;
  }

  /** Adds to a counter. */
  add(name: string, help: string, labels: Readonly<Record<string, string>>, count: number): void {
    if (count === 0 && !this.#startsAtZero) return;
    const family = this.#family(name.replace(/_total$/, ''), 'counter', help);
    this.#series(family, name, labels).value += count;
  }

  set(name: string, help: string, labels: Readonly<Record<string, string>>, value: number): void {
    this.#series(this.#family(name, 'gauge', help), name, labels).value = value;
  }

  /** Adds durations in seconds, to the microsecond: a float sum would depend on the order of adding. */
  observe(
    name: string,
    help: string,
    labels: Readonly<Record<string, string>>,
    durations: readonly number[],
  ): void {
    if (durations.length === 0 && !this.#startsAtZero) return;
    const family = this.#family(name, 'histogram', help);
    for (const [le, edge] of EDGES) {
      let within = 0;
      for (const duration of durations) if (duration <= edge) within++;
      this.#series(family, `${name}_bucket`, { ...labels, le }).value += within;
    }
    let micros = 0;
    for (const duration of durations) micros += Math.round(duration * 1e6);
    const sum = this.#series(family, `${name}_sum`, labels);
    sum.value = (Math.round(sum.value * 1e6) + micros) / 1e6;
    this.#series(family, `${name}_count`, labels).value += durations.length;
  }

  #family(name: string, type: FamilyType, help: string): Family {
    let family = this.families.get(name);
    if (family === undefined) {
      family = { name, type, help, series: new Map() };
      this.families.set(name, family);
    }
    return family;
  }

  #series(family: Family, name: string, labels: Readonly<Record<string, string>>): Series {
    let key = name;
    for (const label in labels) key += `|${labels[label]}`;
    let series = family.series.get(key);
    if (series === undefined) {
      series = { name, labels: { ...this.#common, ...labels }, value: 0 };
      family.series.set(key, series);
    }
    return series;
  }
}
