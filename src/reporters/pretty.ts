import { Chalk } from 'chalk';
import { defineReporter, type Style } from '../contracts/reporter.js';
import type { GateReport } from '../model/report.js';
import { closingOf } from './pretty/closing.js';
import type { Canvas, Paint } from './pretty/paint.js';
import { reasonsWithLines } from './pretty/reason.js';
import { stacked } from './pretty/stacked.js';
import { wide } from './pretty/wide.js';
import { cleaned } from './words/clean.js';
import { severityOfGate } from './words/verdict.js';

/** Below this many columns a row per criterion is no longer readable. */
const FEWEST_COLUMNS_OF_ROWS = 60;
/** A lone word must fit beside its indent. */
const FEWEST_COLUMNS = 20;

/** For people at a terminal: what is worst stands last, next to the prompt. */
export const pretty = defineReporter({
  id: 'pretty',
  about: 'text for people at a terminal',
  extension: 'txt',
  render: (report, style) => {
    const canvas: Canvas = {
      style: { ...style, width: Math.max(FEWEST_COLUMNS, style.width) },
      paint: paintOf(style),
      reasons: reasonsWithLines(report),
    };
    const sorted = worstGateLast(cleaned(report));
    const isNarrow = canvas.style.width < FEWEST_COLUMNS_OF_ROWS;
    const body = isNarrow ? stacked(sorted, canvas) : wide(sorted, canvas);
    const isApart = !isNarrow && body.length > 0;
    const lines = [...body, ...(isApart ? [''] : []), ...closingOf(sorted, canvas)];
    return `${lines
      .map((line) => line.trimEnd())
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trimStart()}\n`;
  },
});

function worstGateLast(report: GateReport): GateReport {
  return { ...report, gates: [...report.gates].sort((a, b) => severityOfGate(a) - severityOfGate(b)) };
}

function paintOf(style: Style): Paint {
  const chalk = new Chalk({ level: style.color ? 1 : 0 });
  return {
    good: (text) => chalk.green(text),
    warning: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    open: (text) => chalk.magenta(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
}
