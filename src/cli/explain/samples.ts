import type { Criterion } from '../../contracts/gate.js';
import { KAYENTA_FEWEST } from '../../model/kayenta.js';
import { boundsOf, needsBaseline } from '../../model/limit.js';
import { isProbe } from '../../model/page.js';
import { numberText } from '../plan/limits.js';

const FEWEST = 30;

/** How many samples a criterion needs, with the arithmetic: `fewer than 334 samples: 10 / min(0.97, 0.03) = 334`. */
export function tooFewText(criterion: Criterion): string {
  const { minSamples } = criterion.rule;
  const known = defaultOf(criterion);
  const arms = criterion.arms.length > 1 ? ' in either arm' : '';
  const how = known?.samples === minSamples ? known.how : 'as the gate says ("min-samples")';
  return `fewer than ${grouped(minSamples)} sample${minSamples === 1 ? '' : 's'}${arms}${how === '' ? '' : `: ${how}`}`;
}

interface Default {
  readonly samples: number;
  readonly how: string;
}

/** What the loader takes where the gate says nothing; undefined where it cannot be told. */
function defaultOf({ kind, rule, evidence }: Criterion): Default | undefined {
  const { take, pass, unit } = rule;
  if (evidence === 'kayenta') return { samples: KAYENTA_FEWEST, how: 'an interval of fewer means nothing' };
  if (kind === 'value' || isProbe(kind) || take.kind === 'count' || take.kind === 'since-crawl')
    return { samples: 1, how: '' };
  if (kind === 'rate') return unit.includes('/') ? { samples: 1, how: '' } : fewest();
  if (take.kind === 'quantile') return tenOf(take.quantile);
  const isShare = take.kind === 'total' || take.kind === 'share-at-most' || take.kind === 'share-above';
  if (!isShare || needsBaseline(pass.condition)) return fewest();
  const bounds = boundsOf(pass.condition).map(({ offset }) => tenOf(offset));
  return bounds.reduce((most, each) => (each.samples > most.samples ? each : most), fewest());
}

/** Ten expected events on the rarer side. */
function tenOf(share: number): Default {
  const rarer = Math.min(share, 1 - share);
  if (rarer <= 0) return fewest();
  const samples = Math.ceil(10 / rarer - 1e-6);
  const how = `10 / min(${numberText(share)}, ${numberText(1 - share)}) = ${grouped(samples)}`;
  return samples >= FEWEST
    ? { samples, how }
    : { samples: FEWEST, how: `${how}, and never fewer than ${FEWEST}` };
}

function fewest(): Default {
  return { samples: FEWEST, how: 'the fewest that any point estimate needs' };
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
