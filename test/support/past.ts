/** A past that looks random and is not, for what judges it look by look. */
import type { Answer } from '../../src/model/series.js';
import type { Window } from '../../src/model/window.js';
import { MINUTE, NOW, type Table } from './fake-backend.js';

/** A reply that depends on the instant alone, whatever window asks; null is a gap. */
export function over(valueAt: (minute: number) => number | null): (window: Window) => Answer {
  return ({ from, to, stepMs }) => {
    const times: number[] = [];
    const values: number[] = [];
    for (let t = from + stepMs; t <= to; t += stepMs) {
      // A longer step counts all of its minutes.
      const parts = Array.from({ length: stepMs / MINUTE }, (_, i) => valueAt((t - NOW) / MINUTE - i));
      const held = parts.filter((value) => value !== null);
      if (held.length === 0) continue;
      times.push(t);
      values.push(held.reduce((sum, value) => sum + value, 0));
    }
    return { series: times.length === 0 ? [] : [{ labels: {}, times, values }] };
  };
}

/** Numbers that look random and are not. */
export function noise(minute: number, seed: number): number {
  const x = Math.sin(minute * 12.9898 + seed * 78.233) * 43_758.5453;
  return x - Math.floor(x);
}

/** One criterion of each kind. */
export const CRITERIA: Readonly<Record<string, string>> = {
  ratio: 'ratio: { bad: b, total: t }, pass: "<= 10%"',
  sequential: 'ratio: { bad: b, total: t }, pass: "<= 10%", evidence: sequential',
  tolerated: 'value: v, take: mean, pass: "<= 0.5", tolerate: 2 of 5 steps',
  rate: 'rate: { count: b, exposure: time }, pass: "<= 0.2", min-samples: 1',
  value: 'value: v, take: p90, pass: "<= 0.9", min-samples: 3',
  instant: 'value: i, pass: "<= 0.5"',
  history: 'value: v, take: mean, pass: "<= baseline + 50%", evidence: history',
  burn: 'ratio: { bad: b, total: t }, burn: { objective: 90%, period: 30d, windows: { page: { long: 1h, short: 20m, factor: 0.75, severity: page } } }',
  anomaly: 'value: v, anomaly: { against: trailing, history: 1h }, blocking: true',
};

/** Minutes since the last of every `every`. */
const since = (minute: number, every: number): number => ((minute % every) + every) % every;

/** What they are answered: gaps, noise, and stretches that are worse. */
export const TABLE: Table = {
  b: over((minute) => (since(minute, 97) < 20 ? null : Math.floor(noise(minute, 1) * 12))),
  'seen b': over((minute) => (minute > -4000 ? 1 : null)),
  t: over((minute) => (since(minute, 211) < 4 ? null : 60)),
  v: over((minute) => (since(minute, 150) < 3 ? null : noise(minute, 2))),
  i: over((minute) => noise(minute, 3)),
};
