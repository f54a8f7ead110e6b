/** Every report through every format, whole: what people and servers will see, to be read in review. */
import { describe, expect, test } from 'vitest';
import type { Style } from '../../src/contracts/reporter.js';
import { reporters } from '../../src/reporters/registry.js';
import { PLAIN, reports } from '../support/reports.js';

async function render(format: string, name: string, style: Partial<Style> = {}): Promise<string> {
  const reporter = await reporters.load(format);
  const report = reports[name];
  if (reporter === undefined || report === undefined) throw new Error(`no ${format} or no ${name}`);
  return reporter.render(report, { ...PLAIN, ...style });
}

// `.txt`, so that no formatter takes a golden file for one of its own.
const golden = (name: string): string => `./__snapshots__/${name}.txt`;

describe.each(reporters.ids)('%s', (format) => {
  test.each(Object.keys(reports))('prints %s', async (name) => {
    await expect(await render(format, name)).toMatchFileSnapshot(golden(`${name}.${format}`));
  });

  test('prints the same bytes twice', async () => {
    expect(await render(format, 'mixed')).toBe(await render(format, 'mixed'));
  });

  test('ends with one newline', async () => {
    for (const name of Object.keys(reports)) expect(await render(format, name)).toMatch(/[^\n]\n$/);
  });
});

describe('pretty in its styles', () => {
  test.each<[string, Partial<Style>]>([
    ['color', { color: true }],
    ['ascii', { ascii: true }],
    ['verbose', { verbose: true }],
    ['quiet', { quiet: true }],
    ['40-columns', { width: 40, ascii: true }],
    ['40-columns-quiet', { width: 40, quiet: true }],
    ['140-columns', { width: 140 }],
  ])('%s', async (name, style) => {
    await expect(await render('pretty', 'mixed', style)).toMatchFileSnapshot(golden(`mixed.pretty.${name}`));
  });

  test.each(['several', 'by-policy', 'unicode'])('%s in 40 columns', async (name) => {
    await expect(await render('pretty', name, { width: 40 })).toMatchFileSnapshot(
      golden(`${name}.pretty.40-columns`),
    );
  });

  test('quiet says of a pass its verdict alone', async () => {
    expect(await render('pretty', 'pass', { quiet: true })).toMatchInlineSnapshot(`
      "✓ PASS  2 passed  exit 0
      "
    `);
  });
});
