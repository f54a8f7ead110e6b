import { binomial, normal, type Random } from '../../src/stats/draw.js';

/** Counts of one arm at one look: events of trials, and the mean of what was measured where there is one. */
export interface Arm {
  readonly k: number;
  readonly n: number;
  readonly mean?: number;
}

/** Both arms at one look. */
export interface Look {
  readonly judged: Arm;
  readonly baseline: Arm;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** The limit of the criterion; the table of statistics.md has a margin of 0. */
  readonly pass: string;
  readonly better: 'higher' | 'lower';
  /** What a wrong verdict is here. */
  readonly wrong: 'fail' | 'pass' | null;
  readonly look: (random: Random, index: number) => Look;
}

export const LOOKS = 50;

const arms =
  (judged: number, baseline: number, judgedN: number, baselineN = judgedN) =>
  (random: Random): Look => ({
    judged: { k: binomial(random, judgedN, judged), n: judgedN },
    baseline: { k: binomial(random, baselineN, baseline), n: baselineN },
  });

/** No difference, while the baseline drifts from 66 to 58 % and the canary's share grows from 5 to 50 %. */
const ramp = (random: Random, index: number): Look => {
  const p = 0.66 - (0.08 * index) / (LOOKS - 1);
  const judged = Math.round(400 * (0.05 + (0.45 * index) / (LOOKS - 1)));
  return arms(p, p, judged, 400 - judged)(random);
};

/**
 * Scatter beyond that of independent requests, in each arm's intervals, and in both arms alike.
 *
 * @param own variance of an arm's interval as a multiple of the binomial one
 * @param shared the same, of shocks that both arms meet
 */
const clustered =
  (judged: number, baseline: number, own: number, shared = 1, n = 200) =>
  (random: Random): Look => {
    const spread = (factor: number, p: number): number =>
      factor === 1 ? 0 : normal(random) * Math.sqrt(((factor - 1) * p * (1 - p)) / n);
    const shock = spread(shared, baseline);
    const arm = (p: number): Arm => {
      const shaken = Math.min(0.999, Math.max(0.001, p + shock + spread(own, p)));
      return { k: binomial(random, n, shaken), n };
    };
    return { judged: arm(judged), baseline: arm(baseline) };
  };

/** Errors of .2 % of 1,000 requests that come so many at once: one user who tries again and again. */
const bursts =
  (size: number) =>
  (random: Random): Look => {
    const arm = (): Arm => ({ k: size * binomial(random, 1000, 0.002 / size), n: 1000 });
    return { judged: arm(), baseline: arm() };
  };

/** Requests slower than 800 ms, of lognormal latencies with a mean of 400 ms and sigma 0.6. */
const slow =
  (factor: number) =>
  (random: Random): Look => {
    const mu = Math.log(400) - 0.18;
    const n = 200;
    const arm = (shift: number): Arm => {
      let [k, sum] = [0, 0];
      for (let i = 0; i < n; i += 1) {
        const latency = Math.exp(mu + shift + 0.6 * normal(random));
        if (latency > 800) k += 1;
        sum += latency;
      }
      return { k, n, mean: sum / n };
    };
    return { judged: arm(Math.log(factor)), baseline: arm(0) };
  };

/** No difference, under scatter that the name tells. */
function healthy(name: string, look: Scenario['look']): Scenario {
  return { name, about: 'no difference', pass: ZERO.higher, better: 'higher', wrong: 'fail', look };
}

/** A canary exactly at the margin: passing it is wrong. */
function atMargin(pass: string, judged: number, baseline: number, n: number): Scenario {
  const about = `${100 * baseline} % against ${(100 * judged).toFixed(2)} %, exactly at the margin`;
  const look = arms(judged, baseline, n);
  return { name: `at ${pass}`, about, pass, better: 'higher', wrong: 'pass', look };
}

function atRate(pass: string, name: string, judged: number): Scenario {
  return {
    name,
    about: `fixed limit 97 %, truth ${100 * judged} %`,
    pass,
    better: 'higher',
    wrong: judged < 0.97 ? 'pass' : 'fail',
    look: arms(judged, judged, 200),
  };
}

