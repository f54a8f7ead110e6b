/** A series is known by its labels, whatever their order. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsText } from '../../src/model/series.js';

test.each([
  [{}, '{}'],
  [{ b: '2', a: '1' }, '{a="1",b="2"}'],
  [{ path: 'a "b" \\ c\n' }, '{path="a \\"b\\" \\\\ c\\n"}'],
  [{ release: '' }, '{release=""}'],
])('%o is written %s', (labels, text) => {
  expect(labelsText(labels)).toBe(text);
});

const anyLabels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,3}$/), fc.string({ maxLength: 4 }), {
  maxKeys: 4,
});

test('the order of labels is no matter', () => {
  fc.assert(
    fc.property(anyLabels, (labels) => {
      expect(labelsText(Object.fromEntries(Object.entries(labels).reverse()))).toBe(labelsText(labels));
    }),
  );
});

test('different labels are written differently', () => {
  fc.assert(
    fc.property(anyLabels, anyLabels, (a, b) => {
      const isSame = Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);
      expect(labelsText(a) === labelsText(b)).toBe(isSame);
    }),
  );
});
