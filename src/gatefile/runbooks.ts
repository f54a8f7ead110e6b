import path from 'node:path';
import type { Gate } from '../contracts/gate.js';
import type { FileContext } from './context.js';

/**
 * The gate with runbooks as whoever reads a report would open them: a path starts at the working folder, like the place of
 * the gate itself. One that must be there at 3 a.m. and is missing stays as it was written, and is worth a warning before.
 */
export function withRunbooks(context: FileContext, gate: Gate): Gate {
  const shown = new Map<string, string>();
  const show = (runbook: string | null, at: readonly string[]): string | null => {
    if (runbook === null) return null;
    const known = shown.get(runbook) ?? shownAs(context, runbook, at);
    shown.set(runbook, known);
    return known;
  };
  return {
    ...gate,
    runbook: show(gate.runbook, ['runbook']),
    criteria: gate.criteria.map((criterion) => ({
      ...criterion,
      runbook: show(criterion.runbook, ['criteria', criterion.id, 'runbook']),
    })),
  };
}

function shownAs({ yaml, request, warnings }: FileContext, runbook: string, at: readonly string[]): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(runbook)) return runbook;
  const file = runbook.replace(/#.*$/, '');
  if (file === '') return runbook;
  if (request.fileExists(path.resolve(yaml.folder, file)))
    return path.isAbsolute(runbook) ? runbook : path.join(path.dirname(yaml.file), runbook);
  warnings.add({
    code: 'gatefile.not-found',
    message: `runbook "${runbook}" is not there`,
    span: yaml.spanOf(at),
    mend: 'paths start at the folder of this file',
  });
  return runbook;
}
