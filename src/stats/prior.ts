/** Effects and their weights, which sum to 1. It is fixed before the data is seen, or the e-value is none. */
export interface Prior {
  readonly effects: Float64Array;
  readonly weights: Float64Array;
}

const POINTS = 401;
const REACH = 8;

/**
 * Normal prior as a trapezoid sum over ±8 standard deviations.
 *
 * The grid is itself a prior, so an e-value stays valid however coarse it is; where the data are so many that their
 * likelihood is narrower than a third of a step, only some width of the interval is lost, and more points bring it back.
 *
 * @param tau standard deviation: the effect one wants to find
 * @param points odd
 */
export function normalPrior(centre: number, tau: number, points: number = POINTS): Prior {
  assertTau(tau);
  const half = (points - 1) / 2;
  return weighted(points, (i) => {
    const z = (REACH * (i - half)) / half;
    return [centre + z * tau, Math.exp((-z * z) / 2)];
  });
}

/**
 * Half-normal prior: all its weight above theta0, or all below. Its e-value tests the whole half-line on the other side.
 *
 * @param tau standard deviation of the normal distribution of which it is a half
 * @param points on the half; its edge costs digits that the whole has, 1e-4 of an lnE at 201 points, 2e-5 at 401
 */
export function halfNormalPrior(
  theta0: number,
  tau: number,
  side: 'above' | 'below',
  points: number = POINTS,
): Prior {
  assertTau(tau);
  const sign = side === 'above' ? 1 : -1;
  return weighted(points, (i) => {
    const z = (REACH * i) / (points - 1);
    return [theta0 + sign * z * tau, (i === 0 ? 0.5 : 1) * Math.exp((-z * z) / 2)];
  });
}

/**
 * A list of effects.
 *
 * @param weights from 0, in any scale; equal when left out
 * @throws RangeError when there is no effect, or no weight
 */
export function discretePrior(effects: readonly number[], weights?: readonly number[]): Prior {
  const prior = weighted(effects.length, (i) => [effects[i] ?? Number.NaN, weights ? (weights[i] ?? 0) : 1]);
  if (!prior.effects.every(Number.isFinite) || !prior.weights.every((weight) => weight >= 0)) {
    throw new RangeError(`no prior: effects ${effects.join(' ')}, weights ${weights?.join(' ') ?? 'equal'}`);
  }
  return prior;
}

function weighted(size: number, at: (i: number) => readonly [effect: number, weight: number]): Prior {
  const effects = new Float64Array(size);
  const weights = new Float64Array(size);
  let total = 0;
  for (let i = 0; i < size; i += 1) {
    const [effect, weight] = at(i);
    effects[i] = effect;
    weights[i] = weight;
    total += weight;
  }
  return { effects, weights: weights.map((weight) => weight / total) };
}

function assertTau(tau: number): void {
  if (!(tau > 0 && Number.isFinite(tau))) throw new RangeError(`no standard deviation of a prior: ${tau}`);
}
