/** One gate of a sandbox, checked by the real program. */
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from './binary.js';
import type { Sandbox } from './sandbox.js';

export interface CheckedGate {
  readonly code: number | undefined;
  readonly report: GateReport;
  /** By id: for gates without segments. */
  readonly criteria: Readonly<Record<string, CriterionResult>>;
  readonly stdout: string;
}

/** @throws with the words of the program where it gave no report */
export async function checkGate(
  place: Sandbox,
  file: string,
  args: readonly string[] = [],
): Promise<CheckedGate> {
  const flags = ['check', file, '--report', 'json', ...args];
  const { code, stdout, stderr } = await runGatekeeper(flags, { cwd: place.folder });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as GateReport;
  const criteria: Record<string, CriterionResult> = {};
  for (const each of report.gates.flatMap((one) => one.criteria)) criteria[each.id] = each;
  return { code, report, criteria, stdout };
}

/** Findings as `name page`. */
export function foundIn(result: CriterionResult | undefined): readonly string[] | undefined {
  return result?.findings?.map(({ name, url }) => `${name} ${url}`);
}
