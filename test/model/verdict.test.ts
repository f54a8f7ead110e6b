/** The release decision: what folds into what, and the laws that no fold may break. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Ballot,
  foldGate,
  type ScorePolicy,
  scoreOf,
  VERDICTS,
  worst,
} from '../../src/model/verdict.js';

const BALLOT: Ballot = {
  verdict: 'pass',
  isAdvisory: false,
  isCritical: false,
  weight: 1,
  isByPolicy: false,
};
const ballot = (verdict: Ballot['verdict'], over: Partial<Ballot> = {}): Ballot => ({
  ...BALLOT,
  verdict,
  ...over,
});
const advisory = (verdict: Ballot['verdict']): Ballot => ballot(verdict, { isAdvisory: true });
const critical = (verdict: Ballot['verdict']): Ballot => ballot(verdict, { isCritical: true });
const byPolicy = (verdict: Ballot['verdict']): Ballot => ballot(verdict, { isByPolicy: true });

const anyVerdict = fc.constantFrom(...VERDICTS);
const anyBallot: fc.Arbitrary<Ballot> = fc.record({
  verdict: anyVerdict,
  isAdvisory: fc.boolean(),
  isCritical: fc.boolean(),
  weight: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
  isByPolicy: fc.boolean(),
});
const anyScore: fc.Arbitrary<ScorePolicy | undefined> = fc.option(
  fc
    .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }))
    .map(([a, b]) => ({ pass: Math.max(a, b), warn: Math.min(a, b) })),
  { nil: undefined },
);

describe('the worst of several verdicts', () => {
  test.each([
    { of: [], is: 'inconclusive' },
    { of: ['pass'], is: 'pass' },
    { of: ['pass', 'warn'], is: 'warn' },
    { of: ['warn', 'inconclusive'], is: 'inconclusive' },
    { of: ['inconclusive', 'error'], is: 'error' },
    { of: ['error', 'fail'], is: 'fail' },
    { of: ['fail', 'pass', 'error', 'inconclusive', 'warn'], is: 'fail' },
    { of: ['skipped'], is: 'inconclusive' },
    { of: ['pass', 'skipped'], is: 'inconclusive' },
    { of: ['warn', 'skipped'], is: 'inconclusive' },
    { of: ['skipped', 'error'], is: 'error' },
    { of: ['skipped', 'fail'], is: 'fail' },
  ] as const)('of $of is $is', ({ of, is }) => {
    expect(worst(of)).toBe(is);
  });

  test('a word that is no verdict leaves the question open', () => {
    expect(worst(['passed' as 'pass'])).toBe('inconclusive');
  });
});

describe('the score of a gate', () => {
  test.each([
    { name: 'of nothing there is none', ballots: [], is: undefined },
    { name: 'advisory criteria do not count', ballots: [ballot('pass'), advisory('fail')], is: 100 },
    { name: 'critical criteria do not count', ballots: [ballot('pass'), critical('fail')], is: 100 },
    { name: 'of critical criteria alone there is none', ballots: [critical('pass')], is: undefined },
    { name: 'a warn counts half', ballots: [ballot('warn')], is: 50 },
    {
      name: 'weights count',
      ballots: [ballot('pass', { weight: 3 }), ballot('fail', { weight: 1 })],
      is: 75,
    },
    {
      name: 'a warn counts half of its weight',
      ballots: [ballot('warn', { weight: 2 }), ballot('pass', { weight: 3 })],
      is: 80,
    },
    {
      name: 'what was not measured earns nothing',
      ballots: [ballot('error'), ballot('inconclusive'), ballot('skipped'), ballot('pass')],
      is: 25,
    },
    {
      name: 'what a policy let through earns nothing beside what was measured',
      ballots: [byPolicy('pass'), byPolicy('pass'), ballot('pass'), ballot('fail')],
      is: 50,
    },
    {
      name: 'what a policy made a warning still costs',
      ballots: [byPolicy('warn'), ballot('pass')],
      is: 75,
    },
    {
      name: 'a hair under a whole number is that number',
      ballots: [
        ballot('pass', { weight: 0.7 }),
        ballot('pass', { weight: 0.2 }),
        ballot('fail', { weight: 0.1 }),
      ],
      is: 90,
    },
  ])('$name', ({ ballots, is }) => {
    expect(scoreOf(ballots)).toBe(is);
  });

  test('of criteria that all passed is exactly 100, whatever their weights', () => {
    fc.assert(
      fc.property(fc.array(anyBallot, { minLength: 1 }), (some) => {
        const passed = some.map((each) => ({
          ...each,
          verdict: 'pass' as const,
          isAdvisory: false,
          isCritical: false,
        }));
        expect(scoreOf(passed)).toBe(100);
      }),
    );
  });

  test('does not depend on the order of the ballots, to the last bit', () => {
    fc.assert(
      fc.property(shuffled(fc.array(anyBallot, { minLength: 1, maxLength: 8 })), ([some, same]) => {
        expect(scoreOf(same)).toBe(scoreOf(some));
      }),
    );
  });
});

const SCORE: ScorePolicy = { pass: 90, warn: 75 };
const nine = Array.from({ length: 9 }, () => ballot('pass'));
const three = Array.from({ length: 3 }, () => ballot('pass'));

describe('the fold of a gate', () => {
  test.each([
    { name: 'nothing at all is inconclusive', ballots: [], is: 'inconclusive' },
    { name: 'advisory passes alone are inconclusive', ballots: [advisory('pass')], is: 'inconclusive' },
    { name: 'an advisory fail does not block', ballots: [ballot('pass'), advisory('fail')], is: 'pass' },
    { name: 'an advisory error does not block', ballots: [ballot('pass'), advisory('error')], is: 'pass' },
    {
      name: 'a blocking skipped is inconclusive',
      ballots: [ballot('pass'), ballot('skipped')],
      is: 'inconclusive',
    },
    {
      name: 'an advisory skipped does not block',
      ballots: [ballot('pass'), advisory('skipped')],
      is: 'pass',
    },
    { name: 'one fail fails', ballots: [...nine, ballot('fail')], is: 'fail' },
    { name: 'one warn warns', ballots: [...nine, ballot('warn')], is: 'warn' },
    {
      name: 'every pass by policy is inconclusive',
      ballots: [byPolicy('pass'), byPolicy('pass')],
      is: 'inconclusive',
    },
    {
      name: 'every warn by policy is inconclusive',
      ballots: [byPolicy('warn'), byPolicy('pass')],
      is: 'inconclusive',
    },
    {
      name: 'one measured pass stands beside policies',
      ballots: [byPolicy('pass'), ballot('pass')],
      is: 'pass',
    },
    {
      name: 'an advisory measurement does not stand in',
      ballots: [byPolicy('pass'), advisory('pass')],
      is: 'inconclusive',
    },
    { name: 'a fail by policy stays a fail', ballots: [byPolicy('fail')], is: 'fail' },
    { name: 'an error by policy stays an error', ballots: [byPolicy('error')], is: 'error' },
  ] as const)('$name', ({ ballots, is }) => {
    expect(foldGate(ballots)).toBe(is);
  });

  test.each([
    { name: 'nothing at all is inconclusive', ballots: [], is: 'inconclusive' },
    { name: 'one fail of ten is traded away at 90 points', ballots: [...nine, ballot('fail')], is: 'pass' },
    { name: 'a score that equals its pass bound passes', ballots: [...nine, ballot('fail')], is: 'pass' },
    { name: 'below the pass bound it warns', ballots: [...three, ballot('fail')], is: 'warn' },
    { name: 'below the warn bound it fails', ballots: [ballot('pass'), ballot('fail')], is: 'fail' },
    { name: 'a critical fail cannot be outvoted', ballots: [...nine, critical('fail')], is: 'fail' },
    { name: 'a critical fail beats what is open', ballots: [critical('fail'), ballot('error')], is: 'fail' },
    { name: 'a critical warn cannot be outvoted', ballots: [...nine, critical('warn')], is: 'warn' },
    {
      name: 'a critical pass does not lift a low score',
      ballots: [ballot('fail'), critical('pass')],
      is: 'fail',
    },
    {
      name: 'critical criteria alone fold by themselves',
      ballots: [critical('warn'), critical('pass')],
      is: 'warn',
    },
    {
      name: 'an open question is never traded',
      ballots: [...nine, ballot('inconclusive')],
      is: 'inconclusive',
    },
    { name: 'an error is never traded', ballots: [...nine, ballot('error')], is: 'error' },
    { name: 'a skipped one is never traded', ballots: [...nine, ballot('skipped')], is: 'inconclusive' },
    {
      name: 'the worst of what is open stands',
      ballots: [...nine, ballot('skipped'), ballot('error')],
      is: 'error',
    },
    {
      name: 'what is open stands even beside a plain fail',
      ballots: [ballot('fail'), ballot('inconclusive')],
      is: 'inconclusive',
    },
    {
      name: 'a critical open question is never traded',
      ballots: [...nine, critical('inconclusive')],
      is: 'inconclusive',
    },
    { name: 'every pass by policy is inconclusive', ballots: [byPolicy('pass')], is: 'inconclusive' },
    { name: 'one warn of ten is traded away', ballots: [...nine, ballot('warn')], is: 'pass' },
    {
      name: 'passes by policy do not trade a measured fail away',
      ballots: [...nine.map((each) => ({ ...each, isByPolicy: true })), ballot('fail')],
      is: 'fail',
    },
    {
      name: 'nor beside one measured pass',
      ballots: [...nine.map((each, i) => ({ ...each, isByPolicy: i > 0 })), ballot('fail')],
      is: 'fail',
    },
    {
      name: 'what was measured trades as if policies had said nothing',
      ballots: [...nine, byPolicy('pass'), ballot('fail')],
      is: 'pass',
    },
    { name: 'an advisory error does not block', ballots: [...nine, advisory('error')], is: 'pass' },
    { name: 'an advisory fail costs no points', ballots: [...three, advisory('fail')], is: 'pass' },
  ] as const)('with a score: $name', ({ ballots, is }) => {
    expect(foldGate(ballots, SCORE)).toBe(is);
  });
});

describe('laws of the fold', () => {
  const open = fc.constantFrom('inconclusive', 'error', 'skipped' as const);

  test('a blocking criterion that was not measured never folds into pass or warn, whatever the score', () => {
    fc.assert(
      fc.property(
        fc.array(anyBallot, { maxLength: 8 }),
        anyBallot,
        open,
        fc.nat(8),
        anyScore,
        (some, one, verdict, at, score) => {
          const undecided = { ...one, verdict, isAdvisory: false };
          const folded = foldGate([...some.slice(0, at), undecided, ...some.slice(at)], score);
          expect(folded).not.toBe('pass');
          expect(folded).not.toBe('warn');
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('the order of ballots changes nothing', () => {
    fc.assert(
      fc.property(shuffled(fc.array(anyBallot, { maxLength: 8 })), anyScore, ([some, same], score) => {
        expect(foldGate(same, score)).toBe(foldGate(some, score));
      }),
      { numRuns: 1000 },
    );
  });

  test('a critical fail fails the gate, whatever the others and the score', () => {
    fc.assert(
      fc.property(fc.array(anyBallot, { maxLength: 8 }), anyScore, (some, score) => {
        expect(foldGate([...some, critical('fail')], score)).toBe('fail');
      }),
    );
  });

  test('without a score, one blocking fail fails the gate', () => {
    fc.assert(
      fc.property(fc.array(anyBallot, { maxLength: 8 }), anyBallot, (some, one) => {
        expect(foldGate([{ ...one, verdict: 'fail', isAdvisory: false }, ...some])).toBe('fail');
      }),
    );
  });

  test('advisory criteria change nothing', () => {
    fc.assert(
      fc.property(
        fc.array(anyBallot, { maxLength: 8 }),
        fc.array(anyBallot),
        anyScore,
        (some, more, score) => {
          const shown = more.map((each) => ({ ...each, isAdvisory: true }));
          expect(foldGate([...some, ...shown], score)).toBe(foldGate(some, score));
        },
      ),
    );
  });

  test('passes that no measurement stands behind never pass a gate, not even by a score', () => {
    fc.assert(
      fc.property(fc.array(anyBallot), anyScore, (some, score) => {
        const letThrough = some.map((each) => ({
          ...each,
          isByPolicy: each.isByPolicy || each.verdict === 'pass' || each.verdict === 'warn',
        }));
        expect(['pass', 'warn']).not.toContain(foldGate(letThrough, score));
      }),
      { numRuns: 1000 },
    );
  });

  test('the fold is one of the words that a gate can be', () => {
    fc.assert(
      fc.property(fc.array(anyBallot), anyScore, (some, score) => {
        expect(['pass', 'warn', 'fail', 'inconclusive', 'error']).toContain(foldGate(some, score));
      }),
    );
  });
});

/** A list, and the same in another order. */
function shuffled<T>(list: fc.Arbitrary<T[]>): fc.Arbitrary<[T[], T[]]> {
  return list.chain((items) =>
    fc.tuple(
      fc.constant(items),
      fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
    ),
  );
}
