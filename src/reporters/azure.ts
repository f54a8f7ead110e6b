import { defineReporter } from '../contracts/reporter.js';
import type { GateReport } from '../model/report.js';
import { type Annotation, annotationsOf, cutEscaped } from './words/annotation.js';
import { cleaned } from './words/clean.js';
import { foldText, wordOfVerdict } from './words/verdict.js';

/** No limit of the agent is known; longer than this, nobody reads it in a list of issues. */
const LONGEST_MESSAGE = 4096;

/** Logging commands of Azure Pipelines, which reads them from standard output alone. */
export const azure = defineReporter({
  id: 'azure',
  about: 'logging commands of Azure Pipelines: issues at the line in the gate file',
  extension: 'txt',
  render: (report) => {
    const clean = cleaned(report);
    const fold = `gatekeeper ${wordOfVerdict(clean.verdict)}   ${foldText(clean)}`;
    return `${[...annotationsOf(clean).map(commandOf), ...completionOf(clean), fold].join('\n')}\n`;
  },
});

function commandOf({ level, code, title, file, line, column, message }: Annotation): string {
  const properties = [
    `type=${level}`,
    ...(file === '' ? [] : [`sourcepath=${property(file)}`]),
    ...(line === null ? [] : [`linenumber=${line}`]),
    ...(column === null ? [] : [`columnnumber=${column}`]),
    `code=${property(code)}`,
  ];
  // An issue has no title of its own: the message says its word and key first, but for those that have none.
  const text = file === '' || line === null ? `${title}: ${message}` : message;
  return `##vso[task.logissue ${properties.join(';')};]${cutEscaped(text, LONGEST_MESSAGE, data)}`;
}

/** Exit code 0 paints a task green; what is not a plain pass turns it yellow. Any other exit code fails it anyway. */
function completionOf({ verdict, exitCode }: GateReport): readonly string[] {
  return exitCode === 0 && verdict !== 'pass' ? ['##vso[task.complete result=SucceededWithIssues;]'] : [];
}

/**
 * Escapes a message. A per cent sign is `%AZP25`: the agent has read that since 2.184, and never `%25`, which would be
 * shown as it stands.
 */
function data(text: string): string {
  return text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(']', '%5D').replaceAll(';', '%3B');
}
