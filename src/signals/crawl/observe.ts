import type { Observed, ObserveInput } from '../../contracts/signal.js';
import type { Evidence, Observation, Trouble } from '../../model/evidence.js';
import type { Finding } from '../../model/finding.js';
import type { Page } from '../../model/page.js';
import type { PageMeasure } from '../../model/take.js';
import { normalUrl } from '../probing/addresses.js';
import { finalHop, type Site } from './checks/check.js';
import { isPageExpected } from './checks/status.js';
import type { Chosen } from './expect.js';
import { lostSince } from './lost.js';

/** What the pages say for the take at hand; all findings travel along. */
export function observePages(input: ObserveInput, chosen: readonly Chosen[]): Observed {
  const pages = input.answers.get('pages')?.pages ?? [];
  const listed = pages.filter(({ isTarget }) => !isTarget);
  const all = findingsIn(pages, chosen, input.window.to);
  const isCounted = input.take.kind === 'regressions';
  const before = input.answers.get('baseline')?.pages ?? [];
  const known = new Set(isCounted ? seenBefore(findingsIn(before, chosen, input.window.to)) : []);
  const sized = listed.map((page) => ({ page, value: measureOf(input, page, chosen) }));
  const fresh = all.filter((finding) => isUnseen(finding) || !known.has(keyOf(finding)));
  const findings = isCounted ? [...fresh, ...lostSince(listed, before, chosen, all)] : fresh;
  const blind =
    isCounted && findings.length === 0
      ? blindTrouble(listed, (page) => isErrorPage(page, chosen, input.window.to))
      : [];
  const observation: Observation = {
    labels: {},
    evidence: evidenceOf(input, sized, findings),
    // A page is asked for during the run, after the end of the window.
    newest: listed.length === 0 ? null : input.window.to,
    ended: [],
    trouble: [
      ...emptyTrouble(listed),
      ...(isCounted ? baselineTrouble(before) : []),
      ...blind,
      ...measureTrouble(input, sized),
    ],
    notes: notesOf(input, sized, all.length - fresh.length),
    ...(input.take.kind !== 'page-quantile' && { findings }),
  };
  return { state: 'observed', observations: [observation] };
}

const SHOWN = 3;

/** A listed page, and what the take measures of it; undefined where it gave nothing to measure. */
interface Sized {
  readonly page: Page;
  readonly value: number | undefined;
}

function notesOf({ take }: ObserveInput, sized: readonly Sized[], old: number): readonly string[] {
  if (take.kind === 'regressions' && old > 0)
    return [`not counted: ${old} findings that the baseline has, too`];
  if (take.kind !== 'page-quantile') return [];
  const worst = sized
    .flatMap(({ page, value }) => (value === undefined ? [] : [{ url: page.listed, value }]))
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN);
  const told = worst.map(({ url, value }) => `${url} ${take.of === 'ttfb' ? `${value} s` : `${value} B`}`);
  return told.length === 0 ? [] : [`${take.of === 'ttfb' ? 'slowest' : 'largest'}: ${told.join(', ')}`];
}

/** What could not be found out is never excused by the same in the baseline: anything may be behind it. */
function isUnseen(finding: Finding): boolean {
  return isPageUnseen(finding) || /\.(?:unverified|unread|unreachable)$/.test(finding.name);
}

/** A server that is down, or refuses to serve, shows as little of its page as one that is silent. */
function isPageUnseen({ name }: Finding): boolean {
  return /^fetch\.|^status\.(?:server-error|overloaded|denied)$/.test(name);
}

/** What excuses the same finding now: of a page that the baseline did not see, nothing. */
function seenBefore(findings: readonly Finding[]): readonly string[] {
  const unseen = new Set(findings.filter(isPageUnseen).map(({ url }) => url));
  return findings.filter(({ url }) => !unseen.has(url)).map(keyOf);
}

/** One page is one page in both arms, whatever its host. */
function keyOf({ name, url }: Finding): string {
  return `${name} ${url}`;
}

function evidenceOf({ take }: ObserveInput, sized: readonly Sized[], findings: readonly Finding[]): Evidence {
  if (take.kind === 'page-quantile')
    return { kind: 'raw', values: sized.flatMap(({ value }) => value ?? []) };
  const touched = new Set(findings.map(({ url }) => url));
  const k =
    take.kind === 'share-ok' ? sized.filter(({ page }) => !touched.has(page.listed)).length : findings.length;
  return { kind: 'counts', strata: [sized.length === 0 ? null : { k, n: sized.length }] };
}

