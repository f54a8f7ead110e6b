import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonPath, pick } from '../../../src/backends/shared/json-path.js';

function at(value: unknown, text: string): unknown {
  const parsed = parseJsonPath(text);
  if (!parsed.ok) throw new Error(parsed.failures[0]?.message);
  return pick(value, parsed.value);
}

function trouble(text: string): string {
  const parsed = parseJsonPath(text);
  return parsed.ok ? 'none' : parsed.failures.map(({ message, mend }) => `${message} | ${mend}`).join('\n');
}

const DOCUMENT = {
  data: { p95: 0.4, 'a.b': 1, 'it"s': 2, ünï: 3, 'x-y_z': 4, $ref: 5 },
  rows: [{ value: 1 }, { value: 2 }, { value: 3 }],
  '0': 'zero',
  '': 'nameless',
};

describe('where a path leads', () => {
  test.each([
    ['data.p95', 0.4],
    ['data["a.b"]', 1],
    ["data['a.b']", 1],
    ['["data"]["p95"]', 0.4],
    ['data["it\\"s"]', 2],
    ["data['it\"s']", 2],
    ['data.ünï', 3],
    ['data.x-y_z', 4],
    ['data.$ref', 5],
    ['rows[0].value', 1],
    ['rows[-1].value', 3],
    ['rows[-3].value', 1],
    ['["0"]', 'zero'],
    ['[""]', 'nameless'],
  ])('%s', (path, found) => {
    expect(at(DOCUMENT, path)).toEqual(found);
  });

  test.each([
    'rows[3]',
    'rows[-4]',
    'data[0]',
    'rows.value',
    'rows.length',
    'data.p95.toFixed',
    'nothing.at.all',
  ])('%s leads nowhere', (path) => {
    expect(at(DOCUMENT, path)).toBeUndefined();
  });

  test.each(['__proto__', 'constructor', 'data.toString', 'data.__proto__.polluted', 'rows.constructor'])(
    '%s never reaches a prototype',
    (path) => {
      expect(at(DOCUMENT, path)).toBeUndefined();
    },
  );

  test('a key that the JSON text itself calls __proto__ is found', () => {
    expect(at(JSON.parse('{"__proto__": {"a": 1}}'), '__proto__.a')).toBe(1);
  });
});

describe('a path that is none says why', () => {
  test.each([
    ['', 'a JSON path must not be empty'],
    ['.a', '".a" is no JSON path: ".a" is not understood'],
    ['a.', '"a." is no JSON path: "." is not understood'],
    ['a..b', '"a..b" is no JSON path: "..b" is not understood'],
    ['a[', '"a[" is no JSON path: "[" is not understood'],
    ['a[1.5]', '"a[1.5]" is no JSON path: "[1.5]" is not understood'],
    ['a[*].b', '"a[*].b" is no JSON path: "[*].b" is not understood'],
    ['a[0:2]', '"a[0:2]" is no JSON path: "[0:2]" is not understood'],
    ['a["b', '"a["b" is no JSON path: "["b" is not understood'],
    ['a[0]b', '"a[0]b" is no JSON path: "b" is not understood'],
    ['a b', '"a b" is no JSON path: " b" is not understood'],
    ['a["\\x"]', '"a["\\x"]" is no JSON path: "["\\x"]" is not understood'],
    ['rows.0.value', '"0" in the JSON path "rows.0.value" is neither a name nor an index'],
  ])('%s', (path, message) => {
    expect(trouble(path)).toContain(`${message} | write `);
  });
});

test('any key and any index can be written, and leads to its value', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.nat(3)), { minLength: 1, maxLength: 5 }), (steps) => {
      const leaf = {};
      const value = steps.reduceRight<unknown>(
        (inner, step) =>
          typeof step === 'number'
            ? Array.from({ length: step + 1 }, () => inner)
            : Object.fromEntries([[step, inner]]),
        leaf,
      );
      const text = steps.map((step) => `[${JSON.stringify(step)}]`).join('');
      expect(at(value, text)).toBe(leaf);
    }),
  );
});
