import type { Style } from '../../contracts/reporter.js';
import type { CriterionResult, GateReport, GateResult, ReportQuery } from '../../model/report.js';
import { beyondText } from './beyond.js';
import { clip, shellWord } from './clean.js';
import { figuresOf } from './limit.js';
import { countText, percentText } from './number.js';
import { newestText, reasonText, samplesText, waiverText } from './sentence.js';
import { wordOf } from './verdict.js';
import { isOtherWindow, windowText } from './window.js';

/** One line about a criterion; the same label and words in every format. */
export interface Detail {
  readonly label:
    | 'why'
    | 'was'
    | 'waiver'
    | 'failed'
    | 'found'
    | 'beyond'
    | 'evidence'
    | 'warn'
    | 'note'
    | 'window'
    | 'query'
    | 'spec'
    | 'owner'
    | 'runbook'
    | 'next';
  readonly text: string;
}

const LONGEST = 600;

/** Labels whose text the sentence of the criterion holds already. */
const IN_SENTENCE: readonly Detail['label'][] = ['why', 'was', 'waiver'];

/** What `sentenceOf` leaves to be told. */
export function furtherDetailsOf(
  report: GateReport,
  gate: GateResult,
  criterion: CriterionResult,
): readonly Detail[] {
  return detailsOf(report, gate, criterion).filter(({ label }) => !IN_SENTENCE.includes(label));
}

/**
 * Everything that the person on call needs of one criterion, what to do next being last.
 *
 * @param flags what the command to copy needs besides
 */
export function detailsOf(
  report: GateReport,
  gate: GateResult,
  criterion: CriterionResult,
  flags: Style['flags'] = [],
): readonly Detail[] {
  const why = reasonText(criterion);
  return [
    ...line('why', why),
    ...judgedOf(criterion),
    ...line('waiver', criterion.waiver === null ? null : waiverText(criterion.waiver)),
    ...failuresOf(criterion, why ?? ''),
    ...foundOf(criterion),
    ...line('beyond', beyondText(criterion)),
    ...line('evidence', evidenceText(report, gate, criterion)),
    ...line('warn', warnText(criterion, why ?? '')),
    ...criterion.notes.flatMap((note) => line('note', clip(note, LONGEST))),
    ...line('window', isOtherWindow(criterion.window, gate) ? windowText(criterion.window) : null),
    ...criterion.queries.map((query): Detail => ({ label: 'query', text: queryText(query) })),
    ...line('owner', criterion.owner),
    ...line('runbook', criterion.runbook ?? gate.runbook),
    ...line('spec', placeText(criterion)),
    ...line('next', criterion.reason?.next ?? null),
    ...line('next', explainCommand(criterion.key, criterion.source.file, flags)),
  ];
}

/** What is shown for a gate that came through a pipe. */
const STDIN = '<stdin>';

/** Files that "explain" reads where it is given none. */
const READ_UNASKED = /^gates\/(?:.+\/)?[^/]+\.gate\.yaml$/;

/** What to ask about a gate or a criterion, with its file and flags where "explain" would not find it by itself. */
export function explainCommand(key: string, file: string, flags: Style['flags'] = []): string {
  const files = READ_UNASKED.test(file) ? [] : [file === STDIN ? '-' : file];
  return ['gatekeeper explain', ...[key, ...files, ...flags].map(shellWord)].join(' ');
}

/** `gates/storefront.gate.yaml:14`. */
export function placeText({ source }: CriterionResult): string {
  return `${source.file}:${source.line}`;
}

/** `canary good on metrics`: what the query is for and who was asked. */
export function queryLabel(query: ReportQuery): string {
  return `${query.arm === 'current' ? '' : `${query.arm} `}${query.part} on ${query.backend}`;
}

function queryText(query: ReportQuery): string {
  return `${queryLabel(query)}: ${query.text}`;
}

/** `point; n 18,402 canary, 171,930 baseline; difference -4.5 pp; 95 % interval 92.7 % to 93.5 %`. */
export function evidenceText(report: GateReport, gate: GateResult, criterion: CriterionResult): string {
  const { difference, interval } = figuresOf(criterion);
  const { baseline, coverage } = criterion;
  const arm = gate.arms[0]?.name;
  const samples = `${samplesText(criterion)}${baseline === null || arm === undefined ? '' : ` ${arm}`}`;
  const isDoubtful = criterion.verdict === 'inconclusive' || criterion.verdict === 'error';
  return [
    criterion.judge,
    baseline === null ? samples : `${samples}, ${countText(baseline.n)} ${baseline.arm}`,
    difference === null ? null : `difference ${difference}`,
    interval === null
      ? null
      : `95 % interval ${criterion.evidence?.logE == null ? '' : 'at every look '}${interval}`,
    meterText(criterion),
    coverage !== null && coverage < 1 ? `data in ${percentText(coverage)} of the steps` : null,
    isDoubtful ? newestText(report, criterion) : null,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

/** How far the evidence is on its way: `86 % of what a pass needs, 0 % of what a fail needs`. */
function meterText({ evidence }: CriterionResult): string | null {
  if (evidence?.logE == null || evidence.alpha === null || evidence.falsePass === null) return null;
  const part = (lnE: number | null, budget: number): string =>
    percentText(Math.min(1, Math.max(0, (lnE ?? 0) / Math.log(1 / budget))));
  const { logE, alpha, falsePass } = evidence;
  return `has ${part(logE.pass, falsePass ?? 1)} of what a pass needs, ${part(logE.fail, alpha)} of what a fail needs`;
}

function judgedOf(criterion: CriterionResult): readonly Detail[] {
  const { judged } = criterion;
  if (judged === null) return [];
  return line(
    'was',
    `${wordOf(judged)}${judged.reason === null ? '' : `: ${clip(judged.reason.text, LONGEST)}`}`,
  );
}

/** Failed queries, each failure once, and not where the reason says it already. */
function failuresOf(criterion: CriterionResult, why: string): readonly Detail[] {
  const told = new Set<string>();
  return criterion.queries.flatMap(({ failure, backend }) => {
    if (failure === null || why.includes(failure.message) || told.has(failure.message)) return [];
    told.add(failure.message);
    return line('failed', clip(`${failure.code} (${backend}): ${failure.message}`, LONGEST));
  });
}

const MOST_FOUND = 20;

/** `canonical.missing /p/1: no canonical address`; the first of many, which the JSON result holds all of. */
function foundOf({ findings = [] }: CriterionResult): readonly Detail[] {
  const shown = findings.slice(0, MOST_FOUND).map(({ name, url, detail }) => `${name} ${url}: ${detail}`);
  const rest = findings.length - shown.length;
  return [
    ...shown.flatMap((text) => line('found', clip(text, LONGEST))),
    ...line('found', rest > 0 ? `and ${rest} more: --report json lists them all` : null),
  ];
}

/** The warn limit, where the reason does not speak of it. */
function warnText({ warn, verdict }: CriterionResult, why: string): string | null {
  if (warn === null || verdict === 'pass' || why.includes(warn)) return null;
  return verdict === 'warn'
    ? `holds ${warn}`
    : verdict === 'fail'
      ? `does not hold ${warn} either`
      : `from ${warn}`;
}

function line(label: Detail['label'], text: string | null): readonly Detail[] {
  return text === null || text === '' ? [] : [{ label, text }];
}
