import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { beyondText } from '../words/beyond.js';
import { detailsOf, explainCommand } from '../words/detail.js';
import { figuresOf } from '../words/limit.js';
import {
  gateSentence,
  marksOf,
  nameOf,
  newestText,
  reasonText,
  samplesText,
  waiverText,
} from '../words/sentence.js';
import { decidedByGate, wordOf, wordOfVerdict } from '../words/verdict.js';
import { lengthText, sinceText, sourceText, spanText } from '../words/window.js';
import { distinct, groupsOf } from './groups.js';
import { flow, widthOf, wrap } from './measure.js';
import { brushOf, type Canvas } from './paint.js';
import { reasonLines } from './reason.js';

const INDENT = '  ';

/** Layout below 60 columns: a phone, or a pane at the side. Numbers in few words, no charts, no queries. */
export function stacked(report: GateReport, canvas: Canvas): readonly string[] {
  const { style } = canvas;
  const notes = style.quiet ? [] : report.notes.flatMap((note) => wrap(`note ${note}`, style.width));
  return [...notes, ...report.gates.flatMap((gate) => gateSection(report, gate, canvas))];
}

function gateSection(report: GateReport, gate: GateResult, canvas: Canvas): readonly string[] {
  const { style, paint } = canvas;
  const groups = groupsOf(gate).filter(([first]) => !style.quiet || first.verdict !== 'pass');
  const isDecided = decidedByGate(gate);
  if (style.quiet && groups.length === 0 && !isDecided) return [];
  const since = sinceText(gate);
  const title = [paint.strong(gate.id), ...(gate.component === null ? [] : [gate.component])];
  const facts = [
    spanText(gate.window),
    lengthText(gate.window),
    `step ${gate.window.step}`,
    ...(gate.window.full ? [] : ['not full yet']),
    ...(since === null ? [] : [since]),
    ...(report.mode === 'replay' ? [sourceText(report)] : []),
  ];
  return [
    ...flow(title, style.width, '  '),
    ...flow(
      facts.flatMap((fact) => wrap(fact, style.width)),
      style.width,
      '  ',
    ).map((line) => paint.faint(line)),
    ...(style.quiet ? [] : gate.notes.flatMap((note) => wrap(`note ${note}`, style.width).map(paint.faint))),
    ...groups.flatMap((group) => groupLines(report, gate, group, canvas)),
    ...(isDecided ? wrap(`${wordOfVerdict(gate.verdict)} ${gateSentence(gate)}`, style.width) : []),
    '',
  ];
}

function groupLines(
  report: GateReport,
  gate: GateResult,
  group: readonly [CriterionResult, ...CriterionResult[]],
  canvas: Canvas,
): readonly string[] {
  const [first] = group;
  const heads = group.flatMap((criterion) => headLines(gate, criterion, canvas));
  if (first.verdict === 'pass') return heads;
  const runbook = distinct(
    group.map((criterion) => criterion.runbook ?? gate.runbook),
    2,
  );
  const told = canvas.reasons.get(first.key);
  const lines = [
    told === undefined ? reasonText(first) : null,
    ...detailsOf(report, gate, first).flatMap(({ label, text }) =>
      label === 'was' || label === 'failed' ? [`${label} ${text}`] : [],
    ),
    first.waiver === null ? null : waiverText(first.waiver),
    group.length === 1 ? beyondText(first) : null,
    first.verdict === 'inconclusive' && group.length === 1 ? newestText(report, first) : null,
    labelled(
      'owner',
      distinct(
        group.map(({ owner }) => owner),
        3,
      ),
    ),
    labelled('run', runbook.replace(/^https?:\/\//, '')),
    first.reason?.next === undefined ? null : `next ${first.reason.next}`,
    `next ${explainCommand(first.key, first.source.file, canvas.style.flags)}`,
  ];
  const why = told === undefined ? [] : linesOf(told, canvas);
  return [...heads, ...why, ...lines.flatMap((line) => (line === null ? [] : indented(line, canvas)))];
}

/** `PASS latency-p95 412ms <= 450ms`; the numbers go below where the name is long, and always where it did not pass. */
function headLines(
  gate: GateResult,
  criterion: CriterionResult,
  { style, paint }: Canvas,
): readonly string[] {
  const word = wordOf(criterion);
  const name = nameOf(gate, criterion);
  const brush = brushOf(word, paint);
  const { value, limit, distance, baseline, margin } = figuresOf(criterion);
  const marks = marksOf(criterion).map((mark) => `(${mark})`);
  const lead = [`${brush(word)} ${word === 'PASS' ? name : paint.strong(name)}`, ...marks];
  if (word === 'PASS') {
    const numbers = [`${tight(value ?? 'no value')} ${tight(limit)}`, samplesText(criterion)];
    const row = `${lead.join(' ')} ${numbers.join(' ')}`;
    return widthOf(row) <= style.width
      ? [row]
      : [...flow(lead, style.width, ' '), ...numberLines(numbers, style.width)];
  }
  const numbers = [
    value === null ? 'no value' : `got ${tight(value)}`,
    `limit ${tight(limit)}`,
    ...(baseline === null ? [] : [`base ${tight(baseline)}${margin === null ? '' : ` ${margin}`}`]),
    ...(distance === null ? [] : [`${distance.word} ${distance.text}`]),
    samplesText(criterion),
  ];
  return [...flow(lead, style.width, ' '), ...numberLines(numbers, style.width)];
}

function numberLines(numbers: readonly string[], width: number): readonly string[] {
  const room = width - INDENT.length;
  return flow(
    numbers.flatMap((number) => (widthOf(number) > room ? wrap(number, room) : [number])),
    room,
    '  ',
  ).map((line) => INDENT + line);
}

/** A number and its unit without the space: columns are dear. */
function tight(text: string): string {
  return text.replace(/ (?=(?:%|ms|s|min|h|d)$)/, '');
}

function labelled(label: string, text: string): string | null {
  return text === '' ? null : `${label} ${text}`;
}

/** A reason line by line; all but its first line stand deeper than anything of ours, as a server wrote them. */
function linesOf(reason: string, { style }: Canvas): readonly string[] {
  const [first = '', ...rest] = reason.split('\n');
  const hang = INDENT + INDENT;
  return [
    ...reasonLines(first, style.width - INDENT.length, style.ascii).map((line) => INDENT + line),
    ...reasonLines(rest.join('\n'), style.width - hang.length, style.ascii).map((line) => hang + line),
  ];
}

function indented(text: string, { style }: Canvas): readonly string[] {
  return wrap(text, style.width - INDENT.length).map((line) => INDENT + line);
}
