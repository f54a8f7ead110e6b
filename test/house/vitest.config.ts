import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What esbuild's `define` gives the bundle (tools/build.mjs), for sources that a test imports.
  define: { __GATEKEEPER_VERSION__: JSON.stringify('0.0.0-test') },
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.stryker-tmp/**'],
    setupFiles: [fileURLToPath(new URL('properties.setup.ts', import.meta.url))],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Forks, since tests change the environment and the working directory; two, since real servers run beside them.
    pool: 'forks',
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reportsDirectory: 'coverage' },
  },
});
