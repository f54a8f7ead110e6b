// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are written so
/** YAML read with the place of everything in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Path, parseYaml, type YamlFile } from '../../src/gatefile/yaml.js';
import type { Span } from '../../src/model/span.js';

function read(text: string): YamlFile {
  const result = parseYaml({ file: 'a.gate.yaml', folder: '/repo', text });
  if (!result.ok) throw new Error(result.failures[0]?.message);
  return result.value;
}

function trouble(text: string): readonly string[] {
  const result = parseYaml({ file: 'a.gate.yaml', folder: '/repo', text });
  return result.ok
    ? []
    : result.failures.map(({ code, message, span }) => `${span?.line}:${span?.col} ${code} ${message}`);
}

/** The text under a span. */
function under(text: string, { line, col, endLine, endCol }: Span): string {
  const lines = text.split('\n');
  if (line === endLine) return (lines[line - 1] ?? '').slice(col - 1, endCol - 1);
  return [
    (lines[line - 1] ?? '').slice(col - 1),
    ...lines.slice(line, endLine - 1),
    (lines[endLine - 1] ?? '').slice(0, endCol - 1),
  ].join('\n');
}

describe('a place', () => {
  const text = [
    'gate: shop',
    'vars: { route: /checkout, "quoted key": "a: b" }',
    'criteria:',
    '  slo:',
    '    pass: ">= 97%"',
    '    list: [1, two]',
    '  empty:',
    'base: &base { for: 30m }',
    'window: *base',
    '',
  ].join('\n');
  const yaml = read(text);
  test.each<[Path, string]>([
    [['gate'], 'shop'],
    [['vars', 'route'], '/checkout'],
    [['vars', 'quoted key'], '"a: b"'],
    [['criteria', 'slo', 'pass'], '">= 97%"'],
    [['criteria', 'slo', 'list', 1], 'two'],
    [['criteria', 'slo', 'list'], '[1, two]'],
    [['criteria', 'slo'], 'slo'],
    [['criteria'], 'criteria'],
    [['criteria', 'empty'], 'empty'],
    [['window', 'for'], '30m'],
    [['criteria', 'slo', 'warn'], 'slo'],
    [['criteria', 'slo', 'list', 9], '[1, two]'],
    [['vars', 'rout'], '{ route: /checkout, "quoted key": "a: b" }'],
    [['nowhere'], 'gate'],
    [[], 'gate'],
  ])('of the value at %j is under %s', (path, words) => {
    expect(under(text, yaml.spanOf(path))).toBe(words);
  });

  test.each<[Path, string]>([
    [['gate'], 'gate'],
    [['vars', 'quoted key'], '"quoted key"'],
    [['criteria', 'slo'], 'slo'],
    [['criteria', 'slo', 'pass'], 'pass'],
    [['criteria', 'empty'], 'empty'],
    [['criteria', 'slo', 'warn'], 'slo'],
  ])('of the key at %j is under %s', (path, words) => {
    expect(under(text, yaml.keySpanOf(path))).toBe(words);
  });

  test.each<[Path, string, string]>([
    [['vars', 'route'], 'check', 'check'],
    [['criteria', 'slo', 'pass'], '97%', '97%'],
    [['criteria', 'slo', 'pass'], '96%', '">= 97%"'],
    [['criteria', 'slo', 'pass'], '>= 97%', '">= 97%"'],
    [['criteria', 'slo', 'pass'], '', '">= 97%"'],
    [['criteria', 'slo', 'warn'], 'slo', 'slo'],
  ])('of words inside the value at %j: %s is under %s', (path, words, found) => {
    expect(under(text, yaml.spanOfText(path, words))).toBe(found);
  });
});

