import { defineJudge, type Rule, type SeenWindow } from '../contracts/judge.js';
import type { AnomalyEvidence, AnomalyRule } from '../model/anomaly.js';
import type { Observation } from '../model/evidence.js';
import type { Judgement } from '../model/judgement.js';
import type { Reason } from '../model/reason.js';
import { FEWEST_SEASONS } from '../stats/seasonal-naive.js';
import { mean } from '../stats/summary.js';
import { type Detected, detect } from './anomaly/detect.js';
import { type Levels, levelsOf } from './anomaly/levels.js';
import { alarmText, limitOf, NO_SPREAD, noRun, pastText, tooFewSeasons, tooShort } from './anomaly/words.js';

/** Fewer earlier steps say too little of what is usual. */
const FEWEST_STEPS = 30;

/** A series against its own history: is it unusual now? */
export const anomaly = defineJudge({
  id: 'anomaly',
  about: 'of a criterion that says "anomaly:": a series against its own history',
  refuses: () => ({
    message: '"anomaly" is no evidence for a limit',
    mend: 'write "anomaly: { against: trailing }" in place of "pass"',
  }),
  judge: (rule, judged, _baseline, _earlier, windows = []) =>
    rule.anomaly === undefined
      ? open({ code: 'no-data', text: 'no history is asked for' }, 0)
      : weigh(rule, rule.anomaly, judged, windows),
  strata: () => [],
});

function weigh(
  rule: Rule,
  asked: AnomalyRule,
  judged: Observation,
  windows: readonly SeenWindow[],
): Judgement {
  const usable = windows.flatMap(({ observation, unusable }) =>
    observation === undefined || unusable !== undefined ? [] : [observation.evidence],
  );
  const levels = levelsOf(judged.evidence, usable);
  const all = windows.reduce(
    (sum, { window }) => sum + Math.round((window.to - window.from) / window.stepMs),
    0,
  );
  const held = levels.past.flat().filter((step) => step !== null).length;
  const seen = levels.judged.filter((step) => step !== null);
  const plain = {
    ...open(tooShort(asked.against, held, all, FEWEST_STEPS), seen.length),
    told: limitOf(asked),
  };
  const say = (reason: Reason): Judgement => ({
    ...plain,
    bound: asked.threshold,
    reason,
    anomaly: evidenceOf(asked, { n: held, asked: all }),
  });
  const seasons = levels.past.filter(isHalfFull);
  if (asked.against === 'seasonal' && seasons.length < FEWEST_SEASONS)
    return say(tooFewSeasons(seasons.length, windows.length, FEWEST_SEASONS));
  if (held < FEWEST_STEPS) return say(tooShort(asked.against, held, all, FEWEST_STEPS));
  const found = detect(asked, asked.against === 'seasonal' ? { ...levels, past: seasons } : levels);
  if (found === undefined) return say(NO_SPREAD);
  const scores = found.scores.filter((score) => score !== null);
  if (scores.length === 0) return say(noRun(asked.inARow));
  const score = Math.max(...scores);
  const isBeyond = (each: number | null): boolean => each !== null && isAlarm(asked, each);
  const alarm = found.scores.findIndex(isBeyond);
  const level = levelAt(asked, levels, found);
  return {
    ...plain,
    value: score,
    bound: asked.threshold,
    verdict: alarm < 0 ? 'pass' : 'fail',
    reason: alarm < 0 ? null : alarmText(rule, asked, found, level, score),
    anomaly: {
      ...evidenceOf(asked, { n: held, asked: all }),
      score,
      usual: found.usual,
      seen: level,
      dispersion: found.dispersion,
      alarm: alarm < 0 ? null : alarm,
    },
    notes: [pastText(asked, held, found.dispersion)],
  };
}

/** One false alarm in so many steps is at the limit; so many spreads are within. */
function isAlarm({ against, threshold }: AnomalyRule, score: number): boolean {
  return against === 'poisson' ? score >= threshold : score > threshold;
}

/** The level of the steps behind the largest score. */
function levelAt(asked: AnomalyRule, levels: Levels, { scores }: Detected): number {
  const most = Math.max(...scores.map((score) => score ?? Number.NEGATIVE_INFINITY));
  const last = scores.indexOf(most);
  const from = asked.detector === 'hampel' ? Math.max(0, last + 1 - asked.inARow) : 0;
  const steps = levels.judged.slice(from, last + 1).filter((step) => step !== null);
  return mean(steps.map(levels.level));
}

function isHalfFull(steps: Levels['judged']): boolean {
  return steps.filter((step) => step !== null).length * 2 >= steps.length && steps.length > 0;
}

function evidenceOf(asked: AnomalyRule, history: AnomalyEvidence['history']): AnomalyEvidence {
  const { against, detector, direction, threshold } = asked;
  return {
    against,
    detector,
    direction,
    threshold,
    score: null,
    usual: null,
    seen: null,
    history,
    dispersion: null,
    alarm: null,
  };
}

function open(reason: Reason, n: number): Judgement {
  return {
    verdict: 'inconclusive',
    reason,
    value: null,
    interval: null,
    n,
    baseline: null,
    bound: null,
    evidence: null,
    notes: [],
  };
}
