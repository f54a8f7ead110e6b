import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { pageSchema } from '../../../contracts/page.js';
import { optional } from '../../../contracts/schema.js';
import { type Failure, failed, ok, type Result } from '../../../model/failure.js';
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
 * @param written the path as the gate has it
 */
export type ReadBaseline = (written: string) => Result<Answer>;

/** Reads each baseline once: every criterion and segment asks for it. */
export function baselineReader(folder: string): ReadBaseline {
  const known = new Map<string, Result<Answer>>();
  return (written) => {
    const answer = known.get(written) ?? recordedPages(resolve(folder, written), written);
    known.set(written, answer);
    return answer;
  };
}

function recordedPages(path: string, shown: string): Result<Answer> {
  const files = path.endsWith('.yaml') ? ok(['']) : filesOf(path, shown);
  if (!files.ok) return files;
  const pages = new Map<string, Page>();
  for (const name of files.value) {
    const read = pagesIn(join(path, name), join(shown, name));
    if (!read.ok) return read;
    for (const page of read.value) pages.set(`${page.isTarget} ${page.listed}`, page);
  }
  if (pages.size === 0) return failed(trouble(shown, 'it holds no pages'));
  return ok({ series: [], pages: [...pages.values()] });
}

function filesOf(folder: string, shown: string): Result<readonly string[]> {
  let names: readonly string[];
  try {
    names = readdirSync(join(folder, 'crawl'));
  } catch (error) {
    return failed(trouble(shown, codeOf(error)));
  }
  const found = [...names].sort().flatMap((name) => {
    const groups = FILE.exec(name)?.groups;
    return groups === undefined
      ? []
      : [{ name: join('crawl', name), signal: groups['signal'], arm: groups['arm'] }];
  });
  // Two crawls ask different things of one page: what one did not ask must not stand for what was not there.
  if (new Set(found.map(({ signal }) => signal)).size > 1)
    return failed(
      trouble(
        shown,
        `it holds several crawls; name the file of one, such as ${join(shown, found[0]?.name ?? '')}`,
      ),
    );
  const ofBaseline = found.filter(({ arm }) => arm === 'baseline');
  return ok((ofBaseline.length > 0 ? ofBaseline : found).map(({ name }) => name));
}

function pagesIn(file: string, shown: string): Result<readonly Page[]> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0, version: '1.2' });
  } catch (error) {
    return failed(trouble(shown, codeOf(error)));
  }
  const read = recorded.safeParse(value);
  if (!read.success) return failed(trouble(shown, 'it is no recorded answer'));
  return ok(read.data.response?.pages ?? []);
}

function trouble(shown: string, what: string): Failure {
  return {
    code: 'gatefile.invalid',
    message: `the recorded baseline ${shown} cannot be read: ${what}`,
    mend: 'record one before the release with "gatekeeper record DIR --baseline", and name its folder',
    path: ['recorded'],
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it is no YAML';
}
