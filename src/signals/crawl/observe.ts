import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Evidence, Observation, Trouble } from '../../model/evidence.js';
import type { Finding } from '../../model/finding.js';
import type { Page } from '../../model/page.js';
import type { PageMeasure } from '../../model/take.js';
import { normalUrl } from '../probing/addresses.js';
import { finalHop, type Site } from './checks/check.js';
import { isPageExpected } from './checks/status.js';
import type { Chosen } from './expect.js';

/** What the pages say for the take at hand; all findings travel along. */
export function observePages(input: ObserveInput, chosen: readonly Chosen[]): Observed {
  const pages = input.answers.get('pages')?.pages ?? [];
  const listed = pages.filter(({ isTarget }) => !isTarget);
  const all = findingsIn(pages, chosen, input.window.to);
  const isCounted = input.take.kind === 'regressions';
  const before = input.answers.get('baseline')?.pages ?? [];
  const known = new Set(isCounted ? findingsIn(before, chosen, input.window.to).map(keyOf) : []);
  const findings = all.filter((finding) => isUnseen(finding) || !known.has(keyOf(finding)));
  const observation: Observation = {
    labels: {},
    evidence: evidenceOf(input, listed, findings),
    // A page is asked for during the run, after the end of the window.
    newest: listed.length === 0 ? null : input.window.to,
    ended: [],
    trouble: [
      ...emptyTrouble(listed),
      ...(isCounted ? baselineTrouble(before) : []),
      ...measureTrouble(input, listed),
    ],
    notes: notesOf(input, listed, all.length - findings.length),
    ...(input.take.kind !== 'page-quantile' && { findings }),
  };
  return { state: 'observed', observations: [observation] };
}

const SHOWN = 3;

function notesOf({ take }: ObserveInput, listed: readonly Page[], old: number): readonly string[] {
  if (take.kind === 'regressions' && old > 0)
    return [`not counted: ${old} findings that the baseline has, too`];
  if (take.kind !== 'page-quantile') return [];
  const worst = listed
    .flatMap((page) => {
      const value = measured(page, take.of);
      return value === undefined ? [] : [{ url: page.listed, value }];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN);
  const told = worst.map(({ url, value }) => `${url} ${take.of === 'ttfb' ? `${value} s` : `${value} B`}`);
  return told.length === 0 ? [] : [`${take.of === 'ttfb' ? 'slowest' : 'largest'}: ${told.join(', ')}`];
}

/** What could not be found out is never excused by the same in the baseline: anything may be behind it. */
function isUnseen({ name }: Finding): boolean {
  return /^fetch\.|\.(?:unverified|unread|unreachable)$/.test(name);
}

/** One page is one page in both arms, whatever its host. */
function keyOf({ name, url }: Finding): string {
  return `${name} ${url}`;
}

function evidenceOf({ take }: ObserveInput, listed: readonly Page[], findings: readonly Finding[]): Evidence {
  if (take.kind === 'page-quantile')
    return { kind: 'raw', values: listed.flatMap((page) => measured(page, take.of) ?? []) };
  const touched = new Set(findings.map(({ url }) => url));
  const k =
    take.kind === 'share-ok' ? listed.filter((page) => !touched.has(page.listed)).length : findings.length;
  return { kind: 'counts', strata: [listed.length === 0 ? null : { k, n: listed.length }] };
}

function measured(page: Page, of: PageMeasure): number | undefined {
  return of === 'ttfb' ? page.ttfb : page.bytes;
}

function emptyTrouble(listed: readonly Page[]): readonly Trouble[] {
  return listed.length > 0
    ? []
    : [{ code: 'no-data', text: 'the list holds no page', next: 'look at the sitemap: it must name pages' }];
}

function baselineTrouble(before: readonly Page[]): readonly Trouble[] {
  return before.some(({ isTarget }) => !isTarget)
    ? []
    : [{ code: 'no-data', text: 'the baseline holds no page, so that nothing can be told from before' }];
}

/** The slowest page of all is the one that never answered: without it a quantile looks better than it is. */
function measureTrouble({ take }: ObserveInput, listed: readonly Page[]): readonly Trouble[] {
  if (take.kind !== 'page-quantile') return [];
  const silent = listed.filter((page) => measured(page, take.of) === undefined);
  if (silent.length === 0) return [];
  const shown = silent.slice(0, 3).map(({ listed: url }) => url);
  return [
    {
      code: 'partial',
      text: `${silent.length} of ${listed.length} pages gave no answer to measure: ${shown.join(', ')}`,
      next: 'see what keeps them from answering, or take them off the list',
    },
  ];
}

/** All findings, in the order of the list. */
export function findingsIn(
  pages: readonly Page[],
  chosen: readonly Chosen[],
  now: number,
): readonly Finding[] {
  const site = siteOf(pages, now);
  return pages.filter(({ isTarget }) => !isTarget).flatMap((page) => findingsOf(page, chosen, site));
}

function siteOf(pages: readonly Page[], now: number): Site {
  const byUrl = new Map<string, Page>();
  // A listed page, with all its facts, is a better witness than the same page as a target.
  for (const page of [...pages].sort((a, b) => Number(b.isTarget) - Number(a.isTarget)))
    byUrl.set(page.url, page);
  return { page: (url) => byUrl.get(normalUrl(url) ?? url), now };
}

function findingsOf(page: Page, chosen: readonly Chosen[], site: Site): readonly Finding[] {
  const url = page.listed;
  if (page.failure !== undefined) {
    const last = page.hops.at(-1);
    const after = last === undefined ? '' : ` after ${last.url} answered ${last.status}`;
    return [{ name: `fetch.${page.failure.kind}`, url, detail: `${page.failure.text}${after}` }];
  }
  const isPage = isPageExpected(page.expected) && finalHop(page).status < 300;
  const findings = chosen
    .filter(
      ({ check }) => check.of === 'answer' || (isPage && (check.of === 'page' || page.html !== undefined)),
    )
    .flatMap(({ check, find }) =>
      find(page, site).map(({ what, detail }): Finding => ({ name: `${check.id}.${what}`, url, detail })),
    );
  if (!isPage || page.html !== undefined || !chosen.some(({ check }) => check.of === 'html')) return findings;
  const type = page.contentType ?? 'no content type';
  return [...findings, { name: 'status.no-html', url, detail: `answers ${type}, HTML is expected` }];
}
