/** How traffic was split, through the real program: nothing is compared between arms that are not what they are said to be. */
import { afterAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const STEPS = 10;
const END = Date.UTC(2026, 0, 2) / 1000;

/** Requests of each arm and segment per minute; two in a hundred are bad, in the canary as many as `bad` says. */
function table(canary: number, stable: number, bad: number = 0.02): string {
  const rows = Array.from({ length: STEPS }, (_, i) => END - i * 60).flatMap((time) =>
    ['critical', 'edge'].flatMap((path) => {
      // An arm without traffic writes no rows at all.
      const row = (track: string, n: number, share: number): readonly string[] =>
        n === 0 ? [] : [`${time},${track},${path},${n},${Math.round(n * share)}`];
      return [...row('canary', canary, bad), ...row('stable', stable, 0.02)];
    }),
  );
  return ['time,track,path,requests,bad', ...rows, ''].join('\n');
}

const part = (value: string): string =>
  `{ path: shop.csv, time: time, value: ${value}, where: { track: "{{track}}", path: "{{path}}" } }`;
const gateWith = (exposure: string, more: string = ''): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
arms: { canary: { track: canary }, baseline: { track: stable } }
window: { for: ${STEPS}m, step: 1m, settle: 0s }
${exposure}
signals:
  errors:
    ratio: { bad: ${part('bad')}, total: ${part('requests')} }
    segments: { path: [critical, edge] }
criteria:
  worse: { signal: errors, pass: "<= baseline + 5pp" }
  limit: { signal: errors, pass: "<= 10%" }
${more}`;

async function check(csv: string, gate: string) {
  const place = await sandbox({ 'shop.gate.yaml': gate, 'shop.csv': csv });
  const args = ['check', 'shop.gate.yaml', '--report', 'json', '--at', String(END)];
  const { code, stdout, stderr } = await runGatekeeper(args, { cwd: place.folder });
  const result = stdout === '' ? undefined : (JSON.parse(stdout) as GateReport).gates[0];
  const of = (key: string): CriterionResult | undefined =>
    result?.criteria.find((each) => each.key === `shop.${key}`);
  return { code, stderr, result, of };
}

const FIVE = 'exposure: { traffic: 5%, within: 1pp }';

describe('the split of traffic', () => {
  test('as declared lets comparisons speak', async () => {
    const { code, result, of } = await check(table(100, 1900), gateWith(FIVE));
    expect(code).toBe(0);
    expect(result?.exposure).toMatchObject({
      traffic: 0.05,
      within: 0.01,
      limit: 'between 4% and 6%',
      signal: 'errors',
      verdict: 'pass',
      share: 0.05,
      n: 40_000,
    });
    expect(result?.notes.at(-1)).toMatch(
      /^exposure of canary: 5 % \(4\.\d+ % to 5\.\d+ %\) of 40000 counted by errors, between 4% and 6% is declared: as declared$/,
    );
    expect(of('worse[path=edge]')?.verdict).toBe('pass');
  });

  test.each([
    ['more than declared', 300],
    ['less than declared', 40],
  ])('%s leaves every comparison open, and fixed limits as they are', async (_, canary) => {
    const { code, result, of } = await check(table(canary, 1900), gateWith(FIVE));
    expect(code).toBe(3);
    expect(result?.exposure?.verdict).toBe('fail');
    for (const path of ['critical', 'edge']) {
      expect(of(`worse[path=${path}]`)).toMatchObject({
        verdict: 'inconclusive',
        reason: { code: 'exposure' },
      });
      expect(of(`limit[path=${path}]`)?.verdict).toBe('pass');
    }
  });

  test('that is not as declared does not let a difference fail either', async () => {
    const { code, of } = await check(table(300, 1900, 0.3), gateWith(FIVE));
    // The fixed limit does.
    expect(code).toBe(1);
    expect(of('limit[path=edge]')?.verdict).toBe('fail');
    expect(of('worse[path=edge]')?.reason?.code).toBe('exposure');
  });

  test('that is not certain yet is a note, and holds nothing up', async () => {
    const { result, of } = await check(table(10, 190), gateWith('exposure: { traffic: 5%, within: 0.5pp }'));
    expect(result?.exposure?.verdict).toBe('inconclusive');
    expect(result?.notes.at(-1)).toContain('too little traffic to tell yet');
    expect(of('worse[path=edge]')?.reason?.code).not.toBe('exposure');
  });

  test('of a canary without traffic is not known, and passes nothing', async () => {
    const { code, result, of } = await check(table(0, 1900), gateWith(FIVE));
    expect(code).toBe(3);
    expect(result?.exposure).toMatchObject({ verdict: 'inconclusive', share: null, n: 0 });
    expect(of('worse[path=edge]')?.reason?.code).toBe('no-data');
  });

  test('next to none or all has one side alone', async () => {
    const gate = gateWith('exposure: { traffic: 1%, within: 2pp, signal: errors }');
    const { result } = await check(table(20, 1980), gate);
    expect(result?.exposure).toMatchObject({ limit: 'between 0% and 3%', verdict: 'pass' });
  });

  test('is part of the settings of a rollout', async () => {
    const csv = table(100, 1900);
    const [one, other, none] = await Promise.all(
      [FIVE, 'exposure: { traffic: 5%, within: 2pp }', ''].map((each) => check(csv, gateWith(each))),
    );
    expect(new Set([one, other, none].map((each) => each?.result?.settings)).size).toBe(3);
  });
});

test.each([
  [
    'a share that is none',
    'exposure: { traffic: 0%, within: 1pp }',
    'x.gate.yaml:6:22  with all or nothing of the traffic there is no split',
  ],
  ['percent for points', 'exposure: { traffic: 5%, within: 1% }', '"1%" are no percentage points'],
  [
    'a misspelt signal',
    'exposure: { traffic: 5%, within: 1pp, signal: error }',
    '"error" is no ratio or histogram that a criterion compares with the baseline',
  ],
])('%s is refused', async (_, exposure, message) => {
  const { code, stderr } = await check(table(100, 1900), gateWith(exposure));
  expect(code).toBe(2);
  expect(stderr).toContain(message.replace('x.gate', 'shop.gate'));
});

test('without a comparison there is nothing to split', async () => {
  const gate = gateWith(FIVE).replace(/^ {2}worse: .*$/m, '');
  const { code, stderr } = await check(table(100, 1900), gate);
  expect(code).toBe(2);
  expect(stderr).toContain('nothing counts the traffic of both arms');
});

test('a baseline of the past shares no traffic', async () => {
  const gate = gateWith(FIVE).replace('{ track: stable }', '{ track: stable, shift: 1d }');
  const { code, stderr } = await check(table(100, 1900), gate);
  expect(code).toBe(2);
  expect(stderr).toContain('the gate has a baseline of the past');
});
