import type { Rule } from '../contracts/judge.js';
import type { Condition } from '../model/limit.js';
import { formatDuration } from '../model/time.js';
import { type FileContext, placeOf } from './context.js';
import type { CriterionBlock } from './schema.js';
import type { WindowSettings } from './window.js';

/**
 * What a recovery needs to mean anything: a window that begins with the deploy and is long enough to see it miss its
 * limit, and a fixed limit.
 *
 * @returns false where something of it is missing, which was reported
 */
export function checkRecovery(
  context: FileContext,
  block: Pick<CriterionBlock, 'evidence' | 'tolerate'>,
  rule: Rule,
  settings: WindowSettings,
  path: readonly string[],
): boolean {
  if (rule.take.kind !== 'recovery') return true;
  let isSound = true;
  const refuse = (key: string, message: string, mend: string): void => {
    isSound = false;
    context.trouble.add({
      code: 'gatefile.take',
      message,
      span: placeOf(context, [...path, key]),
      mend,
    });
  };
  if (!settings.isSinceRequired)
    refuse(
      'take',
      'a recovery counts from the deploy, and this window may begin anywhere',
      'add "since: required" to the window',
    );
  if (settings.warmupMs > 0)
    refuse(
      'take',
      `a recovery counts from the deploy, and the warm-up leaves the first ${formatDuration(settings.warmupMs)} out`,
      'move it to a gate whose window has no "warmup"',
    );
  if (block.evidence !== undefined && block.evidence !== 'point')
    refuse('evidence', `evidence "${block.evidence}" has no test for a recovery`, 'remove the line');
  if (block.tolerate !== undefined)
    refuse('tolerate', 'a recovery is one time, and no step alone can break it', 'remove the line');
  for (const [key, limit] of [
    ['pass', rule.pass],
    ['warn', rule.warn],
  ] as const) {
    if (limit === null) continue;
    const longest = longestIn(limit.condition);
    if (longest === undefined) {
      refuse(key, 'a recovery is judged by a longest time', 'write it like "<= 10m"');
      continue;
    }
    const longestMs = (longest / rule.factor) * 1000;
    // 0 is told to the step: no step was worse than the level.
    if (longestMs < 0 || (longestMs > 0 && longestMs < rule.stepMs)) {
      const words = `"${limit.text}" is shorter than one step of ${formatDuration(rule.stepMs)}, and a recovery is told to the step`;
      refuse(key, words, longerThan(limit.text, rule.stepMs));
      continue;
    }
    const needed = longestMs + rule.take.steps * rule.stepMs;
    if (needed > settings.forMs)
      refuse(
        key,
        `the window of ${formatDuration(settings.forMs)} is too short to tell a recovery that takes longer`,
        `lengthen it to ${formatDuration(Math.ceil(needed / rule.stepMs) * rule.stepMs)}: the limit, and the ${rule.take.steps} steps that must hold`,
      );
  }
  return isSound;
}

function longestIn(condition: Condition): number | undefined {
  if (condition.kind !== 'compare' || condition.bound.scale !== 0) return undefined;
  return condition.operator === '<=' || condition.operator === '<' ? condition.bound.offset : undefined;
}

/** A bare number is in seconds, and was meant in minutes more often than not. */
function longerThan(text: string, stepMs: number): string {
  const [, operator = '', amount = ''] = /^(<=?)\s*(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  return amount !== '' && Number(amount) * 60_000 >= stepMs
    ? `a bare number is in seconds: write "${operator} ${amount}m"`
    : `write a time of at least one step, such as "<= ${formatDuration(stepMs)}"`;
}
