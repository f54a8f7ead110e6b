import { defineReporter } from '../contracts/reporter.js';
import type { GateReport } from '../model/report.js';
import { type Annotation, annotationsOf, cutEscaped } from './words/annotation.js';
import { cleaned, clip } from './words/clean.js';
import { commentOf, SUMMARY_BUDGET } from './words/comment.js';
import { foldText, wordOfVerdict } from './words/verdict.js';

/** The runner cuts a message here; the escaped text is longer, so it holds for both. */
const LONGEST_MESSAGE = 4096;

/** Workflow commands of GitHub Actions: annotations at the criterion's line in the gate file. */
export const github = defineReporter({
  id: 'github',
  about: 'annotations of GitHub Actions',
  extension: 'txt',
  render: (report) => {
    const clean = cleaned(report);
    // Not a command: a run without a finding must not spend one of the ten notices.
    const fold = `gatekeeper ${wordOfVerdict(clean.verdict)}   ${foldText(clean)}`;
    return `${[...annotationsOf(clean).map(commandOf), fold].join('\n')}\n`;
  },
});

/** What goes to `$GITHUB_STEP_SUMMARY`: above 1024 KiB the runner drops all of it, so it stays below 900. */
export function summary(report: GateReport): string {
  return commentOf(cleaned(report), SUMMARY_BUDGET);
}

function commandOf({ level, title, file, line, column, message }: Annotation): string {
  const properties = [
    ...(file === '' ? [] : [`file=${property(file)}`]),
    ...(line === null ? [] : [`line=${line}`]),
    ...(column === null ? [] : [`col=${column}`]),
    `title=${property(clip(title, 250))}`,
  ];
  return `::${level} ${properties.join(',')}::${cutEscaped(message, LONGEST_MESSAGE, data)}`;
}

/** Escapes a message; `%` first, or the escapes would be escaped. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
