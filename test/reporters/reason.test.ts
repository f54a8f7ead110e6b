/** A rejected query in the terminal: its lines, the caret below its place, and nothing that a server could paint with. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../src/reporters/pretty/measure.js';
import { reasonLines } from '../../src/reporters/pretty/reason.js';

const QUERY = 'sum(rate(requests_total[5m])) / sum(rate(requests_totl[5m]))';
const under = (line: string, at: number): string => `rejected\n${line}\n${' '.repeat(at)}^\nunknown name`;

describe('the lines of a rejected query', () => {
  test.each<[name: string, text: string, room: number, isAscii: boolean, lines: readonly string[]]>([
    ['as they are', under('sum(x)', 4), 40, false, ['rejected', 'sum(x)', '    ^', 'unknown name']],
    [
      'the caret behind the end',
      under('sum(x', 5),
      40,
      false,
      ['rejected', 'sum(x', '     ^', 'unknown name'],
    ],
    [
      'cut at the end',
      under(QUERY, 4),
      20,
      false,
      ['rejected', 'sum(rate(requests_t…', '    ^', 'unknown name'],
    ],
    [
      'cut at the beginning',
      under(QUERY, 59),
      20,
      false,
      ['rejected', '…requests_totl[5m]))', '                   ^', 'unknown name'],
    ],
    [
      'cut on both sides, in ASCII',
      under(QUERY, 30),
      20,
      true,
      ['rejected', '...l[5m])) / sum(...', '           ^', 'unknown name'],
    ],
    [
      'cut before, in ASCII',
      under('…rate(x)', 6),
      40,
      true,
      ['rejected', '...rate(x)', '        ^', 'unknown name'],
    ],
    ['wide characters', under('日本(x)', 2), 40, false, ['rejected', '日本(x)', '    ^', 'unknown name']],
    [
      'what a terminal would obey',
      under('a\u001b[32m\u0007b', 7),
      40,
      false,
      ['rejected', 'ab', ' ^', 'unknown name'],
    ],
    [
      'no caret',
      'two series\n  {pod="a"}\n  {pod="b"}',
      40,
      false,
      ['two series', '  {pod="a"}', '  {pod="b"}'],
    ],
    ['a command to a CI runner', 'rejected\n::error::x', 40, false, ['rejected', ': :error::x']],
  ])('%s', (_name, text, room, isAscii, lines) => {
    expect(reasonLines(text, room, isAscii)).toEqual(lines);
  });

  test('of many only the first and the last', () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    const numbers = [0, 1, 2, 3, 4, 5, null, 25, 26, 27, 28, 29];
    expect(reasonLines(text, 40, true)).toEqual(
      numbers.map((each) => (each === null ? '...' : `line ${each}`)),
    );
  });
});

test('the caret stays under its character and within the room, however the line is cut', () => {
  const line = fc.string({ unit: fc.constantFrom(...'abc(){}[]'), minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(
      line,
      fc.nat(119),
      fc.integer({ min: 8, max: 130 }),
      fc.boolean(),
      (text, place, room, isAscii) => {
        const at = Math.min(place, text.length - 1);
        const [, shown = '', caret = ''] = reasonLines(under(text, at), room, isAscii);
        expect(shown[caret.indexOf('^')]).toBe(text[at]);
        expect(widthOf(shown)).toBeLessThanOrEqual(room);
        expect(caret.length).toBeLessThanOrEqual(room);
      },
    ),
  );
});

test('whatever a server says, no line holds a control character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.nat(80),
      fc.integer({ min: 8, max: 60 }),
      (text, at, room) => {
        for (const each of reasonLines(under(text, at), room, false)) expect(each).not.toMatch(/\p{Cc}/u);
      },
    ),
  );
});
