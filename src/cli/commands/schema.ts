import { suggest } from '../../contracts/suggest.js';
import type { FileKind } from '../../gatefile/json-schema.js';
import { EXIT } from '../exit-code.js';
import { loadAll } from '../inventory/plugins.js';
import { type Io, write } from '../io.js';
import type { CommonOptions } from '../options.js';
import { Session } from '../session.js';
import { backtestSchema, plugins, resultSchema, rolloutsSchema } from '../wire.js';

/** Documents that have a published schema. */
export const SCHEMA_KINDS = [
  'gate',
  'config',
  'catalog',
  'incidents',
  'manifest',
  'result',
  'backtest',
  'rollouts',
  'test',
] as const;
type SchemaKind = (typeof SCHEMA_KINDS)[number];

/** Prints a JSON Schema: what editors check gate files by, and what readers of a result rely on. */
export async function schema(kind: string | undefined, options: CommonOptions, io: Io): Promise<number> {
  const wanted = kind ?? 'gate';
  if (!isKind(wanted)) {
    const near = suggest(wanted, SCHEMA_KINDS);
    const mend = near === undefined ? `schemas are ${SCHEMA_KINDS.join(', ')}` : `did you mean "${near}"?`;
    return new Session(options, io).refuse([{ code: 'usage', message: `"${wanted}" has no schema`, mend }]);
  }
  const document = await documentOf(wanted);
  await write(io.stdout, `${JSON.stringify(document, null, 2)}\n`);
  return EXIT.pass;
}

function isKind(kind: string): kind is SchemaKind {
  return SCHEMA_KINDS.some((each) => each === kind);
}

async function ofFile(kind: FileKind): Promise<object> {
  const { fileJsonSchema } = await import('../../gatefile/json-schema.js');
  const [backends, signals] = await Promise.all([loadAll(plugins.backends), loadAll(plugins.signals)]);
  return fileJsonSchema(kind, { backends, signals });
}

async function documentOf(kind: SchemaKind): Promise<object> {
  switch (kind) {
    case 'result':
      return named(kind, (await resultSchema()).resultJsonSchema());
    case 'backtest':
      return named(kind, (await backtestSchema()).backtestJsonSchema());
    case 'rollouts':
      return named(kind, (await rolloutsSchema()).rolloutsJsonSchema());
    case 'manifest':
      return (await import('../../recording/manifest.js')).manifestJsonSchema();
    case 'test':
      return (await import('../../testing/json-schema.js')).testJsonSchema();
    default:
      return ofFile(kind);
  }
}

function named(kind: string, schema: object): object {
  const { $schema, ...rest } = schema as { readonly $schema: string };
  return { $schema, $id: `${kind}.schema.json`, ...rest };
}
