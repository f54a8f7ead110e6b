import { isProbe } from '../../model/page.js';
import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { beyondOf } from './beyond.js';
import { clip } from './clean.js';
import { figuresOf } from './limit.js';
import { countText } from './number.js';
import { wordOf, wordOfVerdict } from './verdict.js';
import { ageText, lengthText, spanText } from './window.js';

/** Reasons come from servers, too; past this length they are no sentence. */
const LONGEST_REASON = 600;

/**
 * What became of one criterion, without its name: value, limit, distance, baseline, n and window.
 *
 * A limit never stands alone: without its value, unit, window and count nobody can tell what it says.
 */
export function sentenceOf(report: GateReport, criterion: CriterionResult): string {
  const { value, limit, distance, baseline } = figuresOf(criterion);
  const since = beyondOf(criterion)?.since ?? null;
  const aside = [
    distance === null ? null : `${distance.word} ${distance.text}`,
    baseline === null ? null : `baseline ${baseline}`,
    since === null || criterion.verdict === 'pass' ? null : `since ${since}`,
    samplesText(criterion),
    criterion.verdict === 'inconclusive' && criterion.newest !== null ? newestText(report, criterion) : null,
    `window ${spanText(criterion.window)}, ${lengthText(criterion.window)}`,
  ];
  const head = value === null ? `has no value, needs ${limit}` : `is ${value}, needs ${limit}`;
  return `${head} (${aside.filter((part) => part !== null).join(', ')})${tail(criterion)}`;
}

/** Why it is not a plain pass, or null. */
export function reasonText(criterion: CriterionResult): string | null {
  return criterion.reason === null ? null : clip(criterion.reason.text, LONGEST_REASON);
}

/** `n 18,402`, with what is needed where it is not reached. */
export function samplesText({ n, minSamples }: CriterionResult): string {
  return n < minSamples ? `n ${countText(n)} of ${countText(minSamples)} needed` : `n ${countText(n)}`;
}

export function newestText(report: GateReport, criterion: CriterionResult): string {
  if (criterion.newest === null) return 'no sample seen';
  // Pages have no age of their own; `newest` is the end of the window, which lies before the run.
  if (isProbe(criterion.kind)) return 'asked during the run';
  const age = ageText(report, criterion.newest);
  return age === null ? `newest ${criterion.newest}` : `newest ${age} old`;
}

/** What sets a criterion apart from one that simply blocks: `critical`, `advisory`, `waived`, `degraded`. */
export function marksOf(criterion: CriterionResult): readonly string[] {
  return [
    ...(criterion.critical ? ['critical'] : []),
    ...(criterion.advisory ? ['advisory'] : []),
    ...(criterion.waiver === null ? [] : ['waived']),
    ...(criterion.reason?.code === 'degraded' ? ['degraded'] : []),
  ];
}

/** `FAIL (critical)`. */
export function markedWord(criterion: CriterionResult): string {
  const marks = marksOf(criterion);
  return `${wordOf(criterion)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

/** The criterion's name inside its gate: `checkout-slo[path=edge]`. */
export function nameOf(gate: GateResult, criterion: CriterionResult): string {
  const prefix = `${gate.id}.`;
  return criterion.key.startsWith(prefix) ? criterion.key.slice(prefix.length) : criterion.key;
}

/** Who to call, and who decides: `stop exposure: a   decides: b   escalate: c, d after 15m`. */
export function authorityOf(
  gate: GateResult,
): readonly { readonly role: string; readonly who: readonly string[] }[] {
  const { stop, decide, escalate } = gate.owners;
  return [
    { role: 'may stop exposure', who: stop },
    { role: 'decides', who: decide },
    {
      role: 'escalate to',
      who: escalate.map(({ to, after }) => (after === null ? to : `${to} after ${after}`)),
    },
  ].filter(({ who }) => who.length > 0);
}

function tail(criterion: CriterionResult): string {
  const { waiver, judged } = criterion;
  const reason = reasonText(criterion);
  return [
    reason === null ? null : `: ${reason}`,
    judged === null
      ? null
      : `; was ${wordOf(judged)}${judged.reason === null ? '' : `, ${clip(judged.reason.text, LONGEST_REASON)}`}`,
    waiver === null ? null : `; ${waiverText(waiver)}`,
  ]
    .filter((part) => part !== null)
    .join('');
}

export function waiverText(waiver: NonNullable<CriterionResult['waiver']>): string {
  return `waived by ${waiver.by}${waiver.until === null ? '' : ` until ${waiver.until}`}, because ${waiver.because}`;
}

/** Why a gate has the verdict it has, where no criterion shows it. */
export function gateSentence(gate: GateResult): string {
  const reason = gate.reason === null ? '' : `: ${clip(gate.reason.text, LONGEST_REASON)}`;
  return `gate ${gate.id}${reason === '' ? ` is ${wordOfVerdict(gate.verdict)}` : reason}`;
}
