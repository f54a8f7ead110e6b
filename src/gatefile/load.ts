import path from 'node:path';
import type * as z from 'zod';
import type { Backend } from '../contracts/backend.js';
import type { Criterion, Gate } from '../contracts/gate.js';
import { suggest } from '../contracts/suggest.js';
import type { Failure } from '../model/failure.js';
import type { Secret } from '../model/secret.js';
import type { Span } from '../model/span.js';
import { type EpochMs, formatInstant } from '../model/time.js';
import { openBackends } from './backends.js';
import { ANY_BACKEND, type FileContext, type LoadRequest, Trouble, type WaiverRequest } from './context.js';
import { resolveEnvironment } from './environment.js';
import { openGate } from './gate.js';
import { withRunbooks } from './runbooks.js';
import { type ConfigFile, configSchema, type GateFile, gateSchema } from './schema.js';
import { checkShape, pathKey } from './shape.js';
import type { SourceText } from './source.js';
import { parseYaml } from './yaml.js';
import type { Path, YamlFile } from './yaml-file.js';

/** All gates of a run, or all the trouble there is. */
export interface Loaded {
  /** The instant that every window of the run was fixed by. */
  readonly asOf: EpochMs;
  readonly gates: readonly Gate[];
  readonly failures: readonly Failure[];
  /** Trouble that does not stop a run: a runbook that is not there. */
  readonly warnings: readonly Failure[];
  readonly secrets: readonly Secret[];
  readonly backends: readonly Backend[];
  /** Environment variables that were read. */
  readonly environment: readonly string[];
  /** Their values where they are no secrets. */
  readonly plainEnvironment: Readonly<Record<string, string>>;
}

interface Opened<T> {
  readonly context: FileContext;
  readonly file: T | undefined;
}

/** Reads gate files into gates; reports the trouble of all files at once and asks nothing of any backend. */
export async function loadGates(request: LoadRequest): Promise<Loaded> {
  const secrets: Secret[] = [];
  const environment = new Set<string>();
  const plain: Record<string, string> = {};
  const failures: Failure[] = [];
  const warnings: Failure[] = [];
  const open = <S extends z.ZodType>(
    source: SourceText,
    schema: S,
    standIns?: Readonly<Record<string, unknown>>,
  ): Opened<z.output<S>> | undefined => {
    const parsed = (request.parse ?? parseYaml)(source);
    if (!parsed.ok) {
      failures.push(...parsed.failures);
      return undefined;
    }
    const yaml: YamlFile = parsed.value;
    const resolved = resolveEnvironment(
      yaml,
      request.env,
      (file) => request.readSecret(path.resolve(yaml.folder, file)),
      request.isReplay,
    );
    secrets.push(...resolved.secrets);
    for (const name of resolved.names) environment.add(name);
    Object.assign(plain, resolved.plain);
    const shaped = checkShape(schema, yaml, resolved.value, standIns);
    const trouble = new Trouble();
    trouble.add(...resolved.failures, ...shaped.failures);
    const context = {
      request,
      yaml,
      trouble,
      warnings: new Trouble(),
      dropped: shaped.dropped,
      brokenBackends: new Set(shaped.droppedBackends),
      isMisspelt: (at: Path) => shaped.misspelt.has(pathKey(at)),
      secrets,
    };
    return { context, file: shaped.value };
  };

  const config = request.config === null ? undefined : open(request.config, configSchema());
  const shared =
    config?.file === undefined
      ? new Map<string, Backend>()
      : await openBackends(config.context, config.file.backends, new Map());
  if (config !== undefined) failures.push(...inOrder(config.context.trouble.failures));
  const broken = new Set(config?.context.brokenBackends);
  if (request.config !== null && config?.file === undefined) broken.add(ANY_BACKEND);
  const configFile: ConfigFile = config?.file ?? {};

  const backends = new Set<Backend>(shared.values());
  const gates: Gate[] = [];
  const files: GateFile[] = [];
  const ids: NamedGate[] = [];
  for (const source of request.sources) {
    const opened = open(source, gateSchema, { gate: 'unnamed', criteria: {} });
    if (opened === undefined) continue;
    const { context, file } = opened;
    for (const name of broken) context.brokenBackends.add(name);
    if (file !== undefined) {
      files.push(file);
      if (!context.dropped.has('gate'))
        ids.push({ id: file.gate, file: context.yaml.file, span: context.yaml.spanOf(['gate']) });
      const made = await openGate(context, file, configFile, shared);
      if (made !== undefined) {
        gates.push(applyWaivers(context, withRunbooks(context, made.gate), file, configFile));
        for (const backend of made.backends.values()) backends.add(backend);
      }
    }
    failures.push(...inOrder(context.trouble.failures));
    warnings.push(...context.warnings.failures);
  }
  failures.push(
    ...duplicateGates(ids),
    ...strayVars(request, files),
    ...strayWaivers(request.waivers, gates, failures.length),
  );
  return {
    asOf: request.asOf,
    gates,
    failures: distinct(failures),
    warnings,
    secrets,
    backends: [...backends],
    environment: [...environment].sort(),
    plainEnvironment: plain,
  };
}

