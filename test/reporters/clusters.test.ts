/** Columns of what is not plain text: our count against the package that is known for it. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { clustersOf, widthOfClusters } from '../../src/reporters/pretty/clusters.js';
import { widthOf } from '../../src/reporters/pretty/measure.js';

test.each([
  'plain',
  'naïve café e\u0301',
  '日本語 テスト ｶﾞｷﾞ ﾊﾟ ー',
  '한국어 \u1112\u1161\u11ab\u1100\u116e\u11a8',
  '👍 👩‍👩‍👧‍👦 🇩🇪 1️⃣ #⃣ ❤️ ❤ ✔️ ✔ 👍🏽 🏳️‍🌈',
  'zero\u200bwidth\u00ad \u2060',
  'क्षि नमस्ते ไทย ำ ไม่',
  '\u0301 alone, \ud800 lone',
  'Ａ１！',
  '',
])('%j', (text) => {
  expect(widthOfClusters(text)).toBe(stringWidth(text));
});

test('every character that is counted without a look takes one column', () => {
  const plain = Array.from({ length: 0xffff }, (_, code) => String.fromCharCode(code + 1)).filter(
    (character) => widthOf(character) === 1 && widthOfClusters(character) !== 1,
  );
  expect(plain).toEqual([]);
});

test('any text counts as string-width counts it', () => {
  // Single conjoining letters of Korean are the exception: no keyboard writes them apart.
  const text = fc
    .string({ unit: 'grapheme' })
    .filter((each) => !/\p{Mc}/u.test(each.normalize('NFD')))
    .filter((each) => !/[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/.test(each));
  fc.assert(
    fc.property(text, (each) => {
      expect(widthOfClusters(each)).toBe(stringWidth(each));
    }),
  );
});

test('no character is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(clustersOf(text).join('')).toBe(text);
    }),
  );
});
