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

/**
 * Masks the run's secrets and looks for undeclared ones.
 *
 * @returns the text to store and how often something was cut out; or a failure, and then nothing may be stored
 */
export function redact(
  file: string,
  text: string,
  mask: (text: string) => string,
): { text: string; count: number } | Failure {
  const masked = mask(text);
  const found = PATTERNS.find(([, pattern]) => pattern.test(masked));
  if (found !== undefined) {
    return {
      code: 'recording.secret',
      message: `the answer to be stored in ${file} holds what looks like ${found[0]}; nothing was recorded`,
      mend: 'declare the secret as { env: NAME } so that it can be masked, or keep it out of labels and queries',
    };
  }
  return { text: masked, count: masked.split('<REDACTED:').length - text.split('<REDACTED:').length };
}