describe('laws', () => {
  const key = fc.oneof(
    fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
    // Alone in a text, three dashes are no key but the start of a document.
    fc.stringMatching(/^[a-z :#"'é日-]{1,6}$/).filter((text) => !text.startsWith('---')),
  );
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.stringMatching(/^[ -~é日]{0,20}$/).filter((text) => !/^(?:---|\.\.\.)/.test(text)),
    fc.constantFrom('>= 97%', '{{name}}', '${HOME}', 'yes', '5m', '1e3', '- x', '# no comment'),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      fc.array(tie('tree'), { maxLength: 4 }),
    ),
  }));
  const document = fc.dictionary(key, tree, { minKeys: 1, maxKeys: 5 });
  const style = fc.record({
    indent: fc.constantFrom(2, 4),
    lineWidth: fc.constant(0),
    collectionStyle: fc.constantFrom('any', 'flow', 'block' as const),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE' as const),
    defaultKeyType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE' as const),
  });

  test('the place of a value, read by itself, gives the value; that of a key gives the key', () => {
    fc.assert(
      fc.property(document, style, fc.constantFrom('', '# a comment\n\n', '---\n'), (value, how, head) => {
        const text = head + stringify(value, how);
        const yaml = read(text);
        expect(yaml.value).toEqual(value);
        for (const { path, leaf } of leavesOf(value, [])) {
          const span = yaml.spanOf(path);
          expect(parse(under(text, span))).toEqual(leaf);
          const last = path.at(-1);
          if (typeof last === 'string') expect(String(parse(under(text, yaml.keySpanOf(path))))).toBe(last);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a place is inside the file, wherever one asks', () => {
    fc.assert(
      fc.property(
        document,
        style,
        fc.array(fc.oneof(key, fc.nat(3)), { maxLength: 4 }),
        (value, how, path) => {
          const text = stringify(value, how);
          const yaml = read(text);
          for (const span of [yaml.spanOf(path), yaml.keySpanOf(path), yaml.spanOfText(path, 'x')]) {
            expect(span.line).toBeGreaterThan(0);
            expect(span.col).toBeGreaterThan(0);
            expect(span.endLine).toBeLessThanOrEqual(text.split('\n').length);
            expect(under(text, span)).not.toBe('');
          }
        },
      ),
    );
  });

  test('no text breaks the reader', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-c:{}[\],&*!|>'"#%@\n -]{0,30}$/)),
        (text) => {
          const result = parseYaml({ file: 'a', folder: '/', text });
          if (!result.ok) expect(result.failures.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Paths of all scalars; empty collections are left out, they have no text of their own in block style. */
function leavesOf(value: unknown, path: Path): readonly { path: Path; leaf: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leavesOf(item, [...path, i]));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
  return [{ path, leaf: value }];
}

describe('what a gate file may not hold', () => {
  test.each([
    { name: 'a key twice', text: 'a: 1\nb: 2\na: 3\n', is: ['3:1 gatefile.duplicate-key'] },
    { name: 'a key twice in a flow', text: 'x: { a: 1, a: 2 }\n', is: ['1:12 gatefile.duplicate-key'] },
    {
      name: 'several keys twice, all told',
      text: 'a: 1\na: 2\nb: 1\nb: 2\n',
      is: ['2:1 gatefile.duplicate-key', '4:1 gatefile.duplicate-key'],
    },
    { name: 'two documents', text: 'a: 1\n---\nb: 2\n', is: ['2:1 gatefile.many-documents'] },
    { name: 'nothing', text: '', is: ['1:1 gatefile.empty'] },
    { name: 'comments alone', text: '# soon\n', is: ['1:1 gatefile.empty'] },
    { name: 'an open quote', text: 'a: "b\n', is: ['gatefile.syntax'] },
    { name: 'an open bracket', text: 'a: [1, 2\n', is: ['gatefile.syntax'] },
    { name: 'a merge key', text: 'a: &a { b: 1 }\nc:\n  <<: *a\n', is: ['3:3 gatefile.unknown-key'] },
    { name: 'a key that reaches a prototype', text: '__proto__: { x: 1 }\n', is: ['1:1 gatefile.invalid'] },
    { name: 'the same deeper', text: 'vars: { constructor: 1 }\n', is: ['1:9 gatefile.invalid'] },
    { name: 'a tag of its own', text: 'a: !secret x\n', is: ['1:4 gatefile.syntax'] },
    { name: 'an alias of nothing', text: 'a: *nowhere\n', is: ['1:4 gatefile.syntax'] },
    { name: 'a control character', text: 'a: \u0007\n', is: ['1:4 gatefile.encoding'] },
    { name: 'carriage returns alone', text: 'a: 1\rb: 2\r', is: ['1:5 gatefile.encoding'] },
  ])('$name', ({ text, is }) => {
    const found = trouble(text);
    expect(found.length).toBeGreaterThanOrEqual(is.length);
    is.forEach((each, i) => {
      expect(found[i]).toContain(each);
    });
  });

  test('a tab as indent, told as such', () => {
    expect(trouble('a:\n\tb: 1\n')[0]).toContain('tab');
  });

  test('nesting without end', () => {
    expect(trouble(`a: ${'['.repeat(60)}${']'.repeat(60)}\n`)[0]).toContain('nested deeper');
    expect(trouble(`${'['.repeat(20_000)}`).length).toBeGreaterThan(0);
  });

  test('aliases that expand to billions', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i += 1)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    expect(trouble(lines.join('\n'))[0]).toContain('gatefile.syntax');
  });

  test('but windows line ends and a byte order mark are fine', () => {
    expect(read('a: 1\r\nb: two\r\n').value).toEqual({ a: 1, b: 'two' });
    expect(read('\uFEFFa: 1\n').value).toEqual({ a: 1 });
  });

  test('YAML 1.2 keeps what 1.1 took for booleans and octals', () => {
    expect(read('a: yes\nb: on\nc: 012\nd: no\n').value).toEqual({ a: 'yes', b: 'on', c: 12, d: 'no' });
  });
});
