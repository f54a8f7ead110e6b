/**
 * The tests that may kill a mutant: those of this process, since no mutant is built into the binary, and the fast ones,
 * since each mutant runs all that touch it.
 */
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

const { include: _, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  defineConfig({
    test: {
      include: ['test/{model,stats,judges,engine}/**/*.test.ts'],
      exclude: ['test/engine/laws.test.ts', '**/node_modules/**'],
    },
  }),
);
