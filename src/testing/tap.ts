import { diffOf } from './diff.js';
import type { FileResult, TestResult } from './run.js';

/** TAP 14: one plan for all files, and the diff of what failed in a YAML block. */
export function tapOf(files: readonly FileResult[]): string {
  const tests = files.flatMap((file) => file.tests);
  const plan = tests.length === 0 ? '1..0 # SKIP no test was run' : `1..${tests.length}`;
  return ['TAP version 14', plan, ...tests.flatMap(linesOf), ''].join('\n');
}

function linesOf(test: TestResult, i: number): readonly string[] {
  const { file, span, name, state } = test;
  const head = `${state === 'passed' ? 'ok' : 'not ok'} ${i + 1} - ${described(`${file}:${span.line} ${name}`)}`;
  if (state === 'passed') return [head];
  return [head, '  ---', '  diff: |', ...diffOf(test, true).map((line) => `    ${printable(line)}`), '  ...'];
}

/** A hash would begin a directive such as SKIP. */
function described(text: string): string {
  return printable(text).replace(/[\\#]/g, String.raw`\$&`);
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}
