import type { Failure } from '../model/failure.js';

/** Shapes of credentials that must not be stored even when nobody declared them. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['a bearer token', /\bbearer\s+[A-Za-z0-9._~+/-]{12,}/i],
  ['basic credentials', /\bbasic\s+[A-Za-z0-9+/]{12,}={0,2}(?![A-Za-z])/i],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['credentials in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@<>]+:[^\s/@<>]+@/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
];

/** What a text holds that looks like a credential, in words; undefined when it holds none. */
export function secretIn(text: string): string | undefined {
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The text with everything cut out that looks like a credential. */
export function withoutSecrets(text: string): string {
  return PATTERNS.reduce(
    (left, [what, pattern]) =>
      left.replaceAll(new RegExp(pattern, `${pattern.flags}g`), `<REDACTED:${what.replace(/^an? /, '')}>`),
    text,
  );
}

/**
 * Writes a document as text: masks the run's secrets, and looks for undeclared ones.
 *
 * Each string is masked before the text is made, since quoting may turn a secret into what no mask knows, and the text
 * again after.
 *
 * @returns the text to store and how often something is cut out in it; or a failure, and then nothing may be stored
 */
export function redact(
  file: string,
  document: unknown,
  print: (document: unknown) => string,
  mask: (text: string) => string,
): { text: string; count: number } | Failure {
  const text = mask(print(maskedStrings(document, mask)));
  const found = secretIn(text);
  if (found !== undefined) {
    return {
      code: 'recording.secret',
      message: `the answer to be stored in ${file} holds what looks like ${found}; nothing was recorded`,
      mend: 'declare the secret as { env: NAME } so that it can be masked, or keep it out of labels and queries',
    };
  }
  return { text, count: text.split('<REDACTED:').length - 1 };
}

function maskedStrings(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskedStrings(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskedStrings(item, mask)]));
}
