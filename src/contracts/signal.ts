import type * as z from 'zod';
import type { Observation } from '../model/evidence.js';
import type { Failure } from '../model/failure.js';
import type { Answer } from '../model/series.js';
import type { Take, TakeKind } from '../model/take.js';
import type { Window } from '../model/window.js';
import type { Backend, BackendSite, QueryUse } from './backend.js';

/** How many series become one, step by step, before time is reduced. */
export const ACROSS = ['worst', 'sum', 'mean', 'each'] as const;
export type Across = (typeof ACROSS)[number];

export type Better = 'higher' | 'lower';

/** One question of a signal, asked once per arm and segment. */
export interface Part {
  /** `good`, `total`, `value` …; names the fixture. */
  readonly name: string;
  readonly source: unknown;
  readonly use: QueryUse;
  /** Where the source stands inside the signal's block, for error messages. */
  readonly path: readonly (string | number)[];
  /** Asked only when the named part came back without a sample. */
  readonly onlyIfAbsent?: string;
  readonly lookbackMs?: number;
}

export interface ObserveInput {
  /** Answers by part; a part that was not asked or cannot be asked is absent. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly window: Window;
  readonly take: Take;
  /** True when the take asks one instant instead of a series. */
  readonly isInstant: boolean;
  /** Undefined: more than one series is an error, unless they are additive. */
  readonly across: Across | undefined;
  readonly better: Better | undefined;
  /** A series whose newest sample is older than this before the window's end has ended. */
  readonly maxAgeMs: number;
  /** True when another arm's answer shows that the part's series exists at all. */
  readonly isSeenElsewhere: (part: string) => boolean;
  /** True for the arm that is compared with: what is absent there must not make the comparison easier. */
  readonly isBaseline: boolean;
  /** True where more events than there is room for are trouble, however few: nothing is cut down to fit. */
  readonly keepsExcess?: boolean;
}

export type Observed =
  | { readonly state: 'observed'; readonly observations: readonly Observation[] }
  /** The answer has a shape the signal cannot use: several series where one is meant. */
  | { readonly state: 'unusable'; readonly failure: Failure };

/** A checked signal block. */
export interface PreparedSignal {
  /** Parts to ask for a take; a value without a take is asked for one instant. */
  parts(take: Take): readonly Part[];
  readonly better: Better | undefined;
  readonly takes: readonly TakeKind[];
  /** Keys that the block would have to hold for takes that it has not. */
  readonly lacking?: Readonly<Partial<Record<TakeKind, string>>>;
  /** The take when none is written; undefined when one must be. */
  readonly defaultTake: Take | undefined;
  /** The unit that the value is in before a take changes it: `share`, the signal's own, or a rate. */
  readonly unit: string;
  /** The one kind of evidence that suits it, where there is but one: what is asked once has no steps. */
  readonly onlyEvidence?: string;
  /** Why a backend cannot answer it, though it is of the right type; the path of the failure starts at the block. */
  misfit?(backend: Backend): Failure | undefined;
  observe(input: ObserveInput): Observed;
}

export interface SignalKind {
  readonly id: string;
  readonly about: string;
  readonly schema: z.ZodType;
  /** Names of the fields that hold queries, for the published schema. */
  readonly queryFields: readonly string[];
  /** Who is asked, for a kind that asks no backend of the file. */
  readonly source?: (site: BackendSite) => Promise<Backend>;
  /** What stands between a kind and the backend that it asks: it reads the files that a block names. */
  readonly through?: (backend: Backend, site: BackendSite) => Promise<Backend>;
  /** The type of backend that alone can answer it. */
  readonly backendType?: string;
  prepare(block: unknown, unit: string | undefined): PreparedKind;
}

export type PreparedKind =
  | { readonly ok: true; readonly signal: PreparedSignal }
  | { readonly ok: false; readonly issues: readonly z.core.$ZodIssue[] };

/** Defines a signal kind: `prepare` is given its checked block. */
export function defineSignal<S extends z.ZodType>(definition: {
  readonly id: string;
  readonly about: string;
  readonly schema: S;
  readonly queryFields: readonly string[];
  readonly source?: (site: BackendSite) => Promise<Backend>;
  readonly through?: (backend: Backend, site: BackendSite) => Promise<Backend>;
  readonly backendType?: string;
  readonly prepare: (block: z.output<S>, unit: string | undefined) => PreparedSignal;
}): SignalKind {
  return {
    ...definition,
    prepare: (block, unit) => {
      const parsed = definition.schema.safeParse(block);
      if (!parsed.success) return { ok: false, issues: parsed.error.issues };
      return { ok: true, signal: definition.prepare(parsed.data, unit) };
    },
  };
}
