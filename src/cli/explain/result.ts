import fs from 'node:fs/promises';
import path from 'node:path';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { GateReport } from '../../model/report.js';
import { cleaned } from '../../reporters/words/clean.js';
import { explainCommand, furtherDetailsOf } from '../../reporters/words/detail.js';
import { figuresOf } from '../../reporters/words/limit.js';
import { countText } from '../../reporters/words/number.js';
import { markedWord, reasonText } from '../../reporters/words/sentence.js';
import type { Located } from '../../reporters/words/verdict.js';
import { windowText } from '../../reporters/words/window.js';
import { type Row, rowsText } from '../page/page.js';
import { resultSchema } from '../wire.js';

/** Reads what `check --report json:FILE` wrote, safe to print. */
export async function readResult(file: string, cwd: string): Promise<Result<GateReport>> {
  const refuse = (message: string): Result<never> => failed(noResult(message));
  let text: string;
  try {
    text = await fs.readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(code === 'ENOENT' ? `${file} is not there` : `${file} cannot be read: ${code}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refuse(`${file} is no JSON`);
  }
  const { resultSchema: schema } = await resultSchema();
  const parsed = schema.safeParse(document);
  if (parsed.success) return ok(cleaned(parsed.data));
  const [issue] = parsed.error.issues;
  return refuse(`${file} is no result of gatekeeper: ${issue?.path.map(String).join('.')} ${issue?.message}`);
}

/** Criteria of a result by a full key, `gate.criterion`, `criterion` or a gate. */
export function findResults(name: string, report: GateReport): readonly Located[] {
  const all = report.gates.flatMap((gate) => gate.criteria.map((criterion) => ({ gate, criterion })));
  const exact = all.filter(({ criterion }) => criterion.key === name);
  return exact.length > 0 ? exact : all.filter((located) => namesOfResult(located).includes(name));
}

export function namesOfResult({ gate, criterion }: Located): readonly string[] {
  return [gate.id, `${gate.id}.${criterion.id}`, criterion.id, criterion.key];
}

/** The verdict of one criterion with its arithmetic. */
export function resultPage(
  file: string,
  report: GateReport,
  { gate, criterion }: Located,
): readonly string[] {
  const { value, limit, distance, baseline, margin, difference, interval } = figuresOf(criterion);
  const { n, minSamples } = criterion;
  const reason = reasonText(criterion);
  const own = explainCommand(criterion.key, criterion.source.file);
  const rows: readonly Row[] = [
    ['verdict', markedWord(criterion)],
    ...(reason === null ? [] : [['why', reason] as const]),
    ['value', value ?? 'none'],
    ['bound', margin === null ? limit : `${limit}, that is ${criterion.limit}`],
    ...(distance === null ? [] : [['margin', `${distance.word} ${distance.text}`] as const]),
    ...(baseline === null
      ? []
      : [['baseline', `${baseline}${difference === null ? '' : `, difference ${difference}`}`] as const]),
    ['n', `${countText(n)}, ${countText(minSamples)} needed`],
    ...(interval === null ? [] : [['interval', `95 %: ${interval}`] as const]),
    ['window', windowText(criterion.window)],
    ...furtherDetailsOf(report, gate, criterion)
      .filter(({ label, text }) => label !== 'window' && text !== own)
      .map(({ label, text }): Row => [label, text]),
  ];
  return [`${criterion.key}   in ${file}, as of ${report.asOf}`, ...rowsText(rows, 1)];
}

function noResult(message: string): Failure {
  return {
    code: 'usage',
    message: `--result: ${message}`,
    mend: 'give what "gatekeeper check --report json:FILE" wrote',
  };
}
