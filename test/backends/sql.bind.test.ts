/** How a statement takes its variables: as parameters, wherever they stand in code, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escaping, withParameters } from '../../src/backends/clickhouse/dialect.js';
import { pathRewriter } from '../../src/backends/duckdb/paths.js';
import { mysql } from '../../src/backends/mysql.js';
import { bindStatement, type Statement } from '../../src/backends/sql/bind.js';
import { type Dialect, POSTGRES_QUOTING } from '../../src/backends/sql/dialect.js';
import { piecesOf } from '../../src/backends/sql/lex.js';
import { instantText } from '../../src/backends/sql/timestamp.js';
import type { Variables } from '../../src/contracts/backend.js';
import { parseInstant } from '../../src/model/time.js';
import { open, requestOf, variablesOf, WINDOW } from './shared/world.js';

/** PostgreSQL's way to write things, with all that any dialect has. */
const numbered: Dialect = {
  product: 'Test',
  quoting: POSTGRES_QUOTING,
  isNumbered: true,
  place: (value, index) => ({
    sql: `$${index}`,
    parameter: value.kind === 'text' ? value.text : String(value.ms),
  }),
};
const marked: Dialect = {
  ...numbered,
  quoting: {
    hasBackslashes: true,
    hasEscapeTexts: false,
    hasDollarTexts: false,
    hasHashComments: true,
    hasNestedComments: false,
    needsBlankAfterDashes: true,
  },
  isNumbered: false,
  place: (value) => ({ sql: '?', parameter: value.kind === 'text' ? value.text : 'instant' }),
};

const VARIABLES: Variables = new Map([
  ...variablesOf({ a: 'A', b: "B's", path: '/p' }),
  ...variablesOf({ table: 'orders', clause: "x = 'it' AND" }, true),
]);

function bound(sql: string, dialect = numbered): Statement {
  const result = bindStatement(sql, VARIABLES, WINDOW, dialect);
  if (!result.ok) throw new Error(result.failures.map(({ message }) => message).join('\n'));
  return result.value;
}

function troubles(sql: string, dialect = numbered): readonly string[] {
  const result = bindStatement(sql, VARIABLES, WINDOW, dialect);
  return result.ok ? [] : result.failures.map(({ message, mend }) => `${message} · ${mend ?? ''}`);
}

test.each<readonly [sql: string, dialect: Dialect, sent: string, parameters: readonly string[]]>([
  ['SELECT {{a}}, {{ b }}, {{a}}', numbered, 'SELECT $1, $2, $1', ['A', "B's"]],
  ['SELECT {{a}}, {{b}}, {{a}}', marked, 'SELECT ?, ?, ?', ['A', "B's", 'A']],
  ['SELECT {{from}} < {{to}}', numbered, 'SELECT $1 < $2', [String(WINDOW.from), String(WINDOW.to)]],
  ["SELECT {{step}} * INTERVAL '{{step}} s', {{window}}", numbered, "SELECT 60 * INTERVAL '60 s', 300", []],
  ["SELECT 'it''s', {{a}} -- {{b}}\n", numbered, "SELECT 'it''s', $1 -- {{b}}\n", ['A']],
  ['SELECT /* {{a}} /* {{b}} */ */ {{a}}', numbered, 'SELECT /* {{a}} /* {{b}} */ */ $1', ['A']],
  ['SELECT 5--3 /* { */, {{a}} # {{b}}', marked, 'SELECT 5--3 /* { */, ? # {{b}}', ['A']],
  ["SELECT E'it\\'s', $x$ ' $x$, {{a}}", numbered, "SELECT E'it\\'s', $x$ ' $x$, $1", ['A']],
  ["SELECT 'it\\'s', `a``'`, {{a}}", marked, "SELECT 'it\\'s', `a``'`, ?", ['A']],
  [
    'SELECT 1 FROM {{table}} WHERE {{clause}} {{a}} = 1;',
    numbered,
    "SELECT 1 FROM orders WHERE x = 'it' AND $1 = 1",
    ['A'],
  ],
  ['SELECT 1 ; -- done ; here\n;', numbered, 'SELECT 1 ', []],
  ["( SELECT ';' )", numbered, "( SELECT ';' )", []],
])('%s', (sql, dialect, sent, parameters) => {
  expect(bound(sql, dialect)).toMatchObject({ sql: sent, parameters });
});

