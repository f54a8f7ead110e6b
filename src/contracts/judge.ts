import type { AnomalyRule } from '../model/anomaly.js';
import type { BurnRule } from '../model/burn.js';
import type { Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import type { KayentaSettings } from '../model/kayenta.js';
import type { Condition, PreparedLimit } from '../model/limit.js';
import type { Reason } from '../model/reason.js';
import type { Take } from '../model/take.js';
import type { Window } from '../model/window.js';
import type { Better } from './signal.js';

/** `tolerate: 2 of 5 steps`. */
export interface Tolerance {
  readonly breaches: number;
  readonly steps: number;
}

/** What a criterion asks of the evidence. */
export interface Rule {
  readonly take: Take;
  readonly takeText: string | null;
  /** Unit of the judged value and of the limits. */
  readonly unit: string;
  readonly better: Better | undefined;
  readonly pass: PreparedLimit;
  readonly warn: PreparedLimit | null;
  readonly tolerate: Tolerance | null;
  /** Observations needed per arm. */
  readonly minSamples: number;
  /** Seconds, or counts of the exposure's unit, that one unit of the value's rate spans. */
  readonly stepMs: number;
  /** Factor from the take's natural unit to `unit`. */
  readonly factor: number;
  /** Strata with data in every arm before evidence over time may decide. */
  readonly minSteps: number;
  /** Chance that this criterion may fail a healthy release, over all looks: its part of the gate's budget. */
  readonly falseAlarm: number;
  /** Chance that it may pass a release that is at the limit; not split, since a gate passes only when all pass. */
  readonly falsePass: number;
  /** What evidence of Kayenta is told; absent for every other. */
  readonly kayenta?: KayentaSettings;
  /** Under `--since`: false until the window is full; point evidence cannot pass before. */
  readonly isWindowFull: boolean;
  readonly isSince: boolean;
  /** For a criterion that says `burn`. */
  readonly burn?: BurnRule;
  /** For a criterion that says `anomaly`. */
  readonly anomaly?: AnomalyRule;
}

/** What was seen in a window other than the gate's own. */
export interface SeenWindow {
  readonly name: string;
  readonly window: Window;
  /** Undefined where an answer does not hold the series. */
  readonly observation: Observation | undefined;
  /** Why the data of this window cannot carry a verdict; undefined when they can. */
  readonly unusable: Reason | undefined;
}

/** What a criterion wants judged, before any data. */
export interface JudgeQuestion {
  /** Kind of the signal. */
  readonly kind: string;
  readonly take: Take;
  /** Unit of the judged value; `share` is 0..1. */
  readonly unit: string;
  readonly pass: Condition;
  readonly warn: Condition | null;
}

/** What was seen in earlier windows of the same length as the judged one. */
export interface Earlier {
  /** Those that hold usable data, oldest first. */
  readonly observations: readonly Observation[];
  /** How many were asked for. */
  readonly asked: number;
  readonly lengthMs: number;
  /** Whose past it is, in words. */
  readonly of: string;
}

/** Decides one criterion from evidence that was found usable; pure and synchronous. */
export interface Judge {
  readonly id: string;
  readonly about: string;
  /**
   * Why the judge cannot serve a signal kind, take and limit, with the mend; null when it can.
   * Asked when the file is read.
   */
  refuses(question: JudgeQuestion): { readonly message: string; readonly mend: string } | null;
  judge(
    rule: Rule,
    judged: Observation,
    baseline: Observation | undefined,
    /** Given to evidence that asked for it. */
    earlier?: Earlier,
    /** Given to evidence that asked for other windows than the gate's. */
    windows?: readonly SeenWindow[],
  ): Judgement;
  /** The judged number per stratum, for charts. */
  strata(rule: Rule, observation: Observation): readonly (number | null)[];
}

export function defineJudge(judge: Judge): Judge {
  return judge;
}
