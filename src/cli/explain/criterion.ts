import type { Backend } from '../../contracts/backend.js';
import type { Criterion, Gate } from '../../contracts/gate.js';
import { formatDuration } from '../../model/time.js';
import { strataOf } from '../../model/window.js';
import { type Row, rowsText } from '../page/page.js';
import { numberText } from '../plan/limits.js';
import type { Found } from './find.js';
import { tooFewText } from './samples.js';
import { asksText, limitText, ownerText, seriesText, stepText, timeText, weightText } from './words.js';

/** What a criterion asks, and how it is judged, in plain words. */
export function criterionPage({ gate, criterion }: Found, backends: readonly Backend[]): readonly string[] {
  const { rule, source, runbook, about } = criterion;
  const rows: readonly Row[] = [
    ...(about === null ? [] : [['about', about] as const]),
    ['asks', asksText(criterion, stepText(gate))],
    ['of', whoText(criterion, backends)],
    ['series', seriesText(criterion)],
    ['time', timeText(rule)],
    ['pass', limitText(rule.pass, rule.unit)],
    ...(rule.warn === null ? [] : [['warn', `else ${limitText(rule.warn, rule.unit)}`] as const]),
    ...(rule.tolerate === null ? [] : [['tolerates', toleranceText(rule.tolerate)] as const]),
    ['fail', `measured, and ${rule.warn === null ? 'pass does not hold' : 'neither holds'}`],
    ['inconclusive', inconclusiveLines(criterion, gate)],
    ...policyRows(criterion),
    ['weight', weightText(criterion, gate)],
    ['owner', ownerText(criterion, gate)],
    ...(runbook === null ? [] : [['runbook', runbook] as const]),
    ['source', `${source.file}:${source.line}`],
    ...criterion.arms.flatMap(({ arm, questions }) =>
      questions.map(({ part, query }): Row => {
        const name = gate.arms.length === 1 ? part : `${arm.name} ${part}`;
        return ['query', [`${name}:`, ...query.text.split('\n').map((line) => `  ${line}`)]];
      }),
    ),
    ...earlierRows(criterion),
    ...criterion.notes.map((note): Row => ['note', note]),
  ];
  return [criterion.key, ...rowsText(rows, 1)];
}

function earlierRows({ earlier }: Criterion): readonly Row[] {
  if (earlier === null) return [];
  return [
    ['history', `${earlier.windows.length} earlier windows: ${earlier.of}`],
    ...earlier.questions.map(
      ({ part, query }): Row => [
        'query',
        [`${earlier.arm} ${part}:`, ...query.text.split('\n').map((line) => `  ${line}`)],
      ],
    ),
  ];
}

function whoText({ arms }: Criterion, backends: readonly Backend[]): string {
  const asked = [...new Set(arms.flatMap(({ questions }) => questions.map(({ query }) => query.backend)))];
  const who = asked.map((id) => {
    const backend = backends.find((each) => each.id === id);
    return backend === undefined ? `"${id}"` : `"${id}" (${backend.type}, ${backend.address})`;
  });
  const [judged, baseline] = arms.map(({ arm }) => arm);
  const isLone = judged === undefined || judged.name === 'current';
  const sides = isLone ? '' : `, for arm "${judged.name}"`;
  return `backend ${who.join(', ')}${sides}${baseline === undefined ? '' : `, compared with "${baseline.name}"`}`;
}

function toleranceText({ breaches, steps }: { readonly breaches: number; readonly steps: number }): string {
  return `${breaches} of any ${steps} steps in a row may break the limit; a step without data counts as one that does`;
}

function inconclusiveLines(criterion: Criterion, gate: Gate): readonly string[] {
  const { rule, coverage, maxAgeMs, evidence, arms } = criterion;
  const isOld = `the newest data are more than ${formatDuration(maxAgeMs)} older than the end of the window`;
  const isPoint = evidence === 'point';
  return [
    ...(isPoint || rule.minSamples > 1 ? [tooFewText(criterion)] : []),
    ...(isPoint
      ? []
      : [
          evidence === 'history'
            ? 'fewer than 10 earlier windows hold data'
            : `fewer than ${rule.minSteps} steps hold data in every arm`,
          `neither is it certain that the limit is broken (false alarm ${percent(rule.falseAlarm)}), nor that it holds (false pass ${percent(rule.falsePass)})`,
        ]),
    ...(rule.take.kind === 'instant' || criterion.kind === 'samples' || criterion.kind === 'crawl'
      ? []
      : [coverageText(gate, coverage)]),
    ...(rule.take.kind === 'age' ? [] : [isOld]),
    ...(criterion.mayEnd || rule.take.kind === 'instant' ? [] : ['a series ends inside the window']),
    ...(arms.length > 1 ? ['the baseline has no value, or is 0 where the limit is a share of it'] : []),
    ...neverSeen(criterion),
    ...(rule.isSince && evidence !== 'sequential'
      ? ['it would pass, and the window since the deploy is not full']
      : []),
  ];
}

/** A budget with two digits that count: `0.83 %`. */
function percent(share: number): string {
  return `${numberText(Number((100 * share).toPrecision(2)))} %`;
}

/** A part whose absence is 0 only if it was seen before. */
function neverSeen({ arms }: Criterion): readonly string[] {
  const parts = arms.flatMap(({ questions }) => questions.flatMap(({ onlyIfAbsent }) => onlyIfAbsent ?? []));
  return [...new Set(parts)].map((part) => `"${part}" is absent, and was never seen before`);
}

function coverageText(gate: Gate, coverage: number): string {
  const strata = strataOf(gate.window);
  return `fewer than ${Math.ceil(coverage * strata - 1e-9)} of ${strata} steps hold data (coverage ${numberText(coverage * 100)} %)`;
}

function policyRows({ on, waiver }: Criterion): readonly Row[] {
  const said = (['no-data', 'undecided', 'error'] as const).flatMap((key) =>
    on[key] === undefined ? [] : [`${key} is ${on[key]}`],
  );
  const because = on.because === undefined ? '' : `, because ${on.because}`;
  return [
    ...(said.length === 0 ? [] : [['on', `${said.join(', ')}${because}`] as const]),
    ...(waiver === null ? [] : [['waived', `by ${waiver.by}: ${waiver.because}`] as const]),
  ];
}
