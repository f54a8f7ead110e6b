/** A backend that answers from a table, and the short way from a gate's text to its report. */
import { backends as realBackends } from '../../src/backends/registry.js';
import { defineBackend, type PreparedQuery, type QueryRequest } from '../../src/contracts/backend.js';
import type { Gate } from '../../src/contracts/gate.js';
import { lookupOf } from '../../src/contracts/lookup.js';
import { expandPlaceholders, withBuiltIns, withSymbolicBuiltIns } from '../../src/contracts/placeholders.js';
import { secret, strict } from '../../src/contracts/schema.js';
import type { TakeMeasurement } from '../../src/contracts/take.js';
import { collect, type Measurements } from '../../src/engine/collect.js';
import { type Outcome, type RunFacts, reportOn } from '../../src/engine/report.js';
import type { LoadRequest } from '../../src/gatefile/context.js';
import { type Loaded, loadGates } from '../../src/gatefile/load.js';
import { judges } from '../../src/judges/registry.js';
import { type Failure, failed, ok } from '../../src/model/failure.js';
import type { CriterionResult } from '../../src/model/report.js';
import type { Answer, Labels, Series } from '../../src/model/series.js';
import type { EpochMs } from '../../src/model/time.js';
import { strataOf, type Window } from '../../src/model/window.js';
import { signals } from '../../src/signals/registry.js';

/** 2026-11-20T14:35:00Z. */
export const NOW: EpochMs = Date.UTC(2026, 10, 20, 14, 35);
export const MINUTE = 60_000;

/** One value per step of the window; null is a gap. */
export type Values = readonly (number | null)[];

/** What one query is answered: a value per step, one value for all steps, whole answers, or trouble. */
export type Reply = Values | number | Answer | Failure | ((window: Window) => Answer);

/** Replies by the text of their query; `seen TEXT` and `unlisted TEXT` for those questions. What is absent is empty. */
export type Table = Readonly<Record<string, Reply>>;

/** A series whose value `i` stands at the end of step `i`. */
export function seriesOf(window: Window, values: Values, labels: Labels = {}): Series {
  const filled = values.flatMap((value, i) =>
    value === null ? [] : [{ t: window.from + (i + 1) * window.stepMs, value }],
  );
  return { labels, times: filled.map(({ t }) => t), values: filled.map(({ value }) => value) };
}

/** Several series by one label. */
export function byLabel(
  name: string,
  table: Readonly<Record<string, Values | number>>,
): (window: Window) => Answer {
  return (window) => ({
    series: Object.entries(table).map(([value, values]) =>
      seriesOf(window, spread(values, window), { [name]: value }),
    ),
  });
}

/** Cumulative counts by bucket, the same in each step. */
export function bucketsOf(counts: Readonly<Record<string, Values | number>>): (window: Window) => Answer {
  return byLabel('le', counts);
}

function spread(values: Values | number, window: Window): Values {
  return typeof values === 'number' ? Array.from({ length: strataOf(window) }, () => values) : values;
}

/** The key of a query in a table. */
function nameOf(query: PreparedQuery): string {
  return query.use === 'seen' || query.use === 'unlisted' ? `${query.use} ${query.text}` : query.text;
}

function isFailure(reply: Reply): reply is Failure {
  return typeof reply === 'object' && 'code' in reply;
}

/** Answers every query from a table. */
export function takeFrom(table: Table): TakeMeasurement {
  return (query) => {
    const reply = Object.hasOwn(table, nameOf(query)) ? table[nameOf(query)] : undefined;
    if (reply !== undefined && isFailure(reply))
      return Promise.resolve({ state: 'failed', failure: reply, durationMs: 1 });
    return Promise.resolve({ state: 'taken', answer: answerOf(reply, query), durationMs: 1 });
  };
}

function answerOf(reply: Exclude<Reply, Failure> | undefined, query: PreparedQuery): Answer {
  if (reply === undefined) return { series: [] };
  if (typeof reply === 'function') return reply(query.window);
  if (typeof reply === 'object' && 'series' in reply) return reply;
  const { window } = query;
  const isOne = query.use === 'instant' || query.use === 'seen';
  if (isOne && typeof reply === 'number')
    return { series: [{ labels: {}, times: [window.to], values: [reply] }] };
  return { series: [seriesOf(window, spread(reply, window))] };
}

/** What the fake takes as a query: a text, or `{ counter }`. */
function sourceText(source: unknown): string | undefined {
  if (typeof source === 'string') return source;
  const counter =
    typeof source === 'object' && source !== null ? (source as { counter?: unknown }).counter : undefined;
  return typeof counter === 'string' ? counter : undefined;
}

const config = strict({ token: secret.optional() });

