import { defineReporter } from '../contracts/reporter.js';
import { classOf, type Reason } from '../model/reason.js';
import type { CriterionResult, GateReport, GateResult } from '../model/report.js';
import { formatInstant, parseInstant } from '../model/time.js';
import { unreachable } from '../model/unreachable.js';
import { cleaned, clip } from './words/clean.js';
import { furtherDetailsOf } from './words/detail.js';
import { gateSentence, markedWord, sentenceOf } from './words/sentence.js';
import { decidedByGate, outcomeOf, wordOfVerdict } from './words/verdict.js';

/** One test case as the servers read it: green, grey, or red in two ways. */
interface TestCase {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number;
  readonly file: string;
  readonly line: number | null;
  readonly mark: 'passed' | 'skipped' | 'failure' | 'error';
  readonly type: string;
  readonly message: string;
  /** Lines after the message; GitLab shows the element's text and not its attribute. */
  readonly more: readonly string[];
  readonly properties: readonly (readonly [string, string])[];
}

const LONGEST_LINE = 2000;

/** JUnit XML, as GitLab, Jenkins, Azure, Buildkite and CircleCI read it. */
export const junit = defineReporter({
  id: 'junit',
  about: 'JUnit XML, for the test view of a CI server',
  extension: 'xml',
  render: (report) => documentOf(cleaned(report)),
});

function documentOf(report: GateReport): string {
  const suites = report.gates.map((gate) => ({ gate, cases: casesOf(report, gate) }));
  const all = suites.flatMap(({ cases }) => cases);
  const timestamp = timestampOf(report);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'gatekeeper', ...totals(all), timestamp })}>`,
    ...suites.flatMap(({ gate, cases }) => [
      `  <testsuite${attributes({ name: gate.id, ...totals(cases), timestamp, file: gate.file })}>`,
      ...cases.flatMap(elementOf),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function casesOf(report: GateReport, gate: GateResult): readonly TestCase[] {
  const cases = gate.criteria.map((criterion) => caseOf(report, gate, criterion));
  return decidedByGate(gate) ? [...cases, caseOfGate(gate)] : cases;
}

function caseOf(report: GateReport, gate: GateResult, criterion: CriterionResult): TestCase {
  const { mark, type } = markOf(criterion);
  return {
    name: criterion.key,
    classname: gate.id,
    seconds: secondsOf(criterion),
    file: criterion.source.file,
    line: criterion.source.line,
    mark,
    type,
    message: `${markedWord(criterion)} ${criterion.key} ${sentenceOf(report, criterion)}`,
    more: furtherDetailsOf(report, gate, criterion).map(
      ({ label, text }) => `${label}: ${clip(text, LONGEST_LINE)}`,
    ),
    properties: propertiesOf(criterion),
  };
}

/** A verdict that a score or a policy gave the gate must be red, too, though each of its criteria may be green. */
function caseOfGate(gate: GateResult): TestCase {
  return {
    name: `${gate.id} (gate)`,
    classname: gate.id,
    seconds: 0,
    file: gate.file,
    line: null,
    mark: gate.verdict === 'fail' ? 'failure' : 'error',
    type: gate.verdict === 'fail' ? 'gate' : gate.verdict,
    message: `${wordOfVerdict(gate.verdict)} ${gateSentence(gate)}`,
    more: [`release gate ${outcomeOf(gate.verdict)}`],
    properties: [['verdict', gate.verdict]],
  };
}

/**
 * How a verdict looks to a server that knows four marks.
 *
 * Not decided is `error`, since a skipped test looks green. An advisory criterion is `skipped`: red would block a
 * release that it must not block, and green would hide it.
 */
function markOf(criterion: CriterionResult): Pick<TestCase, 'mark' | 'type'> {
  const { verdict, advisory, reason } = criterion;
  if (verdict === 'pass' || verdict === 'warn') return { mark: 'passed', type: verdict };
  if (advisory) return { mark: 'skipped', type: 'advisory' };
  switch (verdict) {
    case 'fail':
      return { mark: 'failure', type: failureType(reason) };
    case 'inconclusive':
    case 'skipped':
      return { mark: 'error', type: 'inconclusive' };
    case 'error':
      return { mark: 'error', type: errorType(reason) };
    default:
      return unreachable(verdict);
  }
}

function failureType(reason: Reason | null): string {
  return reason !== null && classOf(reason) === 'policy' ? 'policy' : 'threshold';
}

/** A question without an answer: whom it is to be blamed on. */
function errorType(reason: Reason | null): string {
  const kind = reason === null ? 'backend' : classOf(reason);
  return kind === 'query' || kind === 'deadline' || kind === 'interrupted' ? kind : 'backend';
}

function propertiesOf(criterion: CriterionResult): readonly (readonly [string, string])[] {
  const { verdict, reason, owner, runbook } = criterion;
  return [
    ['verdict', verdict],
    ...(reason === null ? [] : [['reason', reason.code] as const]),
    ...(criterion.advisory ? [['advisory', 'true'] as const] : []),
    ...(criterion.critical ? [['critical', 'true'] as const] : []),
    ...(owner === null ? [] : [['owner', owner] as const]),
    ...(runbook === null ? [] : [['runbook', runbook] as const]),
  ];
}

function elementOf(test: TestCase): readonly string[] {
  const { name, classname, seconds, file, line, mark } = test;
  const place = {
    classname,
    name,
    time: seconds.toFixed(3),
    file,
    ...(line === null ? {} : { line: String(line) }),
  };
  return [
    `    <testcase${attributes(place)}>`,
    '      <properties>',
    ...test.properties.map(([key, value]) => `        <property${attributes({ name: key, value })}/>`),
    '      </properties>',
    ...outcomeElement(test),
    ...(mark === 'passed' && test.type === 'pass' ? [] : systemOut(test)),
    '    </testcase>',
  ];
}

function outcomeElement({ mark, type, message, more }: TestCase): readonly string[] {
  if (mark === 'passed') return [];
  if (mark === 'skipped') return [`      <skipped${attributes({ message })}/>`];
  return [
    `      <${mark}${attributes({ type, message })}>${escaped([message, ...more].join('\n'))}</${mark}>`,
  ];
}

/** What a server shows of a test that is not red. */
function systemOut({ mark, message, more }: TestCase): readonly string[] {
  if (mark === 'failure' || mark === 'error') return [];
  return [`      <system-out>${escaped([message, ...more].join('\n'))}</system-out>`];
}

function totals(cases: readonly TestCase[]): Record<string, string> {
  const count = (mark: TestCase['mark']): string => String(cases.filter((test) => test.mark === mark).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: cases.reduce((sum, test) => sum + test.seconds, 0).toFixed(3),
  };
}

function secondsOf(criterion: CriterionResult): number {
  return criterion.queries.reduce((sum, query) => sum + query.durationMs, 0) / 1000;
}

/** Without a zone, as the schema has it; UTC. */
function timestampOf(report: GateReport): string {
  const at = parseInstant(report.asOf);
  return at === undefined ? report.asOf : formatInstant(at).slice(0, 19);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters that XML cannot hold are gone already: the report is cleaned. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
