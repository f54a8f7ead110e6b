/** A real nginx with two caches, one behind the other, and what they cache. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProcess, waitUntil } from './processes.js';

export interface Nginx {
  /** `http://127.0.0.1:PORT` of the cache that is nearest to us. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * An edge, a shield behind it, both saying `Cache-Status`, and an origin: `/p/…` may be cached, `/private` not, `/silent` is
 * answered past both caches, `/no-shield` is cached by the edge alone.
 *
 * @throws with what nginx says when it does not start
 */
export async function startNginx(): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'gatekeeper-nginx-'));
  const [edge, shield, origin] = [await freePort(), await freePort(), await freePort()];
  const config = join(folder, 'nginx.conf');
  await writeFile(config, configOf(folder, edge, shield, origin));
  const server = await startProcess('nginx', ['-p', folder, '-e', 'stderr', '-c', config]);
  const url = `http://127.0.0.1:${edge}`;
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const isUp = (): Promise<boolean> => {
    if (server.ended() !== undefined) throw new Error(`nginx: ${server.ended()}\n${server.output()}`);
    return fetch(`${url}/up`).then(
      () => true,
      () => false,
    );
  };
  try {
    await waitUntil(isUp, 'nginx');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

/** nginx has no Cache-Status of its own: `$upstream_cache_status` is put into its words. */
function configOf(folder: string, edge: number, shield: number, origin: number): string {
  const words = (name: string): string => `
  map $upstream_cache_status $${name}_status {
    HIT "${name}; hit";
    MISS "${name}; fwd=uri-miss; stored";
    EXPIRED "${name}; fwd=stale";
    BYPASS "${name}; fwd=bypass";
  }
  proxy_cache_path ${folder}/${name} keys_zone=${name}:1m;`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/temp-${name};`)
    .join('\n');
  const cache = (name: string, port: number, behind: number): string =>
    `
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${behind};
      proxy_cache ${name};
      add_header Cache-Status $${name}_status;
      add_header X-Cache-Status $upstream_cache_status;
    }
    location /silent { proxy_pass http://127.0.0.1:${behind}; }
    ${name === 'shield' ? 'location /no-shield { proxy_pass http://127.0.0.1:$origin_port; proxy_cache_bypass 1; proxy_no_cache 1; proxy_cache shield; add_header Cache-Status $shield_status; }' : ''}
  }`.replace('$origin_port', String(behind));
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
${temporary}${words('edge')}${words('shield')}
${cache('edge', edge, shield)}
${cache('shield', shield, origin)}
  server {
    listen 127.0.0.1:${origin};
    add_header Cache-Control "public, max-age=60";
    location / { return 200 "page $uri"; }
    location /private {
      add_header Cache-Control "private";
      add_header Set-Cookie "visit=1";
      return 200 "yours";
    }
  }
}
`;
}
