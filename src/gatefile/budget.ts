import type { Criterion, ExposureCheck } from '../contracts/gate.js';
import { hash } from '../model/hash.js';
import { type EpochMs, formatDuration, formatInstant } from '../model/time.js';
import type { WindowSettings } from './window.js';

/**
 * Splits the false-alarm budget over every blocking criterion and segment of the file, whichever of them run.
 *
 * `across: each` counts as many as `at-most` lets it make. An advisory criterion takes no part and gets the same share,
 * since it can stop nothing. The false-pass budget is not split: a gate passes only when all pass.
 */
export function splitBudget(criteria: readonly Criterion[]): readonly Criterion[] {
  const parts = criteria
    .filter((criterion) => !criterion.isAdvisory)
    .reduce((sum, criterion) => sum + (criterion.atMost ?? 1), 0);
  return criteria.map((criterion) => ({
    ...criterion,
    rule: { ...criterion.rule, falseAlarm: criterion.rule.falseAlarm / Math.max(1, parts) },
  }));
}

/**
 * Hash of what must stay the same from the first look to the last, or the guarantee starts anew: limits, takes, kinds
 * of evidence, budgets, segments, the split of traffic, deploy time, step, warm-up and settling time, and the length of the window.
 *
 * @returns twelve hexadecimal digits
 */
export function settingsOf(
  gate: string,
  window: WindowSettings,
  since: EpochMs | undefined,
  criteria: readonly Criterion[],
  exposure: ExposureCheck | null,
): string {
  const written = criteria.map(({ key, evidence, isAdvisory, atMost, rule }) =>
    [
      key,
      evidence,
      isAdvisory,
      atMost,
      rule.takeText,
      rule.pass.text,
      rule.warn?.text,
      rule.minSteps,
      rule.minSamples,
      rule.falseAlarm,
      rule.falsePass,
      ...[rule.kayenta, rule.burn, rule.anomaly].flatMap((own) =>
        own === undefined ? [] : [JSON.stringify(own)],
      ),
    ].join('|'),
  );
  const times = [window.forMs, window.stepMs, window.settleMs, window.warmupMs].map(formatDuration);
  const start = since === undefined ? '' : formatInstant(since);
  const split = exposure === null ? [] : [`${exposure.signal}|${exposure.rule.pass.text}`];
  return hash([gate, start, ...times, ...written.sort(), ...split].join('\n'));
}
