/** `gatekeeper test` through the real program: what passes, what fails and how that is shown. */
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { GATE, one, runTests as run, SERIES } from '../support/gate-tests.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

afterAll(removeSandboxes);

describe('what holds', () => {
  const rows: readonly (readonly [what: string, block: string])[] = [
    ['a lone word is the verdict', 'expect: pass'],
    ['value and tolerance', 'expect: { criteria: { slo: { value: 0.97, tolerance: 0.011 } } }'],
    ['value to the last digit', 'expect: { criteria: { slo: { value: 0.98 } } }'],
    ['gate and criterion', 'expect: { criteria: { shop.slo: pass } }'],
    [
      'a share that warns',
      'series: [{ signal: done, part: good, values: 470x9 }]\nexpect: { verdict: warn, exit: 0 }',
    ],
    [
      'a series of the test over those of the file, and only for its arm',
      'series: [{ signal: done, part: good, arm: canary, values: 400x9 }]\nexpect: { verdict: fail, exit: 1, criteria: { not-worse: { outcome: fail, value: 0.8 } } }',
    ],
    ['YAML takes 0x9 for the number 9', 'series: [{ signal: failed, part: bad, values: 0x9 }]\nexpect: pass'],
    [
      'gaps are partial data',
      'series:\n  - { signal: done, part: total, arm: canary, values: "500x4 _x4 500" }\nexpect: { verdict: inconclusive, exit: 3, criteria: { slo: { reason: partial } } }',
    ],
    [
      'what no series answers is absent',
      'series: [{ signal: queue, part: value, values: _x10 }]\nexpect: { verdict: pass, criteria: { queue: { outcome: inconclusive, reason: no-data } } }',
    ],
    [
      'an instant value looks back five minutes',
      'series: [{ signal: queue, part: value, values: "1x6 9 _x2" }]\nexpect: { criteria: { queue: { outcome: pass, value: 9 } } }',
    ],
    [
      'and not a moment more',
      'series: [{ signal: queue, part: value, values: "1x4 _x5" }]\nexpect: { criteria: { queue: { outcome: inconclusive, reason: no-data } } }',
    ],
    [
      'nor over the end of its series',
      'series: [{ signal: queue, part: value, values: "1x7 stale _" }]\nexpect: { criteria: { queue: { outcome: inconclusive, reason: no-data } } }',
    ],
    [
      'a bad that was seen before the window and not in it is 0',
      'series: [{ signal: failed, part: bad, from: -30m, values: "3 _x39" }]\nexpect: { criteria: { failed: { outcome: pass, value: 0 } } }',
    ],
    [
      'a bad that was never seen is no 0',
      'series: [{ signal: failed, part: bad, values: _x10 }]\nexpect: { criteria: { failed: { outcome: inconclusive, reason: bad-never-seen } } }',
    ],
    [
      'counters of one thing are added up',
      'series:\n  - { signal: done, part: total, arm: canary, labels: { pod: a }, values: 250x9 }\n  - { signal: done, part: total, arm: canary, labels: { pod: b }, values: 250x9 }\nexpect: pass',
    ],
    [
      'a backend that fails',
      'backends: { metrics: { error: timeout } }\nexpect: { verdict: error, exit: 4 }',
    ],
    [
      'a question that fails',
      'series: [{ signal: done, part: good, arm: baseline, error: query }]\nexpect: { verdict: error, exit: 2, criteria: { slo: pass, not-worse: { outcome: error, reason: query } } }',
    ],
    [
      'looks over time',
      'at: [2m, 5m, 11m]\nseries: [{ signal: done, part: good, arm: canary, values: 480x9 }]\nexpect: [inconclusive, inconclusive, { criteria: { slo: warn, not-worse: inconclusive } }]',
    ],
    ['a shorter window', 'window: 5m\nexpect: { criteria: { slo: pass } }'],
  ];

  test.each(rows)('%s', async (_, block) => {
    expect(toldBy(await run(one(block)))).toBe(
      'exit 0\n--- stdout\nPASS  shop.gate.test.yaml:7  it\n1 passed, 0 failed',
    );
  });
});

