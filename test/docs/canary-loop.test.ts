/** The documented loop, looking with a stand-in that exits as it is told: what each code leads to. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOOP = fileURLToPath(new URL('../../docs/canary-loop.sh', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatekeeper-loop-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  /** What was done to the exposure. */
  readonly exposure: string;
  readonly looks: readonly string[];
  readonly stderr: string;
}

/** Exits with each of `codes` in turn, and with the last of them for ever. */
function loop(codes: readonly number[], env: Readonly<Record<string, string>> = {}): Ended {
  const look = join(folder, 'look');
  writeFileSync(join(folder, 'codes'), `${codes.join('\n')}\n`);
  writeFileSync(join(folder, 'exposure'), '');
  writeFileSync(join(folder, 'looks'), '');
  writeFileSync(
    look,
    `#!/bin/sh
echo "$*" >> "${folder}/looks"
n=$(wc -l < "${folder}/looks")
code=$(sed -n "\${n}p" "${folder}/codes")
exit "\${code:-$(tail -n 1 "${folder}/codes")}"
`,
  );
  chmodSync(look, 0o755);
  const { status, stderr } = spawnSync('sh', [LOOP, 'gates/shop.gate.yaml'], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {
      PATH: process.env['PATH'],
      GATEKEEPER: look,
      DEPLOYED: '2026-11-21T14:05:00Z',
      WIDEN: `echo wider >> ${folder}/exposure`,
      STOP: `echo none >> ${folder}/exposure`,
      PAUSE: '0',
      ...env,
    },
  });
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return { code: status, stderr, exposure: read('exposure'), looks: read('looks').split('\n') };
}

test.each([
  { codes: [0], code: 0, exposure: 'wider', looks: 1 },
  { codes: [3, 3, 0], code: 0, exposure: 'wider', looks: 3 },
  { codes: [3, 1], code: 1, exposure: 'none', looks: 2 },
  { codes: [2], code: 2, exposure: 'none', looks: 1 },
  { codes: [5], code: 5, exposure: 'none', looks: 1 },
  { codes: [70], code: 70, exposure: 'none', looks: 1 },
  { codes: [130], code: 130, exposure: 'none', looks: 1 },
  { codes: [4, 4, 4, 4, 0], code: 0, exposure: 'wider', looks: 5 },
  { codes: [4, 4, 4, 4, 4, 0], code: 4, exposure: 'none', looks: 5 },
  { codes: [4, 4, 4, 4, 3, 4, 4, 4, 4, 0], code: 0, exposure: 'wider', looks: 10 },
])('looks that exit $codes: $exposure', ({ codes, code, exposure, looks }) => {
  const ended = loop(codes);
  expect([ended.code, ended.exposure, ended.looks.length]).toEqual([code, exposure, looks]);
  expect(new Set(ended.looks)).toEqual(new Set(['check gates/shop.gate.yaml --since 2026-11-21T14:05:00Z']));
});

test('the deadline ends it without widening', () => {
  const ended = loop([3], { DEADLINE: '0' });
  expect([ended.code, ended.exposure, ended.looks.length]).toEqual([3, '', 1]);
  expect(ended.stderr).toContain('not decided within 0s; exposure stays as it is');
});

test('an exposure that cannot be widened is stopped', () => {
  expect(loop([0], { WIDEN: 'exit 7' })).toMatchObject({ code: 1, exposure: 'none' });
});

test.each(['DEPLOYED', 'WIDEN', 'STOP'])('without %s nothing is looked at', (name) => {
  const ended = loop([0], { [name]: '' });
  expect(ended.code).not.toBe(0);
  expect([ended.exposure, ended.looks]).toEqual(['', ['']]);
  expect(ended.stderr).toContain(name);
});
