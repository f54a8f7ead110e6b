/** How much of a run is starting it: `--version`, a replay of four criteria, and the same four limits in lhci assert. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY, interleaved, ratios, run, say, sayResult, sayTimes } from './support/measure.js';
import { FOUR_GATE, startShop } from './support/shop.js';

const ROUNDS = 20;
const LHCI = '@lhci/cli@0.15.1';

const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-bench-start-'));
try {
  const set = await recordFour();
  const lhci = installLhci();
  const warm = join(folder, 'warm');
  const cold = join(folder, 'cold');
  mkdirSync(warm);
  const check = [BINARY, 'check', FOUR_GATE, '--replay', set];
  for (const args of [check, check, [BINARY, '--version']]) run({ args, env: { XDG_CACHE_HOME: warm } });

  // Certificates named in the environment are read by Node itself at each start, bare or not: 30 ms for a usual bundle.
  const plain = { NODE_EXTRA_CA_CERTS: undefined };
  const bare = ['-e', '0'];
  const times = await interleaved(ROUNDS, {
    bare: () => run({ args: bare, env: plain }).ms,
    version: () => run({ args: [BINARY, '--version'], env: { ...plain, XDG_CACHE_HOME: warm } }).ms,
    cold: () => {
      rmSync(cold, { recursive: true, force: true });
      mkdirSync(cold);
      return run({ args: check, env: { ...plain, XDG_CACHE_HOME: cold } }).ms;
    },
    withoutCache: () => run({ args: check, env: { ...plain, GATEKEEPER_COMPILE_CACHE: 'off' } }).ms,
    warm: () => run({ args: check, env: { ...plain, XDG_CACHE_HOME: warm } }).ms,
  });
  sayTimes('node -e 0', times.bare);
  sayTimes('--version', times.version);
  sayTimes('check --replay, empty cache', times.cold);
  sayTimes('check --replay, cache off', times.withoutCache);
  sayTimes('check --replay, warm cache', times.warm);

  const inherited =
    process.env['NODE_EXTRA_CA_CERTS'] === undefined
      ? undefined
      : await interleaved(ROUNDS, {
          bare: () => run({ args: bare }).ms,
          version: () => run({ args: [BINARY, '--version'], env: { XDG_CACHE_HOME: warm } }).ms,
          cold: () => {
            rmSync(cold, { recursive: true, force: true });
            mkdirSync(cold);
            return run({ args: check, env: { XDG_CACHE_HOME: cold } }).ms;
          },
          warm: () => run({ args: check, env: { XDG_CACHE_HOME: warm } }).ms,
        });
  if (inherited !== undefined) {
    say('with NODE_EXTRA_CA_CERTS of this environment:');
    sayTimes('node -e 0', inherited.bare);
    sayTimes('--version', inherited.version);
    sayTimes('check --replay, empty cache', inherited.cold);
    sayTimes('check --replay, warm cache', inherited.warm);
  }

  const peer =
    lhci === undefined
      ? undefined
      : await interleaved(8, {
          lhci: () => run({ args: lhci.args, cwd: lhci.cwd, env: plain }).ms,
          warm: () => run({ args: check, env: { ...plain, XDG_CACHE_HOME: warm } }).ms,
          cold: () => run({ args: check, env: { ...plain, GATEKEEPER_COMPILE_CACHE: 'off' } }).ms,
        });
  if (peer === undefined) say('lhci could not be installed on this Node: nothing to compare with');
  else sayTimes('lhci assert', peer.lhci);

  sayResult('start', {
    versionToBare: ratios(times.version, times.bare),
    coldToBare: ratios(times.cold, times.bare),
    withoutCacheToBare: ratios(times.withoutCache, times.bare),
    warmToBare: ratios(times.warm, times.bare),
    ...(inherited !== undefined && {
      withExtraCertificates: {
        versionToBare: ratios(inherited.version, inherited.bare),
        coldToBare: ratios(inherited.cold, inherited.bare),
        warmToBare: ratios(inherited.warm, inherited.bare),
      },
    }),
    lhciToWarm: peer === undefined ? null : ratios(peer.lhci, peer.warm),
    lhciToWithoutCache: peer === undefined ? null : ratios(peer.lhci, peer.cold),
    targets: { versionToBare: '<= 1.2', coldToBare: '<= 1.8', warmToBare: '<= 1.5', lhciToWarm: '>= 3' },
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Records the four criteria from a real Prometheus, so that the set is what this version writes. */
async function recordFour(): Promise<string> {
  const { prometheus, at } = await startShop();
  try {
    const set = join(folder, 'set');
    run({
      args: [BINARY, 'check', FOUR_GATE, '--at', String(at / 1000), '--record', set],
      env: { PROMETHEUS_URL: prometheus.url },
    });
    return set;
  } finally {
    await prometheus.stop();
  }
}

/** Four limits on a stored Lighthouse report. @returns undefined when it cannot be installed */
function installLhci(): { args: readonly string[]; cwd: string } | undefined {
  const cwd = join(folder, 'lhci');
  mkdirSync(join(cwd, '.lighthouseci'), { recursive: true });
  writeFileSync(join(cwd, 'package.json'), '{"private":true}');
  try {
    run({
      program: 'npm',
      args: ['install', LHCI, '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'],
      cwd,
    });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
  const ids = [
    'first-contentful-paint',
    'largest-contentful-paint',
    'total-blocking-time',
    'server-response-time',
  ];
  const audits = Object.fromEntries(
    ids.map((id) => [
      id,
      {
        id,
        title: id,
        description: id,
        score: 0.98,
        scoreDisplayMode: 'numeric',
        numericValue: 400,
        numericUnit: 'millisecond',
      },
    ]),
  );
  const url = 'http://127.0.0.1/';
  const report = {
    lighthouseVersion: '12.6.1',
    requestedUrl: url,
    finalUrl: url,
    fetchTime: '2026-11-21T00:00:00.000Z',
    audits,
    categories: {},
    configSettings: {},
  };
  writeFileSync(join(cwd, '.lighthouseci/lhr-1.json'), JSON.stringify(report));
  writeFileSync(
    join(cwd, 'lighthouserc.json'),
    JSON.stringify({
      ci: {
        assert: {
          assertions: Object.fromEntries(ids.map((id) => [id, ['error', { maxNumericValue: 800 }]])),
        },
      },
    }),
  );
  const args = [join(cwd, 'node_modules/@lhci/cli/src/cli.js'), 'assert'];
  if (!existsSync(args[0] ?? '')) return undefined;
  run({ args, cwd });
  say(`${LHCI} is installed, and judges four limits on a stored report`);
  return { args, cwd };
}
