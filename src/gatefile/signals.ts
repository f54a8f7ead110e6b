import type { Backend, Variables } from '../contracts/backend.js';
import { expandPlaceholders } from '../contracts/placeholders.js';
import type { PreparedSignal, SignalKind } from '../contracts/signal.js';
import { suggest } from '../contracts/suggest.js';
import { type Failure, ok } from '../model/failure.js';
import { catalogSchema } from './catalog.js';
import { chooseBackend } from './choose-backend.js';
import { addAt, type FileContext, placeOf } from './context.js';
import { failuresOf } from './issues.js';
import { refuseOpenSecrets } from './open-secrets.js';
import { queryTrouble } from './queries.js';
import { KIND_KEYS, type SignalBlock } from './schema.js';
import { checkShape } from './shape.js';
import { parseYaml } from './yaml.js';
import type { Path } from './yaml-file.js';

/** A signal, checked and joined with its backend; not yet bound to an arm or segment. */
export interface OpenSignal {
  readonly id: string;
  /** Where it stands: below `signals`, or inside its criterion. */
  readonly path: Path;
  readonly kind: string;
  readonly about: string | null;
  readonly backend: Backend;
  readonly signal: PreparedSignal;
  readonly better: 'higher' | 'lower' | undefined;
  readonly segments: Readonly<Record<string, readonly string[]>>;
  readonly mayEnd: boolean;
  /** Parameters of a catalogue signal; their values may hold the gate's own variables. */
  readonly parameters: Readonly<Record<string, { readonly value: string; readonly isRaw: boolean }>>;
  /** Reports trouble with a part's source, where it stands. */
  readonly refusePart: (path: Path, failures: readonly Failure[]) => void;
}

export async function openSignal(
  context: FileContext,
  id: string,
  block: SignalBlock,
  path: Path,
  { backends, vars }: { readonly backends: ReadonlyMap<string, Backend>; readonly vars: Variables },
): Promise<OpenSignal | undefined> {
  const catalogued = block.use === undefined ? undefined : openCatalogued(context, block, path);
  if (block.use !== undefined && catalogued === undefined) return undefined;
  const source = catalogued?.block ?? block;
  const kinds = KIND_KEYS.filter((key) => source[key] !== undefined && source[key] !== null);
  if (kinds.length === 0 && context.isMisspelt(path)) return undefined;
  if (kinds.length !== 1 || (block.use !== undefined && KIND_KEYS.some((key) => block[key] !== undefined))) {
    context.trouble.add({
      code: 'gatefile.invalid',
      message: kinds.length === 0 ? `signal "${id}" says no kind` : `signal "${id}" says more than one kind`,
      span: context.yaml.keySpanOf(path),
      mend: `give exactly one of ${[...KIND_KEYS, 'use'].join(', ')}`,
    });
    return undefined;
  }
  const [kind] = kinds as [(typeof KIND_KEYS)[number]];
  const loaded = await context.request.plugins.signals.load(kind);
  if (loaded === undefined) return undefined;
  const chosen =
    loaded.source === undefined
      ? chooseBackend(context, { id, named: block.backend, path }, loaded, backends)
      : await ownSource(context, loaded.source, block, kind, path);
  const backend =
    chosen === undefined || loaded.through === undefined
      ? chosen
      : await loaded.through(chosen, { id: chosen.id, folder: context.yaml.folder });
  const unit = block.unit ?? source.unit;
  const prepared = loaded.prepare(source[kind], unit);
  if (!prepared.ok) {
    context.trouble.add(
      ...(catalogued === undefined
        ? failuresOf(prepared.issues, context.yaml, [...path, kind], source[kind])
        : []),
    );
    return undefined;
  }
  if (backend === undefined) return undefined;
  if (catalogued === undefined && loaded.source === undefined && loaded.through === undefined) {
    const type = await context.request.plugins.backends.load(backend.type);
    const failures = prepared.signal
      .parts(prepared.signal.defaultTake ?? { kind: 'count' })
      .flatMap((part) => queryTrouble(context, type, part.source, [...path, kind, ...part.path]));
    context.trouble.add(...failures);
    if (failures.length > 0) return undefined;
  }
  const refusePart: OpenSignal['refusePart'] = (part, failures) =>
    catalogued === undefined
      ? addAt(context, [...path, kind, ...part], failures)
      : context.trouble.at(placeOf(context, [...path, 'use']), failures);
  const misfit = prepared.signal.misfit?.(backend);
  if (misfit !== undefined) {
    refusePart([], [misfit]);
    return undefined;
  }
  const isRaw = (name: string): boolean =>
    catalogued?.parameters[name]?.isRaw === true || vars.get(name)?.isRaw === true;
  await backend.ready?.(partsOf(source[kind]), isRaw);
  return {
    id,
    path,
    kind,
    about: block.about ?? source.about ?? null,
    backend,
    signal: prepared.signal,
    better: block.better ?? source.better ?? prepared.signal.better,
    segments: block.segments ?? {},
    mayEnd: block['series-may-end'] ?? source['series-may-end'] ?? false,
    parameters: catalogued?.parameters ?? {},
    refusePart,
  };
}

