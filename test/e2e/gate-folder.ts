/** A folder of gate files that the real binary is run in, and what it says there, the same on every machine. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BinaryOptions, type BinaryResult, runGatekeeper } from '../support/binary.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface GateFolder {
  readonly path: string;
  readonly write: (files: Files) => void;
  readonly run: (args: readonly string[], options?: BinaryOptions) => Promise<BinaryResult>;
  readonly remove: () => void;
}

/** Makes a folder of its own, which no configuration above it reaches. */
export function makeGateFolder(files: Files = {}): GateFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'gatekeeper-e2e-')));
  mkdirSync(join(path, '.git'));
  const write = (more: Files): void => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
  };
  write(files);
  return {
    path,
    write,
    run: (args, options = {}) => runGatekeeper(args, { cwd: path, ...options }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Exit code and both streams as one text to compare; `names` are texts that change from run to run. */
export function toldBy(
  { code, signal, stdout, stderr }: BinaryResult,
  names: Readonly<Record<string, string>> = {},
): string {
  const end = signal === undefined ? `exit ${code}` : `ended by ${signal}`;
  const text = [end, ...section('stdout', stdout), ...section('stderr', stderr)].join('\n');
  return Object.entries(names).reduce((said, [from, to]) => said.replaceAll(from, to), text);
}

function section(name: string, text: string): readonly string[] {
  return text === '' ? [] : [`--- ${name}`, text.trimEnd()];
}
