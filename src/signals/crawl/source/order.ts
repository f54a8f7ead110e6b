import type { Variables } from '../../../contracts/backend.js';
import { isListedHost } from '../../../contracts/fetcher.js';
import { expandPlaceholders } from '../../../contracts/placeholders.js';
import { SecretValue } from '../../../contracts/secrets.js';
import { type Failure, failed, ok, type Result } from '../../../model/failure.js';
import type { ReadList } from '../../list/file.js';
import { normalUrl } from '../addresses.js';
import type { CrawlBlock } from '../block.js';
import { parseRate } from '../block.js';
import type { Need } from '../checks/check.js';
import { AGENTS } from '../checks/user-agents.js';
import { chosenIn, needsOf, parametersIn } from '../expect.js';
import { type ListRules, type Row, rowsOfCsv, rowsOfList } from './rows.js';

/** All that a run must know to ask for the pages, variables in place. */
export interface Order {
  readonly pages: { readonly rows: readonly Row[] } | { readonly sitemap: string };
  /** Hosts of our own, lower case. */
  readonly hosts: readonly string[];
  readonly foreignHosts: readonly string[];
  /** Cookies among them; for hosts of our own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
  readonly contact: string | undefined;
  readonly perSecond: number;
  readonly connections: number;
  readonly most: number;
  readonly isPrivateAllowed: boolean;
  readonly needs: ReadonlySet<Need>;
  /** Whom to ask as, for the check of user agents. */
  readonly agents: readonly string[];
  readonly sitemap: string | undefined;
  readonly chromium: string | undefined;
}

const DEFAULTS = { rate: '2/s', connections: 2, most: 10_000 } as const;

/** An order, and the text that it is known by: secrets by their name. */
export interface BoundOrder {
  readonly order: Order;
  readonly text: string;
}

/** Puts variables into a text that stands at a place of the block. */
type Expand = (text: string, ...path: readonly (string | number)[]) => string;

/** Puts variables into a block, and reads the list it names. Every trouble at once. */
export function bindOrder(block: CrawlBlock, variables: Variables, readList: ReadList): Result<BoundOrder> {
  const failures: Failure[] = [];
  const expand: Expand = (text, ...path) => {
    const expanded = expandPlaceholders(text, variables, (value) => ok(value));
    if (!expanded.ok) failures.push(...expanded.failures.map((failure) => ({ ...failure, path })));
    return expanded.ok ? expanded.value : text;
  };
  const expandAll = (key: 'headers' | 'cookies'): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(block[key] ?? {}).map(([name, value]) => [
        name,
        value instanceof SecretValue ? value.value : expand(String(value), key, name),
      ]),
    );
  const hosts = block.hosts.map((host, i) => expand(host, 'hosts', i).toLowerCase());
  const foreignHosts = (block['foreign-hosts'] ?? []).map((host, i) =>
    expand(host, 'foreign-hosts', i).toLowerCase(),
  );
  const base = block.base === undefined ? undefined : expand(block.base, 'base');
  const userAgent = block['user-agent'] === undefined ? undefined : expand(block['user-agent'], 'user-agent');
  const contact = block.contact === undefined ? undefined : expand(block.contact, 'contact');
  const headers = expandAll('headers');
  const cookies = Object.entries(expandAll('cookies')).map(([name, value]) => `${name}=${value}`);
  failures.push(
    ...ownHeaderTrouble(Object.keys(headers)),
    ...headerTrouble({
      ...headers,
      cookies: cookies.join('; '),
      'user-agent': userAgent ?? '',
      contact: contact ?? '',
    }),
  );
  if (base !== undefined && !/^https?:\/\/./i.test(base))
    failures.push({
      code: 'gatefile.invalid',
      message: `"${base}" is no base`,
      path: ['base'],
      mend: 'write it like https://shop.example.com',
    });
  const parameters = parametersIn(block.expect);
  const named = textIn(parameters.get('sitemap'), 'url');
  const sitemap =
    named === undefined ? undefined : normalUrl(expand(named, 'expect', 'sitemap', 'url'), base);
  if (named !== undefined && (sitemap === undefined || !isListedHost(new URL(sitemap), hosts)))
    failures.push(strangeSitemap(named, ['expect', 'sitemap', 'url']));
  const most = block['at-most'] ?? DEFAULTS.most;
  const pages = pagesOf(block.urls, { base, hosts, most }, expand, readList);
  if (!pages.ok) failures.push(...pages.failures);
  if (failures.length > 0 || !pages.ok) return failed(...failures);
  const needs = needsOf(chosenIn(block.expect));
  const order: Order = {
    pages: pages.value.pages,
    hosts,
    foreignHosts,
    headers: { ...lowerCased(headers), ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }) },
    userAgent,
    contact,
    perSecond: parseRate(block.rate ?? DEFAULTS.rate),
    connections: block.connections ?? DEFAULTS.connections,
    most,
    isPrivateAllowed: block['allow-private'] ?? false,
    needs,
    agents: needs.has('agents') ? agentsIn(parameters.get('user-agents')) : [],
    sitemap,
    chromium: block.render?.chromium,
  };
  return ok({ order, text: textOf(block, order, pages.value.text, expand) });
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
function textOf(block: CrawlBlock, order: Order, urls: unknown, expand: Expand): string {
  const shown = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        value instanceof SecretValue ? `<${value.name}>` : expand(String(value)),
      ]),
    );
  return JSON.stringify({
    urls,
    ...(block.base !== undefined && { base: expand(block.base) }),
    ...(block.headers !== undefined && { headers: shown(block.headers) }),
    ...(block.cookies !== undefined && { cookies: shown(block.cookies) }),
    ...(order.userAgent !== undefined && { userAgent: order.userAgent }),
    ...(order.needs.size > 0 && { needs: [...order.needs].sort() }),
    ...(order.agents.length > 0 && { agents: order.agents }),
    ...(order.sitemap !== undefined && { sitemap: order.sitemap }),
  });
}

/** Headers that say who asks whom, and how: they are not for a file to say. */
const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'host',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

function ownHeaderTrouble(names: readonly string[]): readonly Failure[] {
  return names
    .filter((name) => OURS.has(name.toLowerCase()))
    .map((name) => ({
      code: 'gatefile.invalid',
      message: `"${name}" is no header that a crawl may set`,
      path: ['headers', name],
      mend: 'there are "cookies" and "user-agent"; the host is that of the page',
    }));
}

function headerTrouble(headers: Readonly<Record<string, string>>): readonly Failure[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
      ? []
      : [
          {
            code: 'gatefile.invalid',
            message: `"${name}" holds a character that HTTP cannot carry`,
            mend: 'look for a line break or a typographic character in its value',
          } as const,
        ],
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
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
