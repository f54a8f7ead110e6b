/** The access log of the canary's web servers, in the combined format: crawlers, those who claim to be one, and people. */
import type { FaultName } from './faults.js';
import { binomial, poisson, streamOf } from './random.js';

export interface LogOptions {
  readonly seed: number;
  readonly faults: ReadonlySet<FaultName>;
  /** Epoch milliseconds; a minute each is logged from `from` on, up to `to`. */
  readonly from: number;
  readonly to: number;
}

const MINUTE = 60_000;
const PATHS = ['/', '/c/shoes', '/c/coats', '/p/red-shoes', '/p/blue-coat', '/about'];
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Who comes how often in a minute, from where. The last claims to be Googlebot and is not, by its address. */
const VISITORS = [
  { name: 'googlebot', agent: GOOGLEBOT, address: '66.249.66.1', perMinute: 40, failing: 0.002 },
  { name: 'people', agent: BROWSER, address: '203.0.113.7', perMinute: 60, failing: 0.002 },
  { name: 'impostor', agent: GOOGLEBOT, address: '198.51.100.9', perMinute: 4, failing: 0 },
] as const;

/** The same options give the same log, byte for byte; without traffic it is empty. */
export function accessLogOf({ seed, faults, from, to }: LogOptions): string {
  if (faults.has('no-traffic-absent') || faults.has('no-traffic-flat')) return '';
  const lines: string[] = [];
  for (const { name, agent, address, perMinute, failing } of VISITORS) {
    const random = streamOf(seed, `log/${name}`);
    const isRefused = name === 'googlebot' && faults.has('googlebot-503');
    for (let minute = from; minute < to; minute += MINUTE) {
      const hits = poisson(random, perMinute);
      const failed = binomial(random, hits, isRefused ? 0.08 : failing);
      for (let i = 0; i < hits; i += 1) {
        const time = stamp(minute + Math.floor((i * MINUTE) / hits));
        const path = PATHS[Math.floor(random() * PATHS.length)] ?? '/';
        const [status, bytes] = i < failed ? [503, 0] : [200, 9000 + Math.floor(random() * 2000)];
        lines.push(`${address} - - [${time}] "GET ${path} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`);
      }
    }
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** As in `20/Nov/2026:14:05:00 +0000`. */
function stamp(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date(ms).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
