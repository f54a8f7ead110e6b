import * as z from 'zod';
import type { BackendType } from '../contracts/backend.js';
import { duration } from '../contracts/schema.js';
import type { SignalKind } from '../contracts/signal.js';
import { catalogSchema } from './catalog.js';
import { incidentsSchema } from './incidents.js';
import {
  configSchema,
  criterionSchema,
  gateSchema,
  KIND_KEYS,
  segmentRuleSchema,
  signalSchema,
  windowSchema,
} from './schema.js';
import { limit } from './schema-words.js';

/** Plug-ins that are loaded already: what the blocks of their own may hold. */
export interface LoadedPlugins {
  readonly backends: readonly BackendType[];
  readonly signals: readonly SignalKind[];
}

/** Files that have a schema of their own here. */
export const FILE_KINDS = ['gate', 'config', 'catalog', 'incidents'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const SCHEMAS: Readonly<Record<FileKind, z.ZodType>> = {
  gate: gateSchema,
  config: configSchema(),
  catalog: catalogSchema(),
  incidents: incidentsSchema,
};

/** A JSON Schema as it is put together. */
interface Json {
  [key: string]: unknown;
  properties?: Record<string, Json>;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * JSON Schema 2020-12 of a kind of file, made of the same zod schemas that check it.
 *
 * Blocks that plug-ins check (a signal's kind, a backend, a query) are unknown to those schemas; they are filled in from
 * the plug-ins. What only the loader can tell, such as a limit that never holds, is left to `gatekeeper validate`.
 */
export function fileJsonSchema(kind: FileKind, plugins: LoadedPlugins): object {
  const schema = SCHEMAS[kind];
  const { $schema: _, ...root } = plain(schema);
  const backends = mapOf(root, 'backends');
  if (backends !== undefined) backends['additionalProperties'] = ref('backend');
  if (kind === 'gate') {
    const [signals, criteria] = [mapOf(root, 'signals'), mapOf(root, 'criteria')];
    if (signals !== undefined) signals['additionalProperties'] = ref('signal');
    if (criteria !== undefined) criteria['additionalProperties'] = ref('criterion');
  }
  if (kind === 'catalog') Object.assign(root.properties ?? {}, kindBlocks());
  const definitions = definitionsFor(kind, plugins);
  return {
    $schema: DIALECT,
    $id: `${kind}.schema.json`,
    ...root,
    ...(kind === 'catalog' && { oneOf: KIND_KEYS.map((key) => ({ required: [key] })) }),
    $defs: definitions,
  };
}

function definitionsFor(kind: FileKind, { backends, signals }: LoadedPlugins): Json {
  if (kind === 'incidents') return {};
  const ofBackends = {
    backend: {
      description: 'A backend; its type says what else it takes.',
      type: 'object',
      required: ['type'],
      properties: { type: { description: 'Type of the backend.', enum: backends.map(({ type }) => type) } },
      allOf: backends.map(({ type }) => ({
        if: { properties: { type: { const: type } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: ref(`backend-${type}`),
      })),
    },
    ...Object.fromEntries(backends.map((backend) => [`backend-${backend.type}`, backendBlock(backend)])),
  };
  if (kind === 'config') return ofBackends;
  const ofSignals = {
    ...Object.fromEntries(signals.map((signal) => [`kind-${signal.id}`, kindBlock(signal)])),
    query: queryOf(backends),
  };
  if (kind === 'catalog') return ofSignals;
  const signal = { ...part(signalSchema), oneOf: [...KIND_KEYS, 'use'].map((key) => ({ required: [key] })) };
  Object.assign((signal as Json).properties ?? {}, kindBlocks());
  return {
    ...ofBackends,
    ...ofSignals,
    signal,
    criterion: criterionOf(),
    segment: part(segmentRuleSchema()),
  };
}

function criterionOf(): Json {
  const criterion = part(criterionSchema);
  const segments = criterion.properties?.['segments'];
  Object.assign(criterion.properties ?? {}, kindBlocks());
  if (segments !== undefined) {
    const values = {
      description: 'Values of the variable.',
      type: 'array',
      minItems: 1,
      items: { type: ['string', 'number', 'boolean'] },
    };
    segments['additionalProperties'] = { anyOf: [ref('segment'), values] };
  }
  // Where "pass" is missing, each segment says its own.
  return { ...criterion, anyOf: ['pass', 'segments', 'burn', 'anomaly'].map((key) => ({ required: [key] })) };
}

function kindBlocks(): Record<string, Json> {
  return Object.fromEntries(KIND_KEYS.map((key) => [key, ref(`kind-${key}`)]));
}

/** A kind's block, its query fields filled in; '' names the block itself. */
function kindBlock({ schema, about, queryFields }: SignalKind): Json {
  const block = { description: sentence(about), ...part(schema) };
  if (queryFields.includes('')) return { ...block, ...ref('query') };
  for (const field of queryFields) {
    const property = (block as Json).properties?.[field];
    if (property !== undefined) Object.assign(property, ref('query'));
  }
  const required = alternatives(queryFields);
  return required === undefined ? block : { ...block, oneOf: required };
}

/** A ratio has either "good" or "bad". */
function alternatives(fields: readonly string[]): readonly Json[] | undefined {
  return fields.includes('good') && fields.includes('bad')
    ? [{ required: ['good'] }, { required: ['bad'] }]
    : undefined;
}

function queryOf(backends: readonly BackendType[]): Json {
  return {
    description:
      "A query in the backend's language, { counter: SELECTOR }, or a mapping that the backend defines.",
    anyOf: [
      { type: 'string', minLength: 1 },
      ...backends.map(({ type, querySchema }) => ({
        title: `${type} query`,
        ...part(querySchema),
      })),
    ],
  };
}

function backendBlock({ type, about, configSchema: config }: BackendType): Json {
  const block = part(config);
  return {
    description: sentence(about),
    ...block,
    properties: { type: { const: type }, ...block.properties },
    required: ['type', ...((block['required'] as string[] | undefined) ?? [])],
  };
}

function ref(name: string): Json {
  return { $ref: `#/$defs/${name}` };
}

function mapOf(root: Json, key: string): Json | undefined {
  return root.properties?.[key];
}

function sentence(about: string): string {
  const text = about.charAt(0).toUpperCase() + about.slice(1);
  return text.endsWith('.') ? text : `${text}.`;
}

function part(schema: z.ZodType): Json {
  const { $schema: _, ...json } = plain(schema);
  return json;
}

/** A schema of what is written, not of what it is read as. */
function plain(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: describe,
  }) as Json;
}

const REFERENCE = String.raw`\$\{`;
const DURATION = String.raw`0|(\d+(\.\d+)?(ms|s|m|h|d|w))+`;
const LIMIT = String.raw`\s*((<=?|>=?|==|!=)|between\s).*`;

/**
 * How the small languages inside strings look, for an editor to mark what cannot be one. A reference to the environment may
 * stand for all of it.
 */
const PATTERNS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [duration, DURATION],
  [limit.options[0], LIMIT],
  [windowSchema().shape.coverage.unwrap(), String.raw`\s*\d+(\.\d+)?\s*%\s*`],
  [segmentRuleSchema().shape.tolerate.unwrap(), String.raw`\s*\d+\s+of\s+\d+\s+steps\s*`],
]);

/** Puts back what a schema of the input leaves out: examples and patterns of parsed strings, and where secrets are read. */
function describe({ zodSchema, jsonSchema }: { zodSchema: unknown; jsonSchema: object }): void {
  const meta = z.globalRegistry.get(zodSchema as z.ZodType);
  const json = jsonSchema as Json;
  if (meta?.title === 'secret') Object.assign(json, SECRET);
  if (meta?.['examples'] !== undefined) json['examples'] = meta['examples'];
  const pattern = PATTERNS.get(zodSchema);
  if (pattern !== undefined) json['pattern'] = `^(${pattern})$|${REFERENCE}`;
}

const SECRET = {
  type: 'object',
  oneOf: ['env', 'file'].map((key) => ({
    properties: {
      [key]: {
        type: 'string',
        minLength: 1,
        description:
          key === 'env'
            ? 'Environment variable that holds it.'
            : 'File that holds it, relative to this file.',
      },
    },
    required: [key],
    additionalProperties: false,
  })),
};
