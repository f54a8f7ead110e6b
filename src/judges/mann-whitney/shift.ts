import type { Rule } from '../../contracts/judge.js';
import type { Bound } from '../../model/limit.js';
import type { RankEvidence } from '../../model/ranks.js';
import { mannWhitney, type RankTest, rankTest } from '../../stats/mann-whitney.js';
import type { Sided } from '../estimate/weigh.js';

const ALPHA_SHOWN = 0.05;

/** Two arms, and on which side of a bound the judged one lies. */
export interface Compared extends Sided {
  readonly evidence: RankEvidence;
  /** True where no share can be taken of the baseline: it has values below 0, or nothing above. */
  readonly isWithoutShare: boolean;
}

/** @param judged with the baseline finite and not empty, in the rule's unit */
export function compare(
  rule: Rule,
  judged: readonly number[],
  baseline: readonly number[],
  steps: number,
): Compared {
  const whole = mannWhitney(judged, baseline, ALPHA_SHOWN);
  const highest = baseline.reduce((most, value) => Math.max(most, value));
  const isWithoutShare = highest <= 0 || baseline.some((value) => value < 0);
  const tests = new Map<string, RankTest>();
  const testAt = ({ scale, offset }: Bound): RankTest | undefined => {
    if (scale !== 1 && isWithoutShare) return undefined;
    if (scale === 1 && offset === 0) return whole;
    const key = `${scale} ${offset}`;
    const known = tests.get(key);
    if (known !== undefined) return known;
    const made = rankTest(
      judged,
      baseline.map((value) => value * scale + offset),
    );
    tests.set(key, made);
    return made;
  };
  const { condition } = rule.pass;
  const atLimit = condition.kind === 'compare' ? testAt(condition.bound) : undefined;
  return {
    value: highest,
    isWithoutShare,
    sideOf: (bound, level) => {
      const test = testAt(bound);
      if (test === undefined) return 'open';
      if (test.pGreater <= level) return 'above';
      return test.pLess <= level ? 'below' : 'open';
    },
    evidence: {
      test: `mann-whitney-${(atLimit ?? whole).method}`,
      estimate: whole.shift,
      interval: [whole.interval.lower, whole.interval.upper],
      alpha: rule.falseAlarm,
      falsePass: rule.falsePass,
      strata: steps,
      n: { canary: judged.length, baseline: baseline.length },
      larger: whole.effect,
      p: atLimit === undefined ? null : { above: atLimit.pGreater, below: atLimit.pLess },
      kayenta: null,
    },
  };
}
