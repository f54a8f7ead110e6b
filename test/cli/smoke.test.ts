/** The built binary starts and keeps its exit codes, also on another Node: `GATEKEEPER_NODE=/path/to/node`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const bin = join(import.meta.dirname, '../../bin/gatekeeper.js');
const node = process.env['GATEKEEPER_NODE'] ?? process.execPath;

test('--version prints the version and exits 0', () => {
  const { status, stdout, stderr } = gatekeeper('--version');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/\d+\.\d+\.\d+/);
});

test('--help explains itself on stdout and exits 0', () => {
  const { status, stdout } = gatekeeper('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('gatekeeper');
});

test('an unknown command exits 2, with nothing on stdout', () => {
  const { status, stdout, stderr } = gatekeeper('no-such-command');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('no-such-command');
});

function gatekeeper(...args: readonly string[]) {
  return spawnSync(node, [bin, ...args], { encoding: 'utf8', timeout: 20_000 });
}
