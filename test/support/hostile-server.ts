import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HostileServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Connections opened so far. */
  readonly connections: () => number;
  /** Sockets still open, for tests that a client lets go. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

export interface Hostility {
  /** Serves these paths first; return false to fall through to the built-in ones. */
  readonly handle?: (seen: Seen, response: ServerResponse) => boolean;
  /** Speaks TLS with these. */
  readonly tls?: ServerOptions;
}

/**
 * A server on loopback with one route per way of being hostile. Paths:
 *
 * `/ok` `/json/TEXT` `/status/CODE[?retry-after=X]` `/flaky?status=S&times=N[&retry-after=X]` `/html` `/truncated-json`
 * `/empty` `/gzip` `/br` `/deflate` `/raw-deflate` `/zstd` `/gzip-cut` `/gzip-garbage` `/gzip-bomb` `/huge` `/declared-huge`
 * `/drip` `/hang` `/half` `/reset` `/reset-mid-body` `/flaky-reset?times=N` `/not-http` `/skewed-date?ms=N`
 * `/redirect/loop` `/redirect/self?to=URL[&status=S]` `/redirect/chain/N` `/redirect/nowhere` `/echo`
 */
export async function startHostileServer(hostility: Hostility = {}): Promise<HostileServer> {
  const seen: Seen[] = [];
  const times = new Map<string, number>();
  const sockets = new Set<Socket>();
  let opened = 0;
  const listener: RequestListener = (request, response) => {
    void readAll(request).then((body) => {
      const now: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body,
      };
      seen.push(now);
      const count = (times.get(now.url) ?? 0) + 1;
      times.set(now.url, count);
      if (hostility.handle?.(now, response) !== true) answer(now, response, count);
    });
  };
  const server: Server =
    hostility.tls === undefined ? createServer(listener) : createTlsServer(hostility.tls, listener);
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${hostility.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    connections: () => opened,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function readAll(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', () => {});
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const GOOD = JSON.stringify({ data: { p95: 0.42 } });

function answer(seen: Seen, response: ServerResponse, count: number): void {
  const url = new URL(seen.url, 'http://x');
  const [, first = '', ...rest] = url.pathname.split('/');
  const route = ROUTES[first];
  if (route === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('no such path');
  else route({ seen, response, count, rest, query: url.searchParams });
}

interface Scene {
  readonly seen: Seen;
  readonly response: ServerResponse;
  readonly count: number;
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

const ROUTES: Readonly<Record<string, (scene: Scene) => void>> = {
  ok: ({ response }) => response.writeHead(200, JSON_TYPE).end(GOOD),
  json: ({ response, rest }) => response.writeHead(200, JSON_TYPE).end(decodeURIComponent(rest[0] ?? '')),
  status: ({ response, rest, query }) => {
    response.writeHead(Number(rest[0]), { ...JSON_TYPE, ...retryAfter(query) }).end('{"error":"as asked"}');
  },
  flaky: ({ response, count, query }) => {
    if (count > Number(query.get('times'))) response.writeHead(200, JSON_TYPE).end(GOOD);
    else response.writeHead(Number(query.get('status')), retryAfter(query)).end();
  },
  html: ({ response }) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!DOCTYPE html><title>Sign in</title><p>Hello');
  },
  'truncated-json': ({ response }) => response.writeHead(200, JSON_TYPE).end('{"data": {"p95": 0.4'),
  empty: ({ response }) => response.writeHead(200, JSON_TYPE).end(),
  gzip: ({ response }) => encoded(response, 'gzip', gzipSync(GOOD)),
  br: ({ response }) => encoded(response, 'br', brotliCompressSync(GOOD)),
  deflate: ({ response }) => encoded(response, 'deflate', deflateSync(GOOD)),
  'raw-deflate': ({ response }) => encoded(response, 'deflate', deflateRawSync(GOOD)),
  zstd: ({ response }) => encoded(response, 'zstd', Buffer.from(GOOD)),
  'gzip-cut': ({ response }) => encoded(response, 'gzip', gzipSync(GOOD.repeat(50)).subarray(0, -12)),
  'gzip-garbage': ({ response }) => encoded(response, 'gzip', Buffer.from(GOOD)),
  // 256 MiB of zeros in about 260 KB.
  'gzip-bomb': ({ response }) => encoded(response, 'gzip', bomb()),
  huge: ({ response }) => {
    response.writeHead(200, JSON_TYPE);
    pour(response, 200);
  },
  'declared-huge': ({ response }) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': String(200 * MIB) });
    pour(response, 200);
  },
  drip: ({ response }) => {
    response.writeHead(200, JSON_TYPE);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  },
  hang: () => {},
  half: ({ response }) => response.writeHead(200, JSON_TYPE).write('{"data":'),
  reset: ({ response }) => response.socket?.resetAndDestroy(),
  'reset-mid-body': ({ response }) => cutShort(response),
  'flaky-reset': ({ response, count, query }) => {
    if (count > Number(query.get('times'))) response.writeHead(200, JSON_TYPE).end(GOOD);
    else cutShort(response);
  },
  'not-http': ({ response }) => response.socket?.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'skewed-date': ({ response, query }) => {
    const date = new Date(Date.now() + Number(query.get('ms'))).toUTCString();
    response.writeHead(200, { ...JSON_TYPE, date }).end(GOOD);
  },
  redirect: redirect,
  // A server that repeats all that it was told, as debug pages do.
  echo: ({ response, seen }) => {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(JSON.stringify(seen));
  },
};

const MIB = 1024 ** 2;

function retryAfter(query: URLSearchParams): Record<string, string> {
  const written = query.get('retry-after');
  return written === null ? {} : { 'retry-after': written };
}

function encoded(response: ServerResponse, encoding: string, body: Buffer): void {
  response
    .writeHead(200, { ...JSON_TYPE, 'content-encoding': encoding, 'content-length': body.length })
    .end(body);
}

let bombBytes: Buffer | undefined;
function bomb(): Buffer {
  bombBytes ??= gzipSync(Buffer.alloc(256 * MIB), { level: 1 });
  return bombBytes;
}

/** Writes blanks until all is sent or the client has gone. */
function pour(response: ServerResponse, mib: number): void {
  const chunk = Buffer.alloc(MIB, ' ');
  let left = mib;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
}

function cutShort(response: ServerResponse): void {
  response.writeHead(200, { ...JSON_TYPE, 'content-length': '1000' });
  response.write('{"data":', () => setTimeout(() => response.socket?.destroy(), 5));
}

function redirect({ response, rest, query }: Scene): void {
  const [kind, left = ''] = rest;
  const to = (location: string): void => {
    response.writeHead(Number(query.get('status') ?? 302), { location }).end('moved');
  };
  if (kind === 'loop') to('/redirect/loop');
  else if (kind === 'self') to(query.get('to') ?? '/ok');
  else if (kind === 'chain') to(Number(left) <= 1 ? '/ok' : `/redirect/chain/${Number(left) - 1}`);
  else response.writeHead(302).end();
}
