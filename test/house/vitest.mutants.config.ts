/** The tests that may kill a mutant: in this process, since a mutant is never built into the binary. */
import { mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

const config = mergeConfig(base, {});
config.test = { ...config.test, include: ['test/{model,stats,judges,signals,engine}/**/*.test.ts'] };

export default config;
