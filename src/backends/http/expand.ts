import type { Variables } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { SecretValue } from '../../contracts/secrets.js';
import { failed, ok, type Result } from '../../model/failure.js';

export type Named = Readonly<Record<string, string | SecretValue>>;
export type Pairs = readonly (readonly [name: string, value: string])[];

/** How a secret is written: in the clear for the request, by its name for the text. */
export type Reveal = (secret: SecretValue) => string;
export const inTheClear: Reveal = (secret) => secret.value;
export const byName: Reveal = (secret) => secret.toString();

/**
 * A request path with each value as one percent-encoded segment or less.
 *
 * Dots survive encoding, and `..` climbs out of the base URL: a path with such a segment is refused, whoever wrote it.
 */
export function expandPath(template: string, variables: Variables): Result<string> {
  const expanded = expandPlaceholders(template, variables, (value) => ok(encodeURIComponent(value)));
  if (!expanded.ok) return expanded;
  const [path = ''] = expanded.value.split('?', 1);
  // URLs drop tabs and line breaks and take a backslash for a slash.
  const isClimbing = path
    .replaceAll(/[\t\r\n]/g, '')
    .split(/[/\\]/)
    .some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  if (!isClimbing) return expanded;
  return failed({
    code: 'gatefile.query',
    message: `the path "${expanded.value}" holds a "." or ".." segment, which leads elsewhere`,
    mend: 'write the path in full, below the url of the backend',
  });
}

/** Query parameters; plain text here, encoded when the URL is made. */
export function expandParams(params: Named, variables: Variables, reveal: Reveal): Result<Pairs> {
  return expandNamed(params, variables, reveal);
}

/** Header values; a line break would begin a header that nobody wrote. */
export function expandHeaders(headers: Named, variables: Variables, reveal: Reveal): Result<Pairs> {
  const expanded = expandNamed(headers, variables, reveal);
  if (!expanded.ok) return expanded;
  const broken = expanded.value.filter(([name, value]) => /[\r\n\0]/.test(name + value));
  if (broken.length === 0) return expanded;
  return failed(
    ...broken.map(([name]) => ({
      code: 'gatefile.query' as const,
      message: `the header ${JSON.stringify(name)} would hold a line break`,
      mend: 'take the line break out of the header, or out of the variable in it',
    })),
  );
}

function expandNamed(named: Named, variables: Variables, reveal: Reveal): Result<Pairs> {
  const expanded = Object.entries(named).map(([name, value]) => {
    const text =
      value instanceof SecretValue
        ? ok(reveal(value))
        : expandPlaceholders(value, variables, (plain) => ok(plain));
    return { name, text };
  });
  const failures = expanded.flatMap(({ text }) => (text.ok ? [] : text.failures));
  if (failures.length > 0) return failed(...failures);
  return ok(expanded.flatMap(({ name, text }) => (text.ok ? [[name, text.value] as const] : [])));
}
