/**
 * Mann and Whitney's test on 2 x 100,000 values: ours, with the shift and its interval, against SciPy's, which gives the test
 * alone. Each side is a process of its own, by turns; what is timed is the call, without start, reading and import.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ratios, run, runWithPeak, say, sayResult, sayTimes } from './support/measure.js';

const VALUES = 100_000;
const ROUNDS = 7;
const CALLS = 5;

const SCIPY = `
import json, sys, time
import numpy, scipy
from scipy.stats import mannwhitneyu
x, y = numpy.fromfile(sys.argv[1]), numpy.fromfile(sys.argv[2])
ms = []
for _ in range(int(sys.argv[3])):
    start = time.perf_counter()
    found = mannwhitneyu(x, y)
    ms.append((time.perf_counter() - start) * 1e3)
print(json.dumps({"ms": ms, "u": float(found.statistic), "p": float(found.pvalue), "version": scipy.__version__}))
`;

interface Answer {
  readonly ms: readonly number[];
  readonly u: number;
  readonly p: number;
  readonly version?: string;
}

const python = pythonWithScipy();
if (python === undefined) {
  throw new Error(
    'no Python with SciPy: apt-get install -y python3-scipy, or name one: PYTHON=/usr/bin/python3 npm run bench:mann-whitney',
  );
}

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-mann-whitney-'));
try {
  const child = join(folder, 'child.mjs');
  await build({
    entryPoints: ['bench/support/mann-whitney-child.ts'],
    outfile: child,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  const arms = [arm('x', 0), arm('y', 0.01)];
  const ours: { first: number[]; warm: number[] } = { first: [], warm: [] };
  const theirs: { first: number[]; warm: number[] } = { first: [], warm: [] };
  let peak = 0;
  let version = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    const ran = runWithPeak({ args: [child, ...arms, String(CALLS)] });
    const own = answerOf(ran.stdout);
    const scipy = answerOf(run({ program: python, args: ['-c', SCIPY, ...arms, String(CALLS)] }).stdout);
    if (own.u !== scipy.u || Math.abs(own.p / scipy.p - 1) > 1e-9) {
      throw new Error(`the answers differ: ${JSON.stringify({ own, scipy })}`);
    }
    peak = Math.max(peak, ran.peakMiB);
    version = scipy.version ?? version;
    collect(ours, own.ms);
    collect(theirs, scipy.ms);
  }
  say(`2 x ${VALUES} values, SciPy ${version}; the same u and p`);
  sayTimes('ours with interval, first call', ours.first);
  sayTimes('ours with interval, later calls', ours.warm);
  sayTimes('mannwhitneyu, first call', theirs.first);
  sayTimes('mannwhitneyu, later calls', theirs.warm);
  sayResult('mann-whitney', {
    values: VALUES,
    scipy: version,
    firstCallToScipy: ratios(ours.first, theirs.first),
    laterCallsToScipy: ratios(ours.warm, theirs.warm),
    peakMiB: Math.round(peak),
    targets: { toScipy: '<= 2', peakMiB: '<= 200' },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function collect(
  into: { first: number[]; warm: number[] },
  [first = Number.NaN, ...rest]: readonly number[],
): void {
  into.first.push(first);
  into.warm.push(...rest);
}

function answerOf(text: string): Answer {
  const { ms, u, p, version } = JSON.parse(text);
  return { ms, u, p, version };
}

/** Latencies of a service: lognormal, the same each time. */
function arm(name: string, shift: number): string {
  let state = name === 'x' ? 12_345 : 67_890;
  const uniform = (): number => {
    // Park and Miller's generator.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const values = Float64Array.from({ length: VALUES }, () => {
    const z = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return 400 * Math.exp(0.6 * z + shift);
  });
  const file = join(folder, name);
  writeFileSync(file, values);
  return file;
}

/** The Python named by PYTHON, or the one on the path, or the system's. */
function pythonWithScipy(): string | undefined {
  const named = process.env['PYTHON'];
  const programs = named === undefined ? ['python3', '/usr/bin/python3'] : [named];
  return programs.find((program) => spawnSync(program, ['-c', 'import scipy.stats']).status === 0);
}
