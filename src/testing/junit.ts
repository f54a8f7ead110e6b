import { type JunitCase, junitDocument, junitTime, xmlAttributes, xmlText } from '../contracts/junit.js';
import { diffOf } from './diff.js';
import type { FileResult, TestResult } from './run.js';

/** JUnit XML: a suite a file, a case a test; a failed one holds its diff. */
export function junitOf(files: readonly FileResult[]): string {
  const tests = files.flatMap((file) => file.tests);
  const suites = [...new Set(tests.map(({ file }) => file))].map((file) => ({
    name: file,
    cases: tests.filter((test) => test.file === file).map(caseOf),
  }));
  return junitDocument('gatekeeper test', suites);
}

function caseOf(test: TestResult): JunitCase {
  const { file, name, span, durationMs } = test;
  const seconds = durationMs / 1000;
  const place = xmlAttributes({
    classname: file,
    name,
    time: junitTime(seconds),
    file,
    line: String(span.line),
  });
  if (test.state === 'passed') return { mark: 'passed', seconds, lines: [`    <testcase${place}/>`] };
  const diff = diffOf(test, true);
  const head = xmlAttributes({ type: 'expectation', message: diff[0] ?? '' });
  const lines = [
    `    <testcase${place}>`,
    `      <failure${head}>${xmlText(diff.join('\n'))}</failure>`,
    '    </testcase>',
  ];
  return { mark: 'failure', seconds, lines };
}
