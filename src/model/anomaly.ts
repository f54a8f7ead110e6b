/** What a series is compared with. */
export const ANOMALY_PASTS = ['trailing', 'same-hour-last-week', 'seasonal', 'poisson'] as const;
export type AnomalyPast = (typeof ANOMALY_PASTS)[number];

export type AnomalyDetector = 'hampel' | 'page-hinkley' | 'e-detector' | 'shiryaev-roberts';

/** Which side of the usual is an alarm. */
export const DIRECTIONS = ['above', 'below', 'both'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** How a series is judged against its own past. */
export interface AnomalyRule {
  readonly against: AnomalyPast;
  readonly detector: AnomalyDetector;
  readonly direction: Direction;
  /** Spreads from the usual; for evidence of counts, steps that have one false alarm. */
  readonly threshold: number;
  /** Hampel: steps in a row that must be beyond. */
  readonly inARow: number;
  /** Page-Hinkley: spreads by which the level may rise unnoticed. */
  readonly drift: number;
  /** Counts: how many times as many events are looked for. */
  readonly detect: number;
}

/** What was found, in numbers. */
export interface AnomalyEvidence {
  readonly against: AnomalyPast;
  readonly detector: AnomalyDetector;
  readonly direction: Direction;
  readonly threshold: number;
  /** Largest in the window, on the side that is looked at; null with too little history. */
  readonly score: number | null;
  /** The usual level of a step and that of the steps at the alarm, in the signal's unit. */
  readonly usual: number | null;
  readonly seen: number | null;
  /** Steps of history that hold data, and that were asked for. */
  readonly history: { readonly n: number; readonly asked: number };
  /** How much more earlier steps vary than independent events; null where nothing is counted. */
  readonly dispersion: number | null;
  /** The step, counted from 0 in the window, at which the alarm was first raised. */
  readonly alarm: number | null;
}