/** An error page is quick and small, and none of the pages that are meant. */
function measureOf(
  { take, window }: ObserveInput,
  page: Page,
  chosen: readonly Chosen[],
): number | undefined {
  if (take.kind !== 'page-quantile' || isErrorPage(page, chosen, window.to)) return undefined;
  return measured(page, take.of);
}

/** Whether the last answer is an error that the page is not expected to give. */
function isErrorPage(page: Page, chosen: readonly Chosen[], now: number): boolean {
  const last = finalHop(page);
  // A redirect is expected of the first answer; what it leads to is the page, and must be none of these.
  const alone: Page = { ...page, hops: [last] };
  const isUnexpected = chosen.some(
    ({ check, find }) => check.id === 'status' && find(alone, siteOf([], now)).length > 0,
  );
  return last.status >= 400 && isUnexpected;
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

/** Pages that are gone in both arms, or all lead to a login, are alike in nothing but that: a base or a cookie may lead astray. */
function blindTrouble(listed: readonly Page[], isError: (page: Page) => boolean): readonly Trouble[] {
  const errors = listed.filter(isError);
  const ends = new Set(listed.filter((page) => !isError(page)).map(strangeEnd));
  const [end] = ends;
  const isOneEnd = ends.size === 1 && end !== undefined && listed.length > 1;
  if (listed.length === 0 || (ends.size > 0 && !isOneEnd)) return [];
  const statuses = [...new Set(errors.map((page) => finalHop(page).status))].sort().join(', ');
  const what = [...(statuses === '' ? [] : [`answer ${statuses}`]), ...(isOneEnd ? [`end at ${end}`] : [])];
  return [
    {
      code: 'no-data',
      // Whether they also did in the baseline is not known where no check looks at the end of a redirect.
      text: `all of ${listed.length} pages ${what.join(' or ')}${isOneEnd ? '' : ', here and in the baseline'}, so that nothing of them is told`,
      next: 'check "base", headers and cookies: they must lead to the pages',
    },
  ];
}

/** Where a page ends that was led to another, without its query, which may say where it was to lead; else undefined. */
function strangeEnd(page: Page): string | undefined {
  const placeOf = (url: string): string => url.replace(/[?#].*$/s, '');
  const end = placeOf(finalHop(page).url);
  const wanted = normalUrl(page.expected['final'] ?? page.url, page.url) ?? page.url;
  return end === placeOf(wanted) ? undefined : end;
}

/** The slowest page of all is the one that never answered: without it a quantile looks better than it is. */
function measureTrouble({ take }: ObserveInput, sized: readonly Sized[]): readonly Trouble[] {
  if (take.kind !== 'page-quantile') return [];
  const silent = sized.filter(({ value }) => value === undefined).map(({ page }) => page);
  if (silent.length === 0) return [];
  const shown = silent.slice(0, SHOWN).map((page) => `${page.listed}${statusText(page)}`);
  const more = silent.length > SHOWN ? ` and ${silent.length - SHOWN} more` : '';
  return [
    {
      code: silent.length === sized.length ? 'no-data' : 'partial',
      text: `${silent.length} of ${sized.length} pages gave no answer to measure: ${shown.join(', ')}${more}`,
      next: 'see what keeps them from answering, or take them off the list',
    },
  ];
}

function statusText(page: Page): string {
  const { status } = finalHop(page);
  return page.failure === undefined && status >= 400 ? ` (${status})` : '';
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
  if (!isPage || page.html !== undefined || !chosen.some(({ check }) => isOfHtml(check, page)))
    return findings;
  const type = isUntyped(page) ? 'no content type' : page.contentType;
  return [...findings, { name: 'status.no-html', url, detail: `answers ${type}, HTML is expected` }];
}

/** Where nothing says what a page is, it may be HTML, with a "noindex" that nobody read. */
function isOfHtml({ id, of }: Chosen['check'], page: Page): boolean {
  return of === 'html' || (id === 'indexable' && isUntyped(page));
}

function isUntyped({ contentType = '' }: Page): boolean {
  return contentType.trim() === '';
}
