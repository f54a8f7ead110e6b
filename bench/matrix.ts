/**
 * An answer of 50 MB, 1,000 series of 1,440 points, judged by the program from start to end; against JSON.parse of the
 * same text, already in memory, in a process of its own.
 *
 * A server in another process answers at once. The query is a rate, so that the question for the age of its samples has a
 * short answer; that of a plain selector would bring 50 MB more. Both are asked at once first, and given up as too large.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startProcess, waitUntil } from '../test/support/processes.js';
import {
  BINARY,
  interleaved,
  ratios,
  rounded,
  run,
  runWithPeak,
  say,
  sayResult,
  sayTimes,
} from './support/measure.js';

const SERIES = 1000;
const POINTS = 1440;
const ROUNDS = 5;
const STEP_S = 60;
const AT = 1_795_000_020;
/** The window of the gate ends a step before, as `settle` says. */
const END = AT - STEP_S;

/** Answers as Prometheus does, with what was made before. */
const SERVER = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [, , port, folder] = process.argv;
const [values, ages, both] = ['values', 'ages', 'both'].map((name) => readFileSync(folder + '/' + name + '.json'));
createServer((request, response) => {
  const query = new URL(request.url, 'http://localhost').searchParams.get('query') ?? '';
  const body = query.startsWith('label_replace(') ? ages : query.includes(' or label_replace(') ? both : values;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(Number(port), '127.0.0.1');
`;

const PARSE = `
import { readFileSync } from 'node:fs';
const text = readFileSync(process.argv[2], 'latin1');
const start = performance.now();
const parsed = JSON.parse(text);
const ms = performance.now() - start;
if (parsed.data.result.length !== ${SERIES}) throw new Error('not what was written');
console.log(JSON.stringify({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 }));
`;

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-matrix-'));
const values = join(folder, 'values.json');
const allSeries = Array.from({ length: SERIES }, (_, i) =>
  seriesOf({ pod: `pod-${i}` }, (n) => numberAt(i, n)),
);
const ages = seriesOf({ gatekeeper_selector: '0' }, (n) => String(timeOf(n)));
writeFileSync(values, bodyOf(allSeries));
writeFileSync(join(folder, 'ages.json'), bodyOf([ages]));
writeFileSync(join(folder, 'both.json'), bodyOf([...allSeries, ages]));
writeFileSync(join(folder, 'server.mjs'), SERVER);
writeFileSync(join(folder, 'parse.mjs'), PARSE);
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startProcess(process.execPath, [join(folder, 'server.mjs'), String(port), folder]);
try {
  await waitUntil(() => isUp(url), 'the server to answer');
  const megabytes = statSync(values).size / 1e6;
  say(`the answer holds ${SERIES} series of ${POINTS} points in ${megabytes.toFixed(1)} MB`);
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  const env = { NODE_EXTRA_CA_CERTS: undefined, XDG_CACHE_HOME: cache, MATRIX_URL: url };
  const peaks = { worst: 0, each: 0, parse: 0 };
  const check = (across: 'worst' | 'each'): number => {
    const gate = join(folder, `${across}.gate.yaml`);
    writeFileSync(gate, gateOf(across));
    const ran = runWithPeak({
      args: [BINARY, 'check', gate, '--at', String(AT), '--quiet', '--color', 'never'],
      env,
    });
    peaks[across] = Math.max(peaks[across], ran.peakMiB);
    return ran.ms;
  };
  check('worst');
  const times = await interleaved(ROUNDS, {
    parse: () => {
      const told = JSON.parse(
        run({ args: [join(folder, 'parse.mjs'), values], env }).stdout,
      ) as typeof peaks & { ms: number; peakMiB: number };
      peaks.parse = Math.max(peaks.parse, told.peakMiB);
      return told.ms;
    },
    worst: () => check('worst'),
    each: () => check('each'),
  });
  sayTimes('JSON.parse alone', times.parse);
  sayTimes('check, across: worst', times.worst);
  sayTimes('check, across: each', times.each);
  sayResult('matrix', {
    megabytes: rounded(megabytes, 1),
    worstToParse: ratios(times.worst, times.parse),
    eachToParse: ratios(times.each, times.parse),
    worstPeakToSize: rounded((peaks.worst * 1.048576) / megabytes),
    eachPeakToSize: rounded((peaks.each * 1.048576) / megabytes),
    parsePeakToSize: rounded((peaks.parse * 1.048576) / megabytes),
    peakMiB: { worst: Math.round(peaks.worst), each: Math.round(peaks.each), parse: Math.round(peaks.parse) },
    targets: { worstToParse: '<= 4', worstPeakToSize: '<= 8' },
  });
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}

function timeOf(n: number): number {
  return END - (POINTS - 1 - n) * STEP_S;
}

/** With as many digits as a rate has. */
function numberAt(series: number, n: number): string {
  return String(10 + ((series * 7919 + n * 104_729) % 1_000_003) / 1_000_003);
}

function seriesOf(metric: Readonly<Record<string, string>>, value: (n: number) => string): string {
  const points = Array.from({ length: POINTS }, (_, n) => `[${timeOf(n)},"${value(n)}"]`);
  return `{"metric":${JSON.stringify(metric)},"values":[${points.join(',')}]}`;
}

function bodyOf(series: readonly string[]): string {
  return `{"status":"success","data":{"resultType":"matrix","result":[${series.join(',')}]}}`;
}

async function isUp(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/api/v1/query_range?query=label_replace(`)).ok;
  } catch {
    return false;
  }
}

function gateOf(across: 'worst' | 'each'): string {
  return `gate: matrix
owners: { decide: [release-captain], stop: [oncall] }
window: { for: 1440m, step: 1m, settle: 1m }
backends:
  metrics: { type: prometheus, url: "\${MATRIX_URL}" }
signals:
  load: { value: 'sum by (pod) (rate(requests_total[1m]))', better: lower }
criteria:
  load:
    take: mean
    across: ${across}${across === 'each' ? `\n    at-most: ${SERIES}` : ''}
    pass: "<= 100"
`;
}
