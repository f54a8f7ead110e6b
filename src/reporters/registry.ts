import { lookupOf } from '../contracts/lookup.js';
import type { Reporter } from '../contracts/reporter.js';

/** Every output format, by the word that `--report` takes; one line each. */
export const reporters = lookupOf<Reporter>({
  pretty: async () => (await import('./pretty.js')).pretty,
  json: async () => (await import('./json.js')).json,
  ndjson: async () => (await import('./ndjson.js')).ndjson,
  junit: async () => (await import('./junit.js')).junit,
  markdown: async () => (await import('./markdown.js')).markdown,
  github: async () => (await import('./github.js')).github,
  azure: async () => (await import('./azure.js')).azure,
});

/** The schema of the document that they print; it loads zod, so no reporter imports it. */
export const loadResultSchema = async () => await import('./result-schema.js');

/** The schema of the document of a backtest. */
export const loadBacktestSchema = async () => await import('./backtest-schema.js');

/** The schema of the document of a backtest of rollouts. */
export const loadRolloutsSchema = async () => await import('./rollouts-schema.js');
