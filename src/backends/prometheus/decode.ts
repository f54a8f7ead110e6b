import { BackendError, type Failure } from '../../model/failure.js';
import type { Labels, Series } from '../../model/series.js';
import type { EpochMs } from '../../model/time.js';

/** Result types of the query API; `string` cannot be judged. */
export type ResultType = 'matrix' | 'vector' | 'scalar' | 'string';

/** What is left of an answer. */
export interface Decoded {
  readonly type: ResultType;
  readonly series: readonly Series[];
  readonly samples: number;
}

/** The envelope around every answer of the API. */
export interface Envelope {
  readonly status: 'success' | 'error';
  readonly data?: unknown;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  /** VictoriaMetrics' cluster: some of its storage did not answer. */
  readonly isPartial?: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Trouble with an answer's text, to be told apart from trouble with what it says. */
class Malformed extends Error {}

/** @returns undefined when the text is no answer of this API: HTML of a proxy, cut JSON, another service */
export function envelopeOf(body: string): Envelope | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isFields(parsed)) return undefined;
  const { status, data, errorType, error, warnings, isPartial } = parsed;
  if (status !== 'success' && status !== 'error') return undefined;
  return {
    status,
    data,
    ...(typeof errorType === 'string' ? { errorType } : {}),
    ...(typeof error === 'string' ? { error } : {}),
    ...(Array.isArray(warnings) ? { warnings: warnings.map(String) } : {}),
    ...(isPartial === true ? { isPartial } : {}),
  };
}

/**
 * Series of a query's `data`. Points become two plain arrays of numbers; nothing else is made per point, since an
 * answer may hold millions.
 *
 * @param backend its id, for messages
 * @throws BackendError backend.malformed when the shape is not the API's; backend.answer-shape on native histograms
 */
export function decodeData(data: unknown, backend: string): Decoded {
  try {
    return decode(data, backend);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const failure: Failure = {
      code: 'backend.malformed',
      message: `the answer of "${backend}" is not what the Prometheus API answers: ${error.message}`,
      mend: 'see whether a proxy or another service answers at this address',
    };
    throw new BackendError(failure, { cause: error });
  }
}

function decode(data: unknown, backend: string): Decoded {
  if (!isFields(data)) throw new Malformed('no "data"');
  const { resultType: type, result } = data;
  if (type === 'string') return { type, series: [], samples: 0 };
  if (type === 'scalar') return { type, series: [pointsOf({}, [result], [])], samples: 1 };
  if (type !== 'vector' && type !== 'matrix') throw new Malformed(`the result type ${JSON.stringify(type)}`);
  if (!Array.isArray(result)) throw new Malformed('"result" is no list');
  let samples = 0;
  let times: readonly EpochMs[] = [];
  const series = result.map((item: unknown) => {
    const one = seriesOf(item, type, backend, times);
    times = one.times;
    samples += one.times.length;
    return one;
  });
  return { type, series, samples };
}

function seriesOf(
  item: unknown,
  type: 'vector' | 'matrix',
  backend: string,
  known: readonly EpochMs[],
): Series {
  if (!isFields(item)) throw new Malformed('a series is no object');
  if ('histogram' in item || 'histograms' in item) throw histograms(item['metric'], backend);
  const labels = labelsOf(item['metric']);
  if (type === 'vector') return pointsOf(labels, [item['value']], known);
  const points = item['values'];
  if (!Array.isArray(points)) throw new Malformed('a series without "values"');
  return pointsOf(labels, points, known);
}

/** @param known times of the series before: where they are the same, as in nearly every answer, they are shared */
function pointsOf(labels: Labels, points: readonly unknown[], known: readonly EpochMs[]): Series {
  let own: EpochMs[] | undefined = known.length === points.length ? undefined : [];
  const values = new Array<number>(points.length);
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < points.length; i += 1) {
    const point = points[i];
    if (!Array.isArray(point) || point.length !== 2) throw new Malformed('a point is no pair');
    const seconds: unknown = point[0];
    if (typeof seconds !== 'number') throw new Malformed('a point without a time');
    const time = Math.round(seconds * 1000);
    if (time <= last) throw new Malformed('the times of a series do not rise');
    last = time;
    if (own === undefined && time !== known[i]) own = known.slice(0, i);
    own?.push(time);
    values[i] = numberOf(point[1]);
  }
  return { labels, times: own ?? known, values };
}

/** Values travel as strings, since JSON has no NaN and no infinities. */
function numberOf(text: unknown): number {
  if (typeof text !== 'string') throw new Malformed('a value is no string');
  const value = Number(text);
  // Number reads '' and ' ' as 0: what is absent must not become a measurement.
  if (value !== 0 && Number.isFinite(value)) return value;
  if (value === 0 && /^[-+]?[0.]/.test(text)) return value;
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  throw new Malformed(`the value ${JSON.stringify(text.slice(0, 40))}`);
}

function labelsOf(metric: unknown): Labels {
  if (metric === undefined) return {};
  if (!isFields(metric)) throw new Malformed('labels are no object');
  for (const name in metric)
    if (typeof metric[name] !== 'string') throw new Malformed('a label is no string');
  return metric as Labels;
}

function histograms(metric: unknown, backend: string): BackendError {
  const name =
    isFields(metric) && typeof metric['__name__'] === 'string' ? `"${metric['__name__']}"` : 'the answer';
  return new BackendError({
    code: 'backend.answer-shape',
    message: `${name} of "${backend}" holds native histograms, which this version does not read`,
    mend: 'use classic buckets (…_bucket with "le"), or turn them into numbers: histogram_quantile(…), histogram_count(…)',
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