/** The limits without a margin. */
export const ZERO = { higher: '>= baseline', lower: '<= baseline' } as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'A0',
    about: 'checkout 62 %',
    pass: ZERO.higher,
    better: 'higher',
    wrong: 'fail',
    look: arms(0.62, 0.62, 200),
  },
  {
    name: 'A1',
    about: '62 to 58 %',
    pass: ZERO.higher,
    better: 'higher',
    wrong: 'pass',
    look: arms(0.58, 0.62, 200),
  },
  {
    name: 'B0',
    about: 'errors .5 %',
    pass: ZERO.lower,
    better: 'lower',
    wrong: 'fail',
    look: arms(0.005, 0.005, 1000),
  },
  {
    name: 'B1',
    about: '.5 to 1 %',
    pass: ZERO.lower,
    better: 'lower',
    wrong: 'pass',
    look: arms(0.01, 0.005, 1000),
  },
  {
    name: 'C0',
    about: 'slower than 800 ms',
    pass: ZERO.lower,
    better: 'lower',
    wrong: 'fail',
    look: slow(1),
  },
  { name: 'C1', about: 'latency +10 %', pass: ZERO.lower, better: 'lower', wrong: 'pass', look: slow(1.1) },
  { name: 'D0', about: 'ramp and drift', pass: ZERO.higher, better: 'higher', wrong: 'fail', look: ramp },
  {
    name: 'E0',
    about: 'variance x 3',
    pass: ZERO.higher,
    better: 'higher',
    wrong: 'fail',
    look: clustered(0.62, 0.62, 3),
  },
  {
    name: 'F0',
    about: '.5 % on 50 of 1000',
    pass: ZERO.lower,
    better: 'lower',
    wrong: 'fail',
    look: arms(0.005, 0.005, 50, 950),
  },
  {
    name: 'F1',
    about: '.5 to 1 % on 50',
    pass: ZERO.lower,
    better: 'lower',
    wrong: 'pass',
    look: arms(0.01, 0.005, 50, 950),
  },
  ...[1.5, 2, 5, 10, 20].map((own) => healthy(`E0 x ${own}`, clustered(0.62, 0.62, own))),
  healthy('E0 of 5 % of 1000', clustered(0.05, 0.05, 3, 1, 1000)),
  ...[1, 1.5, 2, 3].map((own) => healthy(`S0 x ${own}, shocks x 10`, clustered(0.62, 0.62, own, 10))),
  ...[3, 10].map((size) => ({
    ...healthy(`errors in bursts of ${size}`, bursts(size)),
    about: 'no difference, .2 % of 1000',
    pass: ZERO.lower,
    better: 'lower' as const,
  })),
  { ...healthy('S1, shocks x 10', clustered(0.58, 0.62, 1, 10)), about: '62 to 58 %', wrong: 'pass' },
  {
    name: 'A0, -4pp',
    about: 'A0 at a margin',
    pass: '>= baseline - 4pp',
    better: 'higher',
    wrong: 'fail',
    look: arms(0.62, 0.62, 200),
  },
  {
    name: 'B0, +0.5pp',
    about: 'B0 at a margin',
    pass: '<= baseline + 0.5pp',
    better: 'lower',
    wrong: 'fail',
    look: arms(0.005, 0.005, 1000),
  },
  {
    name: 'D0, -4pp',
    about: 'D0 at a margin',
    pass: '>= baseline - 4pp',
    better: 'higher',
    wrong: 'fail',
    look: ramp,
  },
  {
    name: 'E0, -4pp',
    about: 'E0 at a margin',
    pass: '>= baseline - 4pp',
    better: 'higher',
    wrong: 'fail',
    look: clustered(0.62, 0.62, 3),
  },
  atMargin('>= baseline - 4pp', 0.46, 0.5, 200),
  atMargin('>= baseline - 8%', 0.46, 0.5, 200),
  atMargin('>= baseline * 0.92', 0.46, 0.5, 200),
  atMargin('>= baseline - 1pp', 0.96, 0.97, 400),
  atMargin('>= baseline - 2%', 0.9506, 0.97, 400),
  atMargin('>= baseline * 0.98', 0.9506, 0.97, 400),
  atMargin('>= baseline - 0.5pp', 0.99, 0.995, 1000),
  atMargin('>= baseline - 0.5%', 0.990025, 0.995, 1000),
  atMargin('>= baseline * 0.995', 0.990025, 0.995, 1000),
  atRate('>= 97%', 'G0', 0.98),
  atRate('>= 97%', 'G1', 0.95),
  atRate('>= 97%', 'G at the limit', 0.97),
  ...['>= 62%', '<= 62%'].map((pass) => ({
    ...healthy(`G x 3, ${pass}`, clustered(0.62, 0.62, 3)),
    about: 'at the limit, variance x 3',
    pass,
  })),
];
