/** `gatekeeper plan`: what would be asked and how it would be judged, without asking. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { AT, CONFIG, folderWith, SHOP } from './shop.js';

const ENV = { METRICS_KEY: 'hunter2-hunter2' };

const WHOLE = `plan as of 2026-11-20T14:36:10Z; nobody was asked

shop   storefront   gates/shop.gate.yaml
  about   Canary of the shop
  window  (2026-11-20T14:24:00Z, 2026-11-20T14:34:00Z]   10m, 10 steps of 1m
  settle  2m
  since   not given: the window starts where it starts, wherever the deploy was
  arms    canary (judged): track="canary"
          baseline: track="stable", 7d earlier: (2026-11-13T14:24:00Z, 2026-11-13T14:34:00Z]   10m, 10 steps of 1m
  policy  false-alarm 5 %, false-pass 5 %, on-inconclusive inconclusive
  variables
    route  "/checkout"
    extra  "tier=\\"gold\\""   raw: not escaped

  shop.done[path=critical]   critical
    signal    done (ratio)
    take      totals over the window
    pass      >= 97%   that is value >= 0.97 (share)
    warn      >= 95%   that is value >= 0.95 (share)
    evidence  point, from 334 samples, data in 9 of 10 steps (90 %), newest at most 2m before the end
    owner     oncall
    runbook   https://runbooks.example/shop
    source    gates/shop.gate.yaml:27
    query     canary good: counts of metrics
                done_total{ok="1",track="canary",path="critical",route="/checkout"}
    query     canary total: counts of metrics
                done_total{track="canary",path="critical",route="/checkout"}

  shop.done[path=edge]   critical
    signal    done (ratio)
    take      totals over the window
    pass      >= 90%   that is value >= 0.9 (share)
    warn      >= 85%   that is value >= 0.85 (share)
    evidence  point, from 50 samples, data in 9 of 10 steps (90 %), newest at most 2m before the end
    owner     oncall
    runbook   https://runbooks.example/shop
    source    gates/shop.gate.yaml:27
    query     canary good: counts of metrics
                done_total{ok="1",track="canary",path="edge",route="/checkout"}
    query     canary total: counts of metrics
                done_total{track="canary",path="edge",route="/checkout"}

  shop.latency-p95
    signal    latency (histogram)
    take      p95
    pass      <= baseline + 10%   that is value <= baseline * 1.1 (s)
    evidence  point, from 200 samples, data in 9 of 10 steps (90 %), newest at most 2m before the end
    owner     oncall
    runbook   https://runbooks.example/shop
    source    gates/shop.gate.yaml:32
    query     canary bucket: buckets of metrics
                sum by (le) (increase(seconds_bucket{track="canary",tier="gold"}[1m]))
    query     baseline bucket: buckets of metrics
                sum by (le) (increase(seconds_bucket{track="stable",tier="gold"}[1m]))

  shop.queue   advisory
    signal    queue (value)
    take      the value at the end of the window
    pass      <= 5 jobs   that is value <= 5 (jobs)
    evidence  point, from 1 sample, newest at most 2m before the end
    owner     oncall
    runbook   https://runbooks.example/shop
    source    gates/shop.gate.yaml:33
    query     canary value: instant of metrics
                sum(queue)

  traffic that no segment lists
    query  done, other values of "path": unlisted of metrics
             sum by (path) (increase(done_total{track="canary",path!~"critical|edge",route="/checkout"}[10m])) > 0

backends
  metrics  prometheus  http://127.0.0.1:9090

environment
  METRICS_KEY  set, a secret
  METRICS_URL  not set: the default stands

1 gate, 4 criteria, 8 questions, 8 distinct
`;

async function shop(gate = SHOP): Promise<string> {
  return folderWith({ 'gates/shop.gate.yaml': gate, 'gatekeeper.config.yaml': CONFIG });
}

describe('plan', () => {
  test('shows windows, variables, criteria, queries in full, backends and environment', async () => {
    const { code, stdout, stderr } = await runGatekeeper(['plan', '--at', AT], {
      cwd: await shop(),
      env: ENV,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(WHOLE);
  });

  test('says where a value came from the command line, and what --since does to the window', async () => {
    const args = ['plan', '--at', AT, '--since', '2026-11-20T14:30:30Z', '--var', 'route=/cart'];
    const { stdout } = await runGatekeeper(args, { cwd: await shop(), env: ENV });
    expect(stdout).toContain(
      '  window  (2026-11-20T14:31:00Z, 2026-11-20T14:34:00Z]   3m, 3 steps of 1m, full at 2026-11-20T14:43:00Z\n',
    );
    expect(stdout).toContain('  since   2026-11-20T14:30:30Z\n');
    expect(stdout).toContain('    route  "/cart"   from --var\n');
    expect(stdout).toContain('done_total{track="canary",path="edge",route="/cart"}');
    expect(stdout).toContain('note      point evidence: not controlled for repeated looks');
  });

  test('a question that two criteria ask is counted twice and asked once', async () => {
    const gate = SHOP.replace('  queue:', '  done-again: { signal: done, pass: ">= 50%" }\n  queue:');
    const { stdout } = await runGatekeeper(['plan', '--at', AT], { cwd: await shop(gate), env: ENV });
    expect(stdout).toMatch(/\n1 gate, 6 criteria, 12 questions, 8 distinct\n$/);
  });

  test('no secret is printed: not of a node, not of a variable, not of a URL', async () => {
    const gate = SHOP.replace('route: /checkout', `route: "\${SHOP_TOKEN}"`);
    const env = { ...ENV, SHOP_TOKEN: 'tok-4711-tok', METRICS_URL: 'http://me:pass-word-1@127.0.0.1:9090' };
    const { code, stdout, stderr } = await runGatekeeper(['plan', '--at', AT], {
      cwd: await shop(gate),
      env,
    });
    expect(code).toBe(0);
    for (const secret of ['hunter2', '4711', 'pass-word-1']) expect(stdout + stderr).not.toContain(secret);
    expect(stdout).toContain('  METRICS_URL  "http://***@127.0.0.1:9090"\n');
    expect(stdout).toContain('    route  "<REDACTED:SHOP_TOKEN>"\n');
    expect(stdout).toContain('route="<REDACTED:SHOP_TOKEN>"');
  });

  test('text of the gate cannot speak to the terminal', async () => {
    const gate = SHOP.replace('about: Canary of the shop', String.raw`about: "red \e[31m text"`);
    const { stdout } = await runGatekeeper(['plan', '--at', AT], { cwd: await shop(gate), env: ENV });
    expect(stdout).toContain(String.raw`about   red \u{1b}[31m text`);
  });

  test('several gates, and one of them by --gate', async () => {
    const other = 'gate: other\ncriteria: { up: { value: up, pass: "== 1" } }\n';
    const cwd = await folderWith({
      'gates/shop.gate.yaml': SHOP,
      'gates/other.gate.yaml': other,
      'gatekeeper.config.yaml': CONFIG,
    });
    const all = await runGatekeeper(['plan', '--at', AT], { cwd, env: ENV });
    expect(all.stdout).toContain('2 gates, 5 criteria, 9 questions, 9 distinct\n');
    const one = await runGatekeeper(['plan', '--at', AT, '--gate', 'oth*'], { cwd, env: ENV });
    expect(one.stdout).toContain('1 gate, 1 criterion, 1 question, 1 distinct\n');
    expect(one.stdout).toContain('  arms    current\n');
    expect(one.stdout).toContain('query     value: instant of metrics\n                up\n');
  });

  test('a gate that needs the deploy time, and a secret that is not set, exit 2', async () => {
    const gate = SHOP.replace('step: 1m }', 'step: 1m, since: required }');
    const { code, stdout, stderr } = await runGatekeeper(['plan', '--at', AT], { cwd: await shop(gate) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('this gate needs the deploy time');
    expect(stderr).toContain('secret environment variable METRICS_KEY is not set');
  });

  test('a gate that needs the deploy time is valid without one, and what else is wrong with it is told', async () => {
    const [needing, required] = ['step: 1m }', 'step: 1m, since: required }'];
    const validate = async (text: string) =>
      runGatekeeper(['validate'], { cwd: await shop(text.replace(needing, required)), env: ENV });
    expect(await validate(SHOP)).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await validate(SHOP.replace('>= 97%', '>= 97'));
    expect({ code, isTold: stderr.includes('deploy time') }).toEqual({ code: 2, isTold: false });
    const docs = await readFile(new URL('../../docs/gatefile.md', import.meta.url), 'utf8');
    const recovery = /```yaml\n(gate: cache-recovery\n[\s\S]*?)```/.exec(docs)?.[1] ?? '';
    expect(await validate(recovery)).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    [['plan', 'gates/none.gate.yaml'], 'gates/none.gate.yaml is not there'],
    [['plan', '--gate', 'shpo'], '--gate shpo matches no gate\n   did you mean "shop"?'],
    [['plan', '--var', 'rout=/x'], '--var rout: no gate defines it\n   did you mean "route"?'],
    [['plan', '--since', '10m'], "error: option '--since <instant>' argument '10m' is invalid."],
  ])('%j exits 2', async (args, message) => {
    const { code, stdout, stderr } = await runGatekeeper(args, { cwd: await shop(), env: ENV });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
