import type { Criterion, Gate } from '../../contracts/gate.js';
import type { Rule } from '../../contracts/judge.js';
import type { Bound, Condition, Operator } from '../../model/limit.js';
import type { Take } from '../../model/take.js';
import { formatDuration } from '../../model/time.js';
import { unreachable } from '../../model/unreachable.js';
import { numberText } from '../plan/limits.js';

/** What is asked for, by kind of signal. */
export function asksText({ kind, signal, rule, arms }: Criterion, step: string): string {
  const parts = [...new Set(arms.flatMap(({ questions }) => questions.map(({ part }) => part)))];
  const quoted = parts.filter((part) => !part.endsWith('-seen')).map((part) => `"${part}"`);
  const each = `counted in each step of ${step}`;
  switch (kind) {
    case 'ratio':
      return `signal "${signal}": ${quoted.join(' out of ')}, ${each}; a share in 0..1`;
    case 'rate':
      return `signal "${signal}": ${quoted.join(' per ')}${quoted.length === 1 ? ' per second' : ''}, ${each}`;
    case 'histogram':
      return `signal "${signal}": counts by bucket, ${each}`;
    case 'value':
      return `signal "${signal}": ${rule.take.kind === 'instant' ? 'one number at the end of the window' : `a number for each step of ${step}`}`;
    case 'cache-probe':
      return `signal "${signal}": every address of its list, asked for several times during the run`;
    case 'crawl':
      return `signal "${signal}": every page of its list, asked for once during the run`;
    case 'crawler-log':
      return `signal "${signal}": the hits of a crawler in an access log`;
    default:
      return `signal "${signal}": ${kind}`;
  }
}

/** How time becomes one number. */
export function timeText({ take, takeText }: Rule): string {
  return takeText === null ? takeWords(take) : `${takeText}: ${takeWords(take)}`;
}

function takeWords(take: Take): string {
  switch (take.kind) {
    case 'total':
      return 'both counts are added up over the window, then divided; steps with more traffic weigh more';
    case 'instant':
      return 'the one number at the end of the window';
    case 'first':
    case 'last':
      return `the ${take.kind} step that holds data`;
    case 'mean':
    case 'sum':
      return `the ${take.kind} of all steps`;
    case 'min':
    case 'max':
      return `the ${take.kind === 'min' ? 'lowest' : 'highest'} of all steps`;
    case 'slope':
      return 'how fast it rises over the window, by a straight line through its steps';
    case 'count':
      return 'how many there are in the window';
    case 'age':
      return 'how old the newest sample is at the end of the window';
    case 'quantile':
      return `the value that ${numberText(take.quantile * 100)} % of the window's observations do not exceed`;
    case 'share-at-most':
      return `the share of the window's observations at or below ${numberText(take.bound)}`;
    case 'share-above':
      return `the share of the window's observations above ${numberText(take.bound)}`;
    case 'apdex':
      return `satisfied to ${numberText(take.threshold)}, tolerating to ${numberText(4 * take.threshold)}, which counts half`;
    case 'findings':
      return 'how many findings the pages of the list have';
    case 'regressions':
      return 'how many findings the pages have that the baseline does not have';
    case 'share-ok':
      return 'the share of the listed pages without a finding';
    case 'share-current':
      return 'the share of all visits that hold the marker of the release';
    case 'recovery':
      return `the time from the deploy until ${take.steps} steps in a row are ${take.operator} ${numberText(take.level)}; a step without data is none of them`;
    case 'share-hit':
      return `the share of the visits after the first that ${take.cache === null ? 'a cache' : `the cache "${take.cache}"`} answered`;
    case 'age-quantile':
      return `the age that ${numberText(take.quantile * 100)} % of the answers from caches do not exceed`;
    case 'new-patterns':
      return 'how many patterns of URLs crawlers hit in the window and not before it';
    case 'since-crawl':
      return take.quantile === 1
        ? 'the longest time since a listed page was crawled'
        : `the time since a crawl that ${numberText(take.quantile * 100)} % of the listed pages do not exceed`;
    case 'page-quantile':
      return `the value that ${numberText(take.quantile * 100)} % of the listed pages do not exceed`;
    default:
      return unreachable(take);
  }
}

/** How many series become one. */
export function seriesText({ across, arms }: Criterion): string {
  switch (across) {
    case 'worst':
      return 'in each step, the worst of them';
    case 'sum':
    case 'mean':
      return `in each step, their ${across}`;
    case 'each':
      return 'each has a verdict of its own';
    case undefined: {
      const isCounter = arms[0]?.questions.every(
        ({ query }) => query.use === 'counts' || query.use === 'buckets',
      );
      return isCounter === true
        ? 'series of a counter are added up; a query must give one series'
        : 'one is meant; more are an error that lists them';
    }
    default:
      return unreachable(across);
  }
}

/** A condition in words: `at least 0.97`. */
export function limitText({ text, condition }: Rule['pass'], unit: string): string {
  return `${text}: the value is ${conditionWords(condition)}${unit === '' ? '' : ` (${unit})`}`;
}

const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '==': 'exactly',
  '!=': 'anything but',
};

function conditionWords(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${OPERATOR_WORDS[condition.operator]} ${boundWords(condition.bound)}`;
    case 'between':
      return `from ${boundWords(condition.low)} to ${boundWords(condition.high)}`;
    case 'all':
    case 'any':
      return condition.conditions.map(conditionWords).join(condition.kind === 'all' ? ' and ' : ' or ');
  }
}

function boundWords({ scale, offset }: Bound): string {
  if (scale === 0) return numberText(offset);
  const baseline = scale === 1 ? 'the baseline' : `${numberText(scale)} times the baseline`;
  return offset === 0
    ? baseline
    : `${baseline} ${offset > 0 ? 'plus' : 'minus'} ${numberText(Math.abs(offset))}`;
}

/** What the verdict does to the release. */
export function weightText({ isAdvisory, isCritical, fallback, weight }: Criterion, gate: Gate): string {
  if (isAdvisory) return 'advisory: shown, never blocks';
  if (fallback !== null) return `blocks, unless its fallback "${fallback}" passes: then it warns`;
  if (isCritical) return 'critical: blocks, whatever a score says';
  return gate.score === null ? 'blocks the release' : `counts ${numberText(weight)} in the score of the gate`;
}

/** Who is called, and then who. */
export function ownerText({ owner }: Criterion, { owners }: Gate): string {
  const then = owners.escalate.map(({ to, after }) => (after === null ? to : `${to} after ${after}`));
  return `${owner ?? 'nobody'}${then.length === 0 ? '' : `; then ${then.join(', ')}`}`;
}

export function stepText(gate: Gate): string {
  return formatDuration(gate.window.stepMs);
}
