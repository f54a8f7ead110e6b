import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import type { FoldedVerdict } from '../../model/verdict.js';
import { clip, clipMiddle } from './clean.js';
import { detailsOf, queryLabel } from './detail.js';
import { figuresOf } from './limit.js';
import { code, codeBlock, html, inline, linkOrCode } from './markup.js';
import { countText } from './number.js';
import { authorityOf, gateSentence, markedWord, sentenceOf } from './sentence.js';
import {
  countsText,
  decidedByGate,
  type Located,
  outcomeOf,
  wordOf,
  wordOfVerdict,
  worstFirst,
} from './verdict.js';
import { armTexts, momentText, sinceText, sourceText, windowText } from './window.js';

/** How long a page may get, and in what. */
export interface Budget {
  readonly most: number;
  readonly sizeOf: (text: string) => number;
}

/** GitHub refuses a comment above 65,536 characters. */
export const COMMENT_BUDGET: Budget = { most: 60_000, sizeOf: (text) => text.length };
/** GitHub drops a job summary above 1024 KiB as a whole. */
export const SUMMARY_BUDGET: Budget = { most: 900 * 1024, sizeOf: (text) => Buffer.byteLength(text) };

const MOST_GATES_TOLD = 5;
const MOST_SENTENCES = 5;
const LONGEST_CELL = 200;
const LONGEST_TEXT = 1000;
/** Kept free for the lines that say how many were left out. */
const RESERVE = 600;

/**
 * A page of Markdown that fits its budget: heading, sentences, table, details, passes.
 *
 * What comes first is dropped last, and what is dropped is counted: a page above a server's limit is lost as a whole.
 *
 * @param report cleaned
 */
export function commentOf(report: GateReport, budget: Budget): string {
  const ranked = worstFirst(report);
  const open = ranked.filter(({ criterion }) => criterion.verdict !== 'pass');
  const passed = ranked.filter(({ criterion }) => criterion.verdict === 'pass');
  const head = [markerOf(report), headingOf(report), '', ...introOf(report, open)].join('\n');
  const foot = footOf(report);
  const room = roomOf(budget, budget.most - RESERVE - budget.sizeOf(head) - budget.sizeOf(foot));
  const rows = room.fit(open.map((located) => rowOf(located)));
  const details = room.fit(open.map((located) => detailOf(report, located)));
  const passes = room.fit(passed.map(({ criterion }) => passLine(criterion)));
  return [
    head,
    ...tableOf(rows, open.length - rows.length),
    ...details,
    ...(rows.length === open.length && details.length < open.length
      ? [leftOut(open.length - details.length, 'details')]
      : []),
    ...passesOf(passes, passed.length),
    foot,
    '',
  ].join('\n');
}

interface Room {
  /** As many of the parts as fit, in order. */
  fit(parts: readonly string[]): readonly string[];
}

function roomOf(budget: Budget, size: number): Room {
  let left = size;
  return {
    fit: (parts) => {
      const over = parts.findIndex((part) => {
        const needed = budget.sizeOf(part) + 1;
        if (needed > left) return true;
        left -= needed;
        return false;
      });
      return over < 0 ? parts : parts.slice(0, over);
    },
  };
}

/** By this line the comment of an earlier run is found again, so it names the gates and nothing of their outcome. */
function markerOf(report: GateReport): string {
  const ids = report.gates.map(({ id }) => id.replace(/[^\w.]+/g, '-'));
  const told = ids.slice(0, MOST_GATES_TOLD).join(',');
  const rest = ids.length > MOST_GATES_TOLD ? `,and-${ids.length - MOST_GATES_TOLD}-more` : '';
  return `<!-- gatekeeper:${clip(told, LONGEST_TEXT).replaceAll('--', '-')}${rest} -->`;
}

