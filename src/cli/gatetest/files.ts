import path from 'node:path';
import { findConfig, searchGateFiles } from '../../gatefile/discover.js';
import { TEST_ENDING } from '../../gatefile/names.js';
import { checkShape } from '../../gatefile/shape.js';
import type { SourceText } from '../../gatefile/source.js';
import { type Path, parseYaml, type YamlFile } from '../../gatefile/yaml.js';
import type { Failure } from '../../model/failure.js';
import { type FileResult, runFile } from '../../testing/run.js';
import { type TestFile, testFileSchema } from '../../testing/schema.js';
import type { Session } from '../session.js';
import { type Workshop, worldOf } from './world.js';

/** A test file with what running it came to. */
export interface RanFile extends FileResult {
  readonly source: SourceText;
  readonly yaml: YamlFile | undefined;
  /** Gate files that its tests judge, absolute. */
  readonly gates: readonly string[];
}

/** All files of a run, and trouble that belongs to none of them. */
export interface Ran {
  readonly files: readonly RanFile[];
  readonly failures: readonly Failure[];
}

/** Finds, reads and runs the test files that the arguments name. */
export async function runFiles(
  session: Session,
  paths: readonly string[],
  isWanted: (name: string) => boolean,
): Promise<Ran> {
  const { cwd } = session;
  const configFile = session.options.config ?? findConfig(cwd);
  const config = configFile === undefined ? undefined : session.read(configFile);
  if (config?.ok === false) return { files: [], failures: config.failures };
  const found = await searchGateFiles(paths, cwd, TEST_ENDING);
  const shop: Workshop = { cwd, config: config?.value ?? null, sets: new Map() };
  const failures = [...found.failures];
  const files: RanFile[] = [];
  for (const name of found.files) {
    const source = session.read(name);
    if (source.ok) files.push(await runOne(session, shop, source.value, isWanted));
    else failures.push(...source.failures);
  }
  return { files, failures };
}

async function runOne(
  session: Session,
  shop: Workshop,
  source: SourceText,
  isWanted: (name: string) => boolean,
): Promise<RanFile> {
  const parsed = parseYaml(source);
  if (!parsed.ok) return broken(source, undefined, parsed.failures);
  const yaml = parsed.value;
  const shaped = checkShape(testFileSchema, yaml, yaml.value);
  if (shaped.value === undefined || shaped.failures.length > 0) return broken(source, yaml, shaped.failures);
  const gates = await gatesOf(session, source, yaml, shaped.value);
  if (gates.failures.length > 0) return broken(source, yaml, gates.failures);
  const world = worldOf(shop, source.folder, gates.sources);
  const lines = source.text.split('\n');
  const writtenAt = (at: Path): string => {
    const { line, col, endCol } = yaml.spanOf(at);
    return (lines[line - 1] ?? '').slice(col - 1, endCol - 1);
  };
  const result = await runFile(shaped.value, { ...yaml, writtenAt }, world, isWanted);
  return { ...result, source, yaml, gates: gates.sources.map(({ file }) => path.resolve(session.cwd, file)) };
}

function broken(source: SourceText, yaml: YamlFile | undefined, failures: readonly Failure[]): RanFile {
  return { tests: [], failures, source, yaml, gates: [] };
}

/** A test file looks for its gates elsewhere than a run does. */
function elsewhere(failure: Failure, name: string, gates: readonly string[] | undefined): Failure {
  if (failure.code !== 'gatefile.not-found' || name.includes('*')) return failure;
  const mend =
    gates === undefined
      ? 'a test is of the gate of its own name beside it; name others: gates: [FILE]'
      : 'check the path: it starts at the folder of this file';
  return { ...failure, mend };
}

/** The gate files that a test file names, or the one of its own name beside it. */
async function gatesOf(
  session: Session,
  { file, folder }: SourceText,
  yaml: YamlFile,
  { gates }: TestFile,
): Promise<{ readonly sources: readonly SourceText[]; readonly failures: readonly Failure[] }> {
  const named = gates ?? [path.basename(file).replace(TEST_ENDING, '.gate.yaml')];
  const sources = new Map<string, SourceText>();
  const failures: Failure[] = [];
  for (const [i, name] of named.entries()) {
    const span = gates === undefined ? yaml.keySpanOf(['tests']) : yaml.spanOf(['gates', i]);
    const found = await searchGateFiles([name], folder);
    // A pattern that matches nothing is trouble, too: its tests would be of nothing.
    failures.push(...found.failures.map((failure) => ({ span, ...elsewhere(failure, name, gates) })));
    for (const each of found.files) {
      const read = session.read(path.relative(session.cwd, path.resolve(folder, each)));
      if (read.ok) sources.set(read.value.file, read.value);
      else failures.push(...read.failures.map((failure) => ({ span, ...elsewhere(failure, name, gates) })));
    }
  }
  return { sources: [...sources.values()], failures };
}