test('a series that begins long before the window is the past that history and error budgets ask for', async () => {
  const gate = `gate: shop
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9090" } }
window: { for: 30m, step: 1m }
signals:
  errors: { ratio: { bad: { counter: 'x{code="500"}' }, total: { counter: x } } }
criteria:
  past: { signal: errors, pass: "<= 2%", evidence: history }
  budget: { signal: errors, burn: { objective: 99.9%, period: 30d } }
`;
  const tests = `series:
  - { signal: errors, part: total, from: -40d, values: 100x57629 }
  - { signal: errors, part: bad, from: -40d, values: 0x57629 }
tests:
  - { name: as ever, expect: { verdict: pass, exhaustive: true, criteria: { past: pass, budget: pass } } }
  - name: burning
    at: [5m, 31m]
    series: [{ signal: errors, part: bad, from: -40d, values: 0x57599 30x29 }]
    expect: [{ criteria: { budget: fail } }, { criteria: { past: fail, budget: fail } }]
`;
  expect(await run(tests, ['--coverage'], gate)).toMatchObject({ code: 0, stderr: '' });
});

test('what a query counts is as in a run: extrapolated, and several series of it are not added up', async () => {
  const gate = GATE.replace(
    `{ counter: 'done_total{track="{{track}}",route="{{route}}"}' }\n  failed`,
    `'sum(increase(done_total{track="{{track}}",route="{{route}}"}[{{step}}]))'\n  failed`,
  );
  const tests = `${SERIES}  - { signal: failed, part: total, values: 500x9 }
tests:
  - name: several
    series:
      - { signal: done, part: total, labels: { pod: a }, values: 250x9 }
      - { signal: done, part: total, labels: { pod: b }, values: 250x9 }
    expect: { verdict: error, exit: 2, criteria: { slo: { outcome: error, reason: query } } }
  - name: one
    expect: pass
`;
  expect(await run(tests, [], gate)).toMatchObject({ code: 0, stderr: '' });
});

test('a failed test shows what was expected, what came, why, and the series', async () => {
  const told = await run(
    one(
      'at: [5m, 11m]\nseries: [{ signal: done, part: good, arm: canary, values: "490x4 400x4" }]\nexpect: [inconclusive, { exit: 0, exhaustive: true, criteria: { slo: { value: 0.9, tolerance: 0.001 }, not-worse: pass, failed: pass } }]',
    ),
  );
  expect(toldBy(told)).toBe(`exit 1
--- stdout
FAIL  shop.gate.test.yaml:7  it
        at 11m
        exit       expected 0                 got 1
        shop.slo
          value      expected 0.9 within 0.001  got 0.89
          judged     0.89, n 5,000, pass >= 97%, warn >= 90%
          because    was certainly within >= 90% earlier in the window, and the window as a whole no longer is: it has turned worse since (undecided)
          canary     █████▁▁▁▁▁  0.8 to 0.98
        shop.not-worse
          outcome    expected pass              got fail
          judged     0.89, n 5,000, pass >= baseline - 2pp
          because    certainly not >= baseline - 2pp: fewer than 1 in 160 releases within it would ever look like this, counting every look (threshold)
          canary     █████▁▁▁▁▁  0.8 to 0.98
          baseline   ██████████  0.98
        shop.queue
          criterion  expected nothing           got pass
          judged     7, n 1, pass <= 100 messages
          value canary  _________▅  7
0 passed, 1 failed`);
});

test('where only the run came out otherwise, every criterion is told', async () => {
  expect(toldBy(await run(one('expect: fail'), ['--ascii', '--color', 'never']))).toBe(`exit 1
--- stdout
FAIL  shop.gate.test.yaml:7  it
        verdict    expected fail  got pass
        shop.slo        pass
        shop.not-worse  pass
        shop.failed     pass
        shop.queue      pass
0 passed, 1 failed`);
});

