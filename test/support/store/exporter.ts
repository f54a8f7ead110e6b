/** Serves a store's instances live, each on a port of its own, as Prometheus would find them. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ScrapeJob } from '../prometheus.js';
import type { Store } from './model.js';
import { expositionOf } from './openmetrics.js';

export interface ExporterOptions {
  /** Store seconds per second; 1 by default. 0: the caller steps the store. */
  readonly speed?: number;
  /** How often Prometheus is to scrape; 1s by default. */
  readonly interval?: string;
}

export interface Exporter {
  /** For startPrometheus. `instance` is the address, and Prometheus finds new targets only after about 5 s. */
  readonly scrape: readonly ScrapeJob[];
  stop(): Promise<void>;
}

/** Starts one server per instance, those of a canary that is not deployed yet included: they refuse until then. */
export async function startExporter(store: Store, options: ExporterOptions = {}): Promise<Exporter> {
  const { speed = 1, interval = '1s' } = options;
  const servers: Server[] = [];
  const jobs = new Map<string, string[]>();
  for (const { job, instance } of store.instances) {
    const server = serverOf(store, instance).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const targets = jobs.get(job) ?? [];
    targets.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    jobs.set(job, targets);
  }
  const everyMs = (store.scrapeSeconds * 1000) / speed;
  const timer = speed > 0 ? setInterval(() => store.step(), everyMs) : undefined;
  return {
    scrape: [...jobs].map(([job, targets]) => ({ job, targets, interval })),
    stop: async () => {
      clearInterval(timer);
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** A target that is down answers 503, which Prometheus takes as a failed scrape: up is 0, and the series end. */
function serverOf(store: Store, instance: string): Server {
  return createServer((_request, response) => {
    const found = store.targets().find(({ target }) => target.instance === instance);
    if (found === undefined || !found.isUp) {
      response.writeHead(503).end();
      return;
    }
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    response.end(expositionOf(found.target));
  });
}
