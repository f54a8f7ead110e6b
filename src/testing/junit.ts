import { diffOf } from './diff.js';
import type { FileResult, TestResult } from './run.js';

/** JUnit XML: a suite a file, a case a test; a failed one holds its diff. */
export function junitOf(files: readonly FileResult[]): string {
  const tests = files.flatMap((file) => file.tests);
  const suites = [...new Set(tests.map(({ file }) => file))].map((file) =>
    tests.filter((test) => test.file === file),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'gatekeeper test', ...totals(tests) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite${attributes({ name: suite[0]?.file ?? '', ...totals(suite) })}>`,
      ...suite.flatMap(caseOf),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(test: TestResult): readonly string[] {
  const { file, name, span, durationMs } = test;
  const place = attributes({
    classname: file,
    name,
    time: (durationMs / 1000).toFixed(3),
    file,
    line: String(span.line),
  });
  if (test.state === 'passed') return [`    <testcase${place}/>`];
  const diff = diffOf(test, true);
  return [
    `    <testcase${place}>`,
    `      <failure${attributes({ type: 'expectation', message: diff[0] ?? '' })}>${escaped(diff.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function totals(tests: readonly TestResult[]): Record<string, string> {
  return {
    tests: String(tests.length),
    failures: String(tests.filter(({ state }) => state === 'failed').length),
    errors: '0',
    skipped: '0',
    time: (tests.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000).toFixed(3),
  };
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML cannot hold control characters at all, nor halves of pairs. */
function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
