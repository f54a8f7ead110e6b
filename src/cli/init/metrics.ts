import { envelopeOf } from '../../backends/prometheus/decode.js';
import type { HttpRequest } from '../../contracts/http.js';
import { BackendError } from '../../model/failure.js';
import type { EpochMs } from '../../model/time.js';

/** What a server or a page has: names of metrics, and values of their labels. */
export interface Metrics {
  readonly names: ReadonlySet<string>;
  /** Values of a label on a metric, in order; none where no series has the label. */
  valuesOf(metric: string, label: string): Promise<readonly string[]>;
}

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+([^\s{}]+)/;
const LABEL = /([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;
const NUMBER = /^[+-]?(?:\d|\.\d|inf|nan)/i;

/**
 * Reads a `/metrics` page: the text format of Prometheus, or OpenMetrics.
 *
 * @returns metrics without a name for a text that is no such page
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function metricsOf(page: string): Metrics {
  const labels = new Map<string, Map<string, Set<string>>>();
  for (const line of page.split('\n')) {
    const [, name, written = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined || !NUMBER.test(value)) continue;
    const ofMetric = labels.get(name) ?? new Map<string, Set<string>>();
    labels.set(name, ofMetric);
    for (const [, label = '', escaped = ''] of written.matchAll(LABEL)) {
      const values = ofMetric.get(label) ?? new Set();
      ofMetric.set(label, values.add(escaped.replace(/\\(.)/g, (_, each) => (each === 'n' ? '\n' : each))));
    }
  }
  return {
    names: new Set(labels.keys()),
    valuesOf: async (metric, label) => [...(labels.get(metric)?.get(label) ?? [])].sort(),
  };
}

/** Longer ago than any scrape interval, and short enough for a server that keeps years. */
const LOOKBACK_MS = 3_600_000;

/**
 * What a server of Prometheus' API has seen in the last hour.
 *
 * @param send of the one door to the network
 * @throws BackendError
 */
export async function metricsAt(
  url: string,
  send: (request: HttpRequest) => Promise<string>,
  now: EpochMs,
): Promise<Metrics> {
  const times = { start: String((now - LOOKBACK_MS) / 1000), end: String(now / 1000) };
  const ask = async (
    label: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const asked = new URL(url);
    asked.pathname = `${asked.pathname.replace(/\/+$/, '')}/api/v1/label/${label}/values`;
    asked.search = new URLSearchParams({ ...times, ...more }).toString();
    return valuesIn(await send(requestFor(asked.href)));
  };
  return {
    names: new Set(await ask('__name__')),
    valuesOf: async (metric, label) => [...(await ask(label, { 'match[]': metric }))].sort(),
  };
}

/** A plain question to the server that `init` looks at. */
export function requestFor(url: string): HttpRequest {
  return { backend: new URL(url).host, method: 'GET', url, headers: {} };
}

function valuesIn(body: string): readonly string[] {
  const answer = envelopeOf(body);
  if (answer?.status === 'success' && isTexts(answer.data)) return answer.data;
  throw new BackendError({
    code: 'backend.malformed',
    message: 'what the server answered is no list of the Prometheus API',
    mend: 'check --url: it is the part before /api/v1; a page of metrics is read with --metrics',
  });
}

function isTexts(data: unknown): data is readonly string[] {
  return Array.isArray(data) && data.every((each) => typeof each === 'string');
}
