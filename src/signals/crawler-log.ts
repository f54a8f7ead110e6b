import * as z from 'zod';
import { optional, strict } from '../contracts/schema.js';
import { defineSignal, type Part } from '../contracts/signal.js';
import { countsOf, STATUS, type Wanted } from './crawler-log/statement.js';
import { observeCounts } from './fold/counts.js';

const NAME = /^[A-Za-z_]\w*$/;

const WANTED = 'statuses such as 404, or classes of them such as 5xx, are expected';
const status = z
  .union([z.string(), z.int()])
  .transform(String)
  .refine((text) => STATUS.test(text), WANTED);
const answers = z.union([status.transform((one) => [one]), z.array(status).min(1, WANTED)], WANTED);

const schema = strict({
  log: z
    .string()
    .regex(NAME, 'the name of a table of the backend is expected')
    .meta({ description: 'Table of the duckdb backend that holds the access log.' }),
  crawler: optional(
    () => z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'a name as in user agents, in lower case'),
    { description: 'Which crawler; googlebot without it.' },
  ),
  good: optional(() => answers, {
    description: 'Statuses that are well, such as [2xx, 304]; or give "bad".',
  }),
  bad: optional(
    () =>
      z.union(
        [z.literal('impostors'), z.literal('parameters'), answers],
        `${WANTED}; or "parameters", or "impostors"`,
      ),
    {
      description:
        'Statuses that are not, such as [5xx, 429]; "parameters", hits on URLs with a query; or "impostors", among all claims.',
    },
  ),
  section: optional(
    () =>
      z
        .string()
        .regex(/^(?:\/|\{\{[^{}]*\}\}$)/, 'a section is the beginning of a path, such as /p/, or a variable'),
    { description: 'Only paths that begin with this.' },
  ),
}).refine((block) => (block.good === undefined) !== (block.bad === undefined), {
  error: 'what is counted is either "good" or "bad"\nwrite one of the two, such as bad: [5xx, 429]',
});

/**
 * Share of a crawler's verified hits in an access log; or of its claims that are false.
 *
 * Both counts are columns of one table, so that what was not found is 0 while there are hits at all; no hit is no data.
 */
export const crawlerLog = defineSignal({
  id: 'crawler-log',
  about: "share of a crawler's verified hits in an access log",
  schema,
  queryFields: [],
  prepare: ({ log, crawler = 'googlebot', good, bad, section }) => {
    const top = good === undefined ? 'bad' : 'good';
    const wanted: Wanted = typeof bad === 'string' ? bad : (good ?? bad ?? []);
    const scope = { log, crawler, section, isOfClaims: wanted === 'impostors' };
    const parts: Part[] = [
      { name: top, source: countsOf(scope, wanted, 'found'), use: 'counts', path: [] },
      { name: 'total', source: countsOf(scope, wanted, 'hits'), use: 'counts', path: [] },
    ];
    return {
      parts: () => parts,
      better: top === 'good' ? 'higher' : 'lower',
      takes: ['total', 'first', 'last', 'mean', 'min', 'max', 'slope', 'count'],
      defaultTake: { kind: 'total' },
      unit: 'share',
      observe: (input) =>
        observeCounts(input, {
          numerator: top,
          denominator: 'total',
          absentNumerator: 'zero',
          isNested: true,
        }),
    };
  },
});
