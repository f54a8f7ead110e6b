import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { type EpochMs, formatDuration } from '../model/time.js';
import { strataOf, type Window } from '../model/window.js';
import type { Variable, Variables } from './backend.js';
import { suggest } from './suggest.js';

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Names that a query may use besides its variables. */
export const BUILT_INS: readonly string[] = ['step', 'window', 'from', 'to'];

/** Names used in `text`, in order, with their offsets. */
export function placeholdersIn(text: string): readonly { readonly name: string; readonly offset: number }[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({ name: match[1] ?? '', offset: match.index }));
}

/**
 * Replaces each `{{name}}`.
 *
 * @param escapeValue how a value that is not raw goes into the text at that offset; a failure where it may not stand there
 */
export function expandPlaceholders(
  text: string,
  variables: Variables,
  escapeValue: (value: string, offset: number, name: string) => Result<string>,
): Result<string> {
  const failures: Failure[] = [];
  const expanded = text.replaceAll(PLACEHOLDER, (whole, name: string, offset: number) => {
    const variable = variables.get(name);
    if (variable === undefined) {
      failures.push(unknownVariable(name, variables));
      return whole;
    }
    if (variable.isRaw) return variable.value;
    const escaped = escapeValue(variable.value, offset, name);
    if (!escaped.ok) failures.push(...escaped.failures);
    return escaped.ok ? escaped.value : whole;
  });
  return failures.length > 0 ? failed(...failures) : ok(expanded);
}

/** The trouble of a name that nothing defines. */
export function unknownVariable(name: string, variables: Variables): Failure {
  const near = suggest(name, variables.keys());
  return {
    code: 'gatefile.variable',
    message: `"{{${name}}}" names no variable`,
    mend:
      near === undefined
        ? `define it under "vars:" or "arms:"; known here: ${[...variables.keys()].join(', ')}`
        : `did you mean "{{${near}}}"?`,
  };
}

/** Variables of a query with the built-ins of its window; instants are written by `instant`. */
export function withBuiltIns(
  variables: Variables,
  window: Window,
  instant: (ms: EpochMs) => string,
): Variables {
  return withRaw(variables, {
    step: formatDuration(window.stepMs),
    window: formatDuration(strataOf(window) * window.stepMs),
    from: instant(window.from),
    to: instant(window.to),
  });
}

/** The same with `from` and `to` left as they are written: the text that a recording is matched by. */
export function withSymbolicBuiltIns(variables: Variables, window: Window): Variables {
  return withRaw(variables, {
    step: formatDuration(window.stepMs),
    window: formatDuration(strataOf(window) * window.stepMs),
    from: '{{from}}',
    to: '{{to}}',
  });
}

function withRaw(variables: Variables, builtIns: Readonly<Record<string, string>>): Variables {
  const raw = Object.entries(builtIns).map(([name, value]): [string, Variable] => [
    name,
    { value, isRaw: true },
  ]);
  return new Map([...variables, ...raw]);
}
