/** One gate a rollout and criterion, so that each has the whole budget for itself. */

export interface Cell {
  readonly world: string;
  readonly pass: string;
  readonly part: 'good' | 'bad';
  /** What a wrong verdict is here. */
  readonly wrong: 'fail' | 'pass';
}

export const CELLS: readonly Cell[] = [
  { world: 'A0', pass: '>= baseline', part: 'good', wrong: 'fail' },
  { world: 'A0', pass: '>= baseline - 4pp', part: 'good', wrong: 'fail' },
  { world: 'B0', pass: '<= baseline', part: 'bad', wrong: 'fail' },
  { world: 'F0', pass: '<= baseline', part: 'bad', wrong: 'fail' },
  { world: 'F0', pass: '<= baseline + 0.5pp', part: 'bad', wrong: 'fail' },
  { world: 'at-4pp', pass: '>= baseline - 4pp', part: 'good', wrong: 'pass' },
  { world: 'at-0.5pp', pass: '<= baseline + 0.5pp', part: 'bad', wrong: 'pass' },
];

export const FORMS = ['counter', 'increase'] as const;
export type Form = (typeof FORMS)[number];

export function gateOf(cell: Cell, form: Form, rollout: number, stepSeconds: number, looks: number): string {
  const count = (name: string): string => {
    const selector = `${name}{world="${cell.world}",rollout="${rollout}",arm="{{arm}}"}`;
    return form === 'counter' ? `{ counter: '${selector}' }` : `'increase(${selector}[{{step}}])'`;
  };
  return `gate: c${CELLS.indexOf(cell)}-r${rollout}
owners: { decide: [release-captain], stop: [oncall] }
window: { for: ${stepSeconds * looks}s, step: ${stepSeconds}s, settle: 0s, since: required }
backends:
  metrics: { type: prometheus, url: "\${PROMETHEUS_URL}" }
arms:
  canary: { arm: canary }
  baseline: { arm: baseline }
signals:
  share:
    ratio:
      ${cell.part}: ${count('events_total')}
      total: ${count('requests_total')}
criteria:
  share: { pass: "${cell.pass}" }
`;
}
