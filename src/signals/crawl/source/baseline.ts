import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { pageSchema } from '../../../contracts/page.js';
import { optional } from '../../../contracts/schema.js';
import { BackendError } from '../../../model/failure.js';
import type { Page } from '../../../model/page.js';
import type { Answer } from '../../../model/series.js';

/** As much of a recorded answer as matters here. */
const recorded = z.object({
  response: optional(() => z.object({ pages: optional(() => z.array(pageSchema())) })),
});

const FILE = /^(?<signal>[^.]+)\.(?:pages|baseline)\.(?<arm>[^.]+)\b.*\.yaml$/;

/**
 * Pages of a recorded answer, or of a recorded set: of its arm called baseline, where it has one.
 *
 * @param shown the path as messages show it
 * @throws BackendError alone
 */
export async function recordedPages(path: string, shown: string): Promise<Answer> {
  const files = path.endsWith('.yaml') ? [''] : await filesOf(path, shown);
  const pages = new Map<string, Page>();
  for (const name of files) {
    for (const page of await pagesIn(join(path, name), join(shown, name)))
      pages.set(`${page.isTarget} ${page.listed}`, page);
  }
  if (pages.size === 0) throw trouble(shown, 'it holds no pages');
  return { series: [], pages: [...pages.values()] };
}

async function filesOf(folder: string, shown: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, 'crawl')).catch((error: unknown) => {
    throw trouble(shown, codeOf(error));
  });
  const found = names.sort().flatMap((name) => {
    const groups = FILE.exec(name)?.groups;
    return groups === undefined
      ? []
      : [{ name: join('crawl', name), signal: groups['signal'], arm: groups['arm'] }];
  });
  // Two crawls ask different things of one page: what one did not ask must not stand for what was not there.
  if (new Set(found.map(({ signal }) => signal)).size > 1)
    throw trouble(
      shown,
      `it holds several crawls; name the file of one, such as ${join(shown, found[0]?.name ?? '')}`,
    );
  const ofBaseline = found.filter(({ arm }) => arm === 'baseline');
  return (ofBaseline.length > 0 ? ofBaseline : found).map(({ name }) => name);
}

async function pagesIn(file: string, shown: string): Promise<readonly Page[]> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'), { maxAliasCount: 0, version: '1.2' });
  } catch (error) {
    throw trouble(shown, codeOf(error));
  }
  const read = recorded.safeParse(value);
  if (!read.success) throw trouble(shown, 'it is no recorded answer');
  return read.data.response?.pages ?? [];
}

function trouble(shown: string, what: string): BackendError {
  return new BackendError({
    code: 'backend.file',
    message: `the recorded baseline ${shown} cannot be read: ${what}`,
    mend: 'record one before the release with "gatekeeper check --record DIR", and name its folder',
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it is no YAML';
}