test.each<readonly [sql: string, trouble: string]>([
  [
    "SELECT '{{a}}'",
    '"{{a}}" stands inside a quoted text, where no parameter can · write {{a}} without quotes: it goes in as a parameter, whatever it holds',
  ],
  [
    "SELECT '{{from}}'",
    '"{{from}}" stands inside a quoted text, where no parameter can · write {{from}} without quotes: it goes in as a parameter, whatever it holds',
  ],
  [
    'SELECT $$ {{a}} $$',
    '"{{a}}" stands inside a quoted text, where no parameter can · write {{a}} without quotes: it goes in as a parameter, whatever it holds',
  ],
  [
    'SELECT "{{a}}"',
    '"{{a}}" stands inside a quoted name, where no parameter can · write the name out, or say "raw: true" on the variable "a"',
  ],
  [
    'SELECT {{elsewhere}}',
    '"{{elsewhere}}" names no variable · define it under "vars:" or "arms:"; known here: a, b, path, table, clause, step, window, from, to',
  ],
  [
    'SELECT 1; SELECT 2',
    'more than one statement: something follows the ";" · write one SELECT; several belong into several signals, or into WITH',
  ],
  [
    "SELECT 1; 'x'",
    'more than one statement: something follows the ";" · write one SELECT; several belong into several signals, or into WITH',
  ],
  [' ; ', 'there is no statement · write a SELECT'],
  ['-- nothing', 'there is no statement · write a SELECT'],
  [
    'DROP TABLE orders',
    'a gate only reads, and this statement begins with "DROP" · write one SELECT, or WITH … SELECT',
  ],
  [
    '/* SELECT */ COMMIT',
    'a gate only reads, and this statement begins with "COMMIT" · write one SELECT, or WITH … SELECT',
  ],
])('%s is refused', (sql, trouble) => {
  expect(troubles(sql)).toEqual([trouble]);
});

test.each<readonly [sql: string, trouble: string | undefined]>([
  ["SELECT a INTO OUTFILE '/tmp/a' FROM t", 'a gate only reads, and INTO writes'],
  ['SELECT 1\ninto @a', 'a gate only reads, and INTO writes'],
  ["SELECT 1 /*! INTO OUTFILE '/tmp/a' */", 'the server runs what stands in "/*! ... */"'],
  ['SELECT 1 /*M!100100 ; DROP TABLE t */', 'the server runs what stands in "/*! ... */"'],
  ["SELECT 'INTO', `into`, @into, a.into_b FROM t /* INTO */ -- INTO", undefined],
])('mysql: %s', (sql, trouble) => {
  const result = open(mysql, { database: 'shop', user: 'gate' }).prepare(requestOf(sql));
  expect(result.ok ? undefined : result.failures[0]?.message).toBe(trouble);
});

test('every trouble is told at once', () => {
  expect(troubles('SELECT \'{{a}}\', {{c}}, "{{b}}"')).toHaveLength(3);
});

test('an offset in what is sent leads to the place as it was written', () => {
  const { sql, written, writtenOffset } = bound('SELECT {{from}},\n {{a}} FROM nowhere');
  for (const word of ['SELECT', ',\n', 'FROM', 'nowhere'])
    expect(written.slice(writtenOffset(sql.indexOf(word)))).toMatch(new RegExp(`^${word}`));
  expect(written.slice(writtenOffset(sql.indexOf('$2')))).toMatch(/^\{\{a\}\}/);
  expect(writtenOffset(sql.length + 9)).toBe(written.length);
});

