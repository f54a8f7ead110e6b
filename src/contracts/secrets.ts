import type { Secret } from '../model/secret.js';

const SECRET_VARIABLE = new RegExp(
  [
    'SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|APIKEY|API_KEY|ACCESS_KEY|PRIVATE|CREDENTIAL',
    // Short words stand for a secret at the end of a name alone: AUTH_URL is an address, and PWD a folder.
    '(?:^|_)(?:PG|DB)?PASS$|_PWD$|(?:^|_)(?:AUTH|AUTHORIZATION|BEARER|COOKIE|JWT)$',
  ].join('|'),
  'i',
);

/** True of an environment variable whose value is masked wherever it is used: `GH_TOKEN`, `PGPASSWORD`, `DB_PASS`. */
export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLE.test(name);
}

/** Values shorter than this are not masked inside text: they would hide ordinary words. */
const SHORTEST = 4;

/** The secrets of a run, and the mask that every sink passes through. */
export class SecretStore {
  readonly #forms = new Map<string, string>();
  #longestFirst: readonly (readonly [form: string, name: string])[] = [];

  /** Adds a secret with the forms it may leak in: raw, URL-encoded, JSON-escaped, base64. */
  register(secret: Secret): void {
    const { name, value } = secret;
    if (value.length < SHORTEST) return;
    for (const form of formsOf(value)) if (form.length >= SHORTEST) this.#forms.set(form, name);
    this.#longestFirst = [...this.#forms].sort(([a], [b]) => b.length - a.length);
  }

  /** True while there is nothing to mask. */
  get isEmpty(): boolean {
    return this.#forms.size === 0;
  }

  /** Replaces each secret in `text` by `<REDACTED:name>`. */
  readonly mask = (text: string): string => {
    let masked = text;
    for (const [form, name] of this.#longestFirst) {
      if (masked.includes(form)) masked = masked.replaceAll(form, `<REDACTED:${name}>`);
    }
    return masked;
  };
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function formsOf(value: string): readonly string[] {
  const base64 = (offset: number): string => {
    // A secret inside a longer base64 text appears in one of three alignments; the cut ends are dropped.
    const bytes = Buffer.from('\0'.repeat(offset) + value)
      .toString('base64')
      .replace(/=+$/, '');
    return bytes.slice(offset === 0 ? 0 : offset + 1, bytes.length - 1);
  };
  return [
    value,
    encodeURIComponent(value),
    // As forms and URLSearchParams encode, which is not what encodeURIComponent does to !'()~ and blanks.
    new URLSearchParams({ '': value }).toString().slice(1),
    escaped(value),
    // A server that quotes a JSON body inside its own JSON.
    escaped(escaped(value)),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
    ...(value.length >= 8 ? [base64(0), base64(1), base64(2)] : []),
  ];
}

/** A resolved `{ env: NAME }` or `{ file: path }` node; prints as its name, never as its value. */
export class SecretValue implements Secret {
  readonly name: string;
  /** Of a text with references to the environment: the text with their names in their places. Variables may stand in both. */
  readonly template: string | undefined;
  readonly #value: string;
  constructor(name: string, value: string, template?: string) {
    this.name = name;
    this.template = template;
    this.#value = value;
  }
  get value(): string {
    return this.#value;
  }
  toString(): string {
    return `<REDACTED:${this.name}>`;
  }
  toJSON(): string {
    return this.toString();
  }
}
