/** Times child processes side by side: the machine's mood moves all of them, and the ratio stays. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The root of the repository: npm scripts run there. */
export const ROOT = process.cwd();
export const BINARY = join(ROOT, 'bin/gatekeeper.js');

export interface Command {
  readonly args: readonly string[];
  /** node by default */
  readonly program?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Exit codes that mean that it did its work; 0 by default. */
  readonly codes?: readonly number[];
}

export interface Ran {
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end.
 *
 * @throws when it leaves with an unexpected code: what fails early is fast, and would look like a gain
 */
export function run(command: Command): Ran {
  const { args, program = process.execPath, cwd = ROOT, env, codes = [0] } = command;
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...clean(process.env), ...env },
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ms = performance.now() - start;
  if (error !== undefined) throw error;
  if (status === null || !codes.includes(status)) {
    throw new Error(
      `${program} ${args.join(' ')} left with ${status}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`,
    );
  }
  return { ms, stdout, stderr };
}

/** What npm and a CI add to the environment is no part of what is measured. */
function clean(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForeign = (name: string): boolean =>
    /^(npm_|GITHUB_|NODE_OPTIONS$|NODE_V8_COVERAGE$|CI$|INIT_CWD$|http_proxy$|https_proxy$|all_proxy$|no_proxy$)/i.test(
      name,
    );
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isForeign(name)));
}

const PEAK = `process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.BENCH_PEAK, JSON.stringify(process.resourceUsage()));
});`;

/** Runs a Node program and tells its peak memory and its own work too, by what the system counted for it. */
export function runWithPeak(command: Command): Ran & { readonly peakMiB: number; readonly cpuMs: number } {
  const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-peak-'));
  try {
    const preload = join(folder, 'peak.cjs');
    const file = join(folder, 'peak');
    writeFileSync(preload, PEAK);
    const ran = run({
      ...command,
      args: ['--require', preload, ...command.args],
      env: { ...command.env, BENCH_PEAK: file },
    });
    const used = JSON.parse(readFileSync(file, 'utf8')) as NodeJS.ResourceUsage;
    return { ...ran, peakMiB: used.maxRSS / 1024, cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Takes turns: each round asks every one once, in an order that turns by one, so that no one always follows the same.
 *
 * @param each name → one measurement in milliseconds
 * @returns every measurement by name
 */
export async function interleaved<Name extends string>(
  rounds: number,
  each: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(each) as Name[];
  const taken = Object.fromEntries(names.map((name) => [name, [] as number[]])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < names.length; i += 1) {
      const name = names[(round + i) % names.length] as Name;
      taken[name].push(await each[name]());
    }
  }
  return taken;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Ratio of medians, and of the fastest: where others use the machine, the fastest are the truer ones. */
export function ratios(
  values: readonly number[],
  base: readonly number[],
): { readonly median: number; readonly fastest: number } {
  return {
    median: rounded(median(values) / median(base)),
    fastest: rounded(Math.min(...values) / Math.min(...base)),
  };
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One line for people. */
export function sayTimes(name: string, values: readonly number[]): void {
  const best = Math.min(...values);
  say(
    `${name.padEnd(34)} median ${median(values).toFixed(1).padStart(8)} ms   fastest ${best.toFixed(1).padStart(8)} ms`,
  );
}

/** The last line, for programs. */
export function sayResult(name: string, result: Readonly<Record<string, unknown>>): void {
  say(JSON.stringify({ bench: name, node: process.version, ...result }));
}
