/** Every gate that the documentation shows is one that the tool takes. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { backends } from '../../src/backends/registry.js';
import { catalogIn, findGateFiles, readSource } from '../../src/gatefile/discover.js';
import { loadGates } from '../../src/gatefile/load.js';
import type { SourceText } from '../../src/gatefile/source.js';
import { judges } from '../../src/judges/registry.js';
import { signals } from '../../src/signals/registry.js';
import { NOW } from '../support/fake-backend.js';

const root = path.join(import.meta.dirname, '../..');
const catalog = catalogIn(path.join(root, 'gates/catalog'));

interface Block {
  readonly name: string;
  readonly line: number;
  readonly text: string;
}

/** YAML blocks of a page that are gates. */
function gatesIn(file: string): readonly Block[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map((match) => ({ text: match[1] ?? '', line: text.slice(0, match.index).split('\n').length + 1 }))
    .filter((block) => block.text.startsWith('gate:'))
    .map((block) => ({ ...block, name: /^gate: *([\w-]+)/.exec(block.text)?.[1] ?? '' }));
}

async function trouble(
  sources: readonly SourceText[],
  config: SourceText | null,
): Promise<readonly string[]> {
  const { failures, gates } = await loadGates({
    sources,
    config,
    env: {
      MIMIR_TOKEN: 'not-a-real-token',
      STATUS_KEY: 'not-a-real-key',
      PGPASSWORD: 'not-a-real-one',
      MYSQL_PASSWORD: 'not-a-real-one',
      CH_PASSWORD: 'not-a-real-one',
    },
    isReplay: false,
    vars: new Map([['release', 'r42']]),
    givenVars: new Set(),
    asOf: NOW,
    since: NOW - 3_600_000,
    waivers: [],
    plugins: { backends, signals, judges },
    catalog: catalog.read,
    catalogNames: catalog.names,
    readSecret: () => 'not-a-real-secret',
    fileExists: () => true,
  });
  expect(failures.length > 0 || gates.length === sources.length).toBe(true);
  return failures.map(({ span, message, mend }) => `${span?.file}:${span?.line} ${message}: ${mend}`);
}

describe.each([
  ['docs/gatefile.md', 3],
  ['docs/sql.md', 0],
])('%s', (page, more) => {
  const blocks = gatesIn(page);

  test('shows gates', () => {
    expect(blocks.length).toBeGreaterThan(more);
  });

  test.each(blocks)('$name, in line $line, is a gate without trouble', async ({ name, text }) => {
    const folder = path.join(root, 'gates');
    expect(await trouble([{ file: `${name}.gate.yaml`, folder, text }], null)).toEqual([]);
  });
});

test('the gate that shows every key at once is one without trouble', async () => {
  const text = readFileSync(path.join(root, 'test/fixtures/whole.gate.yaml'), 'utf8');
  expect(await trouble([{ file: 'whole.gate.yaml', folder: root, text }], null)).toEqual([]);
});

describe('the gates of this repository', () => {
  test('are without trouble, with their configuration', async () => {
    const files = await findGateFiles([], root);
    const sources = (files.ok ? files.value : []).map((file) => readSource(file, root));
    const config = readSource('gatekeeper.config.yaml', root);
    expect(sources.length).toBeGreaterThan(0);
    const texts = sources.flatMap((source) => (source.ok ? [source.value] : []));
    expect(texts).toHaveLength(sources.length);
    expect(await trouble(texts, config.ok ? config.value : null)).toEqual([]);
  });
});
