import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendContext } from '../../../contracts/backend.js';
import { BackendError } from '../../../model/failure.js';
import type { Page } from '../../../model/page.js';
import { readHtml } from './html.js';
import type { Order } from './order.js';

/** Cap on the document that a browser prints. */
const MOST_BYTES = 20 * 1024 * 1024;
/** How long scripts may run, in the browser's own time. */
const SCRIPT_MS = 5000;
/** Without them Chromium 156 of Debian hangs or calls home. */
const FLAGS: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
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
  isKept: ((url: string) => boolean) | undefined,
): Promise<Rendered> {
  const { rendered } = await context.fetcher();
  if (rendered !== undefined) {
    const known = rendered(url);
    return known === undefined
      ? { renderTrouble: 'nobody says what scripts make of it' }
      : { rendered: readHtml(known, url, isKept) };
  }
  const { chromium } = order;
  if (chromium === undefined) return { renderTrouble: 'no browser was named under "render"' };
  const profile = await mkdtemp(join(context.env['TMPDIR'] ?? '/tmp', 'gatekeeper-chromium-'));
  try {
    const printed = await dump(chromium, [...FLAGS, ...flagsFor(order, profile), url], context);
    return typeof printed === 'string'
      ? { rendered: readHtml(printed, url, isKept) }
      : { renderTrouble: printed.trouble };
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Names that are not on the list of hosts do not resolve: scripts reach no other host than we do. */
function flagsFor({ hosts, foreignHosts }: Order, profile: string): readonly string[] {
  const names = new Set([...hosts, ...foreignHosts].map((host) => new URL(`http://${host}`).hostname));
  const rules = ['MAP * ~NOTFOUND', ...[...names].map((name) => `EXCLUDE ${name}`)].join(' , ');
  return [
    `--user-data-dir=${profile}`,
    `--host-resolver-rules=${rules}`,
    `--virtual-time-budget=${SCRIPT_MS}`,
    '--dump-dom',
  ];
}

function dump(
  program: string,
  args: readonly string[],
  { signal, clock, timeoutMs, env }: BackendContext,
): Promise<string | { readonly trouble: string }> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const environment = { PATH: env['PATH'], HOME: env['HOME'], LANG: env['LANG'] };
    const child = spawn(program, args, {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
      killSignal: 'SIGKILL',
    });
    const settle = (outcome: string | { readonly trouble: string }): void => {
      over.abort();
      if (child.exitCode === null) child.kill('SIGKILL');
      if (signal.aborted) reject(signal.reason instanceof BackendError ? signal.reason : stopped());
      else resolve(outcome);
    };
    clock.sleep(timeoutMs, over.signal).then(
      () => settle({ trouble: `the browser printed no page in ${timeoutMs / 1000} s` }),
      () => undefined,
    );
    child.on('error', (error: NodeJS.ErrnoException) =>
      settle({ trouble: `the browser did not start (${error.code})` }),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
      else settle({ trouble: 'the browser printed more than 20 MiB' });
    });
    child.on('close', (code) => {
      const text = Buffer.concat(chunks).toString('utf8');
      settle(
        code === 0 && text.trim() !== ''
          ? text
          : { trouble: `the browser ended with code ${code} and no page` },
      );
    });
  });
}

function stopped(): BackendError {
  return new BackendError({ code: 'backend.interrupted', message: 'the run was interrupted' });
}
