import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { counted } from '../contracts/counted.js';
import { once, optional } from '../contracts/schema.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { type EpochMs, parseInstant } from '../model/time.js';
import { type Recorded, recordedSchema } from './form.js';
import { MANIFEST_FILE, MANIFEST_VERSION, type Manifest, manifestSchema } from './manifest.js';
import { type Match, matchKey } from './match.js';
import { parsePlainYaml } from './plain-yaml.js';
import { sha256 } from './sha256.js';

/** A set of recorded answers, read and checked. */
export interface RecordedSet {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly asOf: EpochMs;
  /** Text of each file by its name in the set. */
  readonly texts: ReadonlyMap<string, string>;
  readonly answers: ReadonlyMap<string, Recorded>;
  readonly matches: readonly Match[];
  /** The file that holds the answer of a key. */
  find(key: string): string | undefined;
}

/**
 * Reads a set; all trouble at once. A folder without a manifest is `recording.missing`.
 *
 * @param folder as messages show it, relative to `cwd`
 */
export function readSet(folder: string, cwd: string): Result<RecordedSet> {
  const manifestText = read(path.resolve(cwd, folder, MANIFEST_FILE));
  if (manifestText === undefined) {
    return failed({
      code: 'recording.missing',
      message: `${folder} holds no recorded set: ${MANIFEST_FILE} is not there`,
      mend: 'record one with "gatekeeper record DIR" or "gatekeeper check --record DIR"',
    });
  }
  const written = tryParse(manifestText);
  const manifest = manifestSchema.safeParse(written);
  if (!manifest.success) return failed(noManifest(`${folder}/${MANIFEST_FILE}`, written, manifest.error));
  const asOf = parseInstant(manifest.data.evalTime);
  if (asOf === undefined) {
    return failed({
      code: 'recording.invalid',
      message: `${folder}/${MANIFEST_FILE} is no manifest: "evalTime" is no instant`,
      mend: 'write RFC 3339, such as 2026-11-20T14:05:00Z, or record the set again',
    });
  }
  const failures: Failure[] = [...manifestTrouble(folder, cwd, manifest.data)];
  const texts = new Map<string, string>();
  const answers = new Map<string, Recorded>();
  const files = new Map<string, string>();
  const matches: Match[] = [];
  const root = fs.realpathSync.native(path.resolve(cwd, folder));
  for (const name of namesIn(root, manifest.data)) {
    const file = `${folder}/${name}`;
    if (leadsOut(root, name)) {
      failures.push({
        code: 'recording.invalid',
        message: `${file} is a link out of the set`,
        mend: 'put the file itself there, and record the set again if it was recorded so',
      });
      continue;
    }
    const text = read(path.resolve(cwd, folder, name));
    if (text === undefined) {
      failures.push({
        code: 'recording.invalid',
        message: `${file} is listed in the manifest and not there`,
        mend: 'record the set again',
      });
      continue;
    }
    const hash = manifest.data.files?.[name];
    if (hash !== undefined && sha256(text) !== hash) {
      failures.push({
        code: 'recording.invalid',
        message: `${file} was changed since it was recorded (its SHA-256 differs)`,
        mend: 'record the set again, or remove its line from the manifest if the change is meant, and lower its "count" by one',
      });
      continue;
    }
    const recorded = recordedSchema.safeParse(tryParse(text));
    if (!recorded.success) {
      const [issue] = recorded.error.issues;
      failures.push({
        code: 'recording.invalid',
        message: `${file} is no recorded answer: ${issue?.path.join('.')} ${issue?.message}`,
        mend: 'record the set again',
      });
      continue;
    }
    const key = matchKey(recorded.data.match);
    const other = files.get(key);
    if (other !== undefined) {
      failures.push({
        code: 'recording.conflict',
        message: `${file} and ${folder}/${other} answer the same question`,
        mend: 'keep one of the two',
      });
      continue;
    }
    texts.set(name, text);
    answers.set(key, recorded.data);
    files.set(key, name);
    matches.push(recorded.data.match);
  }
  if (failures.length > 0) return failed(...failures);
  return ok({
    folder,
    manifest: manifest.data,
    asOf,
    texts,
    answers,
    matches,
    find: (key) => files.get(key),
  });
}

