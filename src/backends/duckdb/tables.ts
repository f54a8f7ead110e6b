import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { optional, strict } from '../../contracts/schema.js';
import { LOG_FORMATS, type LogFormat, logCount, logSelect } from './logs.js';
import { sqlText } from './paths.js';

const FILE_FORMATS = ['csv', 'json', 'ndjson', 'parquet'] as const;
type FileFormat = (typeof FILE_FORMATS)[number];
type Format = FileFormat | LogFormat;

const FORMATS: readonly Format[] = [...FILE_FORMATS, ...LOG_FORMATS];
const ENDINGS: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
};
const READERS: Readonly<Record<FileFormat, (paths: string) => string>> = {
  // By itself DuckDB passes over first lines that do not fit the others: a file that begins broken would lose rows.
  csv: (paths) => `read_csv(${paths}, header = true, skip = 0)`,
  json: (paths) => `read_json(${paths})`,
  ndjson: (paths) => `read_json(${paths}, format='newline_delimited')`,
  parquet: (paths) => `read_parquet(${paths})`,
};

const path = z.string('the path of a file is expected').min(1);
const paths = z
  .union([path, z.array(path).min(1)])
  .meta({ description: 'A file, a pattern such as logs/access.log*, or a list of them; .gz is unpacked.' });
const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);

const mapping = strict({
  path: paths,
  format: optional(() => z.string().refine(isFormat, { error: `a format is one of ${FORMATS.join(', ')}` }), {
    description: 'How to read it; by the ending of its name without it.',
    enum: [...FORMATS],
  }),
  'most-malformed': optional(
    () =>
      z
        .string()
        .regex(/^\d+(?:\.\d+)?%$/, 'a share such as 1% is expected')
        .transform((text) => Number(text.slice(0, -1)) / 100),
    { description: 'Share of malformed lines above which a log is no evidence; 1% without it.' },
  ),
})
  .refine((block) => formatOf(block) !== undefined, {
    path: ['format'],
    error: 'the ending of the file does not say what it holds\nadd "format: combined", "format: csv" …',
  })
  .refine((block) => block['most-malformed'] === undefined || isLog(formatOf(block)), {
    path: ['most-malformed'],
    error: 'only logs have malformed lines; a malformed file of another kind is an error',
  });

/** A table of files: a path, or a mapping. */
export const tableBlock = z.union([
  path.refine((text) => formatOf({ path: text }) !== undefined, {
    error:
      'the ending of the file does not say what it holds\nwrite a mapping: { path: FILE, format: combined }',
  }),
  mapping,
]);

/** A table that statements can name. */
export interface FileTable {
  readonly name: string;
  /** Of the view. */
  readonly select: string;
  /** Absolute, as a SQL list. */
  readonly paths: string;
  /** Of a log: how its lines are counted, and which share of them may be malformed. */
  readonly log: { readonly count: string; readonly mostMalformed: number } | undefined;
}

/**
 * @param root     absolute folder that relative paths start at
 * @param crawlers names that user agents of logs are searched for
 */
export function tableOf(
  name: string,
  block: z.output<typeof tableBlock>,
  root: string,
  crawlers: readonly string[],
): FileTable {
  const table = typeof block === 'string' ? { path: block } : block;
  const written = typeof table.path === 'string' ? [table.path] : table.path;
  const absolute = written.map((one) => sqlText(isAbsolute(one) ? one : join(root, one)));
  const list = `[${absolute.join(', ')}]`;
  const format = formatOf(table) ?? 'csv';
  const share = 'most-malformed' in table ? table['most-malformed'] : undefined;
  return {
    name,
    select: isLog(format) ? logSelect(format, list, crawlers) : `SELECT * FROM ${READERS[format](list)}`,
    paths: list,
    log: isLog(format) ? { count: logCount(format, list), mostMalformed: share ?? 0.01 } : undefined,
  };
}

function isLog(format: Format | undefined): format is LogFormat {
  return LOG_FORMATS.some((log) => log === format);
}

function formatOf(block: {
  readonly path: string | readonly string[];
  readonly format?: Format | undefined;
}): Format | undefined {
  if (block.format !== undefined) return block.format;
  const first = typeof block.path === 'string' ? block.path : (block.path[0] ?? '');
  const ending = /\.([^./*]+?)(?:\.(?:gz|zst))?$/.exec(first)?.[1]?.toLowerCase() ?? '';
  return ENDINGS[ending];
}
