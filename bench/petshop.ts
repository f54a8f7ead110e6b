/**
 * Recorded faults of a real shop as release gates: ten minutes after each, and disjoint ten minutes of normal operation,
 * through the real program with one gate file.
 *
 * npm run bench:petshop -- --data DIR [--history DIR]
 *
 * DIR holds folders in the layout of amazon-science/petshop-root-cause-analysis. Where it has no `noissue` records, those
 * of `--history` teach how much windows differ; they are not judged.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beforeCase, faultCase, normalCases } from './petshop/cases.js';
import { readRecords } from './petshop/records.js';
import { type Replayed, replay, tables } from './petshop/replay.js';
import { beforeFaults, frontAlone, summaryOf, timeToDecision } from './petshop/summary.js';
import { say, sayResult } from './support/measure.js';

const WIDTH = 2;

const { values } = parseArgs({ options: { data: { type: 'string' }, history: { type: 'string' } } });
if (values.data === undefined) throw new Error('npm run bench:petshop -- --data DIR');
const records = readRecords(values.data);
const past = values.history === undefined ? records.normal : readRecords(values.history).normal;
const cases = [
  ...records.faults.map((fault) => faultCase(fault, past)),
  ...records.faults.flatMap((fault) => beforeCase(fault, past) ?? []),
  ...records.normal.flatMap((record) => normalCases(record)),
];
const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-petshop-'));
try {
  const tableFor = tables(folder);
  const replayed: Replayed[] = [];
  const queue = cases.map((each) => ({ each, table: tableFor(each.rows) }));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      replayed.push(await replay(next.each, next.table));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
  const order = new Map(cases.map((each, i) => [each, i]));
  replayed.sort((a, b) => (order.get(a.of) ?? 0) - (order.get(b.of) ?? 0));
  for (const each of replayed) tell(each);
  const whole = replayed.filter(({ of }) => !of.isDegraded);
  sayResult('petshop', {
    ...summaryOf(replayed, 'first'),
    withoutDegraded: summaryOf(whole, 'first'),
    extended: {
      ...summaryOf(replayed, 'last'),
      decidedAfter: timeToDecision(replayed.filter(({ of }) => of.kind === 'normal')),
      faultsDecidedAfter: timeToDecision(replayed.filter(({ of }) => of.kind === 'fault')),
      withoutDegraded: summaryOf(whole, 'last'),
    },
    frontAlone: frontAlone(replayed),
    beforeFaults: beforeFaults(replayed),
    targets: { wrongPass: 0, wrongFail: '<= 1 %', normalInconclusive: '< 25 %' },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Every fault, and what of normal operation did not pass at once. */
function tell({ of, looks }: Replayed): void {
  const [first] = looks;
  if (of.kind !== 'fault' && first?.verdict === 'pass') return;
  const seen = looks.map(({ minutes, verdict }) => `${minutes}m ${verdict}`).join(', ');
  const keys = (first?.criteria ?? [])
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ key, verdict }) => `${key.replace(/^petshop\./, '')} ${verdict}`);
  say(
    `${of.name}${of.cause === null ? '' : ` (${of.cause})`}: ${seen}; ${keys.length > 6 ? `${keys.length} criteria` : keys.join(', ')}`,
  );
}
