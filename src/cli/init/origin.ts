import fs from 'node:fs/promises';
import path from 'node:path';
import type { BackendContext } from '../../contracts/backend.js';
import type { HttpRequest } from '../../contracts/http.js';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';
import type { InitOptions } from '../options.js';
import { type Metrics, metricsAt, metricsOf, requestFor } from './metrics.js';

/** Where metrics are read. */
export interface Origin {
  readonly kind: 'server' | 'page' | 'file';
  /** The URL or path, as given. */
  readonly shown: string;
  /** The server that the gates ask. */
  readonly url: string;
}

const USUAL_URL = 'http://127.0.0.1:9090';

/** What the flags and the environment name. */
export function originOf(
  { url, metrics }: Pick<InitOptions, 'url' | 'metrics'>,
  env: Readonly<Record<string, string | undefined>>,
): Result<Origin> {
  const known = env['PROMETHEUS_URL'] || undefined;
  const given = metrics ?? url ?? known;
  if (given === undefined)
    return failed({
      code: 'usage',
      message: 'init needs to know where the metrics are',
      mend: `name the server with --url ${USUAL_URL}, or an exporter's page with --metrics http://127.0.0.1:9113/metrics`,
    });
  const isUrl = /^https?:\/\//i.test(given);
  if (isUrl && !URL.canParse(given)) return failed(notAUrl(given));
  if (isUrl && holdsMore(new URL(given), metrics === undefined)) return failed(WITH_SECRET);
  if (metrics !== undefined) return ok({ kind: isUrl ? 'page' : 'file', shown: metrics, url: USUAL_URL });
  return isUrl ? ok({ kind: 'server', shown: given, url: given }) : failed(notAUrl(given));
}

function notAUrl(given: string): Failure {
  return {
    code: 'usage',
    message: `"${given}" is no http:// or https:// URL`,
    mend: `write it like ${USUAL_URL}`,
  };
}

/** Whether a URL may hold a secret: that of a server would be written into files, that of a page shown. */
function holdsMore({ username, password, search }: URL, isServer: boolean): boolean {
  return username !== '' || password !== '' || (isServer && search !== '');
}

const WITH_SECRET: Failure = {
  code: 'usage',
  message: 'the URL holds a name, a password or a query, which would be written down',
  mend: 'save the page of the exporter and give it with --metrics FILE; docs/gatefile.md says how a backend gets its secret',
};

/** @throws BackendError when a server cannot be asked */
export async function openMetrics(
  { kind, shown }: Origin,
  context: BackendContext,
  cwd: string,
): Promise<Result<Metrics>> {
  const send = async (request: HttpRequest): Promise<string> =>
    (await (await context.http()).send(request, context.signal)).body;
  if (kind === 'server') return ok(await metricsAt(shown, send, context.clock.now()));
  const page = kind === 'page' ? ok(await send(requestFor(shown))) : await readPage(shown, cwd);
  if (!page.ok) return page;
  const metrics = metricsOf(page.value);
  if (metrics.names.size > 0) return ok(metrics);
  return failed({
    code: 'usage',
    message: `${shown} holds no metrics in the text format of Prometheus`,
    mend: 'an exporter serves it under /metrics; a Prometheus server itself is named with --url',
  });
}

async function readPage(file: string, cwd: string): Promise<Result<string>> {
  try {
    return ok(await fs.readFile(path.resolve(cwd, file), 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return failed({
      code: 'usage',
      message: `${file} cannot be read: ${code === 'ENOENT' ? 'it is not there' : (code ?? message)}`,
      mend: 'check the path, or give the URL of the page',
    });
  }
}
