import type { Gate } from '../../contracts/gate.js';
import type { CriterionPower } from '../../engine/power/gate.js';
import type { Power } from '../../engine/power/power.js';
import { formatDuration } from '../../model/time.js';
import { countText, rulerFor } from '../../reporters/words/number.js';
import { tableText } from '../page/page.js';

const HEAD = [
  'criterion',
  'samples a step',
  'healthy',
  'finds in the window',
  'a healthy one passes after',
  'with twice the traffic',
];

/** What each criterion of a gate can see, as a table. */
export function powerText(gate: Gate, criteria: readonly CriterionPower[]): readonly string[] {
  const full = formatDuration(gate.fullStrata * gate.window.stepMs);
  const step = formatDuration(gate.window.stepMs);
  const rows = criteria.flatMap(({ key, criterion, power }) =>
    power === null ? [] : [rowOf(key, criterion.rule.unit, power, gate)],
  );
  const others = criteria.flatMap(({ key, why }) => (why === null ? [] : [[key, why]]));
  return [
    `${gate.id}   window ${full}, ${gate.fullStrata} steps of ${step}`,
    ...(rows.length === 0 ? [] : tableText([HEAD, ...rows], 1)),
    ...(others.length === 0 ? [] : ['  not told', ...tableText(others, 2)]),
    '',
  ];
}

/** What the tables mean, once under all gates, or why there is none. */
export function powerLegend(criteria: readonly CriterionPower[], isSince: boolean): readonly string[] {
  if (criteria.some(({ power }) => power !== null)) return LEGEND;
  return isSince || !criteria.some(({ criterion }) => criterion.evidence === 'point')
    ? ['No rollout was drawn: beside each criterion stands why.']
    : ['No rollout was drawn. With --since, limits on shares and rates wait for evidence, and are told.'];
}

const LEGEND: readonly string[] = [
  'Rollouts were drawn from this traffic and judged as a check would judge them: in 80 of 100 a regression to the value',
  'under "finds" fails within the window, and a healthy release passes in the time under "passes".',
  'To see more: give the canary more traffic, lengthen the window, or allow a wider margin.',
];

function rowOf(
  key: string,
  unit: string,
  { now, doubled }: NonNullable<CriterionPower['power']>,
  gate: Gate,
): readonly string[] {
  const ruler = rulerFor(unit, now.healthy, now.found?.value ?? null, false);
  return [
    key,
    now.perStep === null ? 'one value' : countText(now.perStep),
    ruler.text(now.healthy),
    foundText(now, unit),
    passesText(now, gate),
    doubled === null ? '' : `${foundText(doubled, unit)}; ${passesText(doubled, gate)}`,
  ];
}

function foundText({ found, healthy }: Power, unit: string): string {
  if (found === null) return 'nothing';
  const ruler = rulerFor(unit, found.value, healthy, false);
  return `${ruler.text(found.value)} (${ruler.difference(found.value - healthy)})`;
}

function passesText({ passes, never }: Power, gate: Gate): string {
  if (passes !== null) {
    const time = formatDuration(passes.steps * gate.window.stepMs);
    const samples = passes.n === null ? '' : ` (${countText(passes.n)} samples)`;
    return passes.steps > gate.fullStrata ? `${time}${samples}: past the window` : `${time}${samples}`;
  }
  switch (never) {
    case 'margin-0':
      return 'never: the margin is 0';
    case 'broken':
      return 'never: this traffic breaks the limit';
    default:
      return `not in ${formatDuration(16 * gate.fullStrata * gate.window.stepMs)}`;
  }
}
