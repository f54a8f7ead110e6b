import { askedOf } from '../contracts/gate.js';
import type { CriterionResult } from '../model/report.js';
import { strataOf, stratumAt } from '../model/window.js';
import { type Drawn, drawTogether, short } from './draw.js';
import type { Mismatch } from './expect.js';
import type { LookResult, TestResult } from './run.js';

/** Criteria told of where the run as a whole came out otherwise. */
const MOST_CRITERIA = 8;
const MOST_FINDINGS = 8;

/** What a failed test shows: what was expected and what came, side by side, and the series behind it. */
export function diffOf(test: TestResult, ascii: boolean): readonly string[] {
  return test.looks.flatMap((look) => [
    ...(look.at === null ? [] : [`at ${look.at}`]),
    ...lookLines(look, ascii),
  ]);
}

function lookLines(look: LookResult, ascii: boolean): readonly string[] {
  const width = Math.max(...look.mismatches.map(({ expected }) => expected.length));
  const lineOf = ({ what, expected, got }: Mismatch): string =>
    `${what.padEnd(9)}  expected ${expected.padEnd(width)}  got ${got ?? 'none'}`;
  const ofRun = look.mismatches.filter(({ criterion }) => criterion === null);
  const keys = [...new Set(look.mismatches.flatMap(({ criterion }) => criterion ?? []))];
  const criteria = look.report.gates.flatMap((gate) => gate.criteria);
  const byKey = keys.flatMap((key) => criteria.filter((criterion) => criterion.key === key));
  return [
    ...ofRun.map(lineOf),
    ...(keys.length === 0 ? overview(criteria) : []),
    ...byKey.flatMap((criterion) =>
      [
        criterion.key,
        ...look.mismatches.filter((each) => each.criterion === criterion.key).map(lineOf),
        ...whyLines(criterion),
        ...foundLines(criterion),
        ...(criterion.findings == null ? drawingOf(criterion, look, ascii) : []),
      ].map((line, i) => (i === 0 ? line : `  ${line}`)),
    ),
  ];
}

/** Every criterion in a line, what is not a pass first. */
function overview(criteria: readonly CriterionResult[]): readonly string[] {
  const ordered = [...criteria].sort((a, b) => Number(a.verdict === 'pass') - Number(b.verdict === 'pass'));
  const shown = ordered.slice(0, MOST_CRITERIA);
  const width = Math.max(...shown.map(({ key }) => key.length));
  return [
    ...shown.map(
      ({ key, verdict, reason }) =>
        `${key.padEnd(width)}  ${verdict}${reason === null ? '' : `, ${reason.code}: ${oneLine(reason.text)}`}`,
    ),
    ...(ordered.length > shown.length ? [`and ${ordered.length - shown.length} more`] : []),
  ];
}

function whyLines({ limit, warn, value, n, reason }: CriterionResult): readonly string[] {
  const judged = `${value === null ? 'no value' : short(value)}, n ${n.toLocaleString('en-US')}`;
  return [
    `${'judged'.padEnd(9)}  ${judged}, pass ${limit}${warn === null ? '' : `, warn ${warn}`}`,
    ...(reason === null ? [] : [`${'because'.padEnd(9)}  ${oneLine(reason.text)} (${reason.code})`]),
  ];
}

/** Findings in the place of steps, which a crawl has none of. */
function foundLines({ findings }: CriterionResult): readonly string[] {
  const all = findings ?? [];
  const shown = all.slice(0, MOST_FINDINGS).map(({ name, url, detail }) => `${name} ${url}: ${detail}`);
  const rest = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  return [...shown, ...rest].map((line, i) => `${(i === 0 ? 'found' : '').padEnd(9)}  ${oneLine(line)}`);
}

/** What was judged step by step, of both arms; where nothing could be, what was answered. */
function drawingOf(criterion: CriterionResult, look: LookResult, ascii: boolean): readonly string[] {
  const rows = judgedRows(criterion, look) ?? answeredRows(criterion, look);
  const width = Math.max(9, ...rows.map(([label]) => label.length));
  const lines = drawTogether(
    rows.map(([, drawn]) => drawn),
    ascii,
  );
  return rows.map(([label], i) => `${label.padEnd(width)}  ${lines[i]}`);
}

type Row = readonly [label: string, drawn: Drawn];

function judgedRows(
  { strata, baseline, key }: CriterionResult,
  look: LookResult,
): readonly Row[] | undefined {
  if (strata === null || strata.judged.every((value) => value === null)) return undefined;
  const arm = look.report.gates.find(({ criteria }) => criteria.some((each) => each.key === key))?.arms[0];
  return [
    [arm?.name ?? 'judged', strata.judged],
    ...(strata.baseline === null ? [] : [[baseline?.arm ?? 'baseline', strata.baseline] as const]),
  ];
}

function answeredRows({ key, id, segment }: CriterionResult, look: LookResult): readonly Row[] {
  const criterion = look.gates
    .flatMap((gate) => gate.criteria)
    .find((each) => each.key === key || (each.id === id && each.segment === segment));
  if (criterion === undefined) return [];
  const questions = askedOf(criterion).flatMap((asked) => asked.questions);
  return questions
    .filter(({ part, query }) => !part.endsWith('-seen') && query.isCrawl !== true)
    .map(({ part, arm, query }): Row => {
      const measurement = look.answers.get(query.key);
      const drawn = new Array<number | null>(strataOf(query.window)).fill(null);
      if (measurement?.state === 'taken')
        for (const { times, values } of measurement.answer.series)
          times.forEach((t, i) => {
            const stratum = stratumAt(query.window, t);
            drawn[stratum] = (drawn[stratum] ?? 0) + (values[i] ?? 0);
          });
      return [`${part} ${arm}`, drawn];
    });
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
