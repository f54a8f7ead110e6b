/** A prepared signal, and what it makes of answers. */
import type { Observed, ObserveInput, PreparedSignal, SignalKind } from '../../src/contracts/signal.js';
import type { Observation } from '../../src/model/evidence.js';
import type { Answer } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';
import { MINUTE, NOW, seriesOf, type Values } from '../support/fake-backend.js';

/** Five steps of a minute. */
export const WINDOW: Window = { from: NOW - 5 * MINUTE, to: NOW, stepMs: MINUTE };

export function prepared(kind: SignalKind, block: unknown, unit?: string): PreparedSignal {
  const result = kind.prepare(block, unit);
  if (!result.ok) throw new Error(result.issues.map((issue) => issue.message).join('\n'));
  return result.signal;
}

/** Messages of a block that is refused. */
export function refusal(kind: SignalKind, block: unknown): readonly string[] {
  const result = kind.prepare(block, undefined);
  return result.ok ? [] : result.issues.map((issue) => issue.message);
}

export type Parts = Readonly<Record<string, Answer | Values | ((window: Window) => Answer)>>;

/** Observes answers by part; a plain list is one series without labels. */
export function observed(signal: PreparedSignal, parts: Parts, over: Partial<ObserveInput> = {}): Observed {
  const answers = new Map(
    Object.entries(parts).map(([name, part]): [string, Answer] => {
      if (typeof part === 'function') return [name, part(WINDOW)];
      return [name, 'series' in part ? part : { series: [seriesOf(WINDOW, part)] }];
    }),
  );
  return signal.observe({
    answers,
    window: WINDOW,
    take: signal.defaultTake ?? { kind: 'mean' },
    isInstant: false,
    across: undefined,
    better: signal.better,
    maxAgeMs: 2 * MINUTE,
    isSeenElsewhere: () => false,
    isBaseline: false,
    ...over,
  });
}

/** The observations, or an error that says why there are none. */
export function observations(
  signal: PreparedSignal,
  parts: Parts,
  over: Partial<ObserveInput> = {},
): readonly Observation[] {
  const result = observed(signal, parts, over);
  if (result.state === 'unusable') throw new Error(result.failure.message);
  return result.observations;
}

/** The one observation. */
export function observation(
  signal: PreparedSignal,
  parts: Parts,
  over: Partial<ObserveInput> = {},
): Observation {
  const [one, ...others] = observations(signal, parts, over);
  if (one === undefined || others.length > 0) throw new Error('one observation was expected');
  return one;
}

/** Strata of counts as `k/n`, `-` where there is none. */
export function countsText({ evidence }: Observation): string {
  if (evidence.kind !== 'counts') throw new Error(`counts were expected, not ${evidence.kind}`);
  return evidence.strata.map((count) => (count === null ? '-' : `${count.k}/${count.n}`)).join(' ');
}

/** Strata of numbers, `-` where there is none. */
export function numbersText({ evidence }: Observation): string {
  if (evidence.kind !== 'numbers') throw new Error(`numbers were expected, not ${evidence.kind}`);
  return evidence.strata.map((value) => value ?? '-').join(' ');
}

export const codesOf = (one: Observation): readonly string[] => one.trouble.map(({ code }) => code);
