import { type Coverage, isFull } from './coverage.js';
import { diffOf } from './diff.js';
import type { FileResult, TestResult } from './run.js';

/** How the page for people is drawn. */
export interface TextStyle {
  readonly ascii: boolean;
  /** Only what failed, and the sum. */
  readonly quiet: boolean;
  readonly paint: { readonly good: (text: string) => string; readonly bad: (text: string) => string };
}

/** The page for people: a line a test, what failed with its diff, what is not covered, and the sum last. */
export function textOf(files: readonly FileResult[], style: TextStyle, covered = ''): string {
  const tests = files.flatMap((file) => file.tests);
  const lines = tests.flatMap((test) => testLines(test, style));
  return `${lines.map((line) => `${line}\n`).join('')}${covered}${sumOf(files, style)}\n`;
}

function testLines(test: TestResult, { ascii, quiet, paint }: TextStyle): readonly string[] {
  const place = `${test.file}:${test.span.line}`;
  if (test.state === 'passed')
    return quiet ? [] : [`${paint.good('PASS')}  ${place}  ${printable(test.name)}`];
  return [
    `${paint.bad('FAIL')}  ${place}  ${printable(test.name)}`,
    ...diffOf(test, ascii).map((line) => `        ${printable(line)}`.trimEnd()),
  ];
}

function sumOf(files: readonly FileResult[], { paint }: TextStyle): string {
  const tests = files.flatMap((file) => file.tests);
  const count = (state: TestResult['state']): number => tests.filter((test) => test.state === state).length;
  const broken = files.filter(({ failures }) => failures.length > 0).length;
  const words = [
    `${count('passed')} passed`,
    `${count('failed')} failed`,
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'file' : 'files'} with errors`]),
  ].join(', ');
  return count('failed') + broken === 0 ? paint.good(words) : paint.bad(words);
}

/** What the tests have not shown yet, gate by gate. */
export function coverageText(coverage: readonly Coverage[], { paint }: TextStyle): string {
  return coverage
    .flatMap((each) => {
      const { gate, criteria, neverFailed, policies, neverUsed } = each;
      const word = isFull(each) ? paint.good('FULL') : paint.bad('GAPS');
      const ofPolicies =
        policies === 0 ? '' : `, ${policies - neverUsed.length} of ${policies} policies exercised`;
      return [
        `${word}  ${gate}  ${criteria - neverFailed.length} of ${criteria} criteria seen to fail${ofPolicies}`,
        ...neverFailed.map((key) => `        never seen to fail  ${printable(key)}`),
        ...neverUsed.map((name) => `        never exercised     ${printable(name)}`),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** Control characters of user text are shown, not obeyed by the terminal. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
