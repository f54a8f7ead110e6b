import { stripVTControlCharacters } from 'node:util';
import type { GateReport } from '../../model/report.js';

/**
 * The report with every text made safe to print on one line: escape sequences, control characters, and characters that
 * reorder or hide text are gone, line breaks are spaces, and commands to CI runners are words.
 *
 * Texts come from gate files, backends and servers; each of them may try to paint a FAIL green, or to speak to a CI
 * runner. Doing it here once means that no format can forget it.
 */
export function cleaned(report: GateReport): GateReport {
  return cleanedValue(report) as GateReport;
}

/** Words of ASCII with one space between them. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** One text, safe to print on one line. */
export function oneLine(text: string): string {
  // Nearly every text; all that follows would leave it as it is, in ten times the time.
  if (PLAIN.test(text) && !text.includes('::') && !text.includes('##')) return text;
  // In a sentence a caret points at nothing.
  return printable(text.replace(/\n *\^(?=\n|$)/g, ''))
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** One line of a text, safe to print, with the columns it has: what is left out or replaced may shift them. */
export function printable(line: string): string {
  return withoutCommands(
    stripVTControlCharacters(line)
      .replace(/\p{White_Space}/gu, ' ')
      .replace(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '')
      .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd'),
  );
}

/**
 * Text that no CI runner takes for a command: GitHub reads `::name::` at the start of a line, wherever the line was
 * wrapped, and `##[name]` anywhere; Azure reads `##vso[` anywhere.
 */
function withoutCommands(text: string): string {
  return text.replace(/(^|[^\w:])::(?=\p{L})/gu, '$1: :').replace(/##(?=\[|vso\[)/gi, '# #');
}

/** Cuts the end off a text that is too long. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  // A cut between the halves of a surrogate pair would leave no character at all.
  return `${text.slice(0, most - 3).replace(/[\ud800-\udbff]$/, '')}...`;
}

/** Cuts out the middle of a text that is too long: a query's ends say more than its middle. */
export function clipMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 3) / 2);
  const start = text.slice(0, head).replace(/[\ud800-\udbff]$/, '');
  return `${start}...${text.slice(text.length - (most - 3 - head)).replace(/^[\udc00-\udfff]/, '')}`;
}

/** A word as a shell takes it, quoted where it must be: keys hold brackets, and text of others may hold worse. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function cleanedValue(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) {
    const clean = value.map(cleanedValue);
    // Steps of a thousand series would lie in memory twice.
    return clean.every((entry, i) => entry === value[i]) ? value : clean;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [oneLine(key), cleanedValue(entry)]));
}
