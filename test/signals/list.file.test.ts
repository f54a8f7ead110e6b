/** Files that a gate names as lists: what is read of them, and what never is. */
import { execFileSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listReader, readUpTo } from '../../src/signals/list/file.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

let place: Sandbox;
beforeAll(async () => {
  place = await sandbox({ 'pages.csv': 'url\n/a\n', 'huge.csv': '', 'folder/x': '' });
  await truncate(place.path('huge.csv'), 64 * 1024 * 1024 + 1);
  execFileSync('mkfifo', [place.path('pipe.csv')]);
});
afterAll(removeSandboxes);

test('a list is read once, with its hash', () => {
  const read = listReader(place.folder);
  const list = read('pages.csv', ['urls', 'csv']);
  expect(list.ok && [list.value.text, list.value.hash]).toEqual(['url\n/a\n', '7c002838b881066f']);
  expect(read('pages.csv', ['urls', 'csv'])).toBe(list);
});

test.each([
  ['huge.csv', 'it is larger than 64 MiB'],
  ['pipe.csv', 'it is no plain file'],
  ['folder', 'it is no plain file'],
  ['absent.csv', 'ENOENT'],
])('%s is refused: %s', (path, why) => {
  expect(listReader(place.folder)(path, ['urls', 'csv'])).toEqual({
    ok: false,
    failures: [
      {
        code: 'gatefile.invalid',
        message: `"${path}" cannot be read (${why})`,
        path: ['urls', 'csv'],
        mend: 'check the path of the list; a relative one starts at the folder of the gate file',
      },
    ],
  });
});

test.each([
  [8, 'too-large'],
  [9, 'too-large'],
])('of a file that is larger than its size says, no more than %i bytes are taken', (most, found) => {
  // Its size is 0, as that of a file that grows behind its reader was.
  expect(readUpTo('/proc/self/maps', most)).toBe(found);
});

test('as many bytes as may be are all taken', () => {
  expect(readUpTo(place.path('pages.csv'), 7).toString()).toBe('url\n/a\n');
  expect(readUpTo(place.path('pages.csv'), 6)).toBe('too-large');
});