/** Prepares any text; refuses one that says "refused". */
const fake = defineBackend({
  type: 'fake',
  about: 'answers from a table',
  config,
  query: config,
  open: (_config, { id }) => ({
    address: 'a table',
    prepare: (request: QueryRequest) => {
      const source = sourceText(request.source);
      if (source === undefined || source.includes('refused')) {
        return failed({
          code: 'gatefile.query',
          message: 'the fake refuses this query',
          mend: 'ask another',
        });
      }
      const concrete = expandPlaceholders(
        source,
        withBuiltIns(request.variables, request.window, (ms) => String(ms)),
        (value) => ok(value),
      );
      const text = expandPlaceholders(
        source,
        withSymbolicBuiltIns(request.variables, request.window),
        (value) => ok(value),
      );
      if (!concrete.ok || !text.ok) return concrete.ok ? failed() : concrete;
      const { use, window, lookbackMs, segment } = request;
      return ok({
        backend: id,
        key: JSON.stringify([id, use, concrete.value, window, lookbackMs, segment]),
        text: text.value,
        use,
        window,
        notes: [],
        fetch: () => Promise.reject(new Error('a fake is asked through its table')),
      });
    },
    probe: () => Promise.resolve({ identity: 'fake', newestAgeMs: null, notes: [] }),
  }),
});

/** The real signals and judges, with the fake among the backends. */
const plugins: LoadRequest['plugins'] = {
  backends: lookupOf({
    ...Object.fromEntries(
      realBackends.ids.map((id) => [id, async () => (await realBackends.load(id)) ?? fake]),
    ),
    fake: () => Promise.resolve(fake),
  }),
  signals,
  judges,
};

/** What stands above a gate's signals in most tests. */
export const HEAD = 'gate: shop\nbackends: { metrics: { type: fake } }\n';
/** The same with two arms, `{{track}}` in queries. */
export const ARMS = `${HEAD}arms: { canary: { track: canary }, baseline: { track: stable } }\n`;

/** What a load is given besides the text of the gates. */
export type LoadOptions = Partial<Omit<LoadRequest, 'sources' | 'config' | 'vars'>> & {
  readonly config?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly catalogue?: Readonly<Record<string, string>>;
};

/** Loads gates from their texts, called `a.gate.yaml`, `b.gate.yaml` … */
export function load(texts: string | readonly string[], options: LoadOptions = {}): Promise<Loaded> {
  const { config: configText, vars = {}, catalogue = {}, ...over } = options;
  const source = (file: string, text: string) => ({ file, folder: '/repo/gates', text });
  return loadGates({
    sources: [texts].flat().map((text, i) => source(`${String.fromCharCode(97 + i)}.gate.yaml`, text)),
    config: configText === undefined ? null : source('gatekeeper.config.yaml', configText),
    env: {},
    isReplay: false,
    vars: new Map(Object.entries(vars)),
    givenVars: new Set(Object.keys(vars)),
    asOf: NOW,
    waivers: [],
    plugins,
    catalog: (name) => {
      const text = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
      return text === undefined ? undefined : source(`catalog/${name}.yaml`, text);
    },
    catalogNames: () => Object.keys(catalogue),
    readSecret: () => undefined,
    fileExists: () => true,
    ...over,
  });
}

/** The trouble of a load as `line:column code message`. */
export async function troubleOf(
  texts: string | readonly string[],
  options: LoadOptions = {},
): Promise<readonly string[]> {
  const { failures } = await load(texts, options);
  return failures.map(
    ({ span, code, message }) =>
      `${span === undefined ? '-' : `${span.line}:${span.col}`} ${code} ${message}`,
  );
}

/** The gates of a load that has no trouble. */
export async function gatesOf(
  texts: string | readonly string[],
  options: LoadOptions = {},
): Promise<readonly Gate[]> {
  const { gates, failures } = await load(texts, options);
  if (failures.length > 0)
    throw new Error(failures.map(({ message, mend }) => `${message}\n${mend}`).join('\n'));
  return gates;
}

/** The one gate of a load that has no trouble. */
export async function gateOf(text: string, options: LoadOptions = {}): Promise<Gate> {
  const [gate] = await gatesOf(text, options);
  if (gate === undefined) throw new Error('no gate was loaded');
  return gate;
}

export const FACTS: RunFacts = {
  version: '0.0.0-test',
  mode: 'live',
  recordedAt: null,
  asOf: NOW,
  policy: { onNoData: 'inconclusive', onBackendError: 'error' },
  notes: [],
};

/** Asks all questions of the gates. */
export function answersTo(gates: readonly Gate[], table: Table): Promise<Measurements> {
  return collect(gates, takeFrom(table), 4);
}

/** Loads, asks, judges and folds. */
export async function run(
  texts: string | readonly string[],
  table: Table,
  options: LoadOptions & { readonly policy?: Partial<RunFacts['policy']> } = {},
): Promise<Outcome> {
  const { policy, ...over } = options;
  const gates = await gatesOf(texts, over);
  return reportOn(gates, await answersTo(gates, table), {
    ...FACTS,
    asOf: over.asOf ?? NOW,
    policy: { ...FACTS.policy, ...policy },
  });
}

/** The result of one criterion by its key without the gate's name. */
export function resultOf(outcome: Outcome, key: string): CriterionResult {
  const results = outcome.gates.flatMap((gate) => gate.criteria);
  const found = results.find((result) => result.key === key || result.key === `shop.${key}`);
  if (found === undefined)
    throw new Error(`no criterion ${key} among ${results.map((result) => result.key).join(', ')}`);
  return found;
}
