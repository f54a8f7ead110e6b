/** Packed files that were cut off: DuckDB takes what it finds in them for all there is. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdb } from '../../src/backends/duckdb.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { contextOf, open, prepared, requestOf } from './shared/world.js';

let place: Sandbox;
beforeAll(async () => {
  place = await sandbox();
});
afterAll(removeSandboxes);

const COMBINED =
  '203.0.113.7 - - [20/Nov/2026:15:00:05 +0100] "GET /p/red-shoe?size=42 HTTP/1.1" 200 5120 "-" "Mozilla/5.0"';

/** A Zstandard frame that holds its content as it is, in blocks of so many bytes (RFC 8878). */
function zstd(text: string, each = 100): Buffer {
  const bytes = Buffer.from(text);
  const blocks = Array.from({ length: Math.ceil(bytes.length / each) }, (_, i) => {
    const content = bytes.subarray(i * each, (i + 1) * each);
    const isLast = (i + 1) * each >= bytes.length;
    const head = Buffer.alloc(3);
    head.writeUIntLE((content.length << 3) | (isLast ? 1 : 0), 0, 3);
    return Buffer.concat([head, content]);
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), ...blocks]);
}

describe('a packed log', () => {
  const lines = `${COMBINED}\n`.repeat(50);
  const gzip = gzipSync(lines);
  const both = Buffer.concat([gzip, gzip]);
  const plain = zstd(lines);

  test.each<readonly [string, string, Uint8Array, boolean]>([
    ['whole', 'gz', gzip, true],
    ['of two members', 'gz', both, true],
    ['cut in the middle', 'gz', gzip.subarray(0, gzip.length - 12), false],
    ['without the sum at its end', 'gz', gzip.subarray(0, -8), false],
    ['whose second member is cut', 'gz', both.subarray(0, -20), false],
    ['whole', 'zst', plain, true],
    ['of two frames', 'zst', Buffer.concat([plain, plain]), true],
    [
      'with a part to be skipped',
      'zst',
      Buffer.concat([Buffer.from('502a4d180100000000', 'hex'), plain]),
      true,
    ],
    ['cut after a block', 'zst', plain.subarray(0, 6 + 2 * 103), false],
    ['cut within a block', 'zst', plain.subarray(0, -1), false],
  ])('%s (%s)', async (what, ending, bytes, isWhole) => {
    const name = `${what.replaceAll(' ', '-')}.log.${ending}`;
    writeFileSync(join(place.folder, name), bytes);
    const tables = { access: { path: `${what.replaceAll(' ', '-')}.log*${ending}`, format: 'combined' } };
    const backend = open(duckdb, { tables }, place.folder);
    const ask = (sql: string) => prepared(backend, requestOf(sql)).fetch(contextOf());
    const said = isWhole
      ? undefined
      : [`"${name}" is cut off or damaged: what it held behind that is missing`];
    const found = await ask("SELECT count(*) FROM access WHERE NOT malformed AND agent <> '/x*'");
    expect((found.warnings ?? []).filter((each) => !each.startsWith('log '))).toEqual(said ?? []);
    const inStatement = `SELECT count(*) FROM read_csv('${name}', columns = {'line': 'VARCHAR'}, delim = '\t', quote = '')`;
    expect((await ask(inStatement)).warnings).toEqual(said);
  });
});