/** All that may be a query in a signal's block: which of it is asked depends on what is taken. */
function partsOf(block: unknown): readonly unknown[] {
  const isMapping = typeof block === 'object' && block !== null && !Array.isArray(block);
  return isMapping && !('counter' in block) ? Object.values(block) : [block];
}

/** The source that a kind brings with it. */
async function ownSource(
  context: FileContext,
  source: NonNullable<SignalKind['source']>,
  block: SignalBlock,
  kind: string,
  path: Path,
): Promise<Backend | undefined> {
  // As in a block of a backend: it holds headers, too.
  refuseOpenSecrets(context, [...path, kind]);
  if (block.backend === undefined) return source({ id: kind, folder: context.yaml.folder });
  context.trouble.add({
    code: 'gatefile.invalid',
    message: `"backend" has no meaning here: a ${kind} asks no backend`,
    span: context.yaml.keySpanOf([...path, 'backend']),
    mend: 'remove the line',
  });
  return undefined;
}

interface Catalogued {
  readonly block: SignalBlock;
  readonly parameters: OpenSignal['parameters'];
}

/** Reads `use: catalog/nginx/cache-hit-ratio` and lays `with:` over the defaults. */
function openCatalogued(context: FileContext, block: SignalBlock, path: Path): Catalogued | undefined {
  const { request } = context;
  const name = (block.use ?? '').replace(/^catalog\//, '');
  const span = placeOf(context, [...path, 'use']);
  const source = request.catalog(name);
  if (source === undefined) {
    const near = suggest(name, request.catalogNames());
    context.trouble.add({
      code: 'gatefile.unknown-name',
      message: `"${block.use}" is not in the catalogue`,
      span,
      mend: near === undefined ? '"gatekeeper list" names what is in it' : `did you mean "catalog/${near}"?`,
    });
    return undefined;
  }
  const yaml = parseYaml(source);
  if (!yaml.ok) {
    context.trouble.add(...yaml.failures);
    return undefined;
  }
  const shaped = checkShape(catalogSchema(), yaml.value, yaml.value.value);
  if (shaped.value === undefined || shaped.failures.length > 0) {
    context.trouble.add(...shaped.failures);
    return undefined;
  }
  const { with: declared, ...signal } = shaped.value;
  const parameters: Record<string, { value: string; isRaw: boolean }> = {};
  for (const [key, parameter] of Object.entries(declared ?? {})) {
    const value = block.with?.[key] ?? parameter.default;
    if (value === undefined || value === '') {
      const message = `"${block.use}" needs "${key}"${parameter.about === undefined ? '' : `: ${parameter.about}`}`;
      context.trouble.add({
        code: 'gatefile.variable',
        message,
        span,
        mend: `add it under "with:", as ${key}: VALUE`,
      });
    }
    parameters[key] = { value: value ?? '', isRaw: parameter.raw };
  }
  for (const key of Object.keys(block.with ?? {})) {
    if (declared !== undefined && Object.hasOwn(declared, key)) continue;
    const near = suggest(key, Object.keys(declared ?? {}));
    context.trouble.add({
      code: 'gatefile.unknown-key',
      message: `"${block.use}" has no parameter "${key}"`,
      span: context.yaml.keySpanOf([...path, 'with', key]),
      mend:
        near === undefined
          ? `it has ${Object.keys(declared ?? {}).join(', ') || 'none'}`
          : `did you mean "${near}"?`,
    });
  }
  return { block: signal as SignalBlock, parameters };
}

/** Lays a signal's parameters over the variables of an arm and segment. */
export function withParameters(variables: Variables, open: OpenSignal): Variables {
  const merged = new Map(variables);
  for (const [name, { value, isRaw }] of Object.entries(open.parameters)) {
    const expanded = expandPlaceholders(value, variables, (text) => ok(text));
    merged.set(name, { value: expanded.ok ? expanded.value : value, isRaw });
  }
  return merged;
}