/** Texts of the characters that matter to a lexer. */
const sqlish = fc
  .array(
    fc.constantFrom(
      "'",
      "''",
      '"',
      '`',
      '$$',
      '$x$',
      '\\',
      '--',
      '#',
      '/*',
      '*/',
      '\n',
      ';',
      'a',
      ' ',
      '{{a}}',
      "E'",
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('pieces are the whole statement again, whatever it holds', () => {
  fc.assert(
    fc.property(sqlish, fc.constantFrom(numbered, marked), (sql, { quoting }) => {
      const pieces = piecesOf(sql, quoting);
      expect(pieces.map(({ text }) => text).join('')).toBe(sql);
      for (const { text, start } of pieces) expect(sql.slice(start, start + text.length)).toBe(text);
    }),
  );
});

test('the value of a variable never becomes a part of the statement', () => {
  const template = 'SELECT {{a}} FROM t WHERE x = {{a}} AND y = {{b}}';
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.constantFrom(numbered, marked, withParameters),
      (a, b, dialect) => {
        const one = bindStatement(template, variablesOf({ a, b }), WINDOW, dialect);
        const other = bindStatement(template, variablesOf({ a: 'x', b: 'y' }), WINDOW, dialect);
        expect(one.ok && one.value.sql).toBe(other.ok && other.value.sql);
        expect(one.ok && new Set(one.value.parameters)).toEqual(new Set([a, b]));
      },
    ),
  );
});

test('an escaped literal of ClickHouse is one literal, whatever it holds', () => {
  const nasty = fc.array(fc.constantFrom("'", '\\', '"', ';', '--', '\n', 'a', '{{b}}', '\0'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(nasty, (parts) => {
      const result = bindStatement('SELECT {{a}}', variablesOf({ a: parts.join('') }), WINDOW, escaping);
      const sql = result.ok ? result.value.sql : '';
      expect(piecesOf(sql, escaping.quoting).map(({ kind }) => kind)).toEqual(['code', 'text']);
      const literal = sql.slice('SELECT '.length);
      expect(literal.slice(1, -1).replaceAll(/\\([\\'])/g, '$1')).toBe(parts.join(''));
    }),
  );
});

describe('file names in statements of DuckDB', () => {
  const rewrite = (sql: string) => bound(sql, { ...numbered, rewriteText: pathRewriter("/gates/it's") }).sql;
  test.each([
    ["SELECT * FROM 'orders.csv'", "SELECT * FROM '/gates/it''s/orders.csv'"],
    [
      "SELECT * FROM a JOIN 'logs/b.parquet' USING (x)",
      "SELECT * FROM a JOIN '/gates/it''s/logs/b.parquet' USING (x)",
    ],
    ["FROM read_csv('o*.txt', sep = '.csv')", "FROM read_csv('/gates/it''s/o*.txt', sep = '.csv')"],
    ["FROM read_json( ['a', 'b'] )", "FROM read_json( ['/gates/it''s/a', '/gates/it''s/b'] )"],
    ["SELECT * FROM '/data/orders.csv'", "SELECT * FROM '/data/orders.csv'"],
    ["SELECT * FROM 's3://bucket/orders.csv'", "SELECT * FROM 's3://bucket/orders.csv'"],
    ["SELECT trim('x' FROM 'a.b'), 'orders.csv'", "SELECT trim('x' FROM 'a.b'), 'orders.csv'"],
  ])('%s', (sql, sent) => {
    expect(rewrite(sql)).toBe(sent);
  });
});

test.each([
  ['2026-11-20 14:00:00+00', '2026-11-20T14:00:00Z'],
  ['2026-11-20 14:00:00.123456+05:30', '2026-11-20T08:30:00.123Z'],
  ['2026-11-20 14:00:00-0330', '2026-11-20T17:30:00Z'],
  ['2026-11-20 14:00:00', '2026-11-20T14:00:00Z'],
  ['2026-11-20T14:00:00Z', '2026-11-20T14:00:00Z'],
  ['2026-11-20 14:00:00 UTC', '2026-11-20T14:00:00Z'],
  ['2026-11-20 14:00', '2026-11-20T14:00:00Z'],
  ['2026-11-20', '2026-11-20T00:00:00Z'],
])('the time %s', (text, instant) => {
  expect(parseInstant(instantText(text))).toBe(Date.parse(instant));
});

test.each(['20/11/2026', 'yesterday', '14:00', '1795183200', ''])('%j stays what it is', (text) => {
  expect(instantText(text)).toBe(text);
});
