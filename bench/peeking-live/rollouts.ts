/** Rollouts as a Prometheus would have scraped them: cumulative counters of two arms, at instants of their own. */

import { binomial, type Random, randomOf } from '../../src/stats/draw.js';
import { poisson } from '../../test/support/store/random.js';

export interface World {
  readonly name: string;
  /** Requests a minute of each arm, and the share of them that are events. */
  readonly canary: Traffic;
  readonly baseline: Traffic;
}

interface Traffic {
  readonly perMinute: number;
  readonly share: number;
}

/** As in bench/peeking: checkouts, rare errors on a small canary, and canaries exactly at a margin of 4 pp and 0.5 pp. */
export const WORLDS: readonly World[] = [
  both('A0', { perMinute: 200, share: 0.62 }),
  both('B0', { perMinute: 1000, share: 0.005 }),
  { name: 'F0', canary: { perMinute: 50, share: 0.005 }, baseline: { perMinute: 950, share: 0.005 } },
  at('at-4pp', 200, 0.46, 0.5),
  at('at-0.5pp', 1000, 0.01, 0.005),
];

function both(name: string, traffic: Traffic): World {
  return { name, canary: traffic, baseline: traffic };
}

function at(name: string, perMinute: number, canary: number, baseline: number): World {
  return { name, canary: { perMinute, share: canary }, baseline: { perMinute, share: baseline } };
}

export interface Span {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two scrapes. */
  readonly interval: number;
}

/** A scrape is late by up to so many seconds: what a Go timer and a busy target add. */
const JITTER = 0.05;
const ARMS = ['canary', 'baseline'] as const;

/** OpenMetrics of `requests_total` and `events_total` of each world, rollout and arm. */
export function* historyOf(rollouts: number, span: Span): Generator<string> {
  const events: string[] = [];
  yield '# TYPE requests counter\n';
  for (const world of WORLDS) {
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      for (const [index, arm] of ARMS.entries()) {
        const random = randomOf(((rollout * WORLDS.length + WORLDS.indexOf(world)) * 2 + index) * 7919 + 1);
        const text = scrapesOf(random, world[arm], span, labelsOf(world, rollout, arm));
        yield text.requests;
        events.push(text.events);
      }
    }
  }
  yield '# TYPE events counter\n';
  yield* events;
  yield '# EOF\n';
}

/** Counters that have run for long before the window begins. */
function scrapesOf(
  random: Random,
  { perMinute, share }: Traffic,
  { from, to, interval }: Span,
  labels: string,
): { readonly requests: string; readonly events: string } {
  let requests = 0;
  let events = 0;
  const count = (seconds: number): void => {
    const fresh = poisson(random, (perMinute / 60) * seconds);
    requests += fresh;
    events += binomial(random, fresh, share);
  };
  count(86_400);
  const text = { requests: '', events: '' };
  // Prometheus spreads its targets over the interval by a hash of each.
  const offset = random() * interval;
  let before = from;
  for (let planned = from + offset; planned <= to; planned += interval) {
    const now = Math.round((planned + JITTER * random()) * 1000) / 1000;
    count(now - before);
    before = now;
    text.requests += `requests_total{${labels}} ${requests} ${now}\n`;
    text.events += `events_total{${labels}} ${events} ${now}\n`;
  }
  return text;
}

function labelsOf(world: World, rollout: number, arm: string): string {
  return `world="${world.name}",rollout="${rollout}",arm="${arm}",job="shop",instance="${arm}-${rollout}"`;
}
