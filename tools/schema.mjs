// @ts-check
/** Writes schema/*.schema.json by what the built binary prints: `npm run schema`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'schema');

mkdirSync(folder, { recursive: true });
for (const kind of [
  'gate',
  'config',
  'catalog',
  'incidents',
  'manifest',
  'result',
  'backtest',
  'rollouts',
  'test',
]) {
  const text = execFileSync(process.execPath, [join(root, 'bin/gatekeeper.js'), 'schema', kind]);
  writeFileSync(join(folder, `${kind}.schema.json`), text);
}
