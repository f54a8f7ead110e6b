import { classOf } from '../../model/reason.js';
import type { CriterionResult, GateReport, GateResult } from '../../model/report.js';
import { unreachable } from '../../model/unreachable.js';
import type { FoldedVerdict, Verdict } from '../../model/verdict.js';

/** The word that a reader sees; the document's own words are in `model/verdict.ts`. */
export type Word = 'PASS' | 'WARN' | 'FAIL' | 'NO DATA' | 'UNDECIDED' | 'INCONCLUSIVE' | 'ERROR' | 'SKIPPED';

/** Worst first, as counts are told. */
const WORDS: readonly Word[] = ['FAIL', 'ERROR', 'NO DATA', 'UNDECIDED', 'SKIPPED', 'WARN', 'PASS'];

export function wordOf(criterion: Pick<CriterionResult, 'verdict' | 'reason'>): Word {
  const { verdict, reason } = criterion;
  if (verdict !== 'inconclusive') return wordOfVerdict(verdict);
  return reason !== null && classOf(reason) === 'no-data' ? 'NO DATA' : 'UNDECIDED';
}

/** The word of a gate or a run, whose open questions may be of both kinds. */
export function wordOfVerdict(verdict: Verdict): Word {
  switch (verdict) {
    case 'pass':
      return 'PASS';
    case 'warn':
      return 'WARN';
    case 'fail':
      return 'FAIL';
    case 'inconclusive':
      return 'INCONCLUSIVE';
    case 'error':
      return 'ERROR';
    case 'skipped':
      return 'SKIPPED';
    default:
      return unreachable(verdict);
  }
}

/** What the verdict means for the release, after "Release gate". */
export function outcomeOf(verdict: FoldedVerdict): string {
  switch (verdict) {
    case 'pass':
      return 'passed';
    case 'warn':
      return 'passed with warnings';
    case 'fail':
      return 'failed';
    case 'inconclusive':
      return 'not decided';
    case 'error':
      return 'not evaluated';
    default:
      return unreachable(verdict);
  }
}

/** A mark for the eye; never without the word. */
export function glyphOf(word: Word, ascii: boolean): string {
  switch (word) {
    case 'PASS':
      return ascii ? '+' : '✓';
    case 'WARN':
      return ascii ? '!' : '▲';
    case 'FAIL':
      return ascii ? 'x' : '✗';
    case 'NO DATA':
    case 'UNDECIDED':
    case 'INCONCLUSIVE':
      return '?';
    case 'ERROR':
      return ascii ? 'E' : '⊘';
    case 'SKIPPED':
      return '-';
    default:
      return unreachable(word);
  }
}

/** How much a criterion weighs on the decision; the highest stands next to the prompt. */
export function severityOf(criterion: CriterionResult): number {
  if (criterion.verdict === 'pass') return 0;
  if (criterion.advisory) return 1;
  const order: readonly Verdict[] = ['pass', 'warn', 'skipped', 'inconclusive', 'error', 'fail'];
  return 1 + order.indexOf(criterion.verdict) + (criterion.critical ? 0.5 : 0);
}

export function severityOfGate(gate: GateResult): number {
  return (['pass', 'warn', 'inconclusive', 'error', 'fail'] as const).indexOf(gate.verdict);
}

/** All criteria, worst first, with their gates; equals stay in the order of the file. */
export function worstFirst(report: GateReport): readonly Located[] {
  return report.gates
    .flatMap((gate) => gate.criteria.map((criterion) => ({ gate, criterion })))
    .sort((a, b) => severityOf(b.criterion) - severityOf(a.criterion));
}

export interface Located {
  readonly gate: GateResult;
  readonly criterion: CriterionResult;
}

/** `1 failed, 1 no data, 2 passed`. */
export function countsText(criteria: readonly CriterionResult[]): string {
  const words = criteria.map((criterion) => ({ word: wordOf(criterion), advisory: criterion.advisory }));
  const told = WORDS.flatMap((word) => {
    const same = words.filter((entry) => entry.word === word);
    const advisory = same.filter((entry) => entry.advisory).length;
    const aside =
      advisory > 0 && word !== 'PASS' ? ` (${advisory === same.length ? '' : `${advisory} `}advisory)` : '';
    return same.length === 0 ? [] : [`${counted(word, same.length)}${aside}`];
  });
  return told.length === 0 ? 'no criteria' : told.join(', ');
}

function counted(word: Word, count: number): string {
  const many = count === 1 ? '' : 's';
  switch (word) {
    case 'PASS':
      return `${count} passed`;
    case 'FAIL':
      return `${count} failed`;
    case 'WARN':
      return `${count} warning${many}`;
    case 'ERROR':
      return `${count} error${many}`;
    case 'NO DATA':
      return `${count} no data`;
    case 'UNDECIDED':
    case 'INCONCLUSIVE':
      return `${count} undecided`;
    case 'SKIPPED':
      return `${count} skipped`;
    default:
      return unreachable(word);
  }
}

/** The fold in one line: `FAIL  1 failed, 2 passed   exit 1`, without the word. */
export function foldText(report: GateReport): string {
  return `${countsText(report.gates.flatMap((gate) => gate.criteria))}   exit ${report.exitCode}`;
}

/** A gate whose verdict none of its criteria shows: a score, a policy, or a fold over nothing decided it. */
export function decidedByGate(gate: GateResult): boolean {
  if (gate.verdict === 'pass' || gate.verdict === 'warn') return false;
  return !gate.criteria.some(
    ({ verdict, advisory }) => !advisory && verdict !== 'pass' && verdict !== 'warn',
  );
}
