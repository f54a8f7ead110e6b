/** Evidence of ranks through the real program: one file of values for each arm. */
import { afterAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const RELEASE = Date.UTC(2026, 0, 2) / 1000;
const MINUTES = 10;

/** A latency about a centre for each minute after the release, in seconds. */
function arm(centre: number, minutes = MINUTES): string {
  const rows = Array.from({ length: minutes }, (_, i) => {
    const latency = centre + 0.001 * (((i * 7) % 10) - 4.5);
    return `${RELEASE + 60 * (i + 1)},${latency.toFixed(5)}`;
  });
  return ['time,latency', ...rows, ''].join('\n');
}

const gate = (criteria: string, more = ''): string => `gate: shop
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file } }
arms: { canary: { track: canary }, baseline: { track: baseline } }
window: { for: 10m, step: 1m, settle: 0s }
${more}signals:
  latency: { value: { path: "{{track}}.csv", time: time, value: latency }, unit: s, better: lower }
criteria:
${criteria}`;

interface Checked {
  readonly code: number | undefined;
  readonly report: GateReport;
  readonly criteria: Record<string, CriterionResult>;
}

async function check(
  text: string,
  canary: number,
  { minutes = MINUTES, ...files }: { readonly minutes?: number; readonly args?: readonly string[] } = {},
): Promise<Checked> {
  const { folder } = await sandbox({
    'shop.gate.yaml': text,
    'canary.csv': arm(canary, minutes),
    'baseline.csv': arm(0.1, minutes),
  });
  const at = String(RELEASE + 60 * minutes);
  const { code, stdout, stderr } = await runGatekeeper(
    [
      'check',
      'shop.gate.yaml',
      '--report',
      'json',
      '--at',
      at,
      '--since',
      String(RELEASE),
      ...(files.args ?? []),
    ],
    { cwd: folder },
  );
  if (stdout === '') throw new Error(`no report:\n${stderr}`);
  const report = JSON.parse(stdout) as GateReport;
  const criteria = Object.fromEntries((report.gates[0]?.criteria ?? []).map((each) => [each.id, each]));
  return { code, report, criteria };
}

const BOTH = gate(`  ranks: { signal: latency, take: mean, pass: "<= baseline + 10%", evidence: mann-whitney }
  metric: { signal: latency, take: mean, pass: "<= baseline", evidence: kayenta, kayenta: { allowed-increase: 1.1 } }
`);

describe('a canary beside its baseline', () => {
  test('as fast passes both, with the evidence in the report', async () => {
    const { code, criteria } = await check(BOTH, 0.1);
    expect(code).toBe(0);
    expect(criteria['ranks']).toMatchObject({
      verdict: 'pass',
      judge: 'mann-whitney',
      n: 10,
      evidence: {
        test: 'mann-whitney-exact',
        logE: null,
        alpha: 0.025,
        falsePass: 0.05,
        strata: 10,
        n: { canary: 10, baseline: 10 },
        ranks: { larger: 0.5 },
        kayenta: null,
      },
    });
    expect(criteria['metric']).toMatchObject({
      verdict: 'pass',
      judge: 'kayenta',
      evidence: {
        test: 'kayenta',
        alpha: 0.02,
        falsePass: null,
        kayenta: { classification: 'Pass', effectSize: 'mean-ratio', critical: false },
      },
      notes: expect.arrayContaining([
        expect.stringMatching(/^classified Pass: /),
        'evidence of kayenta: not controlled for repeated looks',
      ]),
    });
  });

  test('slower fails both, at once', async () => {
    const { code, criteria } = await check(BOTH, 0.13, { minutes: 6 });
    expect(code).toBe(1);
    expect(criteria['ranks']).toMatchObject({ verdict: 'fail', reason: { code: 'threshold' } });
    expect(criteria['metric']).toMatchObject({
      verdict: 'fail',
      evidence: { kayenta: { classification: 'High', critical: true } },
    });
  });

  test('as fast passes neither before the window is full', async () => {
    const { code, criteria } = await check(BOTH, 0.1, { minutes: 6 });
    expect(code).toBe(3);
    for (const id of ['ranks', 'metric']) {
      expect(criteria[id]).toMatchObject({ verdict: 'inconclusive', reason: { code: 'window-not-full' } });
    }
  });

  test('with a few values is inconclusive', async () => {
    const { code, criteria } = await check(BOTH, 0.13, { minutes: 2 });
    expect(code).toBe(3);
    for (const id of ['ranks', 'metric']) {
      expect(criteria[id]).toMatchObject({ verdict: 'inconclusive', reason: { code: 'too-few' } });
    }
  });
});

describe('a critical metric of Kayenta', () => {
  const scored = (critical: number): string =>
    gate(
      `  metric: { signal: latency, take: mean, pass: "<= baseline", evidence: kayenta, critical: true, kayenta: { critical-increase: ${critical} } }
  wide: { signal: latency, take: mean, pass: "<= baseline * 2", evidence: mann-whitney, weight: 9 }
`,
      'score: { pass: 80, warn: 60 }\n',
    );

  test.each([
    ['beyond its critical threshold fails, whatever the score', 1.2, 1],
    ['below it is outvoted by the score', 1.5, 0],
  ])('%s', async (_, critical, code) => {
    const found = await check(scored(critical), 0.13);
    expect(found.criteria['metric']?.verdict).toBe('fail');
    expect(found.code).toBe(code);
  });
});

test('what it is told belongs to the promise of a rollout', async () => {
  const of = async (tolerance: string): Promise<string> => {
    const criteria = `  metric: { signal: latency, take: mean, pass: "<= baseline", evidence: kayenta${tolerance} }\n`;
    return (await check(gate(criteria), 0.1)).report.settings;
  };
  const plain = await of('');
  expect(await of(', kayenta: { tolerance: 0.25 }')).toBe(plain);
  expect(await of(', kayenta: { tolerance: 0.3 }')).not.toBe(plain);
});
