import type { Manifest } from './manifest.js';

/** Environment variables of a replay. */
export interface Surroundings {
  /** Variables that are set where the replay runs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names that the files refer to. */
  readonly names: readonly string[];
  /** Those of them that were used and are no secret. */
  readonly plain: Readonly<Record<string, string>>;
}

/**
 * Which environment variables stand otherwise than when a set was recorded, a line each: one that is set stands over
 * what the set knows, and the gates may then ask what it does not hold. Secrets are no part of a set and are not compared.
 */
export function surroundingsSince(
  manifest: Manifest,
  { env, names, plain }: Surroundings,
  mask: (text: string) => string,
): readonly string[] {
  const recorded = manifest.env;
  if (recorded === undefined) return [];
  return names.flatMap((name) => {
    const here = env[name];
    if (here === undefined) return [];
    const before = Object.hasOwn(recorded, name) ? recorded[name] : undefined;
    if (before === undefined && !Object.hasOwn(plain, name)) return [];
    if (before === mask(here)) return [];
    const then = before === undefined ? 'without it' : `with "${before}"`;
    return [`${name} is set to "${mask(here)}" here; the set was recorded ${then}: unset it`];
  });
}
