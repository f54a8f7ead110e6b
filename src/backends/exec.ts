import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import * as z from 'zod';
import { type BackendContext, defineBackend, type QueryRequest } from '../contracts/backend.js';
import { withBuiltIns, withSymbolicBuiltIns } from '../contracts/placeholders.js';
import { duration, optional, strict, stringOrSecret } from '../contracts/schema.js';
import { isSecretVariable, SecretStore } from '../contracts/secrets.js';
import { BackendError, failed, ok, type Result } from '../model/failure.js';
import { formatInstant } from '../model/time.js';
import type { Window } from '../model/window.js';
import { expandArguments } from './exec/arguments.js';
import { type Finished, nameOf, notStarted, type Order, runCommand } from './exec/run.js';
import { describeFound } from './shared/found.js';
import { type AnswerSource, pointsKeys, seriesOf, shapeAsWritten, shapeTrouble } from './shared/points.js';
import { parseQuery } from './shared/query.js';
import { numberOf } from './shared/times.js';

/** What a command sees of the environment unless more is named: a secret of the pipeline must not leak by default. */
const PASSED_ALWAYS = ['PATH', 'HOME', 'LANG', 'TZ'] as const;

const variableName = z.string().regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable is expected');
const config = strict({
  command: optional(() => z.array(z.string()).min(1), {
    description: 'Program and first arguments, put in front of each "run".',
  }),
  env: optional(() => z.record(variableName, stringOrSecret), {
    description: 'Variables set for the command.',
  }),
  cwd: optional(() => z.string().min(1), { description: 'Folder to run in, relative to this file.' }),
  timeout: optional(() => duration, {
    description: 'How long one run may take; the timeout of the run without it.',
  }),
  'pass-env': optional(() => z.array(variableName), {
    description: `Variables handed on, besides ${PASSED_ALWAYS.join(', ')}.`,
  }),
});
type Config = z.output<typeof config>;

const run = z
  .array(
    z.string(),
    'a command is a list of arguments, such as [psql, -At, -f, orders.sql]; no shell splits it',
  )
  .meta({ description: 'The command as a list of arguments; no shell reads it.' });
const mapping = strict({ run, ...pointsKeys });
type Query = z.output<typeof mapping>;

/** Runs a command and reads a number, or JSON, from its standard output. */
export const exec = defineBackend({
  type: 'exec',
  about: 'A command that prints a number or JSON; for sources that have no backend of their own.',
  config,
  query: z.union([run, mapping]),
  open: (block, site) => {
    const prefix = block.command ?? [];
    const cwd = resolve(site.folder, block.cwd ?? '.');
    return {
      address: prefix.length > 0 ? prefix.join(' ') : 'commands',
      prepare: (request) => {
        const parsed = parseQuery(mapping, asMapping(request.source));
        if (!parsed.ok) return parsed;
        const trouble = shapeTrouble(parsed.value, request.use, request.window);
        if (trouble !== undefined) return failed(trouble);
        const bound = bind(parsed.value, prefix, request);
        if (!bound.ok) return bound;
        const { argv, text } = bound.value;
        const { use, window } = request;
        return ok({
          backend: site.id,
          key: JSON.stringify([site.id, argv, text, use, window.from, window.to, window.stepMs]),
          text,
          use,
          window,
          notes: [],
          ifEmpty: 'look at what the command prints: gatekeeper plan shows it',
          fetch: async (context) => {
            const order = { argv, cwd, env: environmentOf(block, context, window), timeoutMs: block.timeout };
            const source = sourceOf(site.id, block, order.env);
            const printed = await outputOf(order, source, context);
            return { series: seriesOf(printed, parsed.value, use, window, source) };
          },
        });
      },
      probe: (context) => probe(prefix, cwd, block, site.id, context),
    };
  },
});

/** A plain list is short for `{ run: list }`. */
function asMapping(written: unknown): unknown {
  return Array.isArray(written) || typeof written === 'string' ? { run: written } : written;
}

/** Argv with everything expanded, and the text it is recorded by. */
function bind(
  query: Query,
  prefix: readonly string[],
  request: QueryRequest,
): Result<{ readonly argv: readonly string[]; readonly text: string }> {
  const { variables, window } = request;
  const argv = expandArguments(query.run, prefix, withBuiltIns(variables, window, formatInstant));
  if (!argv.ok) return argv;
  if (argv.value[0] === undefined || argv.value[0] === '') {
    return failed({
      code: 'gatefile.query',
      message: 'there is no command to run',
      mend: 'name a program in "run", or in the backend\'s "command"',
    });
  }
  const symbolic = expandArguments(query.run, prefix, withSymbolicBuiltIns(variables, window));
  if (!symbolic.ok) return symbolic;
  const shape = shapeAsWritten(query);
  const plainText = JSON.stringify(symbolic.value);
  const text = Object.keys(shape).length === 0 ? plainText : `${plainText} ${JSON.stringify(shape)}`;
  return ok({ argv: argv.value, text });
}

