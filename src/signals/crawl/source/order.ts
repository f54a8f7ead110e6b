import type { Variables } from '../../../contracts/backend.js';
import { isListedHost } from '../../../contracts/fetcher.js';
import { type Failure, failed, ok, type Result } from '../../../model/failure.js';
import type { ReadList } from '../../list/file.js';
import { hostOf, normalUrl } from '../../probing/addresses.js';
import {
  bindManners,
  type Expand,
  expandWith,
  isWithoutGround,
  type Manners,
} from '../../probing/manners.js';
import type { CrawlBlock } from '../block.js';
import type { Need } from '../checks/check.js';
import { AGENTS } from '../checks/user-agents.js';
import { chosenIn, needsOf, parametersIn } from '../expect.js';
import { type ListRules, type Row, rowsOfCsv, rowsOfList } from './rows.js';

/** All that a run must know to ask for the pages, variables in place. */
export interface Order extends Manners {
  readonly pages: { readonly rows: readonly Row[] } | { readonly sitemap: string };
  readonly foreignHosts: readonly string[];
  readonly most: number;
  readonly needs: ReadonlySet<Need>;
  /** Whom to ask as, for the check of user agents. */
  readonly agents: readonly string[];
  readonly sitemap: string | undefined;
  readonly chromium: string | undefined;
}

const MOST_PAGES = 10_000;

/** An order, and the text that it is known by: secrets by their name. */
export interface BoundOrder {
  readonly order: Order;
  readonly text: string;
}

/** Puts variables into a block, and reads the list it names. Every trouble at once. */
export function bindOrder(block: CrawlBlock, variables: Variables, readList: ReadList): Result<BoundOrder> {
  const failures: Failure[] = [];
  const expand = expandWith(variables, failures);
  const { manners, base, shown } = bindManners(block, expand, failures);
  if (isWithoutGround(failures)) return failed(...failures);
  const { hosts } = manners;
  const foreignHosts = (block['foreign-hosts'] ?? []).map((host, i) =>
    hostOf(expand(host, 'foreign-hosts', i)),
  );
  const parameters = parametersIn(block.expect);
  const named = textIn(parameters.get('sitemap'), 'url');
  const sitemap =
    named === undefined ? undefined : normalUrl(expand(named, 'expect', 'sitemap', 'url'), base);
  if (named !== undefined && (sitemap === undefined || !isListedHost(new URL(sitemap), hosts)))
    failures.push(strangeSitemap(named, ['expect', 'sitemap', 'url']));
  const most = block['at-most'] ?? MOST_PAGES;
  const pages = pagesOf(block.urls, { base, hosts, most }, expand, readList);
  if (!pages.ok) failures.push(...pages.failures);
  if (failures.length > 0 || !pages.ok) return failed(...failures);
  const needs = needsOf(chosenIn(block.expect));
  const order: Order = {
    ...manners,
    pages: pages.value.pages,
    foreignHosts,
    most,
    needs,
    agents: needs.has('agents') ? agentsIn(parameters.get('user-agents')) : [],
    sitemap,
    chromium: block.render?.chromium,
  };
  return ok({ order, text: textOf(order, pages.value.text, shown) });
}

function pagesOf(
  urls: CrawlBlock['urls'],
  rules: ListRules,
  expand: Expand,
  readList: ReadList,
): Result<{ readonly pages: Order['pages']; readonly text: unknown }> {
  if ('sitemap' in urls) {
    const sitemap = normalUrl(expand(urls.sitemap, 'urls', 'sitemap'), rules.base);
    return sitemap !== undefined && isListedHost(new URL(sitemap), rules.hosts)
      ? ok({ pages: { sitemap }, text: { sitemap } })
      : failed(strangeSitemap(urls.sitemap, ['urls', 'sitemap']));
  }
  if ('csv' in urls) {
    const list = readList(expand(urls.csv, 'urls', 'csv'), ['urls', 'csv']);
    if (!list.ok) return list;
    const rows = rowsOfCsv(list.value.text, list.value.file, rules);
    return rows.ok
      ? ok({
          pages: { rows: rows.value },
          text: { csv: urls.csv, pages: rows.value.length, sha256: list.value.hash },
        })
      : rows;
  }
  const written = urls.map((each, i) =>
    typeof each === 'string'
      ? { url: expand(each, 'urls', i) }
      : Object.fromEntries(
          Object.entries(each).flatMap(([column, value]) =>
            value === undefined ? [] : [[column, expand(String(value), 'urls', i, column)]],
          ),
        ),
  );
  const rows = rowsOfList(written, rules);
  return rows.ok ? ok({ pages: { rows: rows.value }, text: written }) : rows;
}

function strangeSitemap(written: string, path: readonly string[]): Failure {
  return {
    code: 'gatefile.invalid',
    message: `"${written}" is no address on a host that is listed`,
    path,
    mend: 'write it like https://shop.example.com/sitemap.xml, and its host under "hosts"',
  };
}

/** What decides the answer: not how fast it is asked, nor what is expected of it. */
function textOf(order: Order, urls: unknown, shown: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    urls,
    ...shown,
    ...(order.needs.size > 0 && { needs: [...order.needs].sort() }),
    ...(order.agents.length > 0 && { agents: order.agents }),
    ...(order.sitemap !== undefined && { sitemap: order.sitemap }),
  });
}

function textIn(parameters: unknown, name: string): string | undefined {
  const value: unknown =
    typeof parameters === 'object' && parameters !== null ? Reflect.get(parameters, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function agentsIn(parameters: unknown): readonly string[] {
  const named: unknown =
    typeof parameters === 'object' && parameters !== null ? Reflect.get(parameters, 'as') : undefined;
  return Array.isArray(named) ? named.map(String) : [...AGENTS];
}
