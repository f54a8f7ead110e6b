import { suggest } from '../contracts/suggest.js';
import { failed, ok, type Result } from '../model/failure.js';
import type { PageMeasure, Take } from '../model/take.js';
import type { Quantity } from '../model/unit.js';
import { convert } from './condition.js';
import { parseQuantity } from './limit.js';

const PLAIN = ['first', 'last', 'mean', 'min', 'max', 'sum', 'slope', 'count', 'age'] as const;
/** Takes of probed pages, and of the URLs of a log. */
const OF_PAGES = {
  findings: 'findings',
  regressions: 'regressions',
  'share ok': 'share-ok',
  'share current': 'share-current',
  'new-patterns': 'new-patterns',
} as const;
const WORDS = [
  ...PLAIN,
  'p50',
  'p95',
  'p99',
  'share <= X',
  'share > X',
  'apdex(T)',
  ...Object.keys(OF_PAGES),
  'p95 ttfb',
  'p95 size',
  'share hit',
  'share hit of CACHE',
  'p95 age',
  'recovery >= X for N steps',
  'max since-crawl',
];

/** A take as written; bounds keep their unit until the signal's is known. */
export type WrittenTake =
  | { readonly kind: (typeof PLAIN)[number] }
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: (typeof OF_PAGES)[keyof typeof OF_PAGES] }
  | { readonly kind: 'page-quantile'; readonly quantile: number; readonly of: PageMeasure }
  | { readonly kind: 'share-hit'; readonly cache: string | null }
  | { readonly kind: 'age-quantile'; readonly quantile: number }
  | {
      readonly kind: 'recovery';
      readonly operator: '>=' | '<=';
      readonly level: Quantity;
      readonly steps: number;
    }
  | { readonly kind: 'since-crawl'; readonly quantile: number }
  | { readonly kind: 'share-at-most' | 'share-above'; readonly bound: Quantity }
  | { readonly kind: 'apdex'; readonly threshold: Quantity };

/** Reads `p95`, `share <= 500ms`, `apdex(300ms)`, `slope` … */
export function parseTake(text: string): Result<WrittenTake> {
  const trimmed = text.trim();
  const plain = PLAIN.find((word) => word === trimmed);
  if (plain !== undefined) return ok({ kind: plain });
  const ofPages = Object.entries(OF_PAGES).find(([word]) => word === trimmed)?.[1];
  if (ofPages !== undefined) return ok({ kind: ofPages });
  if (/^max\s+since-crawl$/.test(trimmed)) return ok({ kind: 'since-crawl', quantile: 1 });
  const quantile = /^p(\d{1,2}(?:\.\d+)?)(?:\s+(ttfb|size|age|since-crawl))?$/.exec(trimmed);
  if (quantile !== null) {
    const percent = Number(quantile[1]);
    // p999 is refused, not read as 9.99: the usual habit means 99.9.
    if (percent > 0 && percent < 100) {
      const of = quantile[2] === 'ttfb' || quantile[2] === 'size' ? quantile[2] : undefined;
      const share = percent / 100;
      if (quantile[2] === 'age') return ok({ kind: 'age-quantile', quantile: share });
      if (quantile[2] === 'since-crawl') return ok({ kind: 'since-crawl', quantile: share });
      return ok(
        of === undefined
          ? { kind: 'quantile', quantile: share }
          : { kind: 'page-quantile', quantile: share, of },
      );
    }
  }
  const recovery = /^recovery\s*(>=|<=)\s*(.+?)\s+for\s+([1-9]\d{0,4})\s+steps?$/.exec(trimmed);
  if (recovery !== null) return recoveryTake(recovery[1] === '>=' ? '>=' : '<=', recovery[2], recovery[3]);
  if (/^recovery\b/.test(trimmed)) {
    return failed({
      code: 'gatefile.take',
      message: `"${trimmed}" is no take`,
      mend: 'a recovery says to what, and for how long: "recovery >= 70% for 5 steps"',
    });
  }
  const hits = /^share\s+hit(?:\s+of\s+(\S.*))?$/.exec(trimmed);
  if (hits !== null) return ok({ kind: 'share-hit', cache: hits[1] ?? null });
  const share = /^share\s*(<=|>(?!=))\s*(.+)$/.exec(trimmed);
  if (share !== null) {
    const bound = fixedQuantity(share[2]);
    return bound.ok
      ? ok({ kind: share[1] === '>' ? 'share-above' : 'share-at-most', bound: bound.value })
      : bound;
  }
  const apdex = /^apdex\(\s*(.+?)\s*\)$/.exec(trimmed);
  if (apdex !== null) {
    const threshold = fixedQuantity(apdex[1]);
    return threshold.ok ? ok({ kind: 'apdex', threshold: threshold.value }) : threshold;
  }
  if (/^share\s*(<|>=)/.test(trimmed)) {
    return failed({
      code: 'gatefile.take',
      message: `"${trimmed}" is no take`,
      mend: 'shares are "share <= X" or "share > X", as buckets count',
    });
  }
  const near = suggest(trimmed, WORDS);
  return failed({
    code: 'gatefile.take',
    message: `"${text}" is no take`,
    mend:
      near === undefined
        ? `takes are ${WORDS.join(', ')}; quantiles such as p99.9`
        : `did you mean "${near}"?`,
  });
}

/** What a take measures cannot hang on what another arm is found to have. */
function fixedQuantity(text = ''): Result<Quantity> {
  if (!/^baseline\b/.test(text)) return parseQuantity(text);
  return failed({
    code: 'gatefile.take',
    message: `"${text}" is no fixed quantity, and a take needs one`,
    mend: 'write a quantity in the unit of the signal, such as 70% or 300ms; limits alone can speak of the baseline',
  });
}

function recoveryTake(operator: '>=' | '<=', level?: string, steps = ''): Result<WrittenTake> {
  const read = fixedQuantity(level);
  return read.ok ? ok({ kind: 'recovery', operator, level: read.value, steps: Number(steps) }) : read;
}

/** Converts the bound of a take to the signal's unit. */
export function prepareTake(take: WrittenTake, unit: string): Result<Take> {
  switch (take.kind) {
    case 'share-at-most':
    case 'share-above': {
      const bound = convert(take.bound, { unit });
      return bound.ok ? ok({ kind: take.kind, bound: bound.value }) : bound;
    }
    case 'apdex': {
      const threshold = convert(take.threshold, { unit });
      return threshold.ok ? ok({ kind: 'apdex', threshold: threshold.value }) : threshold;
    }
    case 'recovery': {
      const level = convert(take.level, { unit });
      if (!level.ok) return level;
      const useless = unit === 'share' ? uselessLevel(take.operator, level.value) : undefined;
      return useless ?? ok({ ...take, level: level.value });
    }
    default:
      return ok(take);
  }
}

/** Trouble of a level that every share meets, so that all of them have recovered, or that none can meet. */
function uselessLevel(operator: '>=' | '<=', level: number): Result<never> | undefined {
  const isUpward = operator === '>=';
  const isAlways = isUpward ? level <= 0 : level >= 1;
  const isNever = isUpward ? level > 1 : level < 0;
  if (!isAlways && !isNever) return undefined;
  return failed({
    code: 'gatefile.take',
    message: `${isAlways ? 'every share meets' : 'no share can meet'} "${operator} ${Number((level * 100).toPrecision(12))}%": a share lies between 0 % and 100 %`,
    mend: isUpward
      ? 'write a level above 0 %, up to 100 %: "recovery >= 70% for 5 steps"'
      : 'write a level from 0 % up, below 100 %: "recovery <= 5% for 5 steps"',
  });
}