/** What a manifest lacks; one of another form is told by what recorded it. */
function noManifest(file: string, written: unknown, { issues: [issue] }: z.ZodError): Failure {
  const other = otherForm().safeParse(written);
  if (other.success) {
    const { schemaVersion, tool } = other.data;
    return {
      code: 'recording.invalid',
      message: `${file} is of schemaVersion ${schemaVersion}${tool === undefined ? '' : `, recorded by ${tool}`}: this version reads ${MANIFEST_VERSION}`,
      mend: 'replay it with the version that recorded it, or record the set again',
    };
  }
  const place = issue === undefined || issue.path.length === 0 ? '' : `"${issue.path.join('.')}": `;
  return {
    code: 'recording.invalid',
    message: `${file} is no manifest: ${place}${issue?.message ?? ''}`,
    mend: 'record the set again',
  };
}

const otherForm = once(() =>
  z.object({
    schemaVersion: z.number().refine((version) => version !== MANIFEST_VERSION),
    tool: optional(() => z.string()),
  }),
);

/**
 * What a manifest that was cut short at the end of a line says too little of: every line it still has is well formed.
 *
 * A recorded set says first how many files it lists. One that was recorded before sets did so lists all that it holds.
 */
function manifestTrouble(folder: string, cwd: string, manifest: Manifest): readonly Failure[] {
  const { count, recordedAt, files = {} } = manifest;
  const listed = Object.keys(files);
  if (count !== undefined && count !== listed.length) {
    return [
      {
        code: 'recording.invalid',
        message: `${folder}/${MANIFEST_FILE} lists ${listed.length} of its ${count} files: it was cut short, or edited`,
        mend: 'record the set again; "count" is the number of files that are listed',
      },
    ];
  }
  if (count !== undefined || recordedAt === undefined) return [];
  const unlisted = namesIn(path.resolve(cwd, folder), manifest).filter((name) => files[name] === undefined);
  if (unlisted.length === 0) return [];
  return [
    {
      code: 'recording.invalid',
      message: `${folder}/${MANIFEST_FILE} does not list ${counted(unlisted.length, 'file')} of the set, ${unlisted[0]} among them: it was cut short, or edited`,
      mend: `record the set again, or write "count: ${listed.length}" into it if the files beside those it lists are meant`,
    },
  ];
}

/**
 * Whether a name of the set leads to a file outside of it; one that is not there leads nowhere.
 *
 * @param root the folder of the set, without links: `native`, as Node's own way asks for each folder of a path
 */
function leadsOut(root: string, name: string): boolean {
  try {
    return !fs.realpathSync.native(path.join(root, name)).startsWith(root + path.sep);
  } catch {
    return false;
  }
}

/** Files of the set: those the manifest lists, and hand-written ones beside them. */
function namesIn(folder: string, manifest: Manifest): readonly string[] {
  const names = new Set(
    Object.keys(manifest.files ?? {}).filter(
      (name) => !path.isAbsolute(name) && !name.split('/').includes('..'),
    ),
  );
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  for (const entry of entries) {
    const isFolder =
      entry.isDirectory() || (entry.isSymbolicLink() && isFolderAt(path.join(folder, entry.name)));
    if (!isFolder) continue;
    for (const name of fs.readdirSync(path.join(folder, entry.name))) {
      if (name.endsWith('.yaml')) names.add(`${entry.name}/${name}`);
    }
  }
  return [...names].sort();
}

function isFolderAt(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code === 'ENOENT' ||
      (error as NodeJS.ErrnoException).code === 'ENOTDIR'
    )
      return undefined;
    throw error;
  }
}

function tryParse(text: string): unknown {
  try {
    return parsePlainYaml(text) ?? parse(text, { maxAliasCount: 0, version: '1.2' });
  } catch {
    return undefined;
  }
}
