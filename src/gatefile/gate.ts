import type { Backend, Variable } from '../contracts/backend.js';
import type { Arm, Criterion, Gate } from '../contracts/gate.js';
import { suggest } from '../contracts/suggest.js';
import { formatDuration, parseDuration } from '../model/time.js';
import { shiftWindow, type Window } from '../model/window.js';
import { unlistedChecks } from './asked.js';
import { openBackends } from './backends.js';
import { settingsOf, splitBudget } from './budget.js';
import { type FileContext, type LoadRequest, placeOf } from './context.js';
import { openCriterion } from './criteria.js';
import { openExposure } from './exposure.js';
import type { GateParts } from './parts.js';
import type { ConfigFile, GateFile, OwnersBlock } from './schema.js';
import { type OpenSignal, openSignal } from './signals.js';
import { expandText, resolveVars } from './variables.js';
import { type ResolvedWindow, resolveWindow, WINDOW_DEFAULTS, type WindowSettings } from './window.js';

/** Chance of a false alarm, and of a false pass, where the file does not say. */
const DEFAULT_BUDGET = 0.05;

/** Builds a gate out of its checked file; undefined when its window cannot be told. */
export async function openGate(
  context: FileContext,
  file: GateFile,
  config: ConfigFile,
  shared: ReadonlyMap<string, Backend>,
): Promise<{ gate: Gate; backends: ReadonlyMap<string, Backend> } | undefined> {
  const { request } = context;
  const vars = resolveVars(context, file.vars);
  const own = await openBackends(context, file.backends, vars);
  const backends = new Map([...shared, ...own]);
  const settings = windowSettings(file, config, request.windowMs);
  const resolved = openWindow(context, settings);
  if (resolved === undefined) return undefined;
  const arms = openArms(context, file, vars, resolved.window);
  const signals = new Map<string, OpenSignal>();
  for (const [id, block] of Object.entries(file.signals ?? {})) {
    const open = await openSignal(context, id, block, ['signals', id], { backends, vars });
    if (open !== undefined) signals.set(id, open);
    else (context.dropped as Set<string>).add(id);
  }
  const owners = mergeOwners(config.owners, file.owners);
  const text = (value: string | undefined, key: string): string | null =>
    value === undefined ? null : expandText(context, value, vars, [key]);
  const budgets = {
    falseAlarm: file.verdict?.['false-alarm'] ?? DEFAULT_BUDGET,
    falsePass: file.verdict?.['false-pass'] ?? DEFAULT_BUDGET,
  };
  const parts: GateParts = {
    id: file.gate,
    component: text(file.component, 'component'),
    owners,
    runbook: text(file.runbook, 'runbook'),
    vars,
    arms,
    settings,
    isWindowFull: resolved.isFull,
    isSince: request.since !== undefined || isRollout(request, settings),
    ...budgets,
    signals,
    backends,
  };
  const criteria: Criterion[] = [];
  for (const [id, block] of Object.entries(file.criteria))
    criteria.push(...(await openCriterion(context, parts, id, block)));
  checkGate(context, file, criteria);
  const budgeted = splitBudget(criteria);
  const exposure = await openExposure(context, file.exposure, arms, budgeted);
  const gate: Gate = {
    id: file.gate,
    file: context.yaml.file,
    about: text(file.about, 'about'),
    component: parts.component,
    owners: {
      decide: owners.decide ?? [],
      stop: owners.stop ?? [],
      escalate: (owners.escalate ?? []).map(({ to, after }) => ({
        to,
        after: after === undefined ? null : formatDuration(after),
      })),
    },
    runbook: parts.runbook,
    window: resolved.window,
    isWindowFull: resolved.isFull,
    fullStrata: Math.round(settings.forMs / settings.stepMs),
    since: request.since ?? null,
    firstStepAt: resolved.firstStepAt,
    fullAt: resolved.fullAt,
    arms,
    exposure,
    criteria: budgeted,
    settings: settingsOf(file.gate, settings, request.since, budgeted, exposure),
    unlisted: unlistedChecks(context, parts),
    score: file.score ?? null,
    policy: {
      ...budgets,
      onInconclusive: file.verdict?.['on-inconclusive'] ?? 'inconclusive',
    },
    notes: [],
  };
  return { gate, backends };
}

