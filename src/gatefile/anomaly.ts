import type { Arm, OtherWindow } from '../contracts/gate.js';
import type { AnomalyDetector, AnomalyPast, AnomalyRule, Direction } from '../model/anomaly.js';
import { formatDuration } from '../model/time.js';
import { shiftWindow, strataOf, type Window } from '../model/window.js';
import type { AnomalyBlock } from './anomaly-schema.js';
import type { FileContext } from './context.js';
import { startOf } from './earlier.js';
import { askedIn, judgedIn, ruleWith, spanOf, type Weighed } from './own-limits.js';
import type { GateParts, SegmentInput } from './parts.js';
import type { PreparedTake } from './rules.js';
import type { OpenSignal } from './signals.js';

const WEEK_MS = 604_800_000;
const DAY_MS = 86_400_000;
const DEFAULT_WINDOWS = 10;
const DEFAULT_WEEKS = 4;
const DEFAULT_SEASONS = 7;
/** What the judge needs at least. */
const FEWEST_STEPS = 30;
/** As many steps as the longest window may have. */
const MOST_STEPS = 11_000;

/** The first is the default. */
const DETECTORS: Readonly<Record<AnomalyPast, readonly [AnomalyDetector, ...AnomalyDetector[]]>> = {
  trailing: ['hampel', 'page-hinkley'],
  'same-hour-last-week': ['hampel'],
  seasonal: ['hampel'],
  poisson: ['e-detector', 'shiryaev-roberts'],
};

type Key = Exclude<keyof AnomalyBlock & string, 'against' | 'direction' | 'detector'>;
const OF_PAST: Readonly<Record<AnomalyPast, readonly Key[]>> = {
  trailing: ['history'],
  'same-hour-last-week': ['weeks'],
  seasonal: ['season', 'seasons'],
  poisson: ['history'],
};
const OF_DETECTOR: Readonly<Record<AnomalyDetector, readonly Key[]>> = {
  hampel: ['threshold', 'in-a-row'],
  'page-hinkley': ['threshold', 'drift'],
  'e-detector': ['detect', 'false-alarm'],
  'shiryaev-roberts': ['detect', 'false-alarm'],
};

/** An anomaly is looked for in a series, never in one instant. */
export function seriesOf(open: OpenSignal): PreparedTake {
  return { take: { kind: 'last' }, text: null, unit: open.signal.unit };
}

/** A criterion that judges a series against its own history: the detector, and a question for each past. */
export async function weighAnomaly(
  context: FileContext,
  gate: GateParts,
  input: SegmentInput,
  block: AnomalyBlock,
): Promise<Weighed | undefined> {
  const [judged] = gate.arms;
  const judge = await context.request.plugins.judges.load('anomaly');
  if (judged === undefined || judge === undefined) return undefined;
  const before = context.trouble.failures.length;
  const detector = block.detector ?? DETECTORS[block.against][0];
  checkKeys(context, input, block, detector);
  const pasts = pastsOf(context, judged.window, block, gate.settings.forMs);
  checkLength(context, gate, input, block, pasts);
  if (context.trouble.failures.length > before) return undefined;
  const rule: AnomalyRule = {
    against: block.against,
    detector,
    direction: block.direction ?? directionOf(input.open.better),
    threshold:
      block.against === 'poisson'
        ? (block['false-alarm'] ?? 1000)
        : (block.threshold ?? (detector === 'hampel' ? 3 : 10)),
    inARow: block['in-a-row'] ?? 3,
    drift: block.drift ?? 0.5,
    detect: block.detect ?? 2,
  };
  const windows = pasts.map((window, i): OtherWindow => {
    const name = `past-${pasts.length - i}`;
    const arm: Arm = { ...judged, name: `${judged.name}-${name}`, window };
    return { name, role: 'past', window, questions: askedIn(context, gate, input, arm) };
  });
  return {
    rule: ruleWith(gate, textOf(rule, pasts, gate.settings.forMs), {
      unit: input.take.unit,
      take: input.take.take,
      better: input.open.better,
      anomaly: rule,
    }),
    evidence: 'anomaly',
    judge,
    arms: judgedIn(context, gate, input, judged),
    earlier: null,
    windows,
    isAdvisory: input.block.blocking !== true,
    mayEnd: input.open.mayEnd,
    notes: [],
  };
}

function directionOf(better: OpenSignal['better']): Direction {
  if (better === undefined) return 'both';
  return better === 'lower' ? 'above' : 'below';
}

