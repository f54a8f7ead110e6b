import { stripVTControlCharacters } from 'node:util';
import { clustersOf, widthOfClusters } from './clusters.js';

/** Text laid out in terminal columns; wide characters take two, combining ones none. */

/**
 * Plain text, and · – … → ≤ ≥ │ ▁…█ ▲ ⊘ ✓ ✗: nearly every text is nothing else, and taking one apart costs a hundred times
 * as much. In escapes, as all that is built is ASCII (tools/build.mjs).
 */
const OWN_DRAWING =
  /^[ -~\u00a0\u00b7\u2013\u2026\u2192\u2264\u2265\u2502\u2581-\u2588\u25b2\u2298\u2713\u2717]*$/;

export function widthOf(text: string): number {
  const plain = text.includes('\u001b') ? stripVTControlCharacters(text) : text;
  return OWN_DRAWING.test(plain) ? plain.length : widthOfClusters(plain);
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Puts parts side by side, and on further lines where they do not fit. */
export function flow(parts: readonly string[], width: number, gap = '   '): readonly string[] {
  return joined(
    parts.flatMap((part) => (widthOf(part) <= width ? [part] : wrap(part, width))),
    width,
    gap,
  );
}

function joined(parts: readonly string[], width: number, gap: string): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const both = last === undefined ? part : `${last}${gap}${part}`;
    if (last === undefined || widthOf(both) > width) lines.push(part);
    else lines[lines.length - 1] = both;
  }
  return lines;
}

/**
 * Breaks text at spaces.
 *
 * A long ASCII word stays whole: addresses, paths and commands are there to be copied. Other scripts write without
 * spaces and are broken between characters.
 */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(width, 2);
  const words = tied(text).split(' ');
  return joined(
    words.flatMap((word) => (isUnbreakable(word) ? [word] : piecesOf(word, room))),
    room,
    ' ',
  ).map((line) => line.replaceAll(TIE, ' '));
}

/** A space that no line is broken at; the reports hold none, since they are cleaned. */
const TIE = '\u00a0';

/** Ties a number to its unit, and an operator to its number. */
function tied(text: string): string {
  return text
    .replace(/(?<=\d) (?=(?:%|pp|ms|s|min|h|d|[KMG]?B)(?![\w/]))/g, TIE)
    .replace(/(?<=(?:^|\s)(?:[<>]=?|[!=]=)) (?=\S)/g, TIE)
    .replace(/(?<=\bn) (?=\d)/g, TIE);
}

/** Cuts the middle out of a text that is wider than `width`. */
export function shorten(text: string, width: number, ellipsis: string): string {
  if (widthOf(text) <= width) return text;
  const room = Math.max(0, width - widthOf(ellipsis));
  const isPlain = /^[ -~]*$/.test(text);
  if (isPlain)
    return text.slice(0, Math.ceil(room / 2)) + ellipsis + text.slice(text.length - Math.floor(room / 2));
  const characters = clustersOf(text);
  const head = take(characters, Math.ceil(room / 2));
  const end = take(characters.toReversed(), Math.floor(room / 2));
  return `${head.join('')}${ellipsis}${end.toReversed().join('')}`;
}

function isUnbreakable(word: string): boolean {
  return /^[\x21-\x7e\u2026\u00a0]*$/.test(word);
}

function piecesOf(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const cluster of clustersOf(word)) {
    if (piece !== '' && widthOf(piece) + widthOf(cluster) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += cluster;
  }
  return [...pieces, piece];
}

function take(characters: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = characters.findIndex((character) => {
    used += widthOf(character);
    return used > width;
  });
  return end < 0 ? characters : characters.slice(0, end);
}