/** A backtest judges a full window where a check would have been given the deploy time, which lies one window back. */
function isRollout(request: LoadRequest, { isSinceRequired }: WindowSettings): boolean {
  return request.isBacktest === true && (isSinceRequired || request.isRollout === true);
}

function windowSettings(file: GateFile, config: ConfigFile, windowMs: number | undefined): WindowSettings {
  const merged = { ...config.window, ...file.window };
  return {
    forMs: windowMs ?? merged.for ?? WINDOW_DEFAULTS.forMs,
    stepMs: merged.step ?? WINDOW_DEFAULTS.stepMs,
    settleMs: merged.settle ?? WINDOW_DEFAULTS.settleMs,
    warmupMs: merged.warmup ?? WINDOW_DEFAULTS.warmupMs,
    coverage: merged.coverage ?? WINDOW_DEFAULTS.coverage,
    maxAgeMs: merged['max-age'],
    isSinceRequired: merged.since === 'required',
  };
}

function openWindow(context: FileContext, settings: WindowSettings): ResolvedWindow | undefined {
  const { request } = context;
  if (settings.isSinceRequired && request.since === undefined && request.isBacktest !== true) {
    context.trouble.add({
      code: 'gatefile.since-required',
      message: 'this gate needs the deploy time: without it the window may start before the deploy',
      span: placeOf(context, ['window', 'since']),
      mend: 'add --since with the instant at which the release began to take traffic, RFC 3339 or unix seconds',
    });
  }
  const resolved = resolveWindow(settings, request.asOf, request.since);
  if (resolved.ok) return resolved.value;
  const { about, failure } = resolved;
  if (about === 'since') context.trouble.add(failure);
  else if (about === 'for' && request.windowMs !== undefined)
    context.trouble.add({
      ...failure,
      message: failure.message.replace(/^(?:the|a) window(?: of)?/, '--window'),
    });
  else context.trouble.at(placeOf(context, ['window', about]), [failure]);
  return undefined;
}

function openArms(
  context: FileContext,
  file: GateFile,
  vars: ReadonlyMap<string, Variable>,
  window: Window,
): readonly Arm[] {
  const entries = Object.entries(file.arms ?? {});
  if (entries.length === 0) return [{ name: 'current', variables: {}, shiftMs: 0, window }];
  if (entries.length > 2) {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `a gate compares two arms, not ${entries.length}`,
      span: context.yaml.keySpanOf(['arms', entries[2]?.[0] ?? '']),
      mend: 'keep the judged arm and its baseline; other arms are gates of their own',
    });
  }
  const names = Object.keys(entries[0]?.[1] ?? {}).filter((name) => name !== 'shift');
  return entries.slice(0, 2).map(([name, block]): Arm => {
    const { shift, ...written } = block;
    const path = ['arms', name];
    const variables = Object.fromEntries(
      Object.entries(written).map(([key, value]) => [key, expandText(context, value, vars, [...path, key])]),
    );
    const missing = names.filter((each) => !Object.hasOwn(variables, each));
    const extra = Object.keys(variables).filter((each) => !names.includes(each));
    if (missing.length + extra.length > 0) {
      const differences = [
        ...missing.map((each) => `lacks "${each}"`),
        ...extra.map((each) => `has "${each}", which the first arm lacks`),
      ];
      context.trouble.add({
        code: 'gatefile.variable',
        message: `arm "${name}" ${differences.join(', and ')}`,
        span: context.yaml.keySpanOf(path),
        mend: 'every arm defines the same variables',
      });
    }
    const shiftMs = shift === undefined ? 0 : parseDuration(shift);
    if (shiftMs === undefined) {
      context.trouble.add({
        code: 'gatefile.window',
        message: `shift "${shift}" is no duration`,
        span: placeOf(context, [...path, 'shift']),
        mend: 'write it like 7d: the arm is then asked about that long ago',
      });
    }
    // Any shift stands in for one that cannot be read: without, both arms would seem to ask the same.
    const usable = shiftMs ?? window.stepMs;
    return { name, variables, shiftMs: usable, window: shiftWindow(window, usable) };
  });
}

