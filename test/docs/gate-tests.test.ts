/** Every example of docs/gate-tests.md holds, and the gates of this repository are tested in full. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const root = path.join(import.meta.dirname, '../..');
const blocks = [
  ...readFileSync(path.join(root, 'docs/gate-tests.md'), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm),
].map((match) => match[1] ?? '');
const gate = blocks.find((block) => block.startsWith('gate:')) ?? '';
const tests = blocks.filter((block) => /^tests:/m.test(block));

describe('docs/gate-tests.md', () => {
  test('shows one gate, and nothing in YAML but tests of it', () => {
    expect(tests.length).toBeGreaterThan(1);
    expect(blocks).toHaveLength(tests.length + 1);
  });

  test.each(tests.map((block, i) => [i + 1, block] as const))('example %i holds', async (_, block) => {
    const place = await sandbox({ 'checkout.gate.yaml': gate, 'checkout.gate.test.yaml': block });
    const { code, stdout, stderr } = await runGatekeeper(['test', '.', '-q'], { cwd: place.folder });
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
  });
});

test('the tests of the gates in gates/ pass, and cover them', async () => {
  const { code, stdout, stderr } = await runGatekeeper(['test', '--coverage', '-q'], { cwd: root });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^FULL /gm)).toHaveLength(4);
});
