import * as z from 'zod';
import { once, optional, strict } from '../contracts/schema.js';
import { KAYENTA_DEFAULTS, type KayentaSettings } from '../model/kayenta.js';

const CONFIDENCE = 'a confidence lies between 0 and 1\nwrite it like 0.98';
const effect = (): z.ZodNumber => z.number().positive('an effect is above 0');

/** `kayenta:` of a criterion: the parameters of the judge, by Kayenta's own names. */
export const kayentaSchema = once(() =>
  strict({
    nan: optional(() => z.enum(['remove', 'replace']), {
      description: 'A step without a value is left out, or counts as 0; remove by default.',
    }),
    outliers: optional(() => z.enum(['keep', 'remove']), { description: 'keep by default.' }),
    'outlier-factor': optional(() => z.number().positive('a factor is above 0'), {
      description:
        'Interquartile ranges beyond the quartiles from which a value is an outlier; 3 by default.',
    }),
    'effect-size': optional(() => z.enum(['mean-ratio', 'cles']), {
      description: 'What the thresholds below are compared with; mean-ratio by default.',
    }),
    'allowed-increase': optional(effect, {
      description: 'High only from this effect on; 1 by default, 0.5 with cles.',
    }),
    'allowed-decrease': optional(effect, {
      description: 'Low only down from this effect; 1 by default, 0.5 with cles.',
    }),
    'critical-increase': optional(effect, {
      description: 'High outvotes a score only from this effect on, where the criterion is critical.',
    }),
    'critical-decrease': optional(effect, {
      description: 'Low outvotes a score only down from this effect, where the criterion is critical.',
    }),
    confidence: optional(() => z.number().gt(0, CONFIDENCE).lt(1, CONFIDENCE), {
      description: 'Of the interval of the shift, as a number; 0.98 by default.',
    }),
    tolerance: optional(() => z.number().min(0, 'a tolerance is 0 or more'), {
      description: 'Share of the shift that its interval must stay away from 0; 0.25 by default.',
    }),
    solver: optional(() => z.enum(['relative', 'absolute']), {
      description:
        "To what the shift is solved: a share of the values' range, or 0.0001 in their unit as Kayenta has it; relative by default.",
    }),
  }).meta({ description: "Parameters of Kayenta's judge, for evidence: kayenta." }),
);

/** The parameters with their defaults, which the effect size decides. */
export function kayentaOf(written: z.output<ReturnType<typeof kayentaSchema>> = {}): KayentaSettings {
  const effectSize = written['effect-size'] ?? KAYENTA_DEFAULTS.effectSize;
  const none = effectSize === 'cles' ? 0.5 : 1;
  return {
    nan: written.nan ?? KAYENTA_DEFAULTS.nan,
    outliers: written.outliers ?? KAYENTA_DEFAULTS.outliers,
    outlierFactor: written['outlier-factor'] ?? KAYENTA_DEFAULTS.outlierFactor,
    effectSize,
    allowedIncrease: written['allowed-increase'] ?? none,
    allowedDecrease: written['allowed-decrease'] ?? none,
    criticalIncrease: written['critical-increase'] ?? none,
    criticalDecrease: written['critical-decrease'] ?? none,
    confidence: written.confidence ?? KAYENTA_DEFAULTS.confidence,
    tolerance: written.tolerance ?? KAYENTA_DEFAULTS.tolerance,
    solver: written.solver ?? KAYENTA_DEFAULTS.solver,
  };
}
