/** `take: recovery` through the real program: looks while the window fills, gaps, and gates that could never tell. */
import { afterAll, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const gate = (
  criterion: string,
  window = 'for: 20m, step: 1m, settle: 0s, since: required',
): string => `gate: caches
owners: { decide: [release-captain], stop: [oncall] }
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9" } }
window: { ${window} }
signals:
  hits:
    ratio: { good: { counter: 'hits_total' }, total: { counter: 'requests_total' } }
criteria:
  back: { signal: hits, ${criterion} }
`;
const BACK = 'take: "recovery >= 70% for 5 steps", pass: "<= 10m"';

const TESTS = `series:
  - { signal: hits, part: total, values: 100x19 }
tests:
  - name: back after three minutes
    at: [5m, 8m, 20m]
    series: [{ signal: hits, part: good, values: 10x2 80x16 }]
    expect:
      - { verdict: inconclusive, criteria: { back: { outcome: inconclusive, reason: window-not-full } } }
      - { verdict: inconclusive, criteria: { back: { outcome: inconclusive, reason: window-not-full } } }
      - { verdict: pass, criteria: { back: { outcome: pass, value: 180 } } }
  - name: never worse than the level
    at: 20m
    series: [{ signal: hits, part: good, values: 80x19 }]
    expect: { verdict: pass, criteria: { back: { outcome: pass, value: 0 } } }
  - name: never back is known once the limit is past, whatever comes later
    at: [10m, 11m, 20m]
    series: [{ signal: hits, part: good, values: 10x10 90x8 }]
    expect:
      - { verdict: inconclusive, criteria: { back: { reason: window-not-full } } }
      - { verdict: fail, criteria: { back: { outcome: fail, value: 660, reason: threshold } } }
      - { verdict: fail, criteria: { back: { outcome: fail, value: 660, reason: threshold } } }
  - name: back for a moment is not back
    at: 20m
    series: [{ signal: hits, part: good, values: 10x2 80x3 10x5 80x6 }]
    expect: { verdict: fail, criteria: { back: { outcome: fail, value: 780 } } }
  - name: a gap is not counted as back
    at: 20m
    series:
      - { signal: hits, part: good, values: 10x5 80x1 _ 80x10 }
      - { signal: hits, part: total, values: 100x7 _ 100x10 }
    expect: { verdict: pass, criteria: { back: { outcome: pass, value: 540 } } }
  - name: a gap that could decide leaves it open
    at: 20m
    series:
      - { signal: hits, part: good, values: 10x6 80x1 _ 80x1 10 80x6 }
      - { signal: hits, part: total, values: 100x8 _ 100x9 }
    expect: { verdict: inconclusive, criteria: { back: { outcome: inconclusive, reason: partial } } }
`;

test('what looks and gaps make of it', async () => {
  const place = await sandbox({ 'caches.gate.yaml': gate(BACK), 'caches.gate.test.yaml': TESTS });
  const { code, stdout, stderr } = await runGatekeeper(['test', '.'], { cwd: place.folder });
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('6 passed, 0 failed');
});

test.each([
  [
    'no deploy',
    BACK,
    'for: 20m, step: 1m',
    'a recovery counts from the deploy, and this window may begin anywhere',
  ],
  [
    'a warm-up',
    BACK,
    'for: 20m, step: 1m, since: required, warmup: 5m',
    'the warm-up leaves the first 5m out',
  ],
  [
    'a window that ends before it could be told',
    'take: "recovery >= 70% for 5 steps", pass: "<= 16m"',
    undefined,
    'lengthen it to 21m: the limit, and the 5 steps that must hold',
  ],
  ['a least time', 'take: "recovery >= 70% for 5 steps", pass: ">= 1m"', undefined, 'write it like "<= 10m"'],
  [
    'a baseline',
    'take: "recovery >= 70% for 5 steps", pass: "<= baseline + 5m"',
    undefined,
    'write it like "<= 10m"',
  ],
  [
    'other evidence',
    `${BACK}, evidence: sequential`,
    undefined,
    'evidence "sequential" has no test for a recovery',
  ],
  [
    'a tolerance',
    `${BACK}, tolerate: 2 of 5 steps`,
    undefined,
    'a recovery is one time, and no step alone can break it',
  ],
  [
    'no number of steps',
    'take: "recovery >= 70%", pass: "<= 10m"',
    undefined,
    '"recovery >= 70% for 5 steps"',
  ],
  [
    'a level that every share meets',
    'take: "recovery >= 0% for 5 steps", pass: "<= 10m"',
    undefined,
    'every share meets ">= 0%": a share lies between 0 % and 100 %',
  ],
  [
    'a level that no share can meet',
    'take: "recovery >= 700% for 5 steps", pass: "<= 10m"',
    undefined,
    'write a level above 0 %, up to 100 %',
  ],
  [
    'a level of the baseline',
    'take: "recovery >= baseline for 5 steps", pass: "<= 10m"',
    undefined,
    '"baseline" is no fixed quantity, and a take needs one',
  ],
  [
    'a bare number, which is in seconds',
    'take: "recovery >= 70% for 5 steps", pass: "<= 10"',
    undefined,
    'a bare number is in seconds: write "<= 10m"',
  ],
  [
    'a limit shorter than a step',
    'take: "recovery >= 70% for 5 steps", pass: "< 59s"',
    undefined,
    'write a time of at least one step, such as "<= 1m"',
  ],
  [
    'a warn shorter than a step',
    'take: "recovery >= 70% for 5 steps", pass: "<= 0s", warn: "<= 15"',
    undefined,
    'a bare number is in seconds: write "<= 15m"',
  ],
  ['a level of another unit', 'take: "recovery >= 5 s for 5 steps", pass: "<= 10m"', undefined, '"s"'],
])('%s is refused, with the mend', async (_what, criterion, window, words) => {
  const place = await sandbox({ 'caches.gate.yaml': gate(criterion, window) });
  const { code, stderr } = await runGatekeeper(['validate', '.'], { cwd: place.folder });
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
