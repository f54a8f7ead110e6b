import { defineReporter } from '../contracts/reporter.js';
import type { GateReport } from '../model/report.js';
import { sortedJson } from './words/json.js';

/** One line per criterion, one per gate after its criteria, and the run as the last line. */
export const ndjson = defineReporter({
  id: 'ndjson',
  about: 'one JSON line per criterion, gate and run, for log pipelines',
  extension: 'ndjson',
  render: (report) => [...linesOf(report)].map((line) => `${sortedJson(line, 0)}\n`).join(''),
});

function* linesOf(report: GateReport): Generator<object> {
  const { gates, ...run } = report;
  for (const gate of gates) {
    const { criteria, ...rest } = gate;
    for (const criterion of criteria) yield { type: 'criterion', gate: gate.id, ...criterion };
    yield { type: 'gate', ...rest };
  }
  yield { type: 'run', ...run };
}
