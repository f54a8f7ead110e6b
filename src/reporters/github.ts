import { defineReporter } from '../contracts/reporter.js';
import { classOf } from '../model/reason.js';
import type { CriterionResult, GateReport, GateResult } from '../model/report.js';
import { unreachable } from '../model/unreachable.js';
import { cleaned, clip } from './words/clean.js';
import { commentOf, SUMMARY_BUDGET } from './words/comment.js';
import { furtherDetailsOf } from './words/detail.js';
import { gateSentence, marksOf, sentenceOf } from './words/sentence.js';
import { decidedByGate, foldText, type Located, wordOf, wordOfVerdict, worstFirst } from './words/verdict.js';

/** One workflow command, before it is escaped. */
interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** The runner shows 10 per level and step; the tenth says how many there are besides. */
const MOST_PER_LEVEL = 9;
/** The runner cuts a message here; the escaped text is longer, so it holds for both. */
const LONGEST_MESSAGE = 4096;
/** What an annotation tells besides; queries would fill it, and the place is where it is shown. */
const TOLD = new Set(['failed', 'beyond', 'evidence', 'owner', 'runbook', 'next']);

/** Workflow commands of GitHub Actions: annotations at the criterion's line in the gate file. */
export const github = defineReporter({
  id: 'github',
  about: 'annotations of GitHub Actions',
  extension: 'txt',
  render: (report) => {
    const clean = cleaned(report);
    const annotations = annotationsOf(clean);
    const commands = (['error', 'warning'] as const).flatMap((level) =>
      capped(annotations.filter((annotation) => annotation.level === level)),
    );
    // Not a command: a run without a finding must not spend one of the ten notices.
    const fold = `gatekeeper ${wordOfVerdict(clean.verdict)}   ${foldText(clean)}`;
    return `${[...commands.map(commandOf), fold].join('\n')}\n`;
  },
});

/** What goes to `$GITHUB_STEP_SUMMARY`: above 1024 KiB the runner drops all of it, so it stays below 900. */
export function summary(report: GateReport): string {
  return commentOf(cleaned(report), SUMMARY_BUDGET);
}

function annotationsOf(report: GateReport): readonly Annotation[] {
  const ofGates = report.gates.filter(decidedByGate).map(annotationOfGate);
  const ofCriteria = worstFirst(report)
    .filter(({ criterion }) => criterion.verdict !== 'pass')
    .map((located) => annotationOf(report, located));
  return [...ofGates, ...ofCriteria];
}

function annotationOf(report: GateReport, { gate, criterion }: Located): Annotation {
  const lines = furtherDetailsOf(report, gate, criterion).filter(({ label }) => TOLD.has(label));
  return {
    level: levelOf(criterion),
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
    title: `and ${rest} more`,
    file: '',
    line: null,
    column: null,
    message: `and ${rest} more ${first.level}s: the job summary and the report list them all`,
  };
  return [...annotations.slice(0, MOST_PER_LEVEL), more];
}

function commandOf({ level, title, file, line, column, message }: Annotation): string {
  const properties = [
    ...(file === '' ? [] : [`file=${property(file)}`]),
    ...(line === null ? [] : [`line=${line}`]),
    ...(column === null ? [] : [`col=${column}`]),
    `title=${property(clip(title, 250))}`,
  ];
  return `::${level} ${properties.join(',')}::${cut(message)}`;
}

/** Escapes a message; `%` first, or the escapes would be escaped. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** The escaped message, cut between two characters and never inside an escape. */
function cut(message: string): string {
  const whole = data(message);
  if (whole.length <= LONGEST_MESSAGE) return whole;
  let text = '';
  for (const character of message) {
    const next = data(character);
    if (text.length + next.length > LONGEST_MESSAGE - 3) break;
    text += next;
  }
  return `${text}...`;
}
