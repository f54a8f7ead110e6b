import { isSecretVariable, SecretValue } from '../contracts/secrets.js';
import type { Failure } from '../model/failure.js';
import { isProbe } from '../model/page.js';
import type { Secret } from '../model/secret.js';
import { isSecretPlace } from './secret-places.js';
import type { Path, YamlFile } from './yaml-file.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What tells a secret stands right before it. */
const LONGEST_LEAD = 64;
const REFERENCE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)([^}]*))?\}|\$\{[^}]*\}?/g;

/** What resolving a file's environment gave. */
export interface Resolved {
  readonly value: unknown;
  readonly failures: readonly Failure[];
  readonly secrets: readonly Secret[];
  /** Names that were read, for `plan`. */
  readonly names: readonly string[];
  /** Values that a recording may keep: those that are no secrets. */
  readonly plain: Readonly<Record<string, string>>;
}

/** The password in a URL, which a server may repeat as it is or as the header that it becomes. */
function userinfoOf(text: string): readonly Secret[] {
  if (!/^https?:\/\/[^/?#]*@/i.test(text) || !URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  if (password === '') return [];
  const [user, secret] = [username, password].map(decoded);
  const header = Buffer.from(`${user}:${secret}`).toString('base64');
  return [secret ?? '', password, header].map((value) => ({ name: 'url', value }));
}

/** Userinfo as it was meant; a stray `%` stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads a secret's file; absolute path. Undefined when it cannot be read. */
export type ReadSecretFile = (path: string) => string | undefined;

/**
 * Replaces `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `$$` in string values, and resolves
 * `{ env: NAME }` and `{ file: path }` nodes under `backends` into secrets. All that is missing is reported at once.
 */
export function resolveEnvironment(
  yaml: YamlFile,
  env: Environment,
  readSecret: ReadSecretFile,
  isReplay: boolean,
): Resolved {
  const failures: Failure[] = [];
  const secrets: Secret[] = [];
  const names = new Set<string>();
  const plain: Record<string, string> = {};
  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') {
      if (isSentByProbe(path) && value.includes('${')) return sent(value, path);
      const expanded = value.includes('$') ? expand(value, path) : value;
      if (path[0] === 'backends') secrets.push(...userinfoOf(expanded), ...handedOn(expanded, path));
      return expanded;
    }
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i]));
    if (typeof value !== 'object' || value === null) return value;
    const node = value as Readonly<Record<string, unknown>>;
    if (maySecretStand(path) && isSecretNode(node)) return resolveSecret(node, path);
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  /** A command may print what it was handed. */
  const handedOn = (name: string, path: Path): readonly Secret[] => {
    const value = path.at(-2) === 'pass-env' && Object.hasOwn(env, name) ? env[name] : undefined;
    return value !== undefined && isSecretVariable(name) ? [{ name, value }] : [];
  };
  /** Who sends a header means it for a server alone: a recording knows it by the name of the variable. */
  const sent = (text: string, path: Path): SecretValue => {
    const named = text.replaceAll(REFERENCE, (whole, name?: string) => (whole === '$$' ? '$' : `<${name}>`));
    return new SecretValue(named, expand(text, path, true), named);
  };
  const expand = (text: string, path: Path, isSent = false): string => {
    const firstOf = new Map<string, number>();
    return text.replaceAll(
      REFERENCE,
      (whole, name?: string, kind?: string, rest?: string, offset: number = 0) => {
        if (whole === '$$') return '$';
        // Written, it stands at its offset or after, where escapes and indents precede: thousands are not sought from the start.
        const first = firstOf.get(whole) ?? offset;
        firstOf.set(whole, first);
        if (name === undefined) {
          failures.push({
            code: 'gatefile.environment',
            message: `"${whole}" is no reference to the environment`,
            span: yaml.spanOfText(path, whole, first),
            mend: `write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $$ for a dollar sign`,
          });
          return whole;
        }
        names.add(name);
        const found = Object.hasOwn(env, name) ? env[name] : undefined;
        const before = text.slice(Math.max(0, offset - LONGEST_LEAD), offset);
        const isSecret = isSecretVariable(name) || isSecretPlace(path, before);
        if (found !== undefined && (found !== '' || kind === undefined)) {
          if (isSecret) secrets.push({ name, value: found });
          else if (!isSent) plain[name] = found;
          return found;
        }
        if (kind === ':-') return rest ?? '';
        // The name that the recording has in its place, so that a question with it is found again.
        if (isReplay && (isSent || isSecret)) return `<REDACTED:${name}>`;
        failures.push({
          code: 'gatefile.environment',
          message:
            kind === ':?' && rest
              ? `environment variable ${name} is not set: ${rest}`
              : `environment variable ${name} is not set`,
          span: yaml.spanOfText(path, whole, first),
          mend:
            kind === ':?'
              ? `set ${name} where gatekeeper runs`
              : `set ${name}, or give a default: \${${name}:-value}`,
        });
        return whole;
      },
    );
  };
  const resolveSecret = (node: Readonly<Record<string, unknown>>, path: Path): unknown => {
    const [kind = '', where] = Object.entries(node)[0] ?? [];
    const place = typeof where === 'string' ? expand(where, [...path, kind]) : '';
    const read = kind === 'env' ? (Object.hasOwn(env, place) ? env[place] : undefined) : readSecret(place);
    const secret = read?.replace(/\r?\n$/, '');
    if (kind === 'env') names.add(place);
    if ((secret === undefined || secret === '') && isReplay) return new SecretValue(place, 'not-recorded');
    if (secret === undefined || secret === '') {
      failures.push({
        code: 'gatefile.secret',
        message:
          kind === 'env'
            ? `secret environment variable ${place} is not set`
            : `secret file "${place}" cannot be read or is empty`,
        span: yaml.spanOf(path),
        mend:
          kind === 'env' ? `set ${place} where gatekeeper runs` : 'paths start at the folder of this file',
      });
      return new SecretValue(place, 'unset');
    }
    secrets.push({ name: place, value: secret });
    return new SecretValue(place, secret);
  };
  return { value: walk(yaml.value, []), failures, secrets, names: [...names], plain };
}

/** Secrets are what backends prove themselves with, and what a single request sends beside its question. */
function maySecretStand(path: Path): boolean {
  if (path[0] === 'backends') return path.length > 2;
  if (isSentByProbe(path)) return true;
  return path.slice(2).some((step) => step === 'headers' || step === 'params' || step === 'body');
}

/** The value of a header or a cookie of a signal that asks web servers itself. */
function isSentByProbe(path: Path): boolean {
  const [kind, list] = path.slice(-3);
  return isProbe(String(kind)) && (list === 'headers' || list === 'cookies');
}

function isSecretNode(node: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(node);
  return keys.length === 1 && (keys[0] === 'env' || keys[0] === 'file') && typeof node[keys[0]] === 'string';
}
