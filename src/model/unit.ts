/** A number with the unit it was written in; '' is a bare number. */
export interface Quantity {
  readonly value: number;
  readonly unit: string;
}

interface Scale {
  readonly dimension: string;
  readonly factor: number;
}

const SCALES: Readonly<Record<string, Scale>> = {
  ns: { dimension: 'time', factor: 1e-9 },
  us: { dimension: 'time', factor: 1e-6 },
  ms: { dimension: 'time', factor: 1e-3 },
  s: { dimension: 'time', factor: 1 },
  m: { dimension: 'time', factor: 60 },
  min: { dimension: 'time', factor: 60 },
  h: { dimension: 'time', factor: 3600 },
  d: { dimension: 'time', factor: 86_400 },
  B: { dimension: 'bytes', factor: 1 },
  KB: { dimension: 'bytes', factor: 1e3 },
  MB: { dimension: 'bytes', factor: 1e6 },
  GB: { dimension: 'bytes', factor: 1e9 },
  KiB: { dimension: 'bytes', factor: 1024 },
  MiB: { dimension: 'bytes', factor: 1024 ** 2 },
  GiB: { dimension: 'bytes', factor: 1024 ** 3 },
  '%': { dimension: 'share', factor: 0.01 },
  share: { dimension: 'share', factor: 1 },
};
const PER: Readonly<Record<string, number>> = { s: 1, min: 1 / 60, h: 1 / 3600 };

/** The units that a limit may be written in, besides the signal's own. */
export const KNOWN_UNITS: readonly string[] = [
  ...Object.keys(SCALES).filter((unit) => unit !== 'share'),
  'pp',
];

/** A unit's dimension and size; a word of the user's own is its own dimension. */
function scaleOf(unit: string): Scale {
  const slash = unit.lastIndexOf('/');
  const per = slash > 0 ? PER[unit.slice(slash + 1)] : undefined;
  if (per !== undefined) {
    const base = scaleOf(unit.slice(0, slash));
    return { dimension: `${base.dimension}/time`, factor: base.factor * per };
  }
  return SCALES[unit] ?? { dimension: `own:${unit}`, factor: 1 };
}

/**
 * Factor from one unit to another: 450 ms times `factorBetween('ms', 's')` is 0.45.
 *
 * @returns undefined when the two measure different things
 */
export function factorBetween(from: string, to: string): number | undefined {
  if (from === to) return 1;
  const source = scaleOf(from);
  const target = scaleOf(to);
  return source.dimension === target.dimension ? source.factor / target.factor : undefined;
}

/** What a unit measures: `time`, `bytes`, `share`, `…/time`, or `own:WORD`. */
export function dimensionOf(unit: string): string {
  return scaleOf(unit).dimension;
}
