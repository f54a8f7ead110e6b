import * as z from 'zod';
import { strict } from '../../contracts/schema.js';
import { suggest } from '../../contracts/suggest.js';
import { CHECKS, DEFAULT_CHECKS } from './checks/all.js';
import type { Check, Find, Need } from './checks/check.js';

const IDS = CHECKS.map(({ id }) => id);

const checkName = z.string().superRefine((name, context) => {
  if (IDS.includes(name)) return;
  const near = suggest(name, IDS);
  context.addIssue({
    code: 'custom',
    message: `"${name}" is no check\n${near === undefined ? `checks are ${IDS.join(', ')}` : `did you mean "${near}"?`}`,
  });
});

const isOn = z.union([z.literal(true), z.null()]);
const byName = strict(
  Object.fromEntries(
    CHECKS.map(({ id, about, schema }) => [
      id,
      z
        .union([schema, isOn])
        .optional()
        .meta({ description: `${about.charAt(0).toUpperCase()}${about.slice(1)}.` }),
    ]),
  ),
);

/** `expect:`, a list of checks, or a mapping with their parameters. */
export const expectSchema = z
  .union([z.array(checkName).min(1, 'list at least one check'), byName])
  .meta({ description: `Checks, in a list or with parameters; ${DEFAULT_CHECKS.join(', ')} without.` });

export type Expect = z.output<typeof expectSchema>;

/** A check that was chosen, with its parameters. */
export interface Chosen {
  readonly check: Check;
  readonly find: Find;
}

/** The chosen checks in their order. The status is among them always: on an error page nothing else means anything. */
export function chosenIn(expect: Expect | undefined): readonly Chosen[] {
  const parameters = parametersIn(expect);
  return CHECKS.filter(({ id }) => id === 'status' || parameters.has(id)).map((check) => ({
    check,
    find: check.prepare(parameters.get(check.id) ?? {}),
  }));
}

/** Parameters by the name of their check, as written. */
export function parametersIn(expect: Expect | undefined): ReadonlyMap<string, unknown> {
  if (expect === undefined || Array.isArray(expect))
    return new Map((expect ?? DEFAULT_CHECKS).map((id) => [id, {}]));
  return new Map(
    Object.entries(expect).flatMap(([id, written]) =>
      written === undefined ? [] : [[id, written === true || written === null ? {} : written]],
    ),
  );
}

export function needsOf(chosen: readonly Chosen[]): ReadonlySet<Need> {
  return new Set(chosen.flatMap(({ check }) => check.needs));
}

/** Columns that a list may have: those of every check, so that one list serves several signals. */
export const COLUMNS: readonly string[] = ['url', ...new Set(CHECKS.flatMap(({ columns }) => columns))];
