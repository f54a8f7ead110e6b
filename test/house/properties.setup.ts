import fc from 'fast-check';

/** One seed, so that a run is green or red by the code alone. `PROPERTY_SEED=…` looks elsewhere. */
fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20261121) });
