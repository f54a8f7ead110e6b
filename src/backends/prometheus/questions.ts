import type { QueryRequest } from '../../contracts/backend.js';
import { withBuiltIns, withSymbolicBuiltIns } from '../../contracts/placeholders.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { Answer } from '../../model/series.js';
import { formatDuration } from '../../model/time.js';
import { unreachable } from '../../model/unreachable.js';
import { askInstant, type Server, seconds } from './api.js';
import { agedSelectors, countTrouble, selectorTrouble, valueTrouble } from './checks.js';
import { fetchCounter, fetchCounts, fetchSamples } from './counts.js';
import { escapeFor, expand, quoteRegex } from './expand.js';
import { tagged, untagged } from './freshness.js';
import { parsePromql } from './parse.js';
import { type Matcher, type Promql, plainSelector } from './promql.js';
import { answerOf, fetchInstant, fetchSteps } from './values.js';

/** A part of a signal as written for this backend. */
export interface Source {
  readonly kind: 'query' | 'counter';
  readonly text: string;
}

/** A checked question: what a recording is matched by, what is asked for this window, and how. */
export interface Question {
  readonly text: string;
  /** The text with the window's own instants in it. */
  readonly concrete: string;
  readonly notes: readonly string[];
  readonly fetch: (server: Server) => Promise<Answer>;
}

const WEEK_MS = 604_800_000;

/** Checks what is asked, without asking it. */
export function questionOf(source: Source, request: QueryRequest): Result<Question> {
  if (request.use === 'unlisted') return unlistedQuestion(source, request);
  const expanded = expandFor(source.text, request);
  const text = expand(source.text, withSymbolicBuiltIns(request.variables, request.window));
  if (!expanded.ok) return expanded;
  if (!text.ok) return text;
  const parsed = parsePromql(expanded.value);
  if (!parsed.ok) return parsed;
  const query = parsed.value;
  const trouble = troubleOf(source, query, request);
  if (trouble.length > 0) return failed(...trouble);
  if (request.use === 'seen') return ok(seenQuestion(query, request));
  const isAged = request.use === 'instant' || request.use === 'steps';
  return ok({
    text: text.value,
    concrete: query.text,
    notes: isAged ? agelessNotes(query) : [],
    fetch: fetchFor(source, query, request),
  });
}

function expandFor(template: string, { variables, window }: QueryRequest): Result<string> {
  return expand(template, withBuiltIns(variables, window, seconds));
}

function troubleOf(source: Source, query: Promql, { use, window }: QueryRequest): readonly Failure[] {
  const isCounter = source.kind === 'counter';
  switch (use) {
    case 'instant':
    case 'steps':
      return isCounter ? [runningTotal(source)] : valueTrouble(query);
    case 'counts':
    case 'buckets':
      return isCounter ? selectorTrouble(query, 'counter') : countTrouble(query, window.stepMs);
    case 'raw':
      return isCounter ? [runningTotal(source)] : selectorTrouble(query, 'samples');
    case 'seen':
    case 'unlisted':
      return [];
    default:
      return unreachable(use);
  }
}

function runningTotal({ text }: Source): Failure {
  return {
    code: 'gatefile.query',
    message: `{ counter: ${text} } counts, and numbers are wanted here`,
    mend: 'write a query in place of the counter, such as sum(rate(…[5m]))',
  };
}

function fetchFor(source: Source, query: Promql, { use, window }: QueryRequest): Question['fetch'] {
  const selector = plainSelector(query);
  if (use === 'steps') return (server) => fetchSteps(server, query, window);
  if (selector !== undefined && use === 'raw') return (server) => fetchSamples(server, selector, window);
  if (use === 'counts' || use === 'buckets') {
    return source.kind === 'counter' && selector !== undefined
      ? (server) => fetchCounter(server, selector, use, window)
      : (server) => fetchCounts(server, query, use, window);
  }
  return (server) => fetchInstant(server, query, window);
}

function agelessNotes(query: Promql): readonly string[] {
  const aged = new Set(agedSelectors(query));
  const without = query.selectors.filter((selector) => !aged.has(selector));
  return without.map(({ text }) => `the age of the data behind ${text} cannot be asked`);
}

/** Whether anything at all was there: one series per selector that has a sample in the look-back. */
function seenQuestion(query: Promql, { window, lookbackMs = WEEK_MS }: QueryRequest): Question {
  const selectors = [...new Set(query.selectors.map(({ text }) => text))];
  // last_over_time() keeps the metric's name, so that `{__name__=~"a|b"}` is no clash.
  const text = tagged(
    selectors.map((each) => `count(last_over_time(${each}[${formatDuration(lookbackMs)}]))`),
  );
  const fetch = async (server: Server): Promise<Answer> => {
    const reply = await askInstant(server, text, window.to);
    const answered = untagged(reply.series);
    const series = selectors.flatMap((selector, i) => {
      const one = answered.get(i);
      return one === undefined ? [] : [{ ...one, labels: { selector } }];
    });
    return answerOf(series, [reply]);
  };
  return { text, concrete: text, notes: [], fetch };
}

/** Counts by the values that a segment does not list, which only `{counter}` with `label="{{variable}}"` can tell. */
function unlistedQuestion(source: Source, request: QueryRequest): Result<Question> {
  const { segment, window } = request;
  if (segment === undefined || source.kind === 'query') return failed(cannotBeAsked(segment?.variable));
  // Left as it is written, the placeholder can be found again in the parsed selector.
  const placeholder = `{{${segment.variable}}}`;
  const variables = new Map([...request.variables, [segment.variable, { value: placeholder, isRaw: true }]]);
  const expanded = expandFor(source.text, { ...request, variables });
  if (!expanded.ok) return expanded;
  const parsed = parsePromql(expanded.value);
  if (!parsed.ok) return parsed;
  const trouble = selectorTrouble(parsed.value, 'counter');
  if (trouble.length > 0) return failed(...trouble);
  const selector = plainSelector(parsed.value);
  const matcher = selector?.matchers.find((each) => isMatcherOf(each, placeholder));
  const isAlone = expanded.value.split(placeholder).length === 2;
  // increase() drops the name, and then fails on metrics that differ in nothing else.
  if (matcher === undefined || !isAlone || selector?.hasFixedName !== true) {
    return failed(cannotBeAsked(segment.variable));
  }
  const listed = escapeFor('"', segment.listed.map(quoteRegex).join('|'));
  const { from, to, name, label } = matcher;
  const others = `${expanded.value.slice(0, from)}${name}!~"${listed}"${expanded.value.slice(to)}`;
  const text = `sum by (${name}) (increase(${others}[${formatDuration(window.to - window.from)}])) > 0`;
  const fetch = async (server: Server): Promise<Answer> => {
    const reply = await askInstant(server, text, window.to);
    const series = reply.series.map((one) => ({ ...one, labels: { [label]: one.labels[label] ?? '' } }));
    return { ...answerOf(series, [reply]), isExtrapolated: true };
  };
  return ok({ text, concrete: text, notes: [], fetch });
}

function isMatcherOf({ operator, literal }: Matcher, placeholder: string): boolean {
  return operator === '=' && literal.slice(1, -1) === placeholder;
}

function cannotBeAsked(variable = 'the segment'): Failure {
  return {
    code: 'gatefile.query',
    message: `traffic outside the listed values of "${variable}" cannot be asked for`,
    mend: `use { counter: … } of one metric with the matcher LABEL="{{${variable}}}" in it`,
  };
}
