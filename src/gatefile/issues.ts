import type * as z from 'zod';
import { suggest } from '../contracts/suggest.js';
import type { Failure, FailureCode } from '../model/failure.js';
import { type Found, wordsOf } from './issue-words.js';
import type { Path, YamlFile } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

/** Sections whose entries are called by what they are: `criterion "checkout-slo"`. */
const ENTRIES: Readonly<Record<string, string>> = {
  criteria: 'criterion',
  signals: 'signal',
  backends: 'backend',
  arms: 'arm',
  vars: 'variable',
};

/**
 * Turns zod's issues into failures with places.
 *
 * @param at path of the checked value inside the file
 * @param root the checked value, to quote what was found
 */
export function failuresOf(
  issues: readonly Issue[],
  yaml: YamlFile,
  at: Path,
  root: unknown,
): readonly Failure[] {
  const flat = issues.flatMap((issue) => flattened(issue));
  return flat
    .filter((issue) => !isEcho(issue, flat, root))
    .flatMap((issue) => failureOf(issue, yaml, at, root));
}

/** Of a union's branches, the trouble of the one that was meant; the union's own words where none was. */
function flattened(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const best = bestBranch(issue.errors);
  const isStranger = (best ?? []).every(
    ({ code, path, message }) =>
      (path.length === 0 && (code === 'invalid_type' || code === 'unrecognized_keys')) ||
      (code === 'invalid_type' && message.endsWith('received undefined')),
  );
  if (best === undefined || (isStranger && !issue.message.startsWith('Invalid'))) return [issue];
  return best.flatMap((inner) => flattened({ ...inner, path: [...issue.path, ...inner.path] } as Issue));
}

/** Of a union's branches, the one whose trouble lies deepest. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(0, ...issues.map((issue) => issue.path.length * 2 + (issue.code === 'invalid_type' ? 0 : 1)));
  return [...branches].sort((a, b) => depth(b) - depth(a))[0];
}

/** Trouble that a misspelt key next to it explains: the key it was meant to be, or a rule over all keys. */
function isEcho(issue: Issue, all: readonly Issue[], root: unknown): boolean {
  const misspelt = (path: readonly PropertyKey[]): readonly string[] =>
    all.flatMap((other) =>
      other.code === 'unrecognized_keys' && isSame(other.path, path) ? [...other.keys] : [],
    );
  if (issue.code === 'custom') return misspelt(issue.path).length > 0;
  if (issue.code !== 'invalid_type' || valueAt(root, issue.path) !== undefined) return false;
  const missing = String(issue.path.at(-1) ?? '');
  return misspelt(issue.path.slice(0, -1)).some((key) => suggest(key, [missing]) !== undefined);
}

function isSame(a: readonly PropertyKey[], b: readonly PropertyKey[]): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}

function failureOf(issue: Issue, yaml: YamlFile, at: Path, root: unknown): readonly Failure[] {
  const path = [...at, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    // `strict` joins the messages of several unknown keys with form feeds.
    const messages = issue.message.split('\f');
    return issue.keys.map((key, i) => {
      const [message = '', mend] = (messages[i] ?? issue.message).split('\n');
      const code = codeOf(issue, message);
      const where = code === 'gatefile.unknown-key' ? inside(path) : '';
      return failure(code, `${message}${where}`, yaml.keySpanOf([...path, key]), mend);
    });
  }
  if (issue.code === 'invalid_type' && valueAt(root, issue.path) === undefined) {
    const key = String(path.at(-1) ?? '');
    const parent = path.slice(0, -1);
    const mend = issue.message.split('\n')[1] ?? `add "${key}:"`;
    return [
      failure('gatefile.missing-key', `"${key}" is missing${inside(parent)}`, yaml.keySpanOf(parent), mend),
    ];
  }
  const found: Found = { value: valueAt(root, issue.path), key: String(path.at(-1) ?? '') };
  const { message, mend } = wordsOf(issue, found);
  // A name is written as a key: what is wrong with it stands there.
  const span =
    issue.code === 'invalid_key'
      ? yaml.keySpanOf(path)
      : yaml.spanOfText(path, /^"([^"]+)"/.exec(message)?.[1] ?? '');
  return [failure(codeOf(issue, message), message, span, mend)];
}

/** A refinement may name its failure code: `params: { code }`. */
function codeOf(issue: Issue, message: string): FailureCode {
  if (message.includes('not yet supported')) return 'gatefile.not-yet-supported';
  if (issue.code === 'unrecognized_keys') return 'gatefile.unknown-key';
  const named = issue.code === 'custom' ? (issue.params?.['code'] as FailureCode | undefined) : undefined;
  return named ?? 'gatefile.invalid';
}

function failure(
  code: FailureCode,
  message: string,
  span: Failure['span'],
  mend: string | undefined,
): Failure {
  return { code, message, ...(span && { span }), ...(mend !== undefined && { mend }) };
}

function inside(path: Path): string {
  const name = path.at(-1);
  if (name === undefined) return '';
  const [section, id] = path;
  const noun = ENTRIES[String(section)];
  if (noun !== undefined && path.length === 2) return ` in ${noun} "${id}"`;
  const whose = noun !== undefined && path.length > 2 ? ` of ${noun} "${id}"` : '';
  if (typeof name === 'number') return ` in item ${name + 1} of "${String(path.at(-2) ?? '')}"${whose}`;
  return ` in "${name}"${whose}`;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
