import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { clip } from '../words/clean.js';
import { explainCommand } from '../words/detail.js';
import { figuresOf } from '../words/limit.js';
import { authorityOf, samplesText } from '../words/sentence.js';
import {
  countsText,
  glyphOf,
  type Located,
  severityOfGate,
  wordOf,
  wordOfVerdict,
} from '../words/verdict.js';
import { judgedArm } from '../words/window.js';
import { distinct } from './groups.js';
import { widthOf, wrap } from './measure.js';
import { brushOf, type Canvas } from './paint.js';

const MOST_BLOCKERS = 5;
const MOST_GATES = 3;

/** The last block of the report: the verdict, what blocked it, who may act, and what to type next. */
export function closingOf(report: GateReport, canvas: Canvas): readonly string[] {
  const { style, paint } = canvas;
  const word = wordOfVerdict(report.verdict);
  const brush = brushOf(word, paint);
  const head = brush(paint.strong(`${glyphOf(word, style.ascii)} ${word}`));
  const counts = countsText(report.gates.flatMap((gate) => gate.criteria));
  const exit = paint.strong(`exit ${report.exitCode}`);
  const indent = style.width < 60 ? 2 : 4;
  const line = [head, counts, exit].join('  ');
  const first =
    widthOf(line) <= style.width
      ? [line]
      : [`${head}  ${exit}`, ...wrap(counts, style.width - indent).map((rest) => ' '.repeat(indent) + rest)];
  return [
    ...first,
    ...entriesOf(report, style).flatMap((entry, index, all) =>
      entryLines(all[index - 1]?.label === entry.label ? { ...entry, isAgain: true } : entry, indent, canvas),
    ),
  ];
}

interface Entry {
  readonly label: string;
  readonly text: string;
  /** True under an entry of the same label. */
  readonly isAgain?: true;
}

function entriesOf(report: GateReport, style: Canvas['style']): readonly Entry[] {
  const gates = report.gates.filter(({ verdict }) => verdict !== 'pass');
  const worst = [...gates].sort((a, b) => severityOfGate(b) - severityOfGate(a)).slice(0, MOST_GATES);
  if (worst.length === 0) return [];
  const isOne = report.gates.length === 1;
  return [
    ...blockersOf(report),
    ...worst.flatMap((gate) =>
      authorityOf(gate).map(({ role, who }) => ({
        label: role,
        text: `${who.join(', ')}${isOne ? '' : ` (${gate.id})`}`,
      })),
    ),
    ...runbooksOf(report, worst),
    ...nextOf(report, worst, style),
  ];
}

function blockersOf(report: GateReport): readonly Entry[] {
  const { reasons } = report;
  const label = report.verdict === 'warn' || report.verdict === 'pass' ? 'warned by' : 'blocked by';
  const located = new Map(
    report.gates.flatMap((gate) => gate.criteria.map((criterion) => [criterion.key, { gate, criterion }])),
  );
  const keysOf = new Map<string, string[]>();
  for (const { key, text } of reasons) {
    const at = located.get(key);
    const said = at === undefined ? clip(text, 300) : measured(report, at, clip(text, 300));
    const keys = keysOf.get(said);
    if (keys === undefined) keysOf.set(said, [key]);
    else keys.push(key);
  }
  const all = [...keysOf];
  const shown = all
    .slice(0, MOST_BLOCKERS)
    .map(([said, keys]): Entry => ({ label, text: `${distinct(keys, 3)}: ${said}` }));
  const rest = all.slice(MOST_BLOCKERS).reduce((sum, [, keys]) => sum + keys.length, 0);
  return rest > 0 ? [...shown, { label, text: `and ${rest} more` }] : shown;
}

/** Value, limit, distance and n, or why there is no value. */
function measured(report: GateReport, { gate, criterion }: Located, reason: string): string {
  const word = wordOf(criterion);
  const { value, limit, distance } = figuresOf(criterion);
  const aside = word === wordOfVerdict(report.verdict) ? '' : `${word}, `;
  if (value === null || criterion.verdict === 'error' || criterion.verdict === 'inconclusive')
    return `${aside}${reason}`;
  const arm = judgedArm(gate);
  const parts = [
    `${arm === null ? '' : `${arm} `}${value}`,
    `limit ${limit}`,
    ...(distance === null ? [] : [`${distance.word} ${distance.text}`]),
    samplesText(criterion),
  ];
  return `${aside}${parts.join(', ')}`;
}

function runbooksOf(report: GateReport, worst: readonly GateResult[]): readonly Entry[] {
  const first = report.reasons
    .slice(0, MOST_BLOCKERS)
    .map(({ key }) => criterionOf(report, key))
    .find((criterion) => criterion !== undefined);
  const all = [first?.runbook ?? null, ...worst.map(({ runbook }) => runbook)].filter(
    (runbook) => runbook !== null,
  );
  return [...new Set(all)].map((text) => ({ label: 'runbook', text }));
}

function nextOf(
  report: GateReport,
  worst: readonly GateResult[],
  { flags }: Canvas['style'],
): readonly Entry[] {
  const key = report.reasons[0]?.key ?? worst[0]?.id;
  const gate = report.gates.find(
    ({ id, criteria }) => id === key || criteria.some((each) => each.key === key),
  );
  if (key === undefined || gate === undefined) return [];
  const step = criterionOf(report, key)?.reason?.next;
  return [
    ...(step === undefined ? [] : [{ label: 'next', text: clip(step, 300) }]),
    { label: 'next', text: explainCommand(key, gate.file, flags) },
  ];
}

function criterionOf(report: GateReport, key: string): CriterionResult | undefined {
  for (const gate of report.gates) {
    const found = gate.criteria.find((criterion) => criterion.key === key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function entryLines(
  { label, text, isAgain }: Entry,
  indent: number,
  { style, paint }: Canvas,
): readonly string[] {
  const isNarrow = style.width < 60;
  const hang = isNarrow ? indent + 2 : indent + 19;
  const lead = isNarrow ? `${label} ` : (isAgain ? '' : label).padEnd(19);
  const lines = wrap(isNarrow ? `${lead}${text}` : text, style.width - hang);
  return lines.map((line, index) => {
    if (index > 0) return ' '.repeat(hang) + line;
    if (isNarrow && !line.startsWith(lead)) return ' '.repeat(indent) + line;
    const rest = isNarrow ? line.slice(lead.length) : line;
    return ' '.repeat(indent) + paint.faint(lead) + (label === 'next' ? paint.strong(rest) : rest);
  });
}
