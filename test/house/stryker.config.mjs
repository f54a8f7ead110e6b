// @ts-check
/**
 * Mutation tests for the code that decides a release: `npm run mutants`, by hand and before a release.
 */
export default {
  mutate: [
    'src/model/verdict.ts',
    'src/engine/judge.ts',
    'src/judges/**/*.ts',
    '!src/judges/registry.ts',
    'src/stats/*.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'test/house/vitest.mutants.config.ts', related: true },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // The sandbox is a copy: what it does not need would be copied for each run.
  ignorePatterns: ['dist', 'coverage', 'reports', 'fixtures/large', '.gatekeeper'],
  reporters: ['clear-text', 'progress'],
  thresholds: { high: 90, low: 80, break: null },
};
