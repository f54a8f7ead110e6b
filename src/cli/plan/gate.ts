import type { PreparedQuery } from '../../contracts/backend.js';
import { counted } from '../../contracts/counted.js';
import type { Criterion, Gate, Question } from '../../contracts/gate.js';
import { formatDuration, formatInstant } from '../../model/time.js';
import { strataOf, type Window } from '../../model/window.js';
import { type Row, rowsText } from '../page/page.js';
import { numberText, takeText, understood } from './limits.js';
import { isCoverageNeeded } from './steps.js';
import type { Written } from './written.js';

/** One gate as it would be asked and judged. */
export function gatePlan(gate: Gate, written: Written): readonly string[] {
  const names = [gate.id, gate.component, gate.file].filter((each) => each !== null);
  return [
    names.join('   '),
    ...rowsText(rowsOfGate(gate, written), 1),
    ...(written.vars.length === 0 ? [] : ['  variables', ...rowsText(written.vars, 2)]),
    '',
    ...gate.criteria.flatMap((criterion) => [...criterionPlan(criterion, gate), '']),
    ...unlistedPlan(gate),
  ];
}

function rowsOfGate(gate: Gate, { settle, warmup }: Written): readonly Row[] {
  const { policy, score, since } = gate;
  const full = gate.isWindowFull ? '' : `, full at ${formatInstant(gate.fullAt)}`;
  return [
    ...(gate.about === null ? [] : [['about', gate.about] as const]),
    ['window', `${windowText(gate.window)}${full}`],
    ['settle', `${settle}${warmup === '0s' ? '' : `, warmup ${warmup}`}`],
    [
      'since',
      since === null
        ? 'not given: the window starts where it starts, wherever the deploy was'
        : formatInstant(since),
    ],
    ['arms', gate.arms.map((arm) => armText(arm, gate))],
    [
      'policy',
      `false-alarm ${percent(policy.falseAlarm)}, false-pass ${percent(policy.falsePass)}, on-inconclusive ${policy.onInconclusive}`,
    ],
    ...(score === null
      ? []
      : [['score', `pass from ${score.pass}, warn from ${score.warn} points`] as const]),
  ];
}

function armText({ name, variables, shiftMs, window }: Gate['arms'][number], gate: Gate): string {
  const pairs = Object.entries(variables).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const isJudged = name === gate.arms[0]?.name;
  const role = gate.arms.length === 1 || name === 'baseline' ? '' : isJudged ? ' (judged)' : ' (baseline)';
  const shift = shiftMs === 0 ? '' : `, ${formatDuration(shiftMs)} earlier: ${windowText(window)}`;
  return `${name}${role}${pairs.length === 0 ? '' : `: ${pairs.join(', ')}`}${shift}`;
}

function criterionPlan(criterion: Criterion, gate: Gate): readonly string[] {
  const { rule, source, owner, runbook } = criterion;
  const { unit } = rule;
  const marks = [
    ...(criterion.isCritical ? ['critical'] : []),
    ...(criterion.isAdvisory ? ['advisory'] : []),
  ];
  const rows: readonly Row[] = [
    ['signal', `${criterion.signal} (${criterion.kind})`],
    [
      'take',
      `${takeText(rule)}${criterion.across === undefined ? '' : `, across series: ${criterion.across}`}`,
    ],
    ['pass', passText(rule)],
    ...(rule.warn === null
      ? []
      : [['warn', `${rule.warn.text}   that is ${understood(rule.warn.condition, unit)}`] as const]),
    ...(rule.tolerate === null
      ? []
      : [['tolerate', `${rule.tolerate.breaches} of ${rule.tolerate.steps} steps`] as const]),
    ['evidence', evidenceText(criterion, gate)],
    ...(criterion.fallback === null ? [] : [['fallback', criterion.fallback] as const]),
    ...(criterion.waiver === null
      ? []
      : [['waiver', `by ${criterion.waiver.by}: ${criterion.waiver.because}`] as const]),
    ['owner', owner ?? 'nobody'],
    ...(runbook === null ? [] : [['runbook', runbook] as const]),
    ['source', `${source.file}:${source.line}`],
    ...criterion.arms.flatMap(({ arm, questions }) =>
      questions.map((each) => queryRow(each, arm.name, gate)),
    ),
    ...earlierRows(criterion),
    ...windowRows(criterion),
    ...criterion.notes.map((note): Row => ['note', note]),
  ];
  return [`  ${criterion.key}${marks.length === 0 ? '' : `   ${marks.join(', ')}`}`, ...rowsText(rows, 2)];
}

