/**
 * False fails and wrong passes through a real Prometheus, scraped every 5, 15 and 30 s, from `{ counter }` and from
 * `increase()`: `npm run bench:peeking-live -- [ROLLOUTS] [FORM]`. Every one of 50 looks may decide. The report of the whole window
 * tells at which look that was; with a scrape every 15 s the first rollouts are looked at 50 times besides, to show that
 * it tells the truth.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CriterionResult, GateReport } from '../src/model/report.js';
import { type Prometheus, startPrometheus } from '../test/support/prometheus.js';
import { CELLS, type Cell, FORMS, type Form, gateOf } from './peeking-live/gates.js';
import { historyOf } from './peeking-live/rollouts.js';
import { BINARY, rounded, run, say, sayResult } from './support/measure.js';

const INTERVALS = [5, 15, 30];
const LOOKS = 50;
const MIN_STEPS = 5;
/** Rollouts of each kind that are looked at at every step, and the interval at which they are. */
const LOOKED_AT = 5;
const LOOKED_AT_INTERVAL = 15;
const HOUR = 3600;
/** Seconds before the window in which the counters are scraped already. */
const BEFORE = 600;

interface Setup {
  readonly prometheus: Prometheus;
  readonly form: Form;
  /** Seconds. */
  readonly interval: number;
  readonly step: number;
  /** Unix seconds. */
  readonly since: number;
}

type Decision = { readonly verdict: 'pass' | 'fail'; readonly look: number } | null;

const rollouts = Number(process.argv[2] ?? 400);
const forms = FORMS.filter((form) => process.argv[3] === undefined || form === process.argv[3]);
const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-peeking-'));
const rows: Record<string, unknown>[] = [];
try {
  for (const interval of INTERVALS) await measure(interval);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
sayResult('peeking-live', { rollouts, looks: LOOKS, alpha: 0.05, rows });

async function measure(interval: number): Promise<void> {
  // Far enough in the past for the server's own head not to overlap it.
  const since = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 6 * HOUR;
  const span = { from: since - BEFORE, to: since + LOOKS * stepOf('increase', interval), interval };
  const prometheus = await startPrometheus({ openMetrics: textsOf(historyOf(rollouts, span)) });
  try {
    for (const form of forms) {
      const setup = { prometheus, form, interval, since, step: stepOf(form, interval) };
      const looked = interval === LOOKED_AT_INTERVAL ? lookAgain(setup) : new Map<string, Decision>();
      for (const cell of CELLS) rows.push(rowOf(setup, cell, looked));
    }
  } finally {
    await prometheus.stop();
  }
}

async function* textsOf(texts: Iterable<string>): AsyncGenerator<string> {
  yield* texts;
}

/** A minute; increase() needs four scrapes in a step. */
function stepOf(form: Form, interval: number): number {
  return form === 'increase' ? Math.max(60, 4 * interval) : 60;
}

function rowOf(setup: Setup, cell: Cell, looked: ReadonlyMap<string, Decision>) {
  const { form, interval, since, step } = setup;
  const criteria = look(setup, gatesOf(setup, [cell], rollouts), since + LOOKS * step);
  const decided = new Map(criteria.map(([id, criterion]) => [id, decisionOf(criterion, since, step)]));
  const decisions = [...decided.values()];
  const of = (verdict: 'pass' | 'fail'): number[] =>
    decisions.flatMap((one) => (one?.verdict === verdict ? [one.look] : []));
  const percent = (verdict: 'pass' | 'fail'): number => rounded((100 * of(verdict).length) / rollouts, 1);
  const row = {
    scrapeSeconds: interval,
    form,
    stepSeconds: step,
    world: cell.world,
    pass: cell.pass,
    wrong: cell.wrong,
    failPercent: percent('fail'),
    passPercent: percent('pass'),
    passLook: quantile(of('pass'), 0.5),
    /** Of the rollouts that were looked at at every step: those whose loop would have ended otherwise. */
    lookedAt: Math.min(looked.size, LOOKED_AT),
    otherwise: [...decided].filter(([id, one]) => looked.has(id) && textOf(one) !== textOf(looked.get(id)))
      .length,
  };
  say(
    `${`${interval}s`.padStart(3)} ${form.padEnd(8)} step ${step}s ${cell.world.padEnd(8)} ${cell.pass.padEnd(20)} fail ${String(row.failPercent).padStart(5)} %  pass ${String(row.passPercent).padStart(5)} % at look ${row.passLook}  (wrong: ${cell.wrong})  otherwise ${row.otherwise}`,
  );
  return row;
}

/** Writes the gates of the first rollouts of these cells. @returns their folder */
function gatesOf({ form, step }: Setup, cells: readonly Cell[], count: number): string {
  const place = mkdtempSync(join(folder, 'gates-'));
  for (const cell of cells) {
    for (let rollout = 0; rollout < count; rollout += 1) {
      const file = `${CELLS.indexOf(cell)}-${rollout}.gate.yaml`;
      writeFileSync(join(place, file), gateOf(cell, form, rollout, step, LOOKS));
    }
  }
  return place;
}

/** One look at every gate of a folder: the one criterion of each. */
function look(setup: Setup, gates: string, at: number): readonly (readonly [string, CriterionResult])[] {
  const options = ['--since', String(setup.since), '--at', String(at), '--report', 'json'];
  const { stdout } = run({
    args: [BINARY, 'check', gates, ...options],
    cwd: folder,
    env: { PROMETHEUS_URL: setup.prometheus.url },
    codes: [0, 1, 3],
  });
  const report: GateReport = JSON.parse(stdout);
  return report.gates.flatMap(({ id, criteria }) =>
    criteria.map((criterion): [string, CriterionResult] => [id, criterion]),
  );
}

/** When a loop would have ended, by the report of the whole window. */
function decisionOf(criterion: CriterionResult, since: number, step: number): Decision {
  if (criterion.evidence === null || criterion.evidence.strata < LOOKS * 0.9) {
    throw new Error(`${criterion.key} was not judged: ${criterion.reason?.text}`);
  }
  const { firstCrossing } = criterion.evidence;
  if (firstCrossing === null) return null;
  const steps = Math.round((Date.parse(firstCrossing.at) / 1000 - since) / step);
  return { verdict: firstCrossing.side, look: Math.max(steps, MIN_STEPS) };
}

/** The first decisions of loops that look after every step. */
function lookAgain(setup: Setup): ReadonlyMap<string, Decision> {
  const gates = gatesOf(setup, CELLS, Math.min(LOOKED_AT, rollouts));
  const decisions = new Map<string, Decision>();
  for (let steps = 1; steps <= LOOKS; steps += 1) {
    for (const [id, { verdict }] of look(setup, gates, setup.since + steps * setup.step)) {
      const isFirst = (decisions.get(id) ?? null) === null;
      if (isFirst)
        decisions.set(id, verdict === 'pass' || verdict === 'fail' ? { verdict, look: steps } : null);
    }
  }
  return decisions;
}

function textOf(decision: Decision | undefined): string {
  return decision == null ? 'undecided' : `${decision.verdict} at ${decision.look}`;
}

function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * q)] ?? null;
}
