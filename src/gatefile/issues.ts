import type * as z from 'zod';
import type { Failure, FailureCode } from '../model/failure.js';
import type { Path, YamlFile } from './yaml.js';

type Issue = z.core.$ZodIssue;

/** The longest value that is quoted back to the user. */
const QUOTED = 60;

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
  return issues.flatMap((issue) => failuresOfOne(issue, yaml, at, root));
}

function failuresOfOne(issue: Issue, yaml: YamlFile, at: Path, root: unknown): readonly Failure[] {
  const path = [...at, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'invalid_union') {
    const best = bestBranch(issue.errors);
    if (best !== undefined) {
      return best.flatMap((inner) =>
        failuresOfOne({ ...inner, path: [...issue.path, ...inner.path] } as Issue, yaml, at, root),
      );
    }
  }
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\f');
    return issue.keys.map((key, i) => {
      const [message = '', mend] = (messages[i] ?? issue.message).split('\n');
      const code: FailureCode = message.includes('not yet supported')
        ? 'gatefile.not-yet-supported'
        : 'gatefile.unknown-key';
      return failure(code, `${message}${inside(path)}`, yaml.keySpanOf([...path, key]), mend);
    });
  }
  const [first = '', mend] = issue.message.split('\n');
  const found = valueAt(root, issue.path);
  if (issue.code === 'invalid_type' && found === undefined) {
    return [
      failure(
        'gatefile.missing-key',
        `"${String(path.at(-1) ?? '')}" is missing${inside(path.slice(0, -1))}`,
        yaml.spanOf(path),
        mend,
      ),
    ];
  }
  const code = codeOf(issue);
  return [
    failure(code, issue.code === 'custom' ? first : `${first}, not ${quote(found)}`, yaml.spanOf(path), mend),
  ];
}

/** A refinement may name its failure code: `params: { code }`. */
function codeOf(issue: Issue): FailureCode {
  const named = issue.code === 'custom' ? (issue.params?.['code'] as FailureCode | undefined) : undefined;
  return named ?? 'gatefile.invalid';
}

/** Of a union's branches, the one whose trouble lies deepest: the one that was meant. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(0, ...issues.map((issue) => issue.path.length * 2 + (issue.code === 'invalid_type' ? 0 : 1)));
  return [...branches].sort((a, b) => depth(b) - depth(a))[0];
}

function failure(
  code: FailureCode,
  message: string,
  span: Failure['span'],
  mend: string | undefined,
): Failure {
  return { code, message: lower(message), ...(span && { span }), ...(mend !== undefined && { mend }) };
}

function lower(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(/^([A-Z])(?=[a-z])/, (letter) => letter.toLowerCase());
}

function inside(path: Path): string {
  if (path.length === 0) return '';
  const name = path.at(-1);
  return typeof name === 'number'
    ? ` in item ${name + 1} of "${String(path.at(-2) ?? '')}"`
    : ` in "${name}"`;
}

/** What was found, short and in one line. */
export function quote(value: unknown): string {
  if (value === null) return 'an empty value';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
