import { type JunitCase, junitDocument, junitTime, xmlAttributes, xmlText } from '../contracts/junit.js';
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
interface TestCase extends Omit<JunitCase, 'lines'> {
  readonly name: string;
  readonly classname: string;
  readonly file: string;
  readonly line: number | null;
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
  const timestamp = timestampOf(report);
  const suites = report.gates.map((gate) => ({
    name: gate.id,
    more: { timestamp, file: gate.file },
    cases: casesOf(report, gate).map((test) => ({ ...test, lines: elementOf(test) })),
  }));
  return junitDocument('gatekeeper', suites, { timestamp });
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
    time: junitTime(seconds),
    file,
    ...(line === null ? {} : { line: String(line) }),
  };
  return [
    `    <testcase${xmlAttributes(place)}>`,
    '      <properties>',
    ...test.properties.map(([key, value]) => `        <property${xmlAttributes({ name: key, value })}/>`),
    '      </properties>',
    ...outcomeElement(test),
    ...(mark === 'passed' && test.type === 'pass' ? [] : systemOut(test)),
    '    </testcase>',
  ];
}

function outcomeElement({ mark, type, message, more }: TestCase): readonly string[] {
  if (mark === 'passed') return [];
  if (mark === 'skipped') return [`      <skipped${xmlAttributes({ message })}/>`];
  return [
    `      <${mark}${xmlAttributes({ type, message })}>${xmlText([message, ...more].join('\n'))}</${mark}>`,
  ];
}

/** What a server shows of a test that is not red. */
function systemOut({ mark, message, more }: TestCase): readonly string[] {
  if (mark === 'failure' || mark === 'error') return [];
  return [`      <system-out>${xmlText([message, ...more].join('\n'))}</system-out>`];
}

function secondsOf(criterion: CriterionResult): number {
  return criterion.queries.reduce((sum, query) => sum + query.durationMs, 0) / 1000;
}

/** Without a zone, as the schema has it; UTC. */
function timestampOf(report: GateReport): string {
  const at = parseInstant(report.asOf);
  return at === undefined ? report.asOf : formatInstant(at).slice(0, 19);
}
