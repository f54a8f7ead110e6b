import { BackendError } from '../../model/failure.js';
import type { Answer, Labels, Series } from '../../model/series.js';
import { formatDuration } from '../../model/time.js';
import type { Window } from '../../model/window.js';
import { askInstant, askSteps, type Reply, type Server } from './api.js';
import { agedSelectors } from './checks.js';
import { bornUnseen, increases, median, sampleInterval, scrapedSince } from './counter.js';
import { escapeFor, quoteRegex } from './expand.js';
import type { Promql, Selector } from './promql.js';
import { answerOf, ownFirst } from './values.js';

/** What a count is used as: buckets keep their `le`, and must have one. */
export type CountUse = 'counts' | 'buckets';

/** How far before the window a counter's starting value may lie: Prometheus' own look-back. */
const LOOK_BACK_MS = 300_000;
/** Caps of a raw read; past them the server should do the adding. */
const MOST_SERIES = 2000;
const MOST_SAMPLES = 2_000_000;

/** What the query counted in each step, and how often the counter behind it is scraped. @throws BackendError */
export async function fetchCounts(
  server: Server,
  query: Promql,
  use: CountUse,
  window: Window,
): Promise<Answer> {
  const probed = agedSelectors(query).find(({ rangeMs }) => rangeMs > 0);
  // Before 3.0 a range holds its left edge, too: a millisecond less keeps a sample there from being counted twice.
  const range = formatDuration(window.stepMs - 1);
  const [reply, scrapes] = await ownFirst(
    askSteps(server, query.text, window),
    probed === undefined
      ? Promise.resolve(undefined)
      : askSteps(server, `max(count_over_time(${probed.text}[${range}]))`, window),
  );
  if (use === 'buckets') refuseBuckets(server, reply.series);
  const perStep = median(scrapes?.series[0]?.values ?? []);
  return {
    ...answerOf(reply.series, scrapes === undefined ? [reply] : [reply, scrapes]),
    isExtrapolated: true,
    ...(perStep === undefined ? {} : { sampleIntervalMs: Math.round(window.stepMs / perStep) }),
  };
}

/** What a counter's series counted in each step, from their raw samples. @throws BackendError */
export async function fetchCounter(
  server: Server,
  selector: Selector,
  use: CountUse,
  window: Window,
): Promise<Answer> {
  const reply = await readRaw(server, selector.text, window, LOOK_BACK_MS);
  if (use === 'buckets') refuseBuckets(server, reply.series);
  const unseen = bornUnseen(reply.series, window, scrapedSince(reply.series));
  const up = unseen.length > 0 ? await readRaw(server, upOf(unseen), window, LOOK_BACK_MS) : undefined;
  const counted = increases(reply.series, window, scrapedSince(reply.series, up?.series));
  refuseGauge(server, selector, counted);
  const dropped = new Set(selector.pinned.filter((label) => label !== 'le'));
  const interval = sampleInterval(reply.series);
  return {
    ...answerOf(
      counted.map((one) => ({ ...one, labels: without(one.labels, dropped) })),
      up === undefined ? [reply] : [reply, up],
    ),
    isAdditive: true,
    ...(interval === undefined ? {} : { sampleIntervalMs: interval }),
  };
}

/** Every sample of the selector in the window. @throws BackendError */
export async function fetchSamples(server: Server, selector: Selector, window: Window): Promise<Answer> {
  const reply = await readRaw(server, selector.text, window, 0);
  const inside = reply.series.map(({ labels, times, values }) => {
    // Before 3.0 a range holds its left edge, too.
    const first = times.findIndex((time) => time > window.from);
    return {
      labels,
      times: first < 0 ? [] : times.slice(first),
      values: first < 0 ? [] : values.slice(first),
    };
  });
  return answerOf(
    inside.filter(({ times }) => times.length > 0),
    [reply],
  );
}

async function readRaw(server: Server, selector: string, window: Window, lookBackMs: number): Promise<Reply> {
  const range = formatDuration(window.to - window.from + lookBackMs);
  const reply = await askInstant(server, `${selector}[${range}]`, window.to).catch((error: unknown) => {
    if (error instanceof BackendError && error.failure.code === 'backend.too-large') {
      throw new BackendError({ ...error.failure, mend: USE_A_QUERY }, { cause: error });
    }
    throw error;
  });
  const { series, samples } = reply;
  if (reply.type === 'matrix' && series.length <= MOST_SERIES && samples <= MOST_SAMPLES) return reply;
  if (reply.type === 'matrix') {
    throw new BackendError({
      code: 'backend.too-large',
      message: `${selector} has ${series.length} series with ${samples} samples; at most ${MOST_SERIES} and ${MOST_SAMPLES} are read raw`,
      mend: USE_A_QUERY,
    });
  }
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `"${server.id}" answered a question for raw samples with a ${reply.type}`,
    mend: 'use a query, such as sum(increase(…[{{step}}]))',
  });
}

const USE_A_QUERY = 'let the server add them up: write a query, such as sum(increase(…[{{step}}]))';

function upOf(targets: readonly Labels[]): string {
  const oneOf = (label: string): string => {
    const values = [...new Set(targets.map((labels) => labels[label] ?? ''))];
    return `${label}=~"${escapeFor('"', values.map(quoteRegex).join('|'))}"`;
  };
  return `up{${oneOf('job')},${oneOf('instance')}}`;
}

function without(labels: Labels, dropped: ReadonlySet<string>): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !dropped.has(name)));
}

function refuseBuckets({ id }: Server, series: readonly Series[]): void {
  if (series.length === 0) return;
  const mend =
    'keep "le" and all of its values: sum by (le) (increase(…_bucket[{{step}}])), or the counter …_bucket';
  const bounds = series.map(({ labels }) => labels['le']);
  const message = bounds.includes(undefined)
    ? `a series of the answer of "${id}" has no label "le", so it is no bucket`
    : bounds.includes('+Inf')
      ? undefined
      : `the answer of "${id}" holds no bucket le="+Inf", so the total is not known`;
  if (message !== undefined) throw new BackendError({ code: 'backend.answer-shape', message, mend });
}

function refuseGauge({ id }: Server, selector: Selector, counted: readonly Series[]): void {
  if (!counted.some(({ values }) => values.some((value) => value < 0))) return;
  throw new BackendError({
    code: 'backend.answer-shape',
    message: `${selector.text} of "${id}" has negative values, so it is no counter`,
    mend: 'judge it as a "value", with a query',
  });
}
