import type { GateReport, GateResult } from '../../model/report.js';
import { gateSentence } from '../words/sentence.js';
import { decidedByGate, wordOfVerdict } from '../words/verdict.js';
import { armTexts, momentText, sinceText, sourceText, windowText } from '../words/window.js';
import { blockLines, detailLines, type Told, toldOf } from './block.js';
import { type Grid, gridOf, isAlone, rowLines } from './grid.js';
import { distinct, type Group, groupsOf } from './groups.js';
import { flow, wrap } from './measure.js';
import { brushOf, type Canvas } from './paint.js';

/** Layout from 60 columns on: one row per criterion, and under what did not pass all that the person on call needs. */
export function wide(report: GateReport, canvas: Canvas): readonly string[] {
  const { style, paint } = canvas;
  const sections = report.gates.flatMap((gate) => gateSection(report, gate, canvas));
  const [only] = report.gates;
  const title =
    report.gates.length === 1 && only !== undefined
      ? titleParts(only, canvas)
      : [`${report.gates.length} gates`, `as of ${momentText(report.asOf)}`];
  const head = [
    ...(style.quiet ? [] : flow([paint.strong(`gatekeeper ${report.tool.version}`), ...title], style.width)),
    ...(style.quiet ? [] : report.notes.flatMap((note) => noteLines(note, canvas))),
  ];
  return [...head, ...sections];
}

function titleParts(gate: GateResult, { paint }: Canvas): readonly string[] {
  return [paint.strong(gate.id), ...(gate.component === null ? [] : [gate.component]), gate.file];
}

function gateSection(report: GateReport, gate: GateResult, canvas: Canvas): readonly string[] {
  const { style, paint } = canvas;
  const groups = groupsOf(gate).filter(([first]) => !style.quiet || first.verdict !== 'pass');
  const isDecided = decidedByGate(gate);
  if (style.quiet && groups.length === 0 && !isDecided) return [];
  const grid = gridOf(gate, groups, style.width);
  const isHeaded = report.gates.length > 1 || style.quiet;
  return [
    ...(isHeaded ? ['', ...flow(titleParts(gate, canvas), style.width)] : []),
    ...(style.verbose && gate.about !== null ? wrap(gate.about, style.width) : []),
    ...flow(windowParts(report, gate), style.width).map((line) => paint.faint(line)),
    ...(style.verbose ? wrap(policyText(gate), style.width).map((line) => paint.faint(line)) : []),
    ...(style.quiet ? [] : gate.notes.flatMap((note) => noteLines(note, canvas))),
    '',
    ...groups.flatMap((group) => groupLines(report, gate, group, grid, canvas)),
    ...(isDecided ? gateLines(gate, canvas) : []),
    ...scoreLine(gate),
  ];
}

function windowParts(report: GateReport, gate: GateResult): readonly string[] {
  const since = sinceText(gate);
  return [
    `window ${windowText(gate.window)}${gate.window.full ? '' : ', not full yet'}`,
    ...(since === null ? [] : [since]),
    ...armTexts(gate),
    sourceText(report),
  ];
}

function policyText({ policy }: GateResult): string {
  return `policy false-alarm ${policy.falseAlarm * 100} %, false-pass ${policy.falsePass * 100} %, on-inconclusive ${policy.onInconclusive}`;
}

function scoreLine({ score }: GateResult): readonly string[] {
  if (score === null) return [];
  const points = score.points === null ? 'no score' : `score ${Number(score.points.toFixed(1))} of 100`;
  return [`  ${points}, pass >= ${score.pass}, warn >= ${score.warn}`];
}

/** The line of a gate whose verdict no criterion shows. */
function gateLines(gate: GateResult, { style, paint }: Canvas): readonly string[] {
  const word = wordOfVerdict(gate.verdict);
  const hang = word.length + 4;
  return wrap(gateSentence(gate), style.width - hang).flatMap((line, index) =>
    index === 0 ? ['', `  ${brushOf(word, paint)(word)}  ${line}`] : [' '.repeat(hang) + line],
  );
}

function noteLines(note: string, { style, paint }: Canvas): readonly string[] {
  return wrap(note, style.width - 6).map((line, index) =>
    paint.faint(`${index === 0 ? 'note  ' : '      '}${line}`),
  );
}

function groupLines(
  report: GateReport,
  gate: GateResult,
  group: Group,
  grid: Grid,
  canvas: Canvas,
): readonly string[] {
  const [first] = group;
  const isVerbose = canvas.style.verbose;
  if (first.verdict === 'pass' && !isVerbose) return rowLines(gate, first, grid, canvas, false);
  if (group.length === 1 || isVerbose) {
    return group.flatMap((criterion) => [
      '',
      ...rowLines(gate, criterion, grid, canvas, isAlone(group)),
      ...blockLines(report, gate, criterion, grid, canvas),
    ]);
  }
  const shared = toldOf(report, gate, first, canvas).filter(
    ({ label }) => label === 'why' || label === 'failed' || label === 'next',
  );
  const details: readonly Told[] = [
    ...shared.filter(({ label }) => label !== 'next'),
    {
      label: 'owner',
      text: distinct(
        group.map(({ owner }) => owner),
        5,
      ),
    },
    {
      label: 'runbook',
      text: distinct(
        group.map(({ runbook }) => runbook ?? gate.runbook),
        3,
      ),
    },
    ...shared.filter(({ label }) => label === 'next'),
  ];
  return [
    '',
    ...group.flatMap((criterion) => rowLines(gate, criterion, grid, canvas, false)),
    ...detailLines(
      details.filter(({ text }) => text !== ''),
      grid,
      canvas,
    ),
  ];
}
