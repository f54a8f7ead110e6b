import type { Fetched, Fetcher, FetchRequest } from '../../contracts/fetcher.js';
import type { PageBlock } from './schema.js';

/** Who is told what a test does not say. */
export interface Gaps {
  readonly missing: (url: string, what: 'page' | 'rendered') => void;
}

/** A door behind which stand the pages of a test; what a real one refuses, it refuses, too. */
export function pageFetcher(
  answerAt: (url: string) => PageBlock | undefined,
  real: Pick<Fetcher, 'userAgent' | 'refusal'>,
  gaps: Gaps,
): Fetcher {
  const fetch = (request: FetchRequest): Fetched => {
    const refused = real.refusal(request.url, request);
    if (refused !== undefined) return { state: 'failed', kind: 'refused', text: refused };
    const answer = answerAt(request.url);
    if (answer !== undefined) return fetchedOf(answer, request.headers['user-agent'] ?? '');
    gaps.missing(request.url, 'page');
    return { state: 'failed', kind: 'network', text: 'the test says nothing of it' };
  };
  return {
    ...real,
    fetch: (request) => Promise.resolve(fetch(request)),
    rendered: (url) => {
      const rendered = answerAt(url)?.rendered;
      if (rendered === undefined) gaps.missing(url, 'rendered');
      return rendered;
    },
  };
}

function fetchedOf(answer: PageBlock, userAgent: string): Fetched {
  const { error, html, body = '', redirect, ttfb } = answer;
  if (error !== undefined) return { state: 'failed', kind: error, text: `${error}, as the test has it` };
  const words = Object.entries(answer['user-agents'] ?? {});
  const own = words.find(([word]) => userAgent.toLowerCase().includes(word.toLowerCase()))?.[1];
  const written = Object.entries(answer.headers ?? {}).map(
    ([name, lines]) => [name.toLowerCase(), typeof lines === 'string' ? [lines] : lines] as const,
  );
  return {
    state: 'answered',
    status: own ?? answer.status ?? (redirect === undefined ? 200 : 301),
    headers: {
      ...(html !== undefined && { 'content-type': ['text/html; charset=utf-8'] }),
      ...(redirect !== undefined && { location: [redirect] }),
      ...Object.fromEntries(written),
    },
    body: Buffer.from(html ?? body, 'utf8'),
    ttfbMs: ttfb,
  };
}
