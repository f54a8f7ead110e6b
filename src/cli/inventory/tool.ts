import type { Lookup } from '../../contracts/lookup.js';
import type { Plugins } from '../../gatefile/context.js';
import type { CatalogFolder } from '../../gatefile/discover.js';
import { parseYaml } from '../../gatefile/yaml.js';
import { tableText } from '../page/page.js';
import { loadAll } from './plugins.js';

interface Named {
  readonly id: string;
  readonly about: string;
}

/** What the tool itself brings: report formats, backend types, kinds of signals, judges. */
export async function toolLines(formats: Lookup<Named>, plugins: Plugins): Promise<readonly string[]> {
  const [reporters, backends, signals, judges] = await Promise.all([
    loadAll(formats),
    loadAll(plugins.backends),
    loadAll(plugins.signals),
    loadAll(plugins.judges),
  ]);
  return [
    ...section('report formats (--report)', reporters),
    ...section(
      'backend types (type:)',
      backends.map(({ type, about }) => ({ id: type, about })),
    ),
    ...section('kinds of signals', signals),
    ...section('evidence (evidence:)', judges),
  ];
}

/** The built-in catalogue: names and what they are. */
export function catalogLines({ names, read }: CatalogFolder): readonly string[] {
  const rows = names().map((name): readonly string[] => [`catalog/${name}`, aboutIn(read(name))]);
  return ['catalogue (use:)', ...tableText(rows, 1)];
}

function section(title: string, named: readonly Named[]): readonly string[] {
  const rows = named.map(({ id, about }): readonly string[] => [id, about.replace(/\.$/, '')]);
  return [title, ...tableText(rows, 1), ''];
}

function aboutIn(source: ReturnType<CatalogFolder['read']>): string {
  const parsed = source === undefined ? undefined : parseYaml(source);
  const value = parsed?.ok === true ? (parsed.value.value as { readonly about?: unknown } | null) : null;
  return typeof value?.about === 'string' ? value.about : '';
}
