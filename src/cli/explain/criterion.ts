import type { Backend } from '../../contracts/backend.js';
import type { Criterion, Gate } from '../../contracts/gate.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { strataOf, type Window } from '../../model/window.js';
import { type Row, rowsText } from '../page/page.js';
import { numberText } from '../plan/limits.js';
import { isCoverageNeeded } from '../plan/steps.js';
import { openOfLists, openOfLogs } from './asked-once.js';
import type { Found } from './find.js';
import { tooFewText } from './samples.js';
import { asksText, limitText, ownerText, seriesText, stepText, timeText, weightText } from './words.js';

/** What a criterion asks, and how it is judged, in plain words. */
export function criterionPage({ gate, criterion }: Found, backends: readonly Backend[]): readonly string[] {
  const { rule, source, runbook, about } = criterion;
  const isOwn = rule.burn !== undefined || rule.anomaly !== undefined;
  const rows: readonly Row[] = [
    ...(about === null ? [] : [['about', about] as const]),
    ['asks', asksText(criterion, stepText(gate))],
    ['of', whoText(criterion, backends)],
    ...(openOfLists(criterion) === undefined ? [['series', seriesText(criterion)] as const] : []),
    ['time', timeText(rule)],
    ['pass', isOwn ? rule.pass.text : limitText(rule.pass, rule.unit)],
    ...(rule.warn === null ? [] : [['warn', `else ${limitText(rule.warn, rule.unit)}`] as const]),
    ...(rule.tolerate === null ? [] : [['tolerates', toleranceText(rule.tolerate)] as const]),
    ['fail', failText(criterion)],
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
    ...criterion.windows.map(({ name, window }): Row => ['window', `${name}: ${spanText(window)}`]),
    ...criterion.notes.map((note): Row => ['note', note]),
  ];
  return [criterion.key, ...rowsText(rows, 1)];
}

function spanText({ from, to, stepMs }: Window): string {
  return `${formatDuration(to - from)} to ${formatInstant(to)}, in steps of ${formatDuration(stepMs)}`;
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

function failText({ evidence, rule }: Criterion): string {
  // Kayenta's judge classifies a shift; its limit only says which way is worse.
  if (evidence === 'kayenta')
    return 'classified High where an increase breaks pass, Low where a decrease does';
  if (rule.burn !== undefined)
    return 'a page row burns in both of its windows, or too little of the budget is left; a ticket row that burns is a warning';
  if (rule.anomaly !== undefined) return 'measured, and unusual';
  return `measured, and ${rule.warn === null ? 'pass does not hold' : 'neither holds'}`;
}

function toleranceText({ breaches, steps }: { readonly breaches: number; readonly steps: number }): string {
  return `${breaches} of any ${steps} steps in a row may break the limit; a step without data counts as one that does`;
}

/** Takes under which no series is looked at beyond its newest sample. */
const WITHOUT_END = new Set(['instant', 'age', 'new-patterns']);

function inconclusiveLines(criterion: Criterion, gate: Gate): readonly string[] {
  const { rule, coverage, maxAgeMs, evidence, arms } = criterion;
  const isOld = `the newest data are more than ${formatDuration(maxAgeMs)} older than the end of the window`;
  const isPoint = evidence === 'point';
  const isOwn = rule.burn !== undefined || rule.anomaly !== undefined;
  const unfilled =
    rule.isSince && evidence !== 'sequential'
      ? ['it would pass, and the window since the deploy is not full']
      : [];
  const ofLists = openOfLists(criterion);
  if (ofLists !== undefined)
    return [...ofLists, ...(rule.minSamples > 1 ? [tooFewText(criterion)] : []), ...unfilled];
  return [
    ...(isPoint || rule.minSamples > 1 ? [tooFewText(criterion)] : []),
    ...ownLines(criterion),
    ...(isPoint || isOwn || evidence === 'kayenta'
      ? []
      : [
          fewestText(criterion),
          `neither is it certain that the limit is broken (false alarm ${percent(rule.falseAlarm)}), nor that it holds (false pass ${percent(rule.falsePass)})`,
        ]),
    ...(isCoverageNeeded(criterion) && rule.burn === undefined ? [coverageText(gate, coverage)] : []),
    ...(rule.take.kind === 'age' ? [] : [isOld]),
    ...(criterion.mayEnd || WITHOUT_END.has(rule.take.kind) ? [] : ['a series ends inside the window']),
    ...(arms.length > 1 ? ['the baseline has no value, or is 0 where the limit is a share of it'] : []),
    ...neverSeen(criterion),
    ...openOfLogs(criterion),
    ...unfilled,
  ];
}

/** Below what the evidence says nothing at all. */
function fewestText({ evidence, rule }: Criterion): string {
  switch (evidence) {
    case 'history':
      return 'fewer than 10 earlier windows hold data';
    case 'mann-whitney':
      return 'too few values in an arm for the false-alarm budget to be reached, however far the arms lie apart';
    default:
      return `fewer than ${rule.minSteps} steps hold data in every arm`;
  }
}

/** What burn rates and anomalies need besides. */
function ownLines({ rule, coverage }: Criterion): readonly string[] {
  if (rule.burn !== undefined)
    return [
      `a window that could decide holds too few events, or data in less than ${numberText(coverage * 100)} % of its steps`,
      'good or bad events are more than all: such counts are inconsistent',
    ];
  return rule.anomaly === undefined
    ? []
    : ['fewer than 30 earlier steps hold data (3 seasons, where they are compared)'];
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
