import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { pageSchema } from '../../../contracts/page.js';
import { BackendError } from '../../../model/failure.js';
import type { Page } from '../../../model/page.js';
import type { Answer } from '../../../model/series.js';

/** As much of a recorded answer as matters here. */
const recorded = z.object({ response: z.object({ pages: z.array(pageSchema).optional() }).optional() });

/**
 * Pages of a recorded set: of each file of its folder `crawl`, those of arms called baseline where there are some.
 *
 * @throws BackendError alone
 */
export async function recordedPages(folder: string, shown: string): Promise<Answer> {
  const names = await readdir(join(folder, 'crawl')).catch((error: unknown) => {
    throw trouble(shown, `${codeOf(error)} at ${shown}/crawl`);
  });
  const files = names.filter((name) => /\.pages\..*\.yaml$/.test(name)).sort();
  const ofBaseline = files.filter((name) => /\.pages\.baseline\b/.test(name));
  const pages = new Map<string, Page>();
  for (const name of ofBaseline.length > 0 ? ofBaseline : files) {
    for (const page of await pagesIn(join(folder, 'crawl', name), `${shown}/crawl/${name}`)) {
      const key = `${page.isTarget} ${page.listed}`;
      if (!pages.has(key)) pages.set(key, page);
    }
  }
  if (pages.size === 0) throw trouble(shown, 'it holds no pages');
  return { series: [], pages: [...pages.values()] };
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
