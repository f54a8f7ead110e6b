/**
 * What a recorded set says is the same to the byte: on this Node (or `GATEKEEPER_OLD_NODE=/path/to/node`) and another,
 * `GATEKEEPER_NODE`, in zones with other days and offsets, and as often as it is asked.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { filesIn, removeSandboxes, sandbox } from '../support/sandbox.js';

const root = join(import.meta.dirname, '../..');
const FORMATS = ['json', 'pretty', 'junit', 'markdown'];
const SETS = readdirSync(join(root, 'fixtures'));

const other = process.env['GATEKEEPER_NODE'];
const own = process.env['GATEKEEPER_OLD_NODE'] ?? process.execPath;
const NODES = other === undefined ? [own] : [own, other];
const ZONES = ['America/St_Johns', 'Pacific/Chatham'];
const WAYS = NODES.flatMap((node) => ZONES.map((zone) => ({ node, zone })));
/** A hundred runs of two Nodes in two zones; of one Node alone, the zones are what is new. */
const ROUNDS = other === undefined ? 2 : 25;

afterAll(removeSandboxes);

/** Every report of one replay by its format, with the exit code. */
async function replayed(set: string, { node, zone }: (typeof WAYS)[number]): Promise<unknown> {
  const { folder, path } = await sandbox();
  const reports = FORMATS.flatMap((format) => ['--report', `${format}:${path(format)}`]);
  const { code, stderr } = await runGatekeeper(
    ['check', 'gates', '--replay', `fixtures/${set}`, ...reports, '--quiet'],
    { cwd: root, node, env: { TZ: zone } },
  );
  const files = await filesIn(folder);
  expect(Object.keys(files).sort()).toEqual([...FORMATS].sort());
  return { ...files, exit: `${code} ${stderr}` };
}

/** The same set in every way at once. */
const everyWay = (set: string): Promise<readonly unknown[]> =>
  Promise.all(WAYS.map((way) => replayed(set, way)));

test('the other Node is another major', () => {
  const majors = NODES.map(
    (node) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.split('.')[0],
  );
  expect(new Set(majors).size).toBe(NODES.length);
});

test.each(SETS)('%s: the same on every Node in every zone', async (set) => {
  const [first, ...others] = await everyWay(set);
  for (const [i, said] of others.entries()) {
    const { node, zone } = WAYS[i + 1] ?? {};
    expect(said, `${node} in ${zone}`).toEqual(first);
  }
});

test(`${ROUNDS * WAYS.length} runs of one set say one thing`, { timeout: 300_000 }, async () => {
  const said = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const each of await everyWay('regressed')) said.add(JSON.stringify(each));
  expect(said.size).toBe(1);
});