function headingOf(report: GateReport): string {
  const names = report.gates.slice(0, MOST_GATES_TOLD).map((gate) => clip(gateName(gate), LONGEST_CELL));
  const rest = report.gates.length - names.length;
  return `### ${emojiOf(report.verdict)} Release gate ${outcomeOf(report.verdict)}: ${inline(names.join(', '))}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function gateName(gate: GateResult): string {
  return gate.component === null ? gate.id : `${gate.id} (${gate.component})`;
}

function emojiOf(verdict: FoldedVerdict): string {
  return {
    pass: ':white_check_mark:',
    warn: ':warning:',
    fail: ':x:',
    inconclusive: ':grey_question:',
    error: ':rotating_light:',
  }[verdict];
}

/** The worst in sentences, who decides, and the window of each gate. */
function introOf(report: GateReport, open: readonly Located[]): readonly string[] {
  const gates = report.gates.slice(0, MOST_GATES_TOLD);
  const worst = open.filter(({ criterion }) => !criterion.advisory && criterion.verdict !== 'warn');
  const told = worst.slice(0, MOST_SENTENCES);
  return [
    ...gates
      .filter(decidedByGate)
      .map((gate) => `**${wordOfVerdict(gate.verdict)}** ${inline(gateSentence(gate))}\n`),
    ...told.map(
      ({ criterion }) =>
        `${inline(markedWord(criterion))} **${inline(clip(criterion.key, LONGEST_CELL))}** ${inline(clip(sentenceOf(report, criterion), LONGEST_TEXT))}\n`,
    ),
    ...(worst.length > told.length
      ? [`and ${worst.length - told.length} more, worst first in the table\n`]
      : []),
    ...gates.filter(({ verdict }) => verdict !== 'pass').flatMap(authorityLine),
    ...gates.map((gate) => `${windowLine(report, gate)}\n`),
    ...report.notes.map((note) => `Note: ${inline(clip(note, LONGEST_TEXT))}\n`),
  ];
}

function authorityLine(gate: GateResult): readonly string[] {
  const roles = authorityOf(gate).map(
    ({ role, who }) => `${role}: ${who.map((one) => code(clip(one, 100))).join(', ')}`,
  );
  return roles.length === 0 ? [] : [`${inline(gate.id)}: ${roles.join(' | ')}\n`];
}

function windowLine(report: GateReport, gate: GateResult): string {
  const parts = [
    `window ${windowText(gate.window)}${gate.window.full ? '' : ', not full yet'}`,
    sinceText(gate),
    ...armTexts(gate),
    sourceText(report),
    ...gate.notes,
  ].filter((part) => part !== null);
  return `${inline(gate.id)}: ${inline(clip(parts.join(', '), LONGEST_TEXT))}`;
}

function tableOf(rows: readonly string[], missing: number): readonly string[] {
  if (rows.length === 0 && missing === 0) return [];
  return [
    '| Criterion | Result | Value | Limit | Baseline | n | Owner |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    ...(missing > 0 ? [leftOut(missing, 'criteria that did not pass')] : []),
  ];
}

function rowOf({ criterion }: Located): string {
  const figures = figuresOf(criterion);
  const { n, minSamples, baseline, owner, verdict } = criterion;
  const word = markedWord(criterion);
  const cells = [
    criterion.key,
    verdict === 'fail' ? word.replace('FAIL', '**FAIL**') : word,
    figures.value ?? '-',
    figures.limit,
    figures.baseline ?? '-',
    n < minSamples ? `${countText(n)}/${countText(minSamples)}` : countText(n),
    owner ?? '-',
  ];
  // The words of a verdict are ours: their stars are meant.
  const shown = cells.map((cell, column) => (column === 1 ? cell : inline(clip(cell, LONGEST_CELL))));
  if (baseline !== null && figures.margin !== null)
    shown[4] = `${shown[4]} (limit ${inline(clip(figures.margin, LONGEST_CELL))})`;
  return `| ${shown.join(' | ')} |`;
}

function detailOf(report: GateReport, { gate, criterion }: Located): string {
  const lines = detailsOf(report, gate, criterion)
    .filter(({ label }) => label !== 'query')
    .map(({ label, text }) => `- ${label}: ${detailText(label, clip(text, LONGEST_TEXT))}`);
  const queries = criterion.queries.map(
    (query) =>
      `${inline(clip(queryLabel(query), LONGEST_CELL))}:\n${codeBlock(clipMiddle(query.text, 2 * LONGEST_TEXT))}`,
  );
  return [
    `<details><summary>${html(`${wordOf(criterion)} ${clip(criterion.key, LONGEST_CELL)}`)}</summary>`,
    '',
    ...lines,
    '',
    ...queries,
    '',
    '</details>',
    '',
  ].join('\n');
}

function detailText(label: string, text: string): string {
  if (label === 'runbook') return /^https?:/.test(text) ? linkOrCode(text, text) : code(text);
  if (label === 'next' && text.startsWith('gatekeeper ')) return code(text);
  return label === 'spec' ? code(text) : inline(text);
}

function passLine(criterion: CriterionResult): string {
  const { value, limit } = figuresOf(criterion);
  const text = `${criterion.key} ${value ?? 'no value'}, needs ${limit}, n ${countText(criterion.n)}`;
  return `- PASS ${inline(clip(text, LONGEST_CELL * 2))}`;
}

function passesOf(shown: readonly string[], count: number): readonly string[] {
  if (count === 0) return [];
  const missing = count - shown.length;
  return [
    `<details><summary>${count} passed</summary>`,
    '',
    ...shown,
    ...(missing > 0 ? [`- and ${missing} more`] : []),
    '',
    '</details>',
    '',
  ];
}

function leftOut(count: number, what: string): string {
  return `and ${count} more ${what}: the JSON report has them all\n`;
}

function footOf(report: GateReport): string {
  const runbooks = report.gates
    .flatMap((gate) => (gate.runbook === null || gate.verdict === 'pass' ? [] : [gate.runbook]))
    .filter((runbook, index, all) => all.indexOf(runbook) === index)
    .slice(0, MOST_GATES_TOLD)
    .map((runbook) => linkOrCode('Runbook', clip(runbook, 500)));
  const counts = countsText(report.gates.flatMap((gate) => gate.criteria));
  return [
    `**${wordOfVerdict(report.verdict)}** ${counts}`,
    ...runbooks,
    `as of ${inline(momentText(report.asOf))}`,
    `gatekeeper ${inline(report.tool.version)}`,
    `exit ${report.exitCode}`,
  ].join(' | ');
}
