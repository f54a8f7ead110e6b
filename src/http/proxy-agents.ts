import type { Agent, ClientRequest } from 'node:http';
import type { ConnectionOptions } from 'node:tls';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { TlsOptions } from './tls.js';

/** An agent that reaches one server through a proxy, and keeps its connections. */
export function createProxyAgent(proxy: URL, target: URL, options: TlsOptions): Agent {
  if (target.protocol === 'http:') return letGo(new HttpProxyAgent(proxy, { keepAlive: true }));
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true });
  const host = options.servername ?? target.hostname.replace(/^\[|\]$/g, '');
  Object.assign(agent.options, {
    // Its constructor takes options for the connection to the proxy; those of the server behind it go here.
    ...options,
    // It drops the host before the handshake, so that node would check an address against the name "localhost".
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  });
  return letGo(agent);
}

interface Connecting<Options, Socket> {
  connectOpts: ConnectionOptions;
  connect(request: ClientRequest, options: Options): Promise<Socket>;
}

/**
 * Makes a request that is given up close its unfinished connection to the proxy.
 *
 * Until the proxy has answered, the request knows no socket to destroy: a proxy that stays silent would keep the
 * process from ending, long after the timeout was reported.
 */
function letGo<Options, Socket, A extends Agent & Connecting<Options, Socket>>(agent: A): A {
  const connect = agent.connect.bind(agent);
  const shared = agent.connectOpts;
  agent.connect = async (request, options) => {
    const controller = new AbortController();
    const destroy = request.destroy;
    request.destroy = (error) => {
      controller.abort();
      return destroy.call(request, error);
    };
    // Read by `connect` before its first await, so that two requests never share a signal.
    Object.assign(agent, { connectOpts: { ...shared, signal: controller.signal } });
    try {
      return await connect(request, options);
    } finally {
      request.destroy = destroy;
    }
  };
  return agent;
}