/** A source whose secrets are hidden before a text is cut: half a secret would pass every later mask. */
interface Source extends AnswerSource {
  readonly mask: (text: string) => string;
  /** Characters that its longest secret may take, in whatever form. */
  readonly longestSecret: number;
}

function sourceOf(backend: string, block: Config, env: Readonly<Record<string, string>>): Source {
  const secrets = new SecretStore();
  const declared = Object.values(block.env ?? {}).filter((value) => typeof value !== 'string');
  const named = Object.entries(env).flatMap(([name, value]) =>
    isSecretVariable(name) ? [{ name, value }] : [],
  );
  const all = [...named, ...declared];
  for (const secret of all) secrets.register(secret);
  // URL-encoded, a character takes nine at most.
  const longestSecret = 9 * Math.max(0, ...all.map(({ value }) => value.length));
  return { backend, mask: secrets.mask, longestSecret };
}

function environmentOf(
  block: Config,
  context: BackendContext,
  window?: Window,
): Readonly<Record<string, string>> {
  const passed = [...PASSED_ALWAYS, ...(block['pass-env'] ?? [])].flatMap((name) => {
    const value = context.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const own = Object.entries(block.env ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.value,
  ]);
  return {
    ...Object.fromEntries([...passed, ...own]),
    ...(window === undefined
      ? {}
      : {
          GATEKEEPER_FROM: formatInstant(window.from),
          GATEKEEPER_TO: formatInstant(window.to),
          GATEKEEPER_STEP_SECONDS: String(window.stepMs / 1000),
        }),
  };
}

/** What a command printed: a number, JSON, or undefined for nothing. */
async function outputOf(order: Order, source: Source, context: BackendContext): Promise<unknown> {
  const finished = await runCommand(order, source, context);
  if (finished.code !== 0) throw endedBadly(finished, order, source);
  const text = textOf(finished.stdout);
  if (text === undefined) throw malformed(order, source, 'bytes that are no UTF-8');
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = numberOf(trimmed);
  if (number !== undefined) return number;
  try {
    return JSON.parse(trimmed);
  } catch {
    // The parser's own message quotes the text, unmasked.
    throw malformed(order, source, describeFound(trimmed, source.mask));
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function malformed(order: Order, source: Source, found: string): BackendError {
  return new BackendError({
    code: 'backend.malformed',
    message: `${nameOf(order, source)} printed neither a number nor JSON, but ${found}`,
    mend: 'let it print one number, or JSON, and everything else to standard error',
  });
}

function endedBadly(finished: Finished, order: Order, source: Source): BackendError {
  const how =
    finished.code === null
      ? `was ended by ${finished.endedBy ?? 'a signal'}`
      : `ended with code ${finished.code}`;
  const said = lastLines(finished, source);
  return new BackendError({
    code: 'backend.exec',
    message: `${nameOf(order, source)} ${how}${said.length === 0 ? ' and said nothing' : ''}`,
    mend: 'run it by hand from the same folder; only PATH, HOME, LANG, TZ and what "pass-env" names reach it',
    ...(said.length === 0 ? {} : { detail: said }),
  });
}

const STDERR_CHARACTERS = 2048;
const STDERR_LINES = 20;

/** The end of what a command complained about, without colours and control characters. */
function lastLines({ stderr, isStderrCut }: Finished, source: Source): readonly string[] {
  const plain = stripVTControlCharacters(stderr.toString('utf8'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
  return source
    .mask(plain)
    .slice(isStderrCut ? source.longestSecret : 0)
    .slice(-STDERR_CHARACTERS)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-STDERR_LINES);
}

/** Looks the program up as the system would, without running it. */
async function probe(
  prefix: readonly string[],
  cwd: string,
  block: Config,
  backend: string,
  context: BackendContext,
) {
  const [program] = prefix;
  if (program === undefined) {
    return {
      identity: 'commands',
      newestAgeMs: null,
      notes: ['no "command" is configured: each query names its own'],
    };
  }
  // The script is fixed and the name is its argument, so nothing of the file is read by the shell.
  const argv = ['/bin/sh', '-c', 'command -v -- "$1"', 'sh', program];
  const env = environmentOf(block, context);
  const source = sourceOf(backend, block, env);
  const { code, stdout } = await runCommand({ argv, cwd, env, timeoutMs: block.timeout }, source, context);
  if (code !== 0) {
    const missing = Object.assign(new Error(), { code: 'ENOENT' });
    throw notStarted(missing, { argv: prefix, cwd, env }, source);
  }
  return { identity: stdout.toString('utf8').trim(), newestAgeMs: null, notes: [] };
}
