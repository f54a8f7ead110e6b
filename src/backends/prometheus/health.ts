import type { Health } from '../../contracts/backend.js';
import type { HttpResponse } from '../../contracts/http.js';
import { requestTo } from '../shared/endpoint.js';
import { askInstant, notTheApi, type Server } from './api.js';
import { envelopeOf } from './decode.js';

/** What the server is, and the age of its newest scrape. @throws BackendError */
export async function healthOf(server: Server): Promise<Health> {
  const { id, endpoint, context } = server;
  const http = await context.http();
  const [built, newest] = await Promise.all([
    http.send(
      // Not every server of this API has it.
      requestTo(endpoint, id, '/api/v1/status/buildinfo', [], { acceptStatuses: [400, 404, 405, 422] }),
      context.signal,
    ),
    // A look-back of its own: by itself `timestamp()` sees nothing older than five minutes.
    askInstant(server, 'max(timestamp(up) or max_over_time(timestamp(up)[1d:1m]))', context.clock.now()),
  ]);
  if (built.status === 200 && envelopeOf(built.body) === undefined) throw notTheApi(server, built);
  const seconds = newest.series[0]?.values[0];
  return {
    identity: identityOf(built),
    newestAgeMs: seconds === undefined ? null : context.clock.now() - Math.round(seconds * 1000),
    notes: [
      ...(seconds === undefined ? ['no series "up" here, so the age of the newest data is not known'] : []),
      ...newest.warnings,
    ],
  };
}

function identityOf({ status, body, headers }: HttpResponse): string {
  // VictoriaMetrics answers with the version of the Prometheus that it stands in for, and signs in a header.
  if (headers['x-server-hostname'] !== undefined) return 'VictoriaMetrics';
  const data = status === 200 ? envelopeOf(body)?.data : undefined;
  const version = textOf(data, 'version');
  if (version === '') return 'Prometheus API';
  const application = textOf(data, 'application');
  if (application !== '') return `${application} ${version}`;
  // Thanos answers with its own version and no name; Prometheus has left 0 behind in 2016.
  return `${version.startsWith('0.') ? 'Thanos' : 'Prometheus'} ${version}`;
}

function textOf(data: unknown, key: string): string {
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
  return typeof value === 'string' ? value : '';
}
