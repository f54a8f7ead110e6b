import type * as z from 'zod';
import { resolveEnvironment } from '../../gatefile/environment.js';
import type { Loaded } from '../../gatefile/load.js';
import { type ConfigFile, configSchema, type GateFile, gateSchema } from '../../gatefile/schema.js';
import { checkShape } from '../../gatefile/shape.js';
import type { SourceText } from '../../gatefile/source.js';
import { parseYaml } from '../../gatefile/yaml.js';
import type { GateOptions } from '../options.js';
import type { Session, Sources } from '../session.js';
import { realClock } from '../wire.js';

type Env = Session['io']['env'];

/** Longer ago than any window is long. */
const LONG_AGO_MS = 400 * 86_400_000;

/**
 * Loads gates that are to be told of, not judged: what only a run brings is stood in for. Required variables have their
 * own names for values, secrets stand open, and a gate that needs the deploy time gets one from long ago.
 */
export async function loadToTell(session: Session, sources: Sources, options: GateOptions): Promise<Loaded> {
  const asOf = options.at ?? realClock.now();
  const vars = Object.assign({}, ...sources.gates.map((source) => requiredVars(source, session.io.env)));
  return withAnySince(options, asOf, ({ since }) =>
    session.load(sources, options, [], { asOf, since, windowMs: undefined, vars, env: {} }),
  );
}

/** Loads; and once more with a deploy time from long ago, where a gate needs one and none was given. */
export async function withAnySince(
  options: GateOptions,
  asOf: number,
  load: (options: GateOptions) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await load(options);
  const isMissing = loaded.failures.some(({ code }) => code === 'gatefile.since-required');
  return isMissing ? load({ ...options, since: asOf - LONG_AGO_MS }) : loaded;
}

/** A gate as it is written, its environment in place; undefined where it cannot be read. */
export function gateFileOf(source: SourceText, env: Env): GateFile | undefined {
  return shaped(source, gateSchema, env);
}

export function configFileOf(source: SourceText | null, env: Env): ConfigFile | undefined {
  return source === null ? undefined : shaped(source, configSchema(), env);
}

function requiredVars(source: SourceText, env: Env): Record<string, string> {
  const vars = Object.entries(gateFileOf(source, env)?.vars ?? {});
  return Object.fromEntries(
    vars.flatMap(([name, block]) => (block.default === undefined ? [[name, name]] : [])),
  );
}

function shaped<S extends z.ZodType>(source: SourceText, schema: S, env: Env): z.output<S> | undefined {
  const yaml = parseYaml(source);
  if (!yaml.ok) return undefined;
  const { value } = resolveEnvironment(yaml.value, env, () => undefined, true);
  return checkShape(schema, yaml.value, value).value;
}
