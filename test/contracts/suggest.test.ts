/** "Did you mean": the nearest of few candidates; of thousands, what is near at a glance. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suggest } from '../../src/contracts/suggest.js';

const FILLERS = Array.from({ length: 5_000 }, (_, i) => `zq-${String(i).padStart(5, '0')}-zq`);

test.each<[string, readonly string[], string | undefined]>([
  ['windw', ['window', 'width'], 'window'],
  ['widnow', ['width', 'window'], 'window'],
  ['Window', ['window'], 'window'],
  ['chekc', ['check', 'checks'], 'check'],
  ['good', ['total', 'bad'], undefined],
  ['latency-p59-checkout', ['latency-p95-checkouts', 'latency-p99-checkout'], 'latency-p99-checkout'],
  ['latncy-p95-chckout', ['latency-p95', 'latency-p95-checkout'], 'latency-p95-checkout'],
  ['ab', ['ba', 'xy'], 'ba'],
  ['a', [], undefined],
])('%s of %j: %s', (word, candidates, nearest) => {
  expect(suggest(word, candidates)).toBe(nearest);
});

test.each(['zq-00300-qz', 'zq-0300-zq', 'zq-003x0-zq'])('%s among thousands', (word) => {
  expect(suggest(word, FILLERS)).toBe('zq-00300-zq');
});

test('one letter left out is always found, wherever the word stands', () => {
  const word = fc.stringMatching(/^[a-y]{4,12}$/);
  fc.assert(
    fc.property(word, fc.nat(), fc.nat(FILLERS.length), (right, at, place) => {
      const wrong = right.slice(0, at % right.length) + right.slice((at % right.length) + 1);
      expect(suggest(wrong, [...FILLERS.slice(0, place), right, ...FILLERS.slice(place)])).toBe(right);
    }),
  );
});