function earlierRows({ earlier }: Criterion): readonly Row[] {
  if (earlier === null) return [];
  const [oldest] = earlier.windows;
  const newest = earlier.windows.at(-1);
  const span =
    oldest === undefined || newest === undefined
      ? ''
      : `: ${windowText({ from: oldest.from, to: newest.to, stepMs: oldest.stepMs })}`;
  return [
    ['history', `${counted(earlier.windows.length, 'window')} of ${earlier.of}${span}`],
    ...earlier.questions.map(
      ({ part, query }): Row => ['query', queryLines(`${earlier.arm} ${part}`, query, '')],
    ),
  ];
}

/** Limits of a block of their own are understood as they are told. */
function passText({ pass, unit, burn, anomaly }: Criterion['rule']): string {
  return burn !== undefined || anomaly !== undefined
    ? pass.text
    : `${pass.text}   that is ${understood(pass.condition, unit)}`;
}

/** Windows of their own, each with what is asked of it; what is cut out of one is asked with it. */
function windowRows({ windows }: Criterion): readonly Row[] {
  const asked = new Set<PreparedQuery>();
  return windows.flatMap(({ name, window, questions }) => [
    ['window', `${name}: ${windowText(window)}`] as const,
    ...questions.flatMap(({ part, query }): readonly Row[] => {
      if (asked.has(query)) return [];
      asked.add(query);
      return [['query', queryLines(`${name} ${part}`, query, '')]];
    }),
  ]);
}

function evidenceText(criterion: Criterion, gate: Gate): string {
  const { evidence, kind, rule, coverage, maxAgeMs } = criterion;
  if (kind === 'cache-probe') return `${evidence}, from every visit, made during the run`;
  if (kind === 'crawl') return `${evidence}, from every page of the list, asked for during the run`;
  if (rule.take.kind === 'since-crawl') return `${evidence}, from every page of the list, as the log has it`;
  const strata = strataOf(gate.window);
  const steps = isCoverageNeeded(criterion)
    ? `, data in ${Math.ceil(coverage * strata - 1e-9)} of ${counted(strata, 'step')} (${percent(coverage)})`
    : '';
  const samples = counted(rule.minSamples, 'sample').replace(/\B(?=(?:\d{3})+ )/g, ',');
  return `${evidence}, from ${samples}${steps}, newest at most ${formatDuration(maxAgeMs)} before the end`;
}

function queryRow({ part, query, onlyIfAbsent }: Question, arm: string, gate: Gate): Row {
  const name = gate.arms.length === 1 ? part : `${arm} ${part}`;
  return [
    'query',
    queryLines(name, query, onlyIfAbsent === undefined ? '' : `, only if "${onlyIfAbsent}" has no sample`),
  ];
}

function queryLines(name: string, query: PreparedQuery, condition: string): readonly string[] {
  return [
    `${name}: ${query.use} of ${query.backend}${condition}`,
    ...query.text.split('\n').map((line) => `  ${line}`),
  ];
}

function unlistedPlan(gate: Gate): readonly string[] {
  if (gate.unlisted.length === 0) return [];
  const rows = gate.unlisted.map(
    ({ signal, variable, query }): Row => [
      'query',
      queryLines(`${signal}, other values of "${variable}"`, query, ''),
    ],
  );
  return ['  traffic that no segment lists', ...rowsText(rows, 2), ''];
}

function windowText(window: Window): string {
  const { from, to, stepMs } = window;
  const steps = `${counted(strataOf(window), 'step')} of ${formatDuration(stepMs)}`;
  return `(${formatInstant(from)}, ${formatInstant(to)}]   ${formatDuration(to - from)}, ${steps}`;
}

function percent(share: number): string {
  return `${numberText(share * 100)} %`;
}
