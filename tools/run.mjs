// @ts-check
/**
 * Runs a TypeScript file of test/ or bench/: `node tools/run.mjs FILE.ts [args]`. Node 20 runs none itself, so the file
 * is bundled, without the packages, and imported. `import.meta.url` stays that of each source file.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [, , file, ...args] = process.argv;
if (file === undefined) {
  console.error('usage: node tools/run.mjs FILE.ts [args]');
  process.exit(2);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const source = resolve(file);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Below node_modules, from where packages are found and nothing is linted or committed.
const cache = join(root, 'node_modules', '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const outfile = join(folder, `${basename(source, '.ts')}.mjs`);
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  define: { __GATEKEEPER_VERSION__: JSON.stringify(version) },
  plugins: [
    {
      name: 'own-url',
      setup: ({ onLoad }) => {
        onLoad({ filter: /\.ts$/ }, ({ path }) => ({
          contents: readFileSync(path, 'utf8')
            .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
            .replaceAll('import.meta.dirname', JSON.stringify(resolve(path, '..'))),
          loader: 'ts',
        }));
      },
    },
  ],
});

process.setSourceMapsEnabled(true);
process.argv = [process.argv[0] ?? '', source, ...args];
await import(pathToFileURL(outfile).href);
