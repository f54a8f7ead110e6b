import { counted } from '../../contracts/counted.js';
import type { Rule } from '../../contracts/judge.js';
import type { AnomalyRule } from '../../model/anomaly.js';
import type { Reason } from '../../model/reason.js';
import type { Detected } from './detect.js';

const PASTS: Readonly<Record<AnomalyRule['against'], string>> = {
  trailing: 'steps before it',
  'same-hour-last-week': 'steps at this time of the week',
  seasonal: 'steps at this time of the season',
  poisson: 'steps before it',
};

/** What an alarm says to someone who was never told what a detector is. */
export function alarmText(
  rule: Rule,
  asked: AnomalyRule,
  { side, usual }: Detected,
  seen: number,
  score: number,
): Reason {
  const unit = unitOf(rule);
  const levels = `about ${number(seen)}${unit}, usually ${number(usual)}`;
  return { code: 'threshold', text: `${findingOf(asked, side)}: ${levels}; ${rarityOf(asked, score)}` };
}

function findingOf({ detector, inARow, against }: AnomalyRule, side: Detected['side']): string {
  if (against === 'poisson') return side === 'above' ? 'events come too often' : 'events come too seldom';
  if (detector === 'page-hinkley')
    return `the level has moved ${side === 'above' ? 'up' : 'down'} and stays there`;
  const steps = inARow === 1 ? 'in a step' : `for ${inARow} steps in a row`;
  return `unusually ${side === 'above' ? 'high' : 'low'} ${steps}`;
}

function rarityOf({ against, detector, threshold }: AnomalyRule, score: number): string {
  if (against === 'poisson')
    return `chance makes such a run once in ${number(score)} steps at most, and once in ${number(threshold)} is an alarm`;
  return detector === 'page-hinkley'
    ? `it has drifted ${number(score)} times as far as it varies as a rule, ${number(threshold)} are allowed`
    : `that is ${number(score)} times as far off as it varies as a rule, ${number(threshold)} are allowed`;
}

/** The limit that stands beside the value. */
export function limitOf({ against, detector, threshold, inARow }: AnomalyRule): {
  readonly unit: string;
  readonly limit: string;
} {
  if (against === 'poisson') return { unit: 'steps', limit: `< ${threshold} steps` };
  const lasting = detector === 'hampel' && inARow > 1 ? `, ${inARow} steps in a row` : '';
  return { unit: 'spreads', limit: `<= ${threshold} spreads${lasting}` };
}

export function tooShort(against: AnomalyRule['against'], n: number, asked: number, fewest: number): Reason {
  return {
    code: 'history-too-short',
    text: `${n} of ${asked} ${PASTS[against]} ${n === 1 ? 'holds' : 'hold'} data, ${fewest} are needed to know what is usual`,
    next: 'wait until there is more history, or look further back',
  };
}

export function tooFewSeasons(n: number, asked: number, fewest: number): Reason {
  return {
    code: 'history-too-short',
    text: `${n} of ${counted(asked, 'earlier season')} ${n === 1 ? 'holds' : 'hold'} data, ${fewest} are needed to know what is usual at this time`,
    next: 'wait until there is more history, or use "against: trailing"',
  };
}

export const NO_SPREAD: Reason = {
  code: 'undecided',
  text: 'the past is always the same number, so nothing tells how far from it is far',
  next: 'judge a fixed limit with "pass"',
};

export function noRun(inARow: number): Reason {
  return {
    code: 'partial',
    text: `there are not ${inARow} steps in a row that hold data`,
    next: 'judge a longer window, or set "in-a-row"',
  };
}

export function pastText({ against }: AnomalyRule, n: number, dispersion: number | null): string {
  const varied =
    dispersion === null || dispersion < 1.5
      ? ''
      : `; they vary ${number(dispersion)} times as much as independent events would, so that it takes as much more to raise an alarm`;
  return `judged against ${n} ${PASTS[against]}${varied}`;
}

function unitOf({ anomaly, unit }: Rule): string {
  if (anomaly?.against === 'poisson' || unit.endsWith('/s')) return ' in a step';
  return unit === '' || unit === 'share' ? '' : ` ${unit}`;
}

function number(value: number): string {
  if (value >= 1000) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return String(Number(value.toPrecision(3)));
}
