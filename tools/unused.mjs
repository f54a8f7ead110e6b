// @ts-check
/** What is left out of the bundle. */
import { sep } from 'node:path';

/**
 * Takes out of packages what we never use and what is loaded at each start: commander's subcommands in programs of their own
 * and chalk's look at the terminal, as `--color` decides, for 2 ms each; and axios' forms, which no request is, with a table
 * of all media types that is half of the code for HTTP.
 *
 * @type {import('esbuild').Plugin}
 */
export const withoutTheUnused = {
  name: 'without-the-unused',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes(`${sep}commander${sep}`) ? { path: 'child_process', namespace: 'unused' } : undefined,
    );
    onResolve({ filter: /^form-data$/ }, () => ({ path: 'form-data', namespace: 'unused' }));
    onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'unused' }));
    onLoad({ filter: /child_process/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
    onLoad({ filter: /form-data/, namespace: 'unused' }, () => ({ contents: 'export default class {}' }));
    onLoad({ filter: /supports-color/, namespace: 'unused' }, () => ({
      contents: 'export default { stdout: false, stderr: false }',
    }));
  },
};
