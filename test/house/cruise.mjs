// @ts-check
/**
 * Runs the walls of dependency-cruiser.cjs over src/ of the current folder; exits 1 when one is breached.
 *
 * Not the `depcruise` command, since that is content with 0 modules: a wrong path, or a TypeScript that it does not know,
 * reads as "no violations".
 */
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const options = await extractOptions(`${import.meta.dirname}/dependency-cruiser.cjs`);
const { output, exitCode } = await cruise(
  ['src'],
  { ...options, validate: true, outputType: 'err-long' },
  undefined,
  { tsConfig: extractTsConfig('tsconfig.json') },
);
const modules = Number(/(\d+) modules/.exec(String(output))?.[1] ?? 0);
process.stdout.write(`${String(output).trim()}\n`);
if (modules === 0) process.stdout.write('The walls saw no module at all: nothing was checked.\n');
process.exitCode = exitCode > 0 || modules === 0 ? 1 : 0;