function mergeOwners(config: OwnersBlock | undefined, own: OwnersBlock | undefined): OwnersBlock {
  return { ...config, ...own, components: { ...config?.components, ...own?.components } };
}

/** Checks that only the whole gate can answer: blocking criteria, fallbacks, scores. */
function checkGate(context: FileContext, file: GateFile, criteria: readonly Criterion[]): void {
  const blocks = Object.entries(file.criteria);
  const isWhole = context.trouble.failures.length === 0 && criteria.length > 0;
  // A segment may be advisory where its criterion is not.
  const isAdvisory =
    blocks.every(([, block]) => block.advisory === true) ||
    (isWhole && criteria.every((criterion) => criterion.isAdvisory));
  if (isAdvisory && context.dropped.size === 0) {
    context.trouble.add({
      code: 'gatefile.no-blocking-criterion',
      message:
        blocks.length === 0
          ? 'the gate has no criterion'
          : 'every criterion is advisory, so nothing could ever fail',
      span: context.yaml.keySpanOf(['criteria']),
      mend: 'a gate needs at least one criterion that blocks',
    });
  }
  const circles = new Set<string>();
  for (const [id, block] of blocks) {
    const path = ['criteria', id];
    const { fallback } = block;
    if ((block.dependency === 'optional') !== (fallback !== undefined) && !context.isMisspelt(path)) {
      context.trouble.add({
        code: 'gatefile.invalid',
        message:
          fallback === undefined
            ? `optional criterion "${id}" names no fallback`
            : `"fallback" needs "dependency: optional"`,
        span: context.yaml.keySpanOf([...path, fallback === undefined ? 'dependency' : 'fallback']),
        mend:
          fallback === undefined
            ? 'add "fallback: CRITERION": its failure is tolerated only while that one passes'
            : 'add it, or remove the fallback',
      });
    }
    if (fallback === undefined) continue;
    if (!Object.hasOwn(file.criteria, fallback) && !context.dropped.has(fallback)) {
      const near = suggest(
        fallback,
        blocks.map(([name]) => name),
      );
      context.trouble.add({
        code: 'gatefile.unknown-name',
        message: `"${fallback}" names no criterion`,
        span: placeOf(context, [...path, 'fallback']),
        mend: near === undefined ? 'criteria are named under "criteria:"' : `did you mean "${near}"?`,
      });
    }
    const chain = fallbackCycle(file, id);
    if (chain !== undefined && !circles.has([...chain].sort().join(' '))) {
      circles.add([...chain].sort().join(' '));
      context.trouble.add({
        code: 'gatefile.cycle',
        message: `fallbacks go in a circle: ${[...chain, id].join(', then ')}`,
        span: placeOf(context, [...path, 'fallback']),
        mend: 'a fallback must stand on its own evidence',
      });
    }
  }
  if (file.score !== undefined && file.score.warn > file.score.pass) {
    context.trouble.add({
      code: 'gatefile.limit',
      message: `score warns at ${file.score.warn}, above its pass at ${file.score.pass}`,
      span: placeOf(context, ['score', 'warn']),
      mend: 'warn is the lower of the two',
    });
  }
  const keys = new Set<string>();
  for (const { key, source } of criteria) {
    if (keys.has(key))
      context.trouble.add({
        code: 'gatefile.duplicate-name',
        message: `two criteria have the key "${key}"`,
        span: source,
        mend: 'name segments apart',
      });
    keys.add(key);
  }
}

/** The criteria of a circle that begins at `start`; each once. */
function fallbackCycle(file: GateFile, start: string): readonly string[] | undefined {
  const chain = [start];
  let next = file.criteria[start]?.fallback;
  while (next !== undefined) {
    if (next === start) return chain;
    if (chain.includes(next)) return undefined;
    chain.push(next);
    next = file.criteria[next]?.fallback;
  }
  return undefined;
}
