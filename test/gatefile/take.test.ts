/** How time becomes one number, as it is written. */
import { describe, expect, test } from 'vitest';
import { parseTake, prepareTake, type WrittenTake } from '../../src/gatefile/take.js';

test.each<[string, WrittenTake]>([
  ['last', { kind: 'last' }],
  [' mean ', { kind: 'mean' }],
  ['slope', { kind: 'slope' }],
  ['count', { kind: 'count' }],
  ['age', { kind: 'age' }],
  ['p95', { kind: 'quantile', quantile: 0.95 }],
  ['p5', { kind: 'quantile', quantile: 0.05 }],
  ['p99.9', { kind: 'quantile', quantile: 0.9990000000000001 }],
  ['share <= 500ms', { kind: 'share-at-most', bound: { value: 500, unit: 'ms' } }],
  ['share<=0.5s', { kind: 'share-at-most', bound: { value: 0.5, unit: 's' } }],
  ['share > 2s', { kind: 'share-above', bound: { value: 2, unit: 's' } }],
  ['findings', { kind: 'findings' }],
  ['regressions', { kind: 'regressions' }],
  ['share ok', { kind: 'share-ok' }],
  ['p50 ttfb', { kind: 'page-quantile', quantile: 0.5, of: 'ttfb' }],
  ['share current', { kind: 'share-current' }],
  ['share hit', { kind: 'share-hit', cache: null }],
  ['share  hit of CDN Here', { kind: 'share-hit', cache: 'CDN Here' }],
  ['p95 age', { kind: 'age-quantile', quantile: 0.95 }],
  ['p75  size', { kind: 'page-quantile', quantile: 0.75, of: 'size' }],
  ['new-patterns', { kind: 'new-patterns' }],
  ['max  since-crawl', { kind: 'since-crawl', quantile: 1 }],
  ['p95 since-crawl', { kind: 'since-crawl', quantile: 0.95 }],
  ['apdex(300ms)', { kind: 'apdex', threshold: { value: 300, unit: 'ms' } }],
  ['apdex( 0.3 )', { kind: 'apdex', threshold: { value: 0.3, unit: '' } }],
])('"%s" is read', (text, take) => {
  const result = parseTake(text);
  expect(result.ok && result.value).toEqual(
    take.kind === 'quantile' ? { kind: 'quantile', quantile: expect.closeTo(take.quantile, 12) } : take,
  );
});

test.each([
  { text: 'p100', code: 'gatefile.take', mend: '' },
  { text: 'p0', code: 'gatefile.take', mend: '' },
  { text: 'p999', code: 'gatefile.take', mend: '' },
  { text: 'P95', code: 'gatefile.take', mend: 'did you mean "p95"?' },
  { text: 'meen', code: 'gatefile.take', mend: 'did you mean "mean"?' },
  { text: 'median of everything', code: 'gatefile.take', mend: 'takes are first' },
  { text: '', code: 'gatefile.take', mend: '' },
  { text: 'share < 500ms', code: 'gatefile.take', mend: '"share <= X" or "share > X"' },
  { text: 'share >= 500ms', code: 'gatefile.take', mend: '"share <= X" or "share > X"' },
  { text: 'share <= fast', code: 'gatefile.limit', mend: '' },
  { text: 'apdex(fast)', code: 'gatefile.limit', mend: '' },
  { text: 'share <= baseline', code: 'gatefile.take', mend: 'limits alone can speak of the baseline' },
  { text: 'apdex(baseline)', code: 'gatefile.take', mend: '70% or 300ms' },
  { text: 'recovery <= baseline + 5pp for 5 steps', code: 'gatefile.take', mend: '70% or 300ms' },
  { text: 'regresions', code: 'gatefile.take', mend: 'did you mean "regressions"?' },
  { text: 'p95 bytes', code: 'gatefile.take', mend: '' },
])('"$text" is no take', ({ text, code, mend }) => {
  const result = parseTake(text);
  if (result.ok) throw new Error('trouble was expected');
  expect(result.failures[0]?.code).toBe(code);
  expect(result.failures[0]?.mend).toContain(mend);
});

describe('a bound is converted to the unit of the signal', () => {
  const prepare = (text: string, unit: string): unknown => {
    const take = parseTake(text);
    if (!take.ok) throw new Error(text);
    const prepared = prepareTake(take.value, unit);
    return prepared.ok ? prepared.value : prepared.failures[0]?.code;
  };
  test.each([
    ['share <= 500ms', 's', { kind: 'share-at-most', bound: 0.5 }],
    ['share > 2s', 'ms', { kind: 'share-above', bound: 2000 }],
    ['apdex(300ms)', 's', { kind: 'apdex', threshold: 0.3 }],
    ['p95', 's', { kind: 'quantile', quantile: 0.95 }],
    ['mean', 's', { kind: 'mean' }],
    ['share <= 500ms', 'B', 'gatefile.unit'],
    ['apdex(5B)', 's', 'gatefile.unit'],
  ] as const)('%s of %s', (text, unit, take) => {
    expect(prepare(text, unit)).toEqual(take);
  });
});

test.each([
  ['>= 0%', 'share', 'every share meets'],
  ['>= -1%', 'share', 'every share meets'],
  ['>= 0.1%', 'share', undefined],
  ['>= 100%', 'share', undefined],
  ['>= 100.1%', 'share', 'no share can meet'],
  ['<= 100%', 'share', 'every share meets'],
  ['<= 99.9%', 'share', undefined],
  ['<= 0%', 'share', undefined],
  ['<= -0.1%', 'share', 'no share can meet'],
  ['>= 0', 'req', undefined],
])('a level of "%s" of a unit "%s": %s', (level, unit, says) => {
  const take = parseTake(`recovery ${level} for 5 steps`);
  if (!take.ok) throw new Error('it should be a take');
  const result = prepareTake(take.value, unit);
  expect(result.ok ? undefined : result.failures[0]?.message).toEqual(
    says === undefined ? undefined : expect.stringContaining(says),
  );
});
