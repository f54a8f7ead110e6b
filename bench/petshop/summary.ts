/** Counts verdicts, with how sure the counts are. */

import { worst } from '../../src/model/verdict.js';
import { betaQuantile } from '../../src/stats/beta.js';
import type { Look, Replayed } from './replay.js';

type Range = readonly [number, number];

export interface Summary {
  readonly faults: number;
  readonly detected: number;
  readonly wrongPass: number;
  readonly inconclusive: number;
  readonly normal: number;
  readonly wrongFail: number;
  readonly normalInconclusive: number;
  /** Seconds from the fault to the look that found it. */
  readonly medianDelaySeconds: number | null;
  readonly perCause: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** 95 % Clopper-Pearson, of the faults and of the normal gates. */
  readonly intervals: Readonly<Record<string, Range | null>>;
}

/** At the first look, or at the last one there was. */
export type Which = 'first' | 'last';

export function summaryOf(replayed: readonly Replayed[], which: Which): Summary {
  const faults = replayed.filter(({ of }) => of.kind === 'fault');
  const normal = replayed.filter(({ of }) => of.kind === 'normal');
  const count = (some: readonly Replayed[], ...verdicts: readonly string[]): number =>
    some.filter((each) => verdicts.includes(lookOf(each, which).verdict)).length;
  const counts = {
    detected: count(faults, 'fail'),
    wrongPass: count(faults, 'pass', 'warn'),
    inconclusive: count(faults, 'inconclusive'),
    wrongFail: count(normal, 'fail'),
    normalInconclusive: count(normal, 'inconclusive'),
  };
  const causes = [...new Set(faults.map(({ of }) => of.cause ?? ''))].sort();
  const delays = faults
    .filter((each) => lookOf(each, which).verdict === 'fail')
    .map((each) => each.of.lateS + lookOf(each, which).minutes * 60)
    .sort((a, b) => a - b);
  return {
    faults: faults.length,
    detected: counts.detected,
    wrongPass: counts.wrongPass,
    inconclusive: counts.inconclusive,
    normal: normal.length,
    wrongFail: counts.wrongFail,
    normalInconclusive: counts.normalInconclusive,
    medianDelaySeconds: delays.length === 0 ? null : (delays[(delays.length - 1) >> 1] ?? null),
    perCause: Object.fromEntries(
      causes.map((cause) => {
        const some = faults.filter(({ of }) => of.cause === cause);
        return [
          cause,
          {
            faults: some.length,
            detected: count(some, 'fail'),
            wrongPass: count(some, 'pass', 'warn'),
            inconclusive: count(some, 'inconclusive'),
          },
        ];
      }),
    ),
    intervals: {
      detected: clopperPearson(counts.detected, faults.length),
      wrongPass: clopperPearson(counts.wrongPass, faults.length),
      inconclusive: clopperPearson(counts.inconclusive, faults.length),
      wrongFail: clopperPearson(counts.wrongFail, normal.length),
      normalInconclusive: clopperPearson(counts.normalInconclusive, normal.length),
    },
  };
}

function lookOf({ looks }: Replayed, which: Which): Look {
  const look = which === 'first' ? looks[0] : looks.at(-1);
  if (look === undefined) throw new Error('a gate was never looked at');
  return look;
}

/** The first look by the front's own criteria: what is told of a fault that sits in a service nobody gates on. */
export function frontAlone(replayed: readonly Replayed[]): Readonly<Record<string, number>> {
  const faults = replayed.filter(({ of }) => of.kind === 'fault');
  const verdicts = faults.map((each) => {
    const front = lookOf(each, 'first').criteria.filter(({ key }) => key.includes('front'));
    return worst(front.map(({ verdict }) => verdict));
  });
  return {
    faults: faults.length,
    detected: verdicts.filter((verdict) => verdict === 'fail').length,
    wrongPass: verdicts.filter((verdict) => verdict === 'pass').length,
    inconclusive: verdicts.filter((verdict) => verdict === 'inconclusive').length,
  };
}

/** First looks at the ten minutes before each fault. */
export function beforeFaults(replayed: readonly Replayed[]): Readonly<Record<string, number>> {
  const before = replayed.filter(({ of }) => of.kind === 'before');
  const count = (verdict: string): number =>
    before.filter((each) => lookOf(each, 'first').verdict === verdict).length;
  return {
    gates: before.length,
    passed: count('pass'),
    wrongFail: count('fail'),
    inconclusive: count('inconclusive'),
  };
}

/** How many normal gates were decided at each look, and never. */
export function timeToDecision(replayed: readonly Replayed[]): Readonly<Record<string, number>> {
  const decided: Record<string, number> = {};
  for (const each of replayed) {
    const look = lookOf(each, 'last');
    const key = look.verdict === 'inconclusive' ? 'never' : `${look.minutes}m`;
    decided[key] = (decided[key] ?? 0) + 1;
  }
  return decided;
}

function clopperPearson(k: number, n: number): Range | null {
  if (n === 0) return null;
  const low = k === 0 ? 0 : betaQuantile(0.025, k, n - k + 1);
  const high = k === n ? 1 : betaQuantile(0.975, k + 1, n - k);
  return [Math.round(low * 1e4) / 1e4, Math.round(high * 1e4) / 1e4];
}
