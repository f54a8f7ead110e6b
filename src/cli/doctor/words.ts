import type { Health } from '../../contracts/backend.js';
import { counted } from '../../contracts/counted.js';
import type { Loaded } from '../../gatefile/load.js';
import { formatDuration } from '../../model/time.js';
import { targetsOf } from '../../testing/targets.js';
import { type Row, rowsText } from '../page/page.js';
import type { Finding } from './examine.js';

/** Data older than this are worth a word: most exporters are scraped every minute or faster. */
const OLD_MS = 5 * 60_000;
/** What a clock may be ahead by before it counts. */
const AHEAD_MS = 5000;

/** Signals that ask web servers instead of a backend, and what they ask: nobody reaches those before a run. */
export type Probes = ReadonlyMap<string, ReadonlySet<string>>;

export function probesOf({ gates, backends }: Pick<Loaded, 'gates' | 'backends'>): Probes {
  const ids = backends.map(({ id }) => id);
  const probes = new Map<string, Set<string>>();
  for (const { gate, signal, query } of targetsOf(gates)) {
    if (ids.includes(query.backend)) continue;
    const name = `${gate}.${signal}`;
    probes.set(name, (probes.get(name) ?? new Set()).add(query.text));
  }
  return new Map([...probes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is said of them; no line without any. */
export function probesText(probes: Probes): readonly string[] {
  if (probes.size === 0) return [];
  const names = [...probes.keys()].join(', ');
  return [`not asked: the web servers that ${names} ${probes.size === 1 ? 'probes' : 'probe'}`];
}

/** What is said where nothing else is asked. */
export function probesAloneText(probes: Probes): readonly string[] {
  return [
    'no backend to reach: these gates ask web servers alone, and not before "gatekeeper check"',
    ...rowsText(
      [...probes].map(([name, texts]): Row => [name, [...texts]]),
      1,
    ),
  ];
}

/** One block per backend, and a count. */
export function findingsText(findings: readonly Finding[]): readonly string[] {
  const failed = findings.filter(({ state }) => state === 'failed').length;
  const blocks = findings.flatMap((finding) => [headOf(finding), ...rowsText(rowsOf(finding), 1), '']);
  const sum = `${counted(findings.length, 'backend')}: ${findings.length - failed} reached, ${failed} not`;
  return [...blocks, sum];
}

function headOf({ backend: { id, type, address } }: Finding): string {
  return `${id}   ${type}   ${address}`;
}

function rowsOf(finding: Finding): readonly Row[] {
  if (finding.state === 'reached')
    return [['REACHED', finding.health.identity], ...healthRows(finding.health)];
  const { code, message, detail = [], mend } = finding.failure;
  return [
    ['FAILED', [message, ...detail]],
    ...(mend === undefined ? [] : [['next', mend] as const]),
    ['next', `gatekeeper explain ${code}`],
  ];
}

function healthRows({ newestAgeMs, notes }: Health): readonly Row[] {
  return [newestRow(newestAgeMs), ...notes.map((note): Row => ['note', note])];
}

function newestRow(ageMs: number | null): Row {
  if (ageMs === null) return ['newest', 'its newest data cannot be asked for'];
  if (ageMs < -AHEAD_MS)
    return ['WARN', `the newest data lie ${age(-ageMs)} ahead: its clock and ours differ`];
  if (ageMs > OLD_MS)
    return ['WARN', `the newest data are ${age(ageMs)} old: does anything still write to it?`];
  return ['newest', `${age(Math.max(0, ageMs))} old`];
}

function age(ms: number): string {
  return formatDuration(ms >= 60_000 ? Math.floor(ms / 60_000) * 60_000 : Math.floor(ms / 1000) * 1000);
}
