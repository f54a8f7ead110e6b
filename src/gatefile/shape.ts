import type * as z from 'zod';
import type { Failure } from '../model/failure.js';
import { failuresOf } from './issues.js';
import type { Path, YamlFile } from './yaml-file.js';

/** What the schema made of a file: its value as far as it can be read, and all trouble of its shape. */
export interface Shaped<T> {
  readonly value: T | undefined;
  readonly failures: readonly Failure[];
  /** Names of criteria, signals, backends … that had to be left out. */
  readonly dropped: ReadonlySet<string>;
  /** The backends among them. */
  readonly droppedBackends: readonly string[];
  /** Mappings that lost an unknown key, as `pathKey`: what they seem to lack may be what was misspelt. */
  readonly misspelt: ReadonlySet<string>;
}

/** What the schema found, gathered over the rounds. */
interface Cuts {
  readonly dropped: Set<string>;
  readonly droppedBackends: string[];
  readonly misspelt: Set<string>;
  readonly paths: Set<string>;
}

export function pathKey(path: Path): string {
  return path.join('\n');
}

/** How often trouble is cut out before the file is given up. */
const ROUNDS = 3;

/**
 * Checks a file's shape. What is broken is cut out and the rest read on, so that one run reports a misspelt key and
 * an impossible limit elsewhere in the same file together.
 */
export function checkShape<S extends z.ZodType>(
  schema: S,
  yaml: YamlFile,
  value: unknown,
  standIns: Readonly<Record<string, unknown>> = {},
): Shaped<z.output<S>> {
  const failures: Failure[] = [];
  const cuts: Cuts = { dropped: new Set(), droppedBackends: [], misspelt: new Set(), paths: new Set() };
  let rest = value;
  for (let round = 0; round < ROUNDS; round += 1) {
    const parsed = schema.safeParse(rest);
    if (parsed.success) return { value: parsed.data, failures, ...cuts };
    // What was cut out is missing now, and that is no news.
    const news = parsed.error.issues.filter((issue) => !cuts.paths.has(issue.path.map(String).join('\n')));
    failures.push(...failuresOf(news, yaml, [], rest));
    rest = withStandIns(cut(rest, parsed.error.issues, cuts), standIns, cuts);
  }
  return { value: undefined, failures, ...cuts };
}

/** A gate without its name is read on as well: what is wrong with the rest of it is wanted, too. */
function withStandIns(
  value: unknown,
  standIns: Readonly<Record<string, unknown>>,
  { dropped }: Cuts,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const missing = Object.entries(standIns).filter(([key]) => !Object.hasOwn(value, key));
  for (const [key] of missing) dropped.add(key);
  return { ...value, ...Object.fromEntries(missing) };
}

function cut(value: unknown, issues: readonly z.core.$ZodIssue[], cuts: Cuts): unknown {
  const copy: unknown = structuredCloneKeepingSecrets(value);
  for (const issue of issues) {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) remove(copy, [...path, key]);
      cuts.misspelt.add(pathKey(path));
      continue;
    }
    const depth = ['signals', 'criteria', 'backends', 'vars', 'arms'].includes(path[0] ?? '') ? 2 : 1;
    const entry = path.slice(0, depth);
    if (entry.length === 2) cuts.dropped.add(entry[1] ?? '');
    if (entry.length === 2 && entry[0] === 'backends') cuts.droppedBackends.push(entry[1] ?? '');
    cuts.paths.add(pathKey(entry));
    remove(copy, entry);
  }
  return copy;
}

/** A copy of mappings and lists; other objects, such as resolved secrets, are shared. */
function structuredCloneKeepingSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneKeepingSecrets);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, structuredCloneKeepingSecrets(item)]),
  );
}

function remove(value: unknown, path: readonly string[]): void {
  let node = value;
  for (const step of path.slice(0, -1)) {
    if (typeof node !== 'object' || node === null) return;
    node = (node as Record<string, unknown>)[step];
  }
  const last = path.at(-1);
  if (last !== undefined && typeof node === 'object' && node !== null && !Array.isArray(node)) {
    delete (node as Record<string, unknown>)[last];
  }
}
