/** The quick reader of recorded answers says what the real one says, or nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parsePlainYaml } from '../../src/recording/plain-yaml.js';

const real = (text: string): unknown => parse(text, { maxAliasCount: 0, version: '1.2' });

function agrees(text: string): void {
  const plain = parsePlainYaml(text);
  if (plain !== undefined) expect(plain).toEqual(real(text));
}

const RECORDED = {
  schemaVersion: 1,
  match: {
    backend: 'metrics',
    use: 'counts',
    query: 'sum(rate(x{a="b"}[1m]))',
    from: '-31m',
    to: '-1m',
    step: '1m',
  },
  response: {
    durationMs: 12.5,
    additive: true,
    warnings: ['a word', "it's: quoted"],
    series: [
      { labels: { le: '+Inf', code: '500', path: '/p' }, values: '1 2 _ -3.5 1e+21 NaN', newest: '-1m' },
      { labels: {}, values: '17' },
    ],
  },
};

test('what a recorder writes is read without the real parser', () => {
  expect(parsePlainYaml(stringify(RECORDED, { lineWidth: 0 }))).toEqual(RECORDED);
});

test('every stored set is read as the real parser reads it', () => {
  const root = join(import.meta.dirname, '../../fixtures');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.yaml'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) agrees(readFileSync(join(root, name), 'utf8'));
});

describe('agrees with the real parser', () => {
  test.each([
    'a: ~',
    'a: null',
    'a: Null',
    'a: True',
    'a: 010',
    'a: 0x1F',
    'a: 0o17',
    'a: 1e3',
    'a: .5',
    'a: -.5',
    'a: +1',
    'a: 1.',
    'a: -0',
    'a: .inf',
    'a: -.Inf',
    'a: .nan',
    'a: 12:30',
    'a: 2026-11-21',
    'a: no',
    'a: b: c',
    'a: b #c',
    'a: b#c',
    'a: #c',
    'a: b:',
    'a: -',
    'a: - b',
    'a: --- b',
    'a: *b',
    'a: &b c',
    'a: !!str 1',
    'a: |\n  b',
    'a: >-\n  b',
    'a: b\n  c',
    'a:\n  b',
    'a:\nb: 1',
    'a:',
    '- a\n- b',
    'a:\n- b',
    'a:\n  - b\n  - c: 1\n    d: 2\n  - e',
    'a: 1\na: 2',
    '__proto__: 1',
    'a: "x\\ny"',
    'a: "x\\"y"',
    "a: 'it''s'",
    "a: 'x' y",
    'a: "x" y',
    'a: [1, 2]',
    'a: {b: 1}',
    'a: []',
    'a: {}',
    'a:  b',
    'a: b ',
    ' a: b',
    'a: b\n b: c',
    '---\na: 1',
    'a: 1\n...',
    '# a',
    'a: 1\n\nb: 2',
    'a: 12345678901234567890',
    'a: 1.50',
    'a: 00',
    'a: -1',
    'a: -a',
    'a: /',
    'a: (b',
    'a: b, c',
    'a: b]',
    'a: %b',
    'a: @b',
    'a: <<',
    '<<: 1',
    'null: 1',
    'true: 1',
    'a.b/c-d: 1',
    '-  a: 1',
    '- - a',
    'a: ? b',
    '? a',
    'a : 1',
    'a:b',
    'a: é',
    'a: \tb',
    'a: 1\r\nb: 2',
  ])('%j', (text) => {
    let said: unknown;
    try {
      said = real(text);
    } catch {
      expect(parsePlainYaml(text)).toBeUndefined();
      return;
    }
    const plain = parsePlainYaml(text);
    if (plain !== undefined) expect(plain).toEqual(said);
  });

  test('on any value that is written out', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-+.0-9eExoa: #'"_]{0,8}$/),
      fc.constantFrom('null', '~', 'TRUE', '0x1', '.inf', '- a', 'a: b'),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.double(),
        fc.integer(),
        fc.boolean(),
        tie('list'),
        tie('mapping'),
      ),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      mapping: fc.dictionary(fc.oneof(fc.constantFrom('a', 'values', 'b/c.yaml'), text), tie('tree'), {
        maxKeys: 4,
      }),
    }));
    fc.assert(
      fc.property(tree, (value) => agrees(stringify(value, { lineWidth: 0 }))),
      { numRuns: 2000 },
    );
  });

  test('on any lines that look like it', () => {
    const piece = fc.constantFrom(
      'a',
      'b:',
      ': ',
      ' ',
      '  ',
      '- ',
      '-',
      '#',
      '"',
      "'",
      '1',
      '0',
      '.',
      'e',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '\n  ',
      '\n- ',
      '|',
      '&',
      '*',
      '!',
      '?',
      'null',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const text = pieces.join('');
        const plain = parsePlainYaml(text);
        if (plain !== undefined) expect(plain).toEqual(real(text));
      }),
      { numRuns: 20_000 },
    );
  });
});
