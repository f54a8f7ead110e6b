import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpTls } from '../contracts/http.js';
import { type Env, proxyFor } from './proxy.js';
import { loadTls } from './tls.js';

/** The way to a server: the agent that keeps its connections, and the proxy in between. */
export interface Route {
  readonly agent: Agent;
  readonly proxy?: URL;
}

/**
 * Routes by origin and TLS options, each made once per run: an agent per request would open a connection per request.
 *
 * @returns a function that rejects with a BackendError for TLS files or proxy variables that cannot be used
 */
export function createRoutes(env: Env): (url: URL, tls: HttpTls | undefined) => Promise<Route> {
  const routes = new Map<string, Promise<Route>>();
  return (url, tls) => {
    const key = tls === undefined ? url.origin : `${url.origin} ${JSON.stringify(tls)}`;
    let route = routes.get(key);
    if (route === undefined) {
      route = openRoute(url, tls, env);
      routes.set(key, route);
    }
    return route;
  };
}

async function openRoute(url: URL, tls: HttpTls | undefined, env: Env): Promise<Route> {
  const proxy = proxyFor(url, env);
  const isSecure = url.protocol === 'https:';
  const options = isSecure && tls !== undefined ? await loadTls(tls) : {};
  if (proxy !== undefined) {
    // Loaded on first use: most runs have no proxy.
    const { createProxyAgent } = await import('./proxy-agents.js');
    return { agent: createProxyAgent(proxy, url, options), proxy };
  }
  return {
    agent: isSecure ? new HttpsAgent({ keepAlive: true, ...options }) : new HttpAgent({ keepAlive: true }),
  };
}
