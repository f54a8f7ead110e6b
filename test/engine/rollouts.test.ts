/** A look in a rollout of the past says what `check --since … --at …` says; and what its counts mean. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TakeMeasurement } from '../../src/contracts/take.js';
import type { Looks } from '../../src/engine/backtest/lines.js';
import { type GatesAt, walkRollout } from '../../src/engine/backtest/rollouts.js';
import { rolloutsReport } from '../../src/engine/backtest/rollouts-report.js';
import { collect } from '../../src/engine/collect.js';
import { judgeGate } from '../../src/engine/report.js';
import type { Incident } from '../../src/model/backtest.js';
import { ok } from '../../src/model/failure.js';
import type { RolloutsReport } from '../../src/model/rollouts.js';
import { type EpochMs, formatInstant } from '../../src/model/time.js';
import { rolloutsSchema } from '../../src/reporters/rollouts-schema.js';
import { gatesOf, HEAD, MINUTE, NOW, type Table, takeFrom } from '../support/fake-backend.js';
import { CRITERIA, over, TABLE } from '../support/past.js';

const POLICY = { onNoData: 'inconclusive', onBackendError: 'error' } as const;
const loader =
  (text: string): GatesAt =>
  async (since, asOf) =>
    ok(await gatesOf(text, { since, asOf }));

async function run(
  text: string,
  sinces: readonly EpochMs[],
  everyMs: number,
  take: TakeMeasurement,
  incidents: readonly Incident[] = [],
): Promise<RolloutsReport> {
  const facts = { everyMs, gatesAt: loader(text), take, concurrency: 2, policy: POLICY };
  const walked = [];
  for (const since of sinces) {
    const rollout = await walkRollout({ id: null, since }, facts);
    if (!rollout.ok) throw new Error(rollout.failures[0]?.message);
    walked.push(rollout.value);
  }
  const looks: Looks = { from: sinces[0] ?? NOW, to: NOW, everyMs };
  return rolloutsReport(walked, looks, incidents, {
    version: '0',
    mode: 'live',
    recordedAt: null,
    notes: [],
  });
}

describe('each look is what a check at that instant says of the release', () => {
  test.each(Object.keys(CRITERIA))('%s', async (kind) => {
    const text = `${HEAD}window: { for: 20m, step: 1m, settle: 1m, warmup: 90s }\ncriteria: { ${kind}: { ${CRITERIA[kind]} } }\n`;
    const take = takeFrom(TABLE);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60, max: 18_000 }),
        fc.integer({ min: 1, max: 10 }),
        async (secondsAgo, minutes) => {
          const since = NOW - secondsAgo * 1000;
          const report = await run(text, [since], minutes * MINUTE, take);
          expect(rolloutsSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
          const looks = report.gates[0]?.rollouts[0]?.looks ?? [];
          expect(looks.length).toBeGreaterThan(0);
          for (const [i, { at, verdict, criteria }] of looks.entries()) {
            const asOf = since + (i + 1) * minutes * MINUTE;
            const gates = await gatesOf(text, { since, asOf });
            const [gate] = gates;
            if (gate === undefined) throw new Error('no gate');
            const judged = judgeGate(gate, await collect(gates, take, 1), POLICY);
            expect({
              at,
              verdict,
              said: criteria.map((each) => [each.verdict, each.reason, each.value]),
            }).toEqual({
              at: formatInstant(asOf),
              verdict: judged.verdict,
              said: judged.ruled.map(({ verdict: own, reason, judgement: { value } }) => [
                own,
                reason?.code ?? null,
                Number.isFinite(value) ? value : null,
              ]),
            });
            // It goes on exactly as long as nothing is decided and the window grows.
            const isOpen = !['pass', 'warn', 'fail'].includes(verdict) && !gate.isWindowFull;
            expect(i < looks.length - 1).toBe(isOpen);
          }
        },
      ),
      { numRuns: 6 },
    );
  });

  test('with each question asked once a rollout, however often it is looked at', async () => {
    const asked: string[] = [];
    const inner = takeFrom({ b: 1, t: 60 });
    const take: TakeMeasurement = (query, context) => {
      asked.push(query.text);
      return inner(query, context);
    };
    const text = `${HEAD}window: { for: 20m, step: 1m, settle: 0s }\ncriteria: { c: { ratio: { bad: b, total: t }, pass: "<= 1.7%" } }\n`;
    const report = await run(text, [NOW - 60 * MINUTE], MINUTE, take);
    expect(report.gates[0]?.rollouts[0]?.looks).toHaveLength(20);
    expect(asked.sort()).toEqual(['b', 't']);
  });
});

describe('a question that failed', () => {
  const text = `${HEAD}window: { for: 20m, step: 1m, settle: 0s }\ncriteria: { c: { ratio: { bad: b, total: t }, pass: "<= 10%" } }\n`;
  const rolloutWith = async (minutes: number, fails: (asked: number) => boolean) => {
    const asked = new Map<string, number>();
    const inner = takeFrom({ b: 1, t: 60 });
    const take: TakeMeasurement = (query, context) => {
      const before = asked.get(query.text) ?? 0;
      asked.set(query.text, before + 1);
      const failure = { code: 'backend.unreachable', message: 'nobody answered' } as const;
      return fails(before)
        ? Promise.resolve({ state: 'failed', failure, durationMs: 0 })
        : inner(query, context);
    };
    const report = await run(text, [NOW - 60 * MINUTE], minutes * MINUTE, take);
    const verdicts = report.gates[0]?.rollouts[0]?.looks.map(({ verdict }) => verdict);
    return { verdicts, asked: Object.fromEntries(asked) };
  };

  test('is the trouble of its look; the next one asks for itself', async () => {
    expect(await rolloutWith(5, (asked) => asked === 0)).toEqual({
      verdicts: ['error', 'pass'],
      asked: { b: 2, t: 2 },
    });
  });

  test('is not asked for ever of a backend that is gone', async () => {
    expect(await rolloutWith(1, () => true)).toEqual({
      verdicts: Array.from({ length: 20 }, () => 'error'),
      asked: { b: 4, t: 4 },
    });
  });
});

test('false stops, missed incidents, undecided rollouts and times to decide', async () => {
  const text = `${HEAD}window: { for: 20m, step: 1m, settle: 0s }\ncriteria: { c: { ratio: { bad: b, total: t }, pass: "<= 10%" } }\n`;
  // Three hours back all is bad, two hours back nothing comes, one hour back all is well, as it is four hours back.
  const table: Table = {
    b: over((minute) => (minute > -120 && minute <= -90 ? null : minute > -180 && minute <= -120 ? 30 : 0)),
    t: over((minute) => (minute > -120 && minute <= -90 ? null : 60)),
  };
  const at = (minutes: number): EpochMs => NOW - minutes * MINUTE;
  const sinces = [240, 180, 150, 120, 60].map(at);
  const incident = (id: string, from: number, to: number): Incident => {
    return { id, about: null, from: at(from), to: at(to), gates: [] };
  };
  const incidents = [incident('A', 151, 140), incident('B', 240, 230)];
  const report = await run(text, sinces, 2 * MINUTE, takeFrom(table), incidents);
  const [gate] = report.gates;
  expect(gate?.rollouts.map(({ outcome, reason, incidents: ids }) => [outcome, reason, ids])).toEqual([
    ['passed', null, ['B']],
    ['stopped', 'threshold', []],
    ['stopped', 'threshold', ['A']],
    ['undecided', 'no-data', []],
    ['passed', null, []],
  ]);
  expect(gate).toMatchObject({ passed: 2, stopped: 2, undecided: 1, calm: 3, falseStops: 1, missed: 1 });
  const seconds = gate?.rollouts.map(({ afterSeconds }) => afterSeconds) ?? [];
  expect(gate?.timeToStop).toEqual({ medianSeconds: seconds[1], longestSeconds: seconds[2] });
  expect(gate?.timeToPass).toEqual({ medianSeconds: seconds[0], longestSeconds: seconds[4] });
  expect(seconds[3]).toBeNull();
});
