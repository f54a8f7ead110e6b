import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendContext } from '../../../contracts/backend.js';
import type { Page } from '../../../model/page.js';
import { isRoot, printed } from './browser.js';
import { type IsListed, readHtml } from './html.js';
import type { Order } from './order.js';

/** How long scripts may run, in the browser's own time. */
const SCRIPT_MS = 5000;
/** Without them Chromium 156 of Debian hangs or calls home. */
const FLAGS: readonly string[] = [
  '--headless=new',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-crash-reporter',
  '--disable-breakpad',
];

type Rendered = Pick<Page, 'rendered' | 'renderTrouble'>;

/** The page after its scripts ran, or why it is not known. @throws BackendError when the run was stopped */
export async function renderPage(
  url: string,
  order: Order,
  context: BackendContext,
  isListed: IsListed | undefined,
): Promise<Rendered> {
  const { rendered } = await context.fetcher();
  if (rendered !== undefined) {
    const known = rendered(url);
    return known === undefined
      ? { renderTrouble: 'nobody says what scripts make of it' }
      : { rendered: readHtml(known, url, isListed) };
  }
  const { chromium } = order;
  if (chromium === undefined) return { renderTrouble: 'no browser was named under "render"' };
  const profile = await mkdtemp(join(context.env['TMPDIR'] ?? '/tmp', 'gatekeeper-chromium-'));
  try {
    const args = [...FLAGS, ...flagsFor(order, profile), url];
    const page = await printed(chromium, args, profile, context);
    return typeof page === 'string'
      ? { rendered: readHtml(page, url, isListed) }
      : { renderTrouble: page.trouble };
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Names that are not on the list of hosts do not resolve: scripts reach no other host than we do. */
function flagsFor({ hosts, foreignHosts }: Order, profile: string): readonly string[] {
  const names = new Set([...hosts, ...foreignHosts].map((host) => new URL(`http://${host}`).hostname));
  const rules = ['MAP * ~NOTFOUND', ...[...names].map((name) => `EXCLUDE ${name}`)].join(' , ');
  return [
    ...(isRoot() ? ['--no-sandbox'] : []),
    `--user-data-dir=${profile}`,
    `--host-resolver-rules=${rules}`,
    `--virtual-time-budget=${SCRIPT_MS}`,
    '--dump-dom',
  ];
}
