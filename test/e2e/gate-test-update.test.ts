/** `gatekeeper test --update` and `--watch` through the real program. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { GATE, one, runTests } from '../support/gate-tests.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

afterAll(removeSandboxes);

describe('--update', () => {
  test('writes what came in the place of what was expected, and nothing else', async () => {
    const written = one(`series: [{ signal: done, part: good, arm: canary, values: 400x9 }]   # slow
expect: { verdict: "pass", exit: 0, criteria: { slo: {outcome: pass, value: 0.98}, not-worse: 'pass', failed: pass } } # as ever`);
    const place = await sandbox({ 'shop.gate.yaml': GATE, 'shop.gate.test.yaml': written });
    const told = await runGatekeeper(['test', 'shop.gate.test.yaml', '--update'], { cwd: place.folder });
    expect(toldBy(told)).toBe(`exit 0
--- stdout
PASS  shop.gate.test.yaml:7  it
1 passed, 0 failed
--- stderr
updated 5 expectations in shop.gate.test.yaml`);
    expect(await readFile(place.path('shop.gate.test.yaml'), 'utf8')).toBe(
      written.replace(
        `{ verdict: "pass", exit: 0, criteria: { slo: {outcome: pass, value: 0.98}, not-worse: 'pass', failed: pass } }`,
        '{ verdict: fail, exit: 1, criteria: { slo: {outcome: fail, value: 0.8}, not-worse: fail, failed: pass } }',
      ),
    );
  });

  test('leaves what cannot be written: a reason where there is none, a criterion that is not listed', async () => {
    const block =
      'expect: { exhaustive: true, criteria: { slo: { reason: stale }, not-worse: pass, failed: pass } }';
    const { code, stdout, stderr } = await runTests(one(block), ['--update']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('reason     expected stale    got none');
    expect(stdout).toContain('criterion  expected nothing  got pass');
  });

  test('is refused in a CI', async () => {
    const place = await sandbox({ 'shop.gate.yaml': GATE, 'shop.gate.test.yaml': one('expect: fail') });
    const told = await runGatekeeper(['test', '.', '--update'], { cwd: place.folder, env: { CI: 'true' } });
    expect(toldBy(told)).toBe(`exit 2
--- stderr
--update cannot go with a CI
   update where the change can be read before it is committed`);
  });
});

test('--watch runs again when a gate or a test changes, until it is told to stop', async () => {
  const place = await sandbox({ 'shop.gate.yaml': GATE, 'shop.gate.test.yaml': one('expect: pass') });
  const binary = join(import.meta.dirname, '../../bin/gatekeeper.js');
  const child = spawn(process.execPath, [binary, 'test', '.', '--watch', '-q'], {
    cwd: place.folder,
    env: { PATH: process.env['PATH'], HOME: place.folder },
  });
  const told = { stdout: '', stderr: '' };
  const until = (stream: 'stdout' | 'stderr', text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const at = told[stream].indexOf(text);
        if (at < 0) return;
        told[stream] = told[stream].slice(at + text.length);
        child.off('told', look);
        resolve();
      };
      child.on('told', look);
      look();
    });
  /** The next round is over, and the files are watched again. */
  const round = async (sum: string): Promise<void> => {
    await until('stderr', 'watching 2 files; stop with Ctrl-C\n');
    await until('stdout', sum);
  };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      told[stream] += text;
      child.emit('told');
    });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  try {
    await round('1 passed, 0 failed\n');
    await place.write({ 'shop.gate.test.yaml': one('expect: fail') });
    await round('0 passed, 1 failed\n');
    await place.write({ 'shop.gate.yaml': GATE.replace('>= 97%', '>= 99%').replace('>= 90%', '>= 98.5%') });
    await round('1 passed, 0 failed\n');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  } finally {
    child.kill('SIGKILL');
  }
});
