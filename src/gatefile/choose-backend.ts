import type { Backend } from '../contracts/backend.js';
import type { SignalKind } from '../contracts/signal.js';
import { suggest } from '../contracts/suggest.js';
import { ANY_BACKEND, type FileContext, placeOf } from './context.js';
import type { Path } from './yaml-file.js';

/** Who asks, where it stands, and the backend it names. */
interface Asker {
  readonly id: string;
  readonly path: Path;
  readonly named: string | undefined;
}

/** The backend that a signal names, or the only one that can answer it. */
export function chooseBackend(
  context: FileContext,
  asker: Asker,
  kind: Pick<SignalKind, 'id' | 'backendType'>,
  backends: ReadonlyMap<string, Backend>,
): Backend | undefined {
  const { backendType } = kind;
  const able = [...backends.values()].filter(({ type }) => backendType === undefined || type === backendType);
  if (asker.named !== undefined) return namedBackend(context, asker, asker.named, kind, backends);
  if (able.length === 1) return able[0];
  if (context.brokenBackends.size > 0) return undefined;
  const ids = able.map(({ id }) => id);
  const of = backendType === undefined ? '' : ` of type "${backendType}"`;
  context.trouble.add({
    code: 'gatefile.missing-key',
    message:
      ids.length === 0
        ? `signal "${asker.id}" has no backend${of} to ask`
        : `signal "${asker.id}" must say its backend: there are ${ids.length}${of}`,
    span: context.yaml.keySpanOf(asker.path),
    mend:
      ids.length === 0
        ? 'add one under "backends:" here or in gatekeeper.config.yaml'
        : `add "backend: ${ids.join('" or "backend: ')}"`,
  });
  return undefined;
}

function namedBackend(
  context: FileContext,
  { path }: Asker,
  name: string,
  { id: kind, backendType }: Pick<SignalKind, 'id' | 'backendType'>,
  backends: ReadonlyMap<string, Backend>,
): Backend | undefined {
  const found = backends.get(name);
  const span = placeOf(context, [...path, 'backend']);
  if (found !== undefined) {
    if (backendType === undefined || found.type === backendType) return found;
    const able = [...backends.values()].filter(({ type }) => type === backendType).map(({ id }) => id);
    context.trouble.add({
      code: 'gatefile.invalid',
      message: `a ${kind} asks a backend of type "${backendType}", and "${name}" is of type "${found.type}"`,
      span,
      mend:
        able.length === 0
          ? `add a backend of type "${backendType}" under "backends:"`
          : `write "backend: ${able.join('" or "backend: ')}"`,
    });
    return undefined;
  }
  const isReported =
    context.brokenBackends.has(name) || context.brokenBackends.has(ANY_BACKEND) || context.dropped.has(name);
  if (isReported) return undefined;
  const near = suggest(name, backends.keys());
  context.trouble.add({
    code: 'gatefile.unknown-name',
    message: `"${name}" names no backend`,
    span,
    mend:
      near === undefined
        ? `backends here are ${[...backends.keys()].join(', ') || 'none'}`
        : `did you mean "${near}"?`,
  });
  return undefined;
}
