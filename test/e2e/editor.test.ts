/** What an editor shows of the files, by the YAML language server that editors start and the published schemas. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Diagnostic,
  type LanguageServer,
  type Position,
  startLanguageServer,
} from '../support/language-server.js';

interface CatalogueEntry {
  readonly name: string;
  readonly description: string;
  readonly fileMatch: readonly string[];
  readonly url: string;
}

const root = join(import.meta.dirname, '../..');
const catalogue: readonly CatalogueEntry[] = JSON.parse(
  readFileSync(join(root, 'schema/schemastore.json'), 'utf8'),
);

const URL_OF_STORE = /^https:\/\/www\.schemastore\.org\/gatekeeper-([a-z]+)\.json$/;
const schemaOf = ({ url }: CatalogueEntry): string =>
  join(root, `schema/${URL_OF_STORE.exec(url)?.[1]}.schema.json`);

const GATE = `# yaml-language-server: $schema=../schema/gate.schema.json
gate: shop
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9090" } }
window: { for: 30m }
signals:
  errors:
    ratio: { bad: errors_total, total: requests_total }
criteria:
  errors:
    pass: "<= 1%"
    evidence: point
`;

let server: LanguageServer;
beforeAll(async () => {
  server = await startLanguageServer(
    Object.fromEntries(catalogue.map((entry) => [schemaOf(entry), entry.fileMatch])),
  );
});
afterAll(() => server.stop());

let opened = 0;

/** Opens the gate under a new name, with a text in the place of another; `|>` in it is the cursor. */
async function editing(from: string, to: string) {
  expect(GATE).toContain(from);
  const text = GATE.replace(from, to);
  const before = text.split('|>')[0]?.split('\n') ?? [];
  const position: Position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  opened += 1;
  const file = join(root, `gates/edited-${opened}.gate.yaml`);
  return { file, position, diagnostics: await server.open(file, text.replace('|>', '')) };
}

/** `line:column message`, counted from 1 as the tool counts. */
function shown({ range, message }: Diagnostic): string {
  return `${range.start.line + 1}:${range.start.character + 1} ${message}`;
}

describe('completion', () => {
  test.each([
    ['keys of a gate that are not there yet', 'criteria:', '|>\ncriteria:', ['arms', 'owners', 'vars']],
    ['keys of a criterion', '    evidence: point\n', '    |>\n', ['warn', 'take', 'min-samples', 'ratio']],
    [
      'keys of a ratio',
      '    ratio: { bad: errors_total, total: requests_total }',
      '    ratio:\n      bad: errors_total\n      |>',
      ['total', 'seen-within'],
    ],
    ['values of a key', 'evidence: point', 'evidence: |>', ['point', 'sequential', 'mann-whitney']],
    ['types of a backend', 'type: prometheus', 'type: |>', ['prometheus', 'duckdb', 'http']],
  ])('offers %s', async (_, from, to, labels) => {
    const { file, position } = await editing(from, to);
    expect(await server.complete(file, position)).toEqual(expect.arrayContaining(labels));
  });

  test('does not offer a key of elsewhere, or one that is there', async () => {
    const { file, position } = await editing('    evidence: point\n', '    |>\n');
    const labels = await server.complete(file, position);
    expect(labels.filter((label) => ['pass', 'criteria', 'gate', 'type'].includes(label))).toEqual([]);
  });
});

test.each([
  ['a key of the gate', 'window:', 'win|>dow:', String.raw`The window (from, to\] and how it is cut.`],
  ['a key of a criterion', 'pass:', 'pa|>ss:', 'Holds on a healthy release.'],
  ['a kind of signal', 'ratio:', 'ra|>tio:', 'Two counts; the tool divides good or bad by total.'],
  ['a key of a backend', 'url:', 'u|>rl:', 'Base URL; a path in it is kept in front of every request path.'],
])('hover over %s says what it is', async (_, from, to, description) => {
  const { file, position } = await editing(from, to);
  expect(await server.hover(file, position)).toContain(description);
});

test.each([
  ['an unknown key', '    evidence: point', '    evidenc: point', ['11:5 Property evidenc is not allowed.']],
  [
    'a number for a limit',
    '"<= 1%"',
    '1',
    ['10:11 Incorrect type. Expected "string | object(gatekeeper gate)".'],
  ],
  [
    'an unknown word',
    'evidence: point',
    'evidence: bayes',
    [
      '11:15 Value is not accepted. Valid values: "point", "sequential", "history", "mann-whitney", "kayenta".',
    ],
  ],
  ['a missing key', 'gate: shop\n', '', ['2:1 Missing property "gate".']],
])('%s is marked where it stands', async (_, from, to, marks) => {
  expect((await editing(from, to)).diagnostics.map(shown)).toEqual(marks);
});

const SHIPPED = [
  'gatekeeper.config.yaml',
  'test/fixtures/whole.gate.yaml',
  'docs/sql/storefront.gate.yaml',
  ...readdirSync(join(root, 'gates'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join('gates', name)),
];

test.each(SHIPPED)('%s names its schema, and nothing in it is marked', async (name) => {
  const file = join(root, name);
  const text = readFileSync(file, 'utf8');
  const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? 'none';
  expect(existsSync(join(file, '..', schema))).toBe(true);
  expect((await server.open(file, text)).map(shown)).toEqual([]);
});

describe('the catalogue entries for SchemaStore', () => {
  test('are of its shape, each for a schema that is published here', () => {
    expect(catalogue.flatMap(({ fileMatch }) => fileMatch)).toEqual([
      '*.gate.yaml',
      '*.gate.test.yaml',
      'gatekeeper.config.yaml',
    ]);
    for (const entry of catalogue) {
      expect(Object.keys(entry)).toEqual(['name', 'description', 'fileMatch', 'url']);
      expect(entry.url).toMatch(URL_OF_STORE);
      expect(existsSync(schemaOf(entry))).toBe(true);
      // The store refuses entries that call themselves schemas.
      expect(`${entry.name} ${entry.description}`).not.toMatch(/schema/i);
    }
  });

  test.each([
    [
      'shop/slow.gate.yaml',
      'gate: slow\nsignal: {}\n',
      ['1:1 Missing property "criteria".', '2:1 Property signal is not allowed.'],
    ],
    ['shop/gatekeeper.config.yaml', 'fixtures: 5\n', ['1:11 Incorrect type. Expected "string".']],
    ['shop/compose.yaml', 'signal: {}\n', []],
  ])('find the schema of %s, which names none', async (file, text, marks) => {
    expect((await server.open(join(root, file), text)).map(shown)).toEqual(marks);
  });
});
