/** What a replay says of environment variables that stand over those of its set. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { surroundingsSince } from '../../src/recording/surroundings.js';
import { runGatekeeper } from '../support/binary.js';

const ROOT = join(import.meta.dirname, '../..');
const mask = (text: string): string => text.replaceAll('s3cret', '<REDACTED:TOKEN>');
const manifest = { schemaVersion: 1 as const, evalTime: '2026-01-01T00:00:00Z' };

describe('variables that are set and differ', () => {
  test.each([
    ['the same', { A: 'x' }, { A: 'x' }, []],
    ['not set here', { A: 'x' }, {}, []],
    [
      'another value',
      { A: 'x' },
      { A: 'y' },
      ['A is set to "y" here; the set was recorded with "x": unset it'],
    ],
    ['an empty one', { A: 'x' }, { A: '' }, ['A is set to "" here; the set was recorded with "x": unset it']],
    ['none then', {}, { A: 'y' }, ['A is set to "y" here; the set was recorded without it: unset it']],
    ['one that no file reads', {}, { OTHER: 'y' }, []],
    [
      'a secret in it',
      { A: 'x' },
      { A: 's3cret' },
      ['A is set to "<REDACTED:TOKEN>" here; the set was recorded with "x": unset it'],
    ],
    ['the same, recorded masked', { A: '<REDACTED:TOKEN>' }, { A: 's3cret' }, []],
    ['a secret, of which a set knows nothing', {}, { TOKEN: 's3cret' }, []],
    ['a set that says nothing of it', undefined, { A: 'y' }, []],
  ])('%s', (_, recorded, env, lines) => {
    const names = ['A', 'TOKEN'];
    const plain = 'A' in env ? { A: String(env.A) } : {};
    const set = recorded === undefined ? manifest : { ...manifest, env: recorded };
    expect(surroundingsSince(set, { env, names, plain }, mask)).toEqual(lines);
  });
});

test.each([['https://shop.example'], ['']])('the real sets with SHOP_URL="%s"', async (SHOP_URL) => {
  const args = ['check', 'gates', '--replay', 'fixtures/healthy'];
  const { code, stderr } = await runGatekeeper(args, { cwd: ROOT, env: { SHOP_URL } });
  expect(code).toBe(2);
  expect(stderr).toContain(`fixtures/healthy was recorded in another environment
   SHOP_URL is set to "${SHOP_URL}" here; the set was recorded with "http://127.0.0.1:18080": unset it
`);
});

test('the demo shows its sets, whatever is exported for a real shop', () => {
  const real = {
    SHOP_URL: 'https://shop.example',
    ACCESS_LOGS: '/l',
    PREFERRED_PAGES: '/p',
    PROMETHEUS_URL: 'x',
  };
  const env = { PATH: process.env['PATH'], ...real };
  const { status } = spawnSync(process.execPath, ['tools/demo.mjs'], { cwd: ROOT, env, timeout: 20_000 });
  expect(status).toBe(0);
});
