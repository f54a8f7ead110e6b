/** Runs the real program on a case. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../src/model/verdict.js';
import { BINARY, ROOT } from '../support/measure.js';
import type { Case } from './cases.js';
import { type Row, tableOf } from './records.js';

const GATE = join(ROOT, 'gates/bench/petshop.yaml');
/** Minutes after the release at which an undecided gate is looked at. */
export const LOOKS_MIN = [10, 15, 20, 30] as const;

export interface Look {
  readonly minutes: number;
  readonly verdict: Verdict;
  readonly criteria: readonly CriterionVerdict[];
}

export interface CriterionVerdict {
  readonly key: string;
  readonly verdict: Verdict;
}

/** The looks at one release, the last of which decided unless it is inconclusive too. */
export interface Replayed {
  readonly of: Case;
  readonly looks: readonly Look[];
}

/** Writes tables once, since every gate over normal operation reads the same one. */
export function tables(folder: string): (rows: readonly Row[]) => string {
  const written = new Map<readonly Row[], string>();
  return (rows) => {
    const known = written.get(rows);
    if (known !== undefined) return known;
    const place = join(folder, `records-${written.size}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'metrics.csv'), tableOf(rows));
    written.set(rows, place);
    return place;
  };
}

/** Looks at ten minutes, and again later while nothing is decided; later than the minutes before a fault lies the fault. */
export async function replay(of: Case, records: string): Promise<Replayed> {
  const looks: Look[] = [];
  for (const minutes of LOOKS_MIN) {
    const look = await lookAt(of, records, minutes);
    looks.push(look);
    if (look.verdict !== 'inconclusive' || of.kind === 'before') break;
  }
  return { of, looks };
}

async function lookAt(of: Case, records: string, minutes: number): Promise<Look> {
  const args = [
    ...[BINARY, 'check', GATE, '--report', 'json', '--color', 'never', '--window', `${minutes}m`],
    ...['--since', String(of.since), '--at', String(of.since + minutes * 60)],
  ];
  const report: unknown = JSON.parse(await stdoutOf(args, { ...process.env, PETSHOP_RECORDS: records }));
  return { minutes, ...readReport(report, of.name) };
}

function readReport(report: unknown, name: string): Omit<Look, 'minutes'> {
  const { verdict, reasons, gates } = report as {
    readonly verdict: string;
    readonly reasons: unknown;
    readonly gates: readonly { readonly criteria: readonly CriterionVerdict[] }[];
  };
  if (verdict !== 'pass' && verdict !== 'warn' && verdict !== 'fail' && verdict !== 'inconclusive') {
    throw new Error(`${name}: the gate could not be judged: ${JSON.stringify(reasons)}`);
  }
  const criteria = gates.flatMap((gate) =>
    gate.criteria.map(({ key, verdict: its }) => ({ key, verdict: its })),
  );
  return { verdict, criteria };
}

/** Exit codes tell verdicts apart; the report says which, so none of them is trouble here. */
function stdoutOf(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (stdout !== '') resolve(stdout);
        else
          reject(
            new Error(`gatekeeper ${args.slice(1).join(' ')} said nothing\n${stderr}`, { cause: error }),
          );
      },
    );
  });
}
