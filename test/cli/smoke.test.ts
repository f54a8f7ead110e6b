/** The built binary starts and keeps its exit codes, also on another Node: `GATEKEEPER_NODE=/path/to/node`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'bin/gatekeeper.js');
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

test.each([
  ['healthy', 0],
  ['regressed', 1],
  ['no-traffic', 3],
  ['backend-down', 4],
])('the recorded set %s gives %d', (set, code) => {
  const { status, stdout } = gatekeeper('check', 'gates', '--replay', `fixtures/${set}`, '--report', 'json');
  expect(status).toBe(code);
  expect(JSON.parse(stdout)).toMatchObject({ exitCode: code, mode: 'replay' });
});

test('validate and plan read the gates of this repository', () => {
  expect(gatekeeper('validate').status).toBe(0);
  expect(gatekeeper('plan').status).toBe(0);
});

function gatekeeper(...args: readonly string[]) {
  return spawnSync(node, [bin, ...args], { cwd: root, encoding: 'utf8', timeout: 20_000 });
}
