/**
 * Why a verdict is not a plain pass. The class decides the exit code and which `on:` policy applies:
 * `breach` was measured; `no-data` and `evidence` mean that there is not enough to decide; `backend`, `query`
 * and `deadline` mean that a question was not answered; `policy` marks a verdict that a person or the file changed.
 */
export const REASONS = {
  threshold: 'breach',
  'no-data': 'no-data',
  stale: 'no-data',
  partial: 'no-data',
  'not-a-number': 'no-data',
  'too-few': 'no-data',
  'bad-never-seen': 'no-data',
  'no-baseline': 'no-data',
  'baseline-zero': 'no-data',
  'beyond-buckets': 'no-data',
  'step-too-short': 'evidence',
  'window-not-full': 'evidence',
  undecided: 'evidence',
  'history-too-short': 'evidence',
  exposure: 'evidence',
  'all-by-policy': 'evidence',
  backend: 'backend',
  query: 'query',
  deadline: 'deadline',
  interrupted: 'interrupted',
  waived: 'policy',
  degraded: 'policy',
  'on-policy': 'policy',
  'on-inconclusive': 'policy',
  skipped: 'evidence',
} as const;

export type ReasonCode = keyof typeof REASONS;
export type ReasonClass = (typeof REASONS)[ReasonCode];

export interface Reason {
  readonly code: ReasonCode;
  /** One sentence for the person on call, without the criterion's name. */
  readonly text: string;
  /** What to do next, where that is known. */
  readonly next?: string;
}

export function classOf(reason: Reason): ReasonClass {
  return REASONS[reason.code];
}
