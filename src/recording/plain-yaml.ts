/**
 * The YAML that a recorder writes, without the rest of YAML: a replay spends its time on reading answers, and the whole
 * language takes ten times as long (55 ms of a replay of 130 ms went into five files of 35 kB).
 *
 * One key or one item a line, all on one line, in ASCII. What is written in any other way, by hand or with an escape, is
 * left to the real parser, which says of this text what is said here: test/recording/plain-yaml.test.ts holds the two
 * against each other.
 */

/** Raised where the text is more than plain. */
class NotPlain extends Error {}

type Fields = Record<string, unknown>;

const PLAIN_TEXT = /^[ -~\n]+$/;
const KEY = /^[A-Za-z_][\w./-]*$/;
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;
const DOUBLE_QUOTED = /^"(?:[^"\\]|\\["\\])*"$/;
const SINGLE_QUOTED = /^'(?:[^']|'')*'$/;
/** Beginnings of a word or words that YAML takes as they stand. */
const WORD = /^(?:[A-Za-z_/(]|[-+.]?\d|[-+][A-Za-z])/;
/** What YAML takes for something else than text, beyond the plainest numbers. */
const OTHER =
  /^(?:null|true|false|0o[0-7]+|0x[\da-f]+|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|[-+]?\.(?:inf|nan))$/i;

/** @returns undefined when the text is more than plain, or no YAML at all */
export function parsePlainYaml(text: string): unknown {
  if (!PLAIN_TEXT.test(text)) return undefined;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  try {
    const reader = new Reader(lines);
    const value = reader.block(0);
    return reader.isAtEnd ? value : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class Reader {
  readonly #lines: string[];
  #at = 0;

  constructor(lines: string[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The mapping or list whose lines stand at this indent. */
  block(indent: number): unknown {
    return this.#lineAt(indent)?.startsWith('- ') ? this.#list(indent) : this.#mapping(indent);
  }

  #mapping(indent: number): Fields {
    const fields: Fields = {};
    for (let line = this.#lineAt(indent); line !== undefined; line = this.#lineAt(indent)) {
      const entry = entryOf(line);
      if (entry === undefined) throw new NotPlain();
      const { key, written } = entry;
      if (key === '__proto__' || OTHER.test(key) || Object.hasOwn(fields, key)) throw new NotPlain();
      this.#at += 1;
      fields[key] = written === '' ? this.block(this.#deeperThan(indent)) : scalarOf(written);
    }
    return fields;
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (let line = this.#lineAt(indent); line?.startsWith('- '); line = this.#lineAt(indent)) {
      const item = line.slice(2);
      if (entryOf(item) !== undefined) {
        // A mapping that begins behind the dash goes on below it.
        this.#lines[this.#at] = ' '.repeat(indent + 2) + item;
        items.push(this.#mapping(indent + 2));
      } else {
        this.#at += 1;
        items.push(scalarOf(item));
      }
    }
    return items;
  }

  /** The rest of the current line when it is indented so; undefined when it is less, and the block at its end. */
  #lineAt(indent: number): string | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined) return undefined;
    const own = indentOf(line);
    if (own > indent) throw new NotPlain();
    return own < indent ? undefined : line.slice(indent);
  }

  #deeperThan(indent: number): number {
    const own = indentOf(this.#lines[this.#at] ?? '');
    if (own <= indent) throw new NotPlain();
    return own;
  }
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ') indent += 1;
  return indent;
}

/**
 * The key of a line and what is written behind it, if anything.
 *
 * Here and in `scalarOf`, patterns see beginnings alone: a line of values has thousands of characters, which V8 takes a
 * millisecond to match.
 */
function entryOf(line: string): { readonly key: string; readonly written: string } | undefined {
  const colon = line.indexOf(':');
  const key = line.slice(0, Math.max(colon, 0));
  if (!KEY.test(key)) return undefined;
  if (colon === line.length - 1) return { key, written: '' };
  return line[colon + 1] === ' ' && colon + 2 < line.length
    ? { key, written: line.slice(colon + 2) }
    : undefined;
}

function scalarOf(text: string): unknown {
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === '[]') return [];
  if (text === '{}') return {};
  if (text.startsWith('"') && DOUBLE_QUOTED.test(text)) return JSON.parse(text);
  if (text.startsWith("'") && SINGLE_QUOTED.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  const isPlain =
    WORD.test(text) &&
    !text.endsWith(' ') &&
    !text.endsWith(':') &&
    !text.includes(': ') &&
    !text.includes(' #');
  if (!isPlain || OTHER.test(text)) throw new NotPlain();
  return text;
}
