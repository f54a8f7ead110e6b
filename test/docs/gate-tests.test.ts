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
const gates = blocks.filter((block) => block.startsWith('gate:'));
/** Each example, with the gate last shown before it. */
const tests = blocks.flatMap((block, i) =>
  /^tests:/m.test(block)
    ? [{ block, gate: blocks.slice(0, i).findLast((each) => gates.includes(each)) ?? '' }]
    : [],
);

describe('docs/gate-tests.md', () => {
  test('shows gates, and nothing in YAML but tests of them', () => {
    expect(gates).toHaveLength(2);
    expect(tests.length).toBeGreaterThan(gates.length);
    expect(blocks).toHaveLength(tests.length + gates.length);
  });

  test.each(tests.map((each, i) => [i + 1, each] as const))(
    'example %i holds',
    async (_, { block, gate }) => {
      const place = await sandbox({ 'checkout.gate.yaml': gate, 'checkout.gate.test.yaml': block });
      const { code, stdout, stderr } = await runGatekeeper(['test', '.', '-q'], { cwd: place.folder });
      expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
    },
  );
});

test('the tests of the gates in gates/ pass, and cover them', async () => {
  const { code, stdout, stderr } = await runGatekeeper(['test', '--coverage', '-q'], { cwd: root });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^FULL /gm)).toHaveLength(4);
});
