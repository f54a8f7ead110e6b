/** Where the criteria of a new gate begin. */
export interface Start {
  readonly take?: string;
  readonly pass: string;
}

/**
 * Limits to begin with, by the last part of a signal's name in the catalogue: loose enough for most healthy services, tight
 * enough to see a broken release. They are no advice; the gate says so.
 */
const STARTS: Readonly<Record<string, Start>> = {
  'backend-connection-failures': { pass: '<= 1%' },
  'cache-hit-ratio': { pass: '>= 50%' },
  'circuit-breaker-rejections': { pass: '<= 1%' },
  'error-ratio': { pass: '<= 1%' },
  'event-loop-lag': { pass: '<= 100ms' },
  evictions: { pass: '<= 0.1' },
  'fetch-failures': { pass: '<= 1%' },
  'gc-share': { pass: '<= 10%' },
  'heap-used': { pass: '<= 1GiB' },
  latency: { take: 'p95', pass: '<= 1s' },
  'outbound-errors': { pass: '<= 2%' },
  retries: { pass: '<= 5%' },
  timeouts: { pass: '<= 1%' },
  'upstream-error-ratio': { pass: '<= 1%' },
  'upstream-failures': { pass: '<= 1%' },
  'upstream-latency': { take: 'p95', pass: '<= 1s' },
};

/** @returns undefined for a signal that has no start yet: it is then not proposed */
export function startOf(signal: string): Start | undefined {
  return STARTS[signal.split('/').at(-1) ?? ''];
}

/** Matchers that stand for a `raw` parameter, which no label's values can fill. */
export const RAW_STARTS: Readonly<Record<string, string>> = { arm: 'canary=""' };