test('what could not be judged is drawn as it was answered', async () => {
  const block = `series:
  - { signal: done, part: total, arm: canary, values: _x10 }
expect: { criteria: { failed: { outcome: pass, reason: stale } } }`;
  expect(toldBy(await run(one(block), ['--ascii']))).toBe(`exit 1
--- stdout
FAIL  shop.gate.test.yaml:7  it
        shop.failed
          outcome    expected pass   got inconclusive
          reason     expected stale  got no-data
          judged     no value, n 0, pass <= 5%
          because    no data in the window (no-data)
          bad canary    ++++++++++  10
          total canary  __________  nothing
0 passed, 1 failed`);
});

describe('which tests are run, and how they are told', () => {
  const TWO = `${one('expect: pass')}  - name: no & <done>
    series: [{ signal: done, part: good, arm: canary, values: 400x9 }]
    expect: { verdict: fail, criteria: { slo: warn } }
`;

  test('--run picks by name', async () => {
    expect(await run(TWO, ['--run', '^it$'])).toMatchObject({ code: 0, stdout: /^PASS .*\n1 passed/ });
  });

  test.each([
    ['nobody', '--run nobody matches no test'],
    ['(', '--run ( is no regular expression'],
  ])('--run %s exits 2', async (pattern, message) => {
    const { code, stderr } = await run(TWO, ['--run', pattern]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('TAP', async () => {
    expect(toldBy(await run(TWO, ['--report', 'tap']))).toBe(`exit 1
--- stdout
TAP version 14
1..2
ok 1 - shop.gate.test.yaml:7 it
not ok 2 - shop.gate.test.yaml:9 no & <done>
  ---
  diff: |
    shop.slo
      outcome    expected warn  got fail
      judged     0.8, n 5,000, pass >= 97%, warn >= 90%
      because    does not hold: >= 97%, nor the looser >= 90% (threshold)
      canary     ++++++++++  0.8
  ...`);
  });

  test('JUnit', async () => {
    const { code, stdout } = await run(TWO, ['--report', 'junit']);
    expect(code).toBe(1);
    expect(stdout.replace(/time="[\d.]+"/g, 'time="T"')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="gatekeeper test" tests="2" failures="1" errors="0" skipped="0" time="T">
  <testsuite name="shop.gate.test.yaml" tests="2" failures="1" errors="0" skipped="0" time="T">
    <testcase classname="shop.gate.test.yaml" name="it" time="T" file="shop.gate.test.yaml" line="7"/>
    <testcase classname="shop.gate.test.yaml" name="no &amp; &lt;done&gt;" time="T" file="shop.gate.test.yaml" line="9">
      <failure type="expectation" message="shop.slo">shop.slo
  outcome    expected warn  got fail
  judged     0.8, n 5,000, pass &gt;= 97%, warn &gt;= 90%
  because    does not hold: &gt;= 97%, nor the looser &gt;= 90% (threshold)
  canary     ++++++++++  0.8</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test('--coverage names what was never seen to fail, or to decide', async () => {
    const gate = GATE.replace('advisory: true', 'on: { no-data: warn, because: new }');
    expect(toldBy(await run(TWO.replace('slo: warn', 'slo: fail'), ['--coverage', '-q'], gate))).toBe(`exit 1
--- stdout
GAPS  shop  1 of 4 criteria seen to fail, 0 of 1 policies exercised
        never seen to fail  shop.not-worse
        never seen to fail  shop.failed
        never seen to fail  shop.queue
        never exercised     shop.queue: on: { no-data: warn }
2 passed, 0 failed`);
  });
});

test('nothing to run is no pass', async () => {
  const place = await sandbox({ 'gates/shop.gate.yaml': GATE });
  expect(
    toldBy(await runGatekeeper(['test'], { cwd: place.folder }), { [place.folder]: 'HERE' }),
  ).toBe(`exit 2
--- stderr
no gates/**/*.gate.test.yaml below HERE
   name a test file, or go where the gates are with --cwd`);
});
