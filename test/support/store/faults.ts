/** What can go wrong with a canary, by name. */

/** Each fault and what it does from its moment on; the other arm never sees it. */
export const FAULTS = {
  'checkout-drop-critical': '4 pp of the checkouts on the critical path are abandoned instead of completed',
  'checkout-drop-edge': '8 pp of the checkouts on the edge path are abandoned instead of completed',
  'slow-checkout': '/checkout takes 30 % longer',
  errors: '3 pp of requests answer 500, and 3 pp of checkouts fail',
  'cache-collapse': 'what was a HIT is EXPIRED, as after a switch to no-store; MISS stays as it was',
  'purge-storm': 'pages are purged ten times as often, and each minute the whole cache',
  'crawler-5xx': '5 pp of the crawler hits answer 5xx',
  'robots-404': '/robots.txt is gone',
  'canonical-elsewhere': 'products name the same path of another host as their canonical address',
  noindex: 'categories ask search engines to leave them out',
  'googlebot-503': '8 % of the hits of Googlebot answer 503 in the log of the canary',
  'queue-growth': 'the orders queue grows by 20 messages a minute',
  'recommendations-down': '30 pp of the recommendation calls answer 503; the fallback serves',
  'fallback-down': 'the fallback of recommendations serves half of what is wanted',
  'no-traffic-absent': 'the canary receives nothing, and its series do not exist',
  'no-traffic-flat': 'the canary receives nothing, and its series exist at 0',
  'exporter-dead': 'the canary is not scraped any more: up is 0, its series stop',
  'exporter-mostly-dead': 'the canary is scraped only in the last of each 30 minutes',
} as const;

export type FaultName = keyof typeof FAULTS;

export interface Fault {
  readonly name: FaultName;
  /** Minutes after the deploy instant; 0 by default. */
  readonly afterMinutes?: number;
}

/** The faults that hold at this moment. */
export function faultsAt(faults: readonly Fault[], minutesSinceDeploy: number): ReadonlySet<FaultName> {
  return new Set(faults.filter((fault) => minutesSinceDeploy >= startOf(fault)).map((fault) => fault.name));
}

/** Minutes that this fault has lasted, 0 when it has not begun or is not there. */
export function minutesOf(name: FaultName, faults: readonly Fault[], minutesSinceDeploy: number): number {
  const fault = faults.find((one) => one.name === name);
  return fault === undefined ? 0 : Math.max(0, minutesSinceDeploy - startOf(fault));
}

/** Whether a scrape of the canary succeeds at this moment. */
export function isScraped(active: ReadonlySet<FaultName>, minutesSinceDeploy: number): boolean {
  if (active.has('exporter-dead')) return false;
  return !active.has('exporter-mostly-dead') || (minutesSinceDeploy % 30 || 30) > 29;
}

function startOf(fault: Fault): number {
  return fault.afterMinutes ?? 0;
}
