import { classOf } from '../../model/reason.js';
import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { unreachable } from '../../model/unreachable.js';
import { furtherDetailsOf } from './detail.js';
import { gateSentence, marksOf, sentenceOf } from './sentence.js';
import { decidedByGate, type Located, wordOf, wordOfVerdict, worstFirst } from './verdict.js';

/** One remark at a line of a gate file, before a CI's own escapes. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  /** Why, as a fixed word: `threshold`, `stale`; the verdict where there is none. */
  readonly code: string;
  readonly title: string;
  /** '' where it belongs to no file. */
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** GitHub and Azure show 10 per level and step; the tenth says how many there are besides. */
const MOST_PER_LEVEL = 9;
/** What an annotation tells besides; queries would fill it, and the place is where it is shown. */
const TOLD = new Set(['failed', 'beyond', 'evidence', 'owner', 'runbook', 'next']);

/**
 * What is not a pass, errors before warnings, worst first, no more than a CI shows.
 *
 * @param report cleaned
 */
export function annotationsOf(report: GateReport): readonly Annotation[] {
  const ofGates = report.gates.filter(decidedByGate).map(annotationOfGate);
  const ofCriteria = worstFirst(report)
    .filter(({ criterion }) => criterion.verdict !== 'pass')
    .map((located) => annotationOf(report, located));
  const all = [...ofGates, ...ofCriteria];
  return (['error', 'warning'] as const).flatMap((level) => capped(all.filter((one) => one.level === level)));
}

/** The escaped message, cut between two characters and never inside an escape. */
export function cutEscaped(message: string, most: number, escaped: (text: string) => string): string {
  const whole = escaped(message);
  if (whole.length <= most) return whole;
  let text = '';
  for (const character of message) {
    const next = escaped(character);
    if (text.length + next.length > most - 3) break;
    text += next;
  }
  return `${text}...`;
}

function annotationOf(report: GateReport, { gate, criterion }: Located): Annotation {
  const lines = furtherDetailsOf(report, gate, criterion).filter(({ label }) => TOLD.has(label));
  return {
    level: levelOf(criterion),
    code: criterion.reason?.code ?? criterion.verdict,
    title: titleOf(criterion),
    file: criterion.source.file,
    line: criterion.source.line,
    column: criterion.source.column,
    message: [
      `${wordOf(criterion)} ${criterion.key} ${sentenceOf(report, criterion)}`,
      ...lines.map(({ label, text }) => `${label}: ${text}`),
    ].join('\n'),
  };
}

function annotationOfGate(gate: GateResult): Annotation {
  const word = wordOfVerdict(gate.verdict);
  return {
    level: gate.verdict === 'inconclusive' ? 'warning' : 'error',
    code: gate.reason?.code ?? gate.verdict,
    title: `${word} ${gate.id}`,
    file: gate.file,
    line: null,
    column: null,
    message: gateSentence(gate),
  };
}

/** What does not block the release must not paint it red. */
function levelOf({ verdict, advisory }: CriterionResult): Annotation['level'] {
  return !advisory && (verdict === 'fail' || verdict === 'error') ? 'error' : 'warning';
}

function titleOf(criterion: CriterionResult): string {
  const marks = marksOf(criterion);
  return `${titleWord(criterion)} ${criterion.key}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

function titleWord(criterion: CriterionResult): string {
  const { verdict, reason } = criterion;
  switch (verdict) {
    case 'pass':
    case 'warn':
    case 'fail':
    case 'skipped':
    case 'inconclusive':
      return wordOfVerdict(verdict);
    case 'error':
      return reason === null ? 'BACKEND' : classOf(reason).toUpperCase();
    default:
      return unreachable(verdict);
  }
}

function capped(annotations: readonly Annotation[]): readonly Annotation[] {
  const first = annotations[0];
  const rest = annotations.length - MOST_PER_LEVEL;
  if (first === undefined || rest <= 0) return annotations;
  const more: Annotation = {
    level: first.level,
    code: 'more',
    title: `and ${rest} more`,
    file: '',
    line: null,
    column: null,
    message: `and ${rest} more ${first.level}s: the job summary and the report list them all`,
  };
  return [...annotations.slice(0, MOST_PER_LEVEL), more];
}
