/** `plan --power` and `validate --replay`: what a gate can see, through the real binary. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const run = (...args: readonly string[]) => runGatekeeper(args, { cwd: ROOT, timeoutMs: 60_000 });

describe('plan --power', () => {
  test('by recorded traffic', async () => {
    const { code, stdout } = await run('plan', '--power', '--replay', 'fixtures/healthy', '-g', 'latency');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "power by traffic as recorded, 2026-11-20T14:35:00Z

      latency   window 30m, 30 steps of 1m
        criterion                             samples a step  healthy  finds in the window  a healthy one passes after  with twice the traffic
        latency.latency-p95[route=/]          one value       244 ms   287 ms (+43.1 ms)    14m
        latency.latency-p95[route=/p]         one value       444 ms   499 ms (+55.2 ms)    6m
        latency.latency-p95[route=/cart]      one value       469 ms   537 ms (+68.2 ms)    8m
        latency.latency-p95[route=/checkout]  one value       489 ms   563 ms (+73.7 ms)    9m
        not told
          latency.latency-share[route=/]          point evidence: the estimate decides, from 200 samples
          latency.latency-share[route=/p]         point evidence: the estimate decides, from 200 samples
          latency.latency-share[route=/cart]      point evidence: the estimate decides, from 200 samples
          latency.latency-share[route=/checkout]  point evidence: the estimate decides, from 200 samples

      Rollouts were drawn from this traffic and judged as a check would judge them: in 80 of 100 a regression to the value
      under "finds" fails within the window, and a healthy release passes in the time under "passes".
      To see more: give the canary more traffic, lengthen the window, or allow a wider margin.
      "
    `);
  });

  test('by stated traffic, where fixed limits are looked at again and again', async () => {
    const { code, stdout } = await run(
      ...['plan', '--power', '--traffic', '200:3800', '--rate', '98.5%', '-g', 'checkout-completion'],
      ...['--since', '2026-11-20T14:00:00Z', '--at', '2026-11-20T14:40:00Z'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "power by traffic as stated

      checkout-completion   window 30m, 30 steps of 1m
        criterion                                              samples a step  healthy  finds in the window  a healthy one passes after            with twice the traffic
        checkout-completion.checkout-slo[path=critical]        200             98.5 %   93.6 % (-4.9 pp)     8m (1,600 samples)                    94.1 % (-4.4 pp); 6m (2,400 samples)
        checkout-completion.checkout-slo[path=edge]            200             98.5 %   83.0 % (-15.5 pp)    5m (1,000 samples)                    83.4 % (-15.1 pp); 5m (2,000 samples)
        checkout-completion.checkout-not-worse[path=critical]  200             98.5 %   95.7 % (-2.8 pp)     8m (1,600 samples)                    96.2 % (-2.3 pp); 5m (2,000 samples)
        checkout-completion.checkout-not-worse[path=edge]      200             98.5 %   93.8 % (-4.7 pp)     5m (1,000 samples)                    94.4 % (-4.1 pp); 5m (2,000 samples)
        checkout-completion.checkout-failures[path=critical]   200             1.5 %    4.0 % (+2.5 pp)      48m (9,600 samples): past the window  3.7 % (+2.2 pp); 20m (8,000 samples)
        checkout-completion.checkout-failures[path=edge]       200             1.5 %    7.4 % (+5.9 pp)      5m (1,000 samples)                    7.0 % (+5.5 pp); 5m (2,000 samples)

      Rollouts were drawn from this traffic and judged as a check would judge them: in 80 of 100 a regression to the value
      under "finds" fails within the window, and a healthy release passes in the time under "passes".
      To see more: give the canary more traffic, lengthen the window, or allow a wider margin.
      "
    `);
  });

  const FIXED = `gate: fixed
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9090" } }
criteria:
  errors: { ratio: { bad: { counter: e }, total: { counter: t } }, pass: "<= 5%" }
`;
  const QUEUE = `gate: queue
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9090" } }
criteria:
  queue: { value: sum(queue), pass: "<= 5" }
`;
  test.each([
    [
      FIXED,
      [],
      'No rollout was drawn. With --since, limits on shares and rates wait for evidence, and are told.',
    ],
    [QUEUE, ['--since', '2026-11-20T14:00:00Z'], 'No rollout was drawn: beside each criterion stands why.'],
    [FIXED, ['--since', '2026-11-20T14:00:00Z'], 'Rollouts were drawn from this traffic'],
  ])('speaks of rollouts where there are any: %#', async (gate, flags, words) => {
    const { folder } = await sandbox({ 'x.gate.yaml': gate });
    const args = ['plan', 'x.gate.yaml', '--power', '--traffic', '200', '--rate', '97%', ...flags];
    const { code, stdout } = await runGatekeeper(args, { cwd: folder, timeoutMs: 60_000 });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`\\n\\n${words.replaceAll('.', '\\.')}`));
  });

  test.each([
    [['--rate', '97%', '--power'], '--traffic and --rate go together'],
    [['--traffic', '200'], '--replay, --traffic and --rate go with --power'],
    [
      ['--power', '--traffic', '200', '--rate', '97%', '--replay', 'fixtures/healthy'],
      '--traffic cannot go with --replay',
    ],
    [['--power', '--traffic', 'much', '--rate', '97%'], 'Write requests a minute: 200, or 200:3800'],
    [['--power', '--traffic', '9', '--rate', '100%'], 'Write a percentage between 0% and 100%'],
    [['--power', '--replay', 'fixtures/none'], 'fixtures/none'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await run('plan', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test('validate --replay warns of a gate that cannot see its own margin', async () => {
  const gate = await readFile(join(ROOT, 'gates/checkout-completion.gate.yaml'), 'utf8');
  const { folder } = await sandbox({
    'checkout-completion.gate.yaml': gate
      .replace('>= baseline - 3pp', '>= baseline - 2pp')
      .replace(/^runbook.*\n/m, ''),
    'gatekeeper.config.yaml': 'backends:\n  metrics: { type: prometheus, url: "http://127.0.0.1:9090" }\n',
  });
  const set = join(ROOT, 'fixtures/healthy');
  const { code, stdout, stderr } = await runGatekeeper(
    ['validate', 'checkout-completion.gate.yaml', '--replay', set],
    { cwd: folder, timeoutMs: 60_000 },
  );
  expect(code).toBe(1);
  expect(stderr).toMatchInlineSnapshot(`
    "checkout-completion.gate.yaml:44:3  checkout-completion.checkout-not-worse[path=edge]: with the recorded traffic 30 of 100 healthy releases would pass within the 30m window
       44 │   checkout-not-worse:
          │   ^^^^^^^^^^^^^^^^^^  allow a wider margin, lengthen the window, or give the canary more traffic: gatekeeper plan --power shows how much
    "
  `);
  expect(stdout).toBe('valid: 1 gate with 6 criteria, 1 warning\n');
});

test('validate --replay has nothing to say of the gates that come with it', async () => {
  expect(await run('validate', '--replay', 'fixtures/healthy')).toMatchObject({ code: 0, stderr: '' });
});
