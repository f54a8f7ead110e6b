// @ts-check
/** Writes schema/*.schema.json by what the built binary prints: `npm run schema`. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'schema');
const binary = join(root, 'bin/gatekeeper.js');

mkdirSync(folder, { recursive: true });
// The program names its kinds to who asks for another.
const { stderr } = spawnSync(process.execPath, [binary, 'schema', '?'], { encoding: 'utf8' });
const kinds = /schemas are (.+)/.exec(stderr)?.[1]?.split(', ') ?? [];
if (kinds.length === 0)
  throw new Error(`no schema is known:
${stderr}`);
for (const kind of kinds) {
  const text = execFileSync(process.execPath, [binary, 'schema', kind]);
  writeFileSync(join(folder, `${kind}.schema.json`), text);
}