/** Keys that the past or the detector does not use would be read by nobody. */
function checkKeys(
  context: FileContext,
  input: SegmentInput,
  block: AnomalyBlock,
  detector: AnomalyDetector,
): void {
  const refuse = (key: string, message: string, mend: string): void => {
    context.trouble.add({
      code: 'gatefile.invalid',
      message,
      span: spanOf(context, input, 'anomaly', key),
      mend,
    });
  };
  const { against } = block;
  if (against === 'poisson' && input.open.kind !== 'rate')
    refuse('against', '"poisson" counts events, and a value is none', 'use a rate, or "against: trailing"');
  if (!DETECTORS[against].includes(detector)) {
    const mend = `use ${DETECTORS[against].join(' or ')}`;
    refuse('detector', `detector "${detector}" does not go with "against: ${against}"`, mend);
    return;
  }
  const known: readonly string[] = [...OF_PAST[against], ...OF_DETECTOR[detector]];
  for (const key of Object.keys(block)) {
    if (known.includes(key) || key === 'against' || key === 'detector' || key === 'direction') continue;
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `"${key}" does not go with "against: ${against}" and ${detector}`,
      span: context.yaml.keySpanOf(['criteria', input.id, 'anomaly', key]),
      mend: `it takes ${['detector', 'direction', ...known].join(', ')}`,
    });
  }
}

/** The windows that are learnt from, oldest first. */
function pastsOf(
  context: FileContext,
  judged: Window,
  block: AnomalyBlock,
  forMs: number,
): readonly Window[] {
  const { stepMs } = judged;
  if (block.against === 'trailing' || block.against === 'poisson') {
    const to = startOf(context, judged);
    const lengthMs = block.history ?? DEFAULT_WINDOWS * forMs;
    return [{ from: to - Math.ceil(lengthMs / stepMs) * stepMs, to, stepMs }];
  }
  const [many, apart] =
    block.against === 'seasonal'
      ? [block.seasons ?? DEFAULT_SEASONS, block.season ?? DAY_MS]
      : [block.weeks ?? DEFAULT_WEEKS, WEEK_MS];
  return Array.from({ length: many }, (_, i) => shiftWindow(judged, (many - i) * apart));
}

function checkLength(
  context: FileContext,
  { settings }: GateParts,
  input: SegmentInput,
  block: AnomalyBlock,
  pasts: readonly Window[],
): void {
  const { forMs, stepMs } = settings;
  const refuse = (key: string, message: string, mend: string): void => {
    context.trouble.add({
      code: 'gatefile.window',
      message,
      span: spanOf(context, input, 'anomaly', key),
      mend,
    });
  };
  const isTrailing = block.against === 'trailing' || block.against === 'poisson';
  const steps = isTrailing
    ? pasts.reduce((sum, window) => sum + strataOf(window), 0)
    : (pasts.length * forMs) / stepMs;
  const key = {
    trailing: 'history',
    poisson: 'history',
    seasonal: 'seasons',
    'same-hour-last-week': 'weeks',
  }[block.against];
  if (steps < FEWEST_STEPS) {
    const mend = `look further back with "${key}", or use a longer window`;
    refuse(key, `the past has ${steps} steps of ${formatDuration(stepMs)}, ${FEWEST_STEPS} are needed`, mend);
  }
  if (steps > MOST_STEPS)
    refuse(
      key,
      `the past has ${steps} steps of ${formatDuration(stepMs)}, more than 11,000`,
      'use a longer step',
    );
  if (block.against === 'seasonal' && (block.season ?? DAY_MS) < forMs) {
    const message = `a season of ${formatDuration(block.season ?? DAY_MS)} is shorter than the window, ${formatDuration(forMs)}`;
    refuse('season', message, 'use a shorter window, or the season after which the series repeats itself');
  }
  const inARow = block['in-a-row'] ?? 3;
  if (block.against !== 'poisson' && block.detector !== 'page-hinkley' && inARow > forMs / stepMs) {
    const mend = 'set a smaller "in-a-row", or use a longer window';
    refuse('in-a-row', `${inARow} steps in a row are more than the window's ${forMs / stepMs}`, mend);
  }
}

/** All of the settings in one line: for `plan`, `explain` and the hash of the settings. */
function textOf(rule: AnomalyRule, pasts: readonly Window[], forMs: number): string {
  const { against, detector, direction, threshold, inARow, drift, detect } = rule;
  const [first] = pasts;
  const length = first === undefined ? '' : formatDuration(first.to - first.from);
  const isTrailing = against === 'trailing' || against === 'poisson';
  // Of the window's full length: the text is part of the settings, which growing must not change.
  const past = `${against} (${isTrailing ? length : `${pasts.length} times ${formatDuration(forMs)}`})`;
  const sides = direction === 'both' ? 'above or below' : direction;
  switch (detector) {
    case 'hampel':
      return `nothing unusual against ${past}: not more than ${threshold} spreads ${sides}, ${inARow} steps in a row`;
    case 'page-hinkley':
      return `nothing unusual against ${past}: level not drifted more than ${threshold} spreads ${sides}, ${drift} a step left out`;
    case 'e-detector':
    case 'shiryaev-roberts':
      return `nothing unusual against ${past}: no sign of ${detect} times the events ${sides} that comes less than once in ${threshold} steps (${detector})`;
  }
}
