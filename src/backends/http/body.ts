import type { Variables } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { SecretValue } from '../../contracts/secrets.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { Reveal } from './expand.js';

type Body = string | Readonly<Record<string, unknown>>;

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** What a body is sent as, unless a header says otherwise: JSON if it is some, else a form or plain text. */
export function contentTypeOf(body: Body): string {
  return typeof body !== 'string' || isJson(body) ? JSON_TYPE : 'text/plain; charset=utf-8';
}

/**
 * A body with its variables, which can never change its structure.
 *
 * In a mapping they stand in string values. In a JSON text they stand inside string literals, JSON-escaped; in a form
 * they are percent-encoded; in any other text only values of harmless characters are taken, since nothing is known of
 * its quoting.
 */
export function expandBody(
  body: Body,
  contentType: string,
  variables: Variables,
  reveal: Reveal,
): Result<string> {
  if (typeof body !== 'string') {
    const failures: Failure[] = [];
    const expanded = expandValue(body, variables, reveal, failures);
    return failures.length > 0 ? failed(...failures) : ok(JSON.stringify(expanded));
  }
  if (isJson(body))
    return expandPlaceholders(body, variables, (value, offset, name) =>
      insideJson(body, value, offset, name),
    );
  if (contentType.toLowerCase().startsWith(FORM)) {
    return expandPlaceholders(body, variables, (value) => ok(encodeURIComponent(value)));
  }
  return expandPlaceholders(body, variables, (value, _, name) =>
    /^[\w.:/@+-]*$/.test(value)
      ? ok(value)
      : failed(unsafe(name, 'its value holds characters that may end a quoted text')),
  );
}

function expandValue(value: unknown, variables: Variables, reveal: Reveal, failures: Failure[]): unknown {
  if (value instanceof SecretValue) return reveal(value);
  if (typeof value === 'string') {
    const expanded = expandPlaceholders(value, variables, (plain) => ok(plain));
    if (expanded.ok) return expanded.value;
    failures.push(...expanded.failures);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => expandValue(item, variables, reveal, failures));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, expandValue(item, variables, reveal, failures)]),
  );
}

/** Whether a text is JSON once its placeholders are values. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text.replaceAll(/\{\{[^{}]*\}\}/g, '0'));
    return true;
  } catch {
    return false;
  }
}

function insideJson(template: string, value: string, offset: number, name: string): Result<string> {
  // Quotes before the offset, escaped ones left out: an odd number means that a string is open.
  const quotes = template.slice(0, offset).replaceAll(/\\./g, '').split('"').length - 1;
  if (quotes % 2 === 1) return ok(JSON.stringify(value).slice(1, -1));
  return failed(unsafe(name, 'it stands outside a JSON string'));
}

function unsafe(name: string, why: string): Failure {
  return {
    code: 'gatefile.query',
    message: `"{{${name}}}" may not stand there in the body: ${why}`,
    mend: 'write the body as a mapping, or put the variable between quotes',
  };
}
