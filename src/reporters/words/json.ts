/**
 * Writes a value as JSON with sorted keys: the same document is the same bytes.
 *
 * `JSON.stringify` cannot: it puts keys that look like numbers first. NaN and infinities, which JSON does not have,
 * are null.
 *
 * @param indent spaces per level; 0 writes one line
 */
export function sortedJson(value: unknown, indent: number): string {
  return write(value, indent, '\n');
}

function write(value: unknown, indent: number, newline: string): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) {
    return block(
      value.map((item) => (nested) => write(item, indent, nested)),
      '[]',
      indent,
      newline,
    );
  }
  if (typeof value === 'object' && value !== null) {
    const separator = indent === 0 ? ':' : ': ';
    const entries = Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return block(
      entries.map(
        ([key, entry]) =>
          (nested) =>
            `${quoted(key)}${separator}${write(entry, indent, nested)}`,
      ),
      '{}',
      indent,
      newline,
    );
  }
  return JSON.stringify(value ?? null);
}

function block(
  parts: readonly ((newline: string) => string)[],
  brackets: '[]' | '{}',
  indent: number,
  newline: string,
): string {
  if (parts.length === 0) return brackets;
  const nested = indent === 0 ? '' : `${newline}${' '.repeat(indent)}`;
  const end = indent === 0 ? '' : newline;
  return `${brackets[0]}${nested}${parts.map((part) => part(nested)).join(`,${nested}`)}${end}${brackets[1]}`;
}

/** Besides what JSON asks for, escapes what a terminal or a CI runner would act on when the document is printed. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|#(?=#\[|#vso\[)/gi,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
