/** Every plug-in has its line in the registry of its room: a file without one is code that no gate can reach. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');

// A room is under this rule from the moment that it exists.
const rooms = ['backends', 'signals', 'judges', 'importers', 'reporters'].filter(
  (room) => existsSync(join(src, room)) && pluginsOf(room).length > 0,
);

describe.each(rooms)('%s', (room) => {
  test.each(pluginsOf(room))('%s has its line in registry.ts', (plugin) => {
    const registry = join(src, room, 'registry.ts');
    const lines = existsSync(registry) ? readFileSync(registry, 'utf8').split('\n') : [];
    expect(lines.filter((line) => line.includes(`import('./${plugin}.js')`))).not.toEqual([]);
  });

  test('registry.ts imports nothing of its room before it is asked for', () => {
    const registry = join(src, room, 'registry.ts');
    const text = existsSync(registry) ? readFileSync(registry, 'utf8') : '';
    expect(text.match(/^import (?!type\b).* from '\.\//gm) ?? []).toEqual([]);
  });
});

test('there are rooms to look at once the house is built', () => {
  expect(rooms.length > 0 || !existsSync(join(src, 'cli/wire.ts'))).toBe(true);
});

/** Files right in the room are plug-ins; shared work sits in folders below it. */
function pluginsOf(room: string): string[] {
  return readdirSync(join(src, room))
    .filter((name) => name.endsWith('.ts') && name !== 'registry.ts')
    .map((name) => name.slice(0, -'.ts'.length));
}
