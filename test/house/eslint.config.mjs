// @ts-check
/**
 * Rules that need types, and none else: Biome does the rest, faster. A promise that nobody awaits is a gate that exits
 * before it judged.
 */
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/fixtures/**', 'dist/**', '.stryker-tmp/**'] },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: `${import.meta.dirname}/../..` },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    // Biome's noRestrictedGlobals cannot name a member of a global.
    files: ['src/**/*.ts'],
    ignores: ['src/cli/wire.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Chance comes in as an argument; cli/wire.ts makes it.',
        },
        {
          object: 'AbortSignal',
          property: 'timeout',
          message: 'A hidden timer: use Clock (contracts/clock.ts).',
        },
        {
          object: 'process',
          property: 'exit',
          message: 'It cuts a piped report short: set process.exitCode.',
        },
      ],
    },
  },
);