/**
 * Trouble of one file from its top to its end. Where the environment or a secret is missing, nothing else is said of
 * the same place: it was checked with the reference still in it.
 */
function inOrder(failures: readonly Failure[]): readonly Failure[] {
  const isOpen = ({ code }: Failure): boolean =>
    code === 'gatefile.environment' || code === 'gatefile.secret';
  const open = failures.filter(isOpen);
  const isWithin = (failure: Failure): boolean =>
    open.some(
      ({ span }) =>
        failure.span !== undefined &&
        span?.line === failure.span.line &&
        span.col >= failure.span.col &&
        span.col < failure.span.endCol,
    );
  return failures
    .filter((failure) => isOpen(failure) || !isWithin(failure))
    .sort((a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.col ?? 0) - (b.span?.col ?? 0));
}

/** Trouble with the command line is met once in each file, and told once. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  const said = new Set<string>();
  return failures.filter(({ span, message }) => {
    if (span !== undefined) return true;
    const isNews = !said.has(message);
    said.add(message);
    return isNews;
  });
}

interface NamedGate {
  readonly id: string;
  readonly file: string;
  readonly span: Span;
}

function duplicateGates(gates: readonly NamedGate[]): readonly Failure[] {
  const files = new Map<string, string>();
  return gates.flatMap(({ id, file, span }): Failure[] => {
    const first = files.get(id);
    files.set(id, first ?? file);
    if (first === undefined) return [];
    return [
      {
        code: 'gatefile.duplicate-name',
        message: `gate "${id}" stands in ${first}, too`,
        span,
        mend: 'give each gate a name of its own',
      },
    ];
  });
}

function strayVars(request: LoadRequest, files: readonly GateFile[]): readonly Failure[] {
  const known = new Set(files.flatMap((file) => Object.keys(file.vars ?? {})));
  if (files.length < request.sources.length) return [];
  return [...request.givenVars]
    .filter((name) => !known.has(name))
    .map((name): Failure => {
      const near = suggest(name, known);
      return {
        code: 'gatefile.variable',
        message: `--var ${name}: no gate defines it`,
        mend:
          near === undefined
            ? known.size === 0
              ? 'no gate here has variables; they are named under "vars:"'
              : `variables here are ${[...known].join(', ')}`
            : `did you mean "${near}"?`,
      };
    });
}

function matches(waiver: WaiverRequest, criterion: Criterion, gate: Gate): boolean {
  return [criterion.id, `${gate.id}.${criterion.id}`, criterion.key].includes(waiver.criterion);
}

/** Lays `--waive` on the criteria it names, once it is seen to be allowed. */
function applyWaivers(context: FileContext, gate: Gate, file: GateFile, config: ConfigFile): Gate {
  const { waivers, asOf } = context.request;
  if (waivers.length === 0) return gate;
  const owners = { ...config.owners, ...file.owners };
  const criteria = gate.criteria.map((criterion) => {
    const waiver = waivers.find((each) => matches(each, criterion, gate));
    if (waiver === undefined) return criterion;
    const refuse = (message: string, mend: string): void =>
      context.trouble.add({
        code: 'gatefile.waiver',
        message: `--waive ${waiver.criterion}: ${message}`,
        span: criterion.source,
        mend,
      });
    if (waiver.until !== null && waiver.until <= asOf)
      refuse(`the waiver ended at ${formatInstant(waiver.until)}`, 'decide anew, with a later --until');
    if (criterion.isCritical && owners['waive-critical'] !== true) {
      refuse(
        'the criterion is critical',
        'only a gate whose owners say "waive-critical: true" lets it be waived',
      );
    }
    if ((owners.decide ?? []).length === 0)
      refuse('the gate names nobody who may decide', 'add "owners: { decide: [NAME] }" to the gate');
    else if (!(owners.decide ?? []).includes(waiver.by))
      refuse(`${waiver.by} may not decide here`, `one of ${(owners.decide ?? []).join(', ')} may`);
    const { by, because, until } = waiver;
    return { ...criterion, waiver: { by, because, until } };
  });
  return { ...gate, criteria };
}

function strayWaivers(
  waivers: readonly WaiverRequest[],
  gates: readonly Gate[],
  failureCount: number,
): readonly Failure[] {
  if (failureCount > 0) return [];
  const keys = gates.flatMap((gate) => gate.criteria.map((criterion) => ({ gate, criterion })));
  return waivers
    .filter((waiver) => !keys.some(({ gate, criterion }) => matches(waiver, criterion, gate)))
    .map((waiver): Failure => {
      const near = suggest(
        waiver.criterion,
        keys.flatMap(({ gate, criterion }) => [criterion.id, `${gate.id}.${criterion.id}`, criterion.key]),
      );
      return {
        code: 'gatefile.waiver',
        message: `--waive ${waiver.criterion}: no criterion has that name`,
        mend: near === undefined ? '"gatekeeper list" names them' : `did you mean "${near}"?`,
      };
    });
}
