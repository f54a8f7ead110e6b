import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, resolve, sep } from 'node:path';
import * as z from 'zod';
import {
  type BackendContext,
  defineBackend,
  type Health,
  type QueryRequest,
  type Variables,
} from '../contracts/backend.js';
import { expandPlaceholders, withBuiltIns, withSymbolicBuiltIns } from '../contracts/placeholders.js';
import { optional, strict } from '../contracts/schema.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import { formatInstant } from '../model/time.js';
import { inTime, isMissing, noFolder, type Place, readInside } from './file/read.js';
import { decodeTable, planTable, type TablePlan, type TableQuery, tableQuery } from './file/table.js';
import { cutPoints } from './shared/cut.js';
import { shapeAsWritten, shapeTrouble } from './shared/points.js';
import { parseQuery } from './shared/query.js';

const config = strict({
  folder: optional(() => z.string().min(1), {
    description: 'Where the files are, relative to this file; nothing outside it is read.',
  }),
});

/** Reads CSV, NDJSON or JSON that something else wrote: exports, logs, results of a load test. */
export const file = defineBackend({
  type: 'file',
  about: 'CSV, NDJSON or JSON files: exports and results that something else writes.',
  config,
  query: z.union([z.string().min(1), tableQuery]),
  open: (block, site) => {
    const place: Place = { backend: site.id, folder: resolve(site.folder, block.folder ?? '.') };
    return {
      address: block.folder ?? '.',
      prepare: (request) => {
        const bound = bind(request);
        if (!bound.ok) return bound;
        const { path, plan, text } = bound.value;
        const { use, window } = request;
        return ok({
          backend: site.id,
          key: JSON.stringify([site.id, path, text, use, window.from, window.to, window.stepMs]),
          text,
          use,
          window,
          notes: [],
          ifEmpty:
            'look whether the file holds rows in the window, and whether the query finds them: gatekeeper plan shows it',
          fetch: async (context) => {
            const content = await inTime(readInside(path, place), path, place, context);
            return { series: cutPoints(decodeTable(content, plan, path, place), use, window, place) };
          },
        });
      },
      probe: (context) => inTime(probe(place, context), '.', place, context),
    };
  },
});

interface Bound {
  readonly path: string;
  readonly plan: TablePlan;
  readonly text: string;
}

function bind({ source, use, window, variables }: QueryRequest): Result<Bound> {
  const parsed = parseQuery(tableQuery, typeof source === 'string' ? { path: source } : source);
  if (!parsed.ok) return parsed;
  const expanded = expandQuery(parsed.value, withBuiltIns(variables, window, formatInstant));
  if (!expanded.ok) return expanded;
  const { path } = expanded.value;
  if (!isInside(path)) return failed(outside(path));
  const plan = planTable(expanded.value);
  if (!plan.ok) return plan;
  const trouble = shapeTrouble(plan.value.shape, use, window);
  if (trouble !== undefined) return failed(trouble);
  const symbolic = expandQuery(parsed.value, withSymbolicBuiltIns(variables, window));
  if (!symbolic.ok) return symbolic;
  const { format } = plan.value;
  const { path: symbolicPath, where } = symbolic.value;
  const text = JSON.stringify({ path: symbolicPath, format, ...shapeAsWritten(plan.value.shape), where });
  return ok({ path, plan: plan.value, text });
}

/** Variables may stand in the path and in the values of `where`. */
function expandQuery(query: TableQuery, variables: Variables): Result<TableQuery> {
  const failures: Failure[] = [];
  const take = (result: Result<string>): string => {
    if (!result.ok) failures.push(...result.failures);
    return result.ok ? result.value : '';
  };
  const path = take(expandPlaceholders(query.path, variables, partOfName));
  const where = Object.entries(query.where ?? {}).map(
    ([column, wanted]) => [column, take(expandPlaceholders(wanted, variables, ok))] as const,
  );
  if (failures.length > 0) return failed(...failures);
  return ok({ ...query, path, where: query.where === undefined ? undefined : Object.fromEntries(where) });
}

/** A variable may be a part of a file's name, and never the way to another folder. */
function partOfName(value: string, _offset: number, name: string): Result<string> {
  const found = ['/', '\\', '..', '\0'].find((part) => value.includes(part));
  if (found === undefined) return ok(value);
  return failed({
    code: 'gatefile.variable',
    message: `the value of "{{${name}}}" holds ${JSON.stringify(found)}, which may not come into a path`,
    mend: 'write folders in the path itself, and use variables for names alone',
  });
}

function isInside(path: string): boolean {
  const plain = normalize(path);
  return !isAbsolute(plain) && plain !== '..' && !plain.startsWith(`..${sep}`) && !plain.includes('\0');
}

function outside(path: string): Failure {
  return {
    code: 'gatefile.query',
    message: `${JSON.stringify(path)} lies outside the folder of the backend`,
    mend: 'write it relative to "folder", and set "folder" where the files are',
  };
}

/** More files than this are not looked at one by one. */
const MOST_FILES = 1000;

async function probe(place: Place, context: BackendContext): Promise<Health> {
  const entries = await readdir(place.folder, { withFileTypes: true }).catch((error: unknown) => {
    throw isMissing(error) ? noFolder(place) : error;
  });
  const files = entries.filter((entry) => entry.isFile());
  const looked = files
    .slice(0, MOST_FILES)
    .map(async ({ name }) => (await stat(join(place.folder, name))).mtimeMs);
  const newest = Math.max(...(await Promise.all(looked)));
  return {
    identity: `folder with ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    newestAgeMs: files.length === 0 ? null : Math.max(0, context.clock.now() - newest),
    notes: files.length > MOST_FILES ? [`only the first ${MOST_FILES} files were looked at`] : [],
  };
}
