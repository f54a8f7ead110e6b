import fs from 'node:fs';
import path from 'node:path';
import type { TakeMeasurement } from '../contracts/take.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { type EpochMs, formatInstant, parseInstant } from '../model/time.js';
import { makeFolder } from './folder.js';
import { fromForm, type Recorded, recordedSchema, toForm } from './form.js';
import { matchKey, matchOf } from './match.js';
import { redact } from './redact.js';
import { writeFailure } from './write.js';

const JOURNAL = 'gatekeeper journal 1';

/** A take that writes each answer down at once, and knows those of a run before it that was stopped. */
export interface Journal {
  readonly take: TakeMeasurement;
  /** Answers that were there already. */
  readonly known: number;
  /** What kept an answer from being written; the run goes on without. */
  readonly trouble: () => Failure | undefined;
}

/**
 * Opens a journal, or goes on with one: a line each, the last of which a run that was killed may have torn.
 *
 * Only answers are known again; what failed is asked anew.
 *
 * @param asOf the instant that windows are told apart by: the end of the time that is looked at
 */
export function openJournal(
  file: string,
  cwd: string,
  asOf: EpochMs,
  inner: TakeMeasurement,
  mask: (text: string) => string,
): Result<Journal> {
  const target = path.resolve(cwd, file);
  const read = readJournal(file, target, asOf);
  if (!read.ok) return read;
  const known = read.value;
  let trouble: Failure | undefined;
  const write = (text: string): void => {
    if (trouble !== undefined) return;
    try {
      fs.appendFileSync(target, text, { mode: 0o600 });
    } catch (error) {
      trouble = { ...writeFailure(file, error), mend: 'the run goes on, and cannot be resumed from here on' };
    }
  };
  if (known.size === 0) {
    try {
      makeFolder(path.dirname(target));
      fs.writeFileSync(target, `${JSON.stringify({ journal: JOURNAL, asOf: formatInstant(asOf) })}\n`, {
        mode: 0o600,
      });
    } catch (error) {
      return failed(writeFailure(file, error));
    }
  }
  const take: TakeMeasurement = async (query, context) => {
    const plain = matchOf(query, asOf);
    const match = { ...plain, query: mask(plain.query) };
    const found = known.get(matchKey(match));
    if (found !== undefined) return fromForm(found, query.window, asOf);
    const measurement = await inner(query, context);
    if (measurement.state === 'failed') return measurement;
    // What holds a credential that nobody declared is asked again rather than written down.
    const line = redact(
      file,
      toForm(match, measurement, query.window, asOf),
      (each) => JSON.stringify(each),
      mask,
    );
    if ('text' in line) write(`${line.text}\n`);
    return measurement;
  };
  return ok({ take, known: known.size, trouble: () => trouble });
}

function readJournal(file: string, target: string, asOf: EpochMs): Result<ReadonlyMap<string, Recorded>> {
  let text: string;
  try {
    text = fs.readFileSync(target, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok(new Map());
    return failed(writeFailure(file, error));
  }
  const [head = '', ...lines] = text.split('\n');
  const began = headOf(head);
  if (text !== '' && began === undefined) {
    const mend = 'name another file: this one is left alone';
    return failed({ code: 'recording.conflict', message: `${file} is no journal of a backtest`, mend });
  }
  if (began !== undefined && began !== asOf) {
    return failed({
      code: 'recording.conflict',
      message: `${file} is of a backtest up to ${formatInstant(began)}, and this one goes up to ${formatInstant(asOf)}`,
      mend: `pass --to ${formatInstant(began)}, or name another file`,
    });
  }
  // Behind the last line break there is nothing, or what was torn; it is cut off, so that the next line is one.
  const torn = lines.pop() ?? '';
  if (torn !== '') fs.truncateSync(target, Buffer.byteLength(text) - Buffer.byteLength(torn));
  const known = new Map<string, Recorded>();
  for (const line of lines) {
    const recorded = recordedSchema.safeParse(parsed(line));
    if (recorded.success) known.set(matchKey(recorded.data.match), recorded.data);
  }
  return ok(known);
}

function headOf(line: string): EpochMs | undefined {
  const head = parsed(line);
  if (typeof head !== 'object' || head === null || !('journal' in head) || !('asOf' in head))
    return undefined;
  return head.journal === JOURNAL && typeof head.asOf === 'string' ? parseInstant(head.asOf) : undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
