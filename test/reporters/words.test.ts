/** The shared words, where a format's golden file would not say what went wrong. */
import { describe, expect, test } from 'vitest';
import type { CriterionResult } from '../../src/model/report.js';
import { flow, shorten, widthOf, wrap } from '../../src/reporters/pretty/measure.js';
import { beyondText } from '../../src/reporters/words/beyond.js';
import { clip, clipMiddle, oneLine, shellWord } from '../../src/reporters/words/clean.js';
import { figuresOf } from '../../src/reporters/words/limit.js';
import { sentenceOf } from '../../src/reporters/words/sentence.js';
import { countsText, decidedByGate } from '../../src/reporters/words/verdict.js';
import { ageText, spanText, windowText } from '../../src/reporters/words/window.js';
import { aCriterion, aGate, aReport } from '../support/reports.js';

describe('the sentence of a criterion', () => {
  test('holds value, limit, distance, n and window', () => {
    const criterion = aCriterion('x', { verdict: 'fail', value: 0.931 });
    expect(sentenceOf(aReport([aGate([criterion])]), criterion)).toBe(
      'is 93.1 %, needs >= 97.0 % (short 3.9 pp, n 18,402, window 2026-11-20 14:05Z-14:35Z, 30m)',
    );
  });

  test('says what is missing where there is no value', () => {
    const criterion = aCriterion('x', {
      verdict: 'inconclusive',
      value: null,
      n: 3,
      reason: { code: 'too-few', text: '3 of 334 samples' },
    });
    expect(sentenceOf(aReport([aGate([criterion])]), criterion)).toBe(
      'has no value, needs >= 97 % (n 3 of 334 needed, newest 1m old, window 2026-11-20 14:05Z-14:35Z, 30m): 3 of 334 samples',
    );
  });

  test('a page was asked just now, though the window ended before the run', () => {
    const criterion = aCriterion('x', {
      verdict: 'inconclusive',
      kind: 'crawl',
      value: null,
      n: 1,
      reason: { code: 'partial', text: '1 of 2 pages gave no answer' },
    });
    expect(sentenceOf(aReport([aGate([criterion])]), criterion)).toBe(
      'has no value, needs >= 97 % (n 1 of 334 needed, asked during the run, window 2026-11-20 14:05Z-14:35Z, 30m): 1 of 2 pages gave no answer',
    );
  });
});

describe('figures', () => {
  const figures = (change: Partial<CriterionResult>): (string | null)[] => {
    const { value, limit, distance, baseline, margin } = figuresOf(aCriterion('x', change));
    return [
      value,
      limit,
      distance && `${distance.word} ${distance.text}`,
      baseline && `${baseline} ${margin ?? ''}`.trim(),
    ];
  };
  const window = { from: '', to: '', step: '' };

  test.each<[string, Partial<CriterionResult>, (string | null)[]]>([
    ['at least', {}, ['99.1 %', '>= 97.0 %', 'margin 2.1 pp', null]],
    ['at most', { limit: '<= 5%', bound: 0.05, value: 0.23 }, ['23 %', '<= 5 %', 'over 18 pp', null]],
    ['strict, and equal', { limit: '> 97%', value: 0.97 }, ['97 %', '> 97 %', 'short 0 pp', null]],
    ['equal to', { limit: '== 0', bound: 0, value: 2, unit: '' }, ['2', '== 0', 'off 2', null]],
    [
      'against a baseline',
      { limit: '>= baseline - 1pp', bound: 0.966, baseline: { arm: 'baseline', value: 0.976, n: 1, window } },
      ['99.1 %', '>= 96.6 %', 'margin 2.5 pp', '97.6 % - 1pp'],
    ],
    [
      'compound',
      { limit: 'all: >= 97%, <= 99%', bound: null },
      ['99.1 %', 'all: >= 97%, <= 99%', null, null],
    ],
    [
      'between',
      { limit: 'between 1 and 3', bound: null, value: 2, unit: '' },
      ['2', 'between 1 and 3', null, null],
    ],
    ['without a value', { value: null }, [null, '>= 97 %', null, null]],
  ])('%s', (_, change, expected) => {
    expect(figures(change)).toEqual(expected);
  });
});

describe('since when a criterion is beyond its limit', () => {
  const text = (judged: readonly (number | null)[], change: Partial<CriterionResult> = {}): string | null =>
    beyondText(aCriterion('x', { strata: { judged, baseline: null }, ...change }));

  test.each<[string, readonly (number | null)[], string | null]>([
    ['never', [0.99, 0.98], null],
    ['from the start', [0.9, 0.9], 'below since 14:05Z, 2 of 2 min'],
    ['from the second minute on', [0.99, 0.9, 0.9], 'below since 14:06Z, 2 of 3 min'],
    ['over a gap', [0.99, 0.9, null, 0.9], 'below since 14:06Z, 2 of 3 min, 1 gap'],
    ['up to a gap at the end', [0.99, 0.9, null], 'below since 14:06Z, 1 of 2 min, 1 gap'],
    ['for a time', [0.99, 0.9, 0.99], 'below for a time, 1 of 3 min'],
    ['twice, and still', [0.9, 0.99, 0.9], 'below since 14:07Z, 2 of 3 min'],
    ['without data', [null, null], null],
  ])('%s', (_, judged, expected) => {
    expect(text(judged)).toBe(expected);
  });

  test('a slope or a sum is not held against the steps', () => {
    expect(text([0.9], { take: 'slope' })).toBeNull();
    expect(text([0.9], { take: 'sum' })).toBeNull();
    expect(text([0.9], { take: 'p95' })).not.toBeNull();
  });

  test('steps of another length are named', () => {
    const window = { from: '2026-11-20T14:05:00Z', to: '2026-11-20T14:15:00Z', step: '5m' };
    expect(text([0.99, 0.9], { window })).toBe('below since 14:10Z, 1 of 2 steps of 5m');
  });
});

describe('windows', () => {
  test('say a second date only where there is one', () => {
    expect(windowText({ from: '2026-11-20T14:05:00Z', to: '2026-11-20T14:35:00Z', step: '1m' })).toBe(
      '2026-11-20 14:05Z-14:35Z (30m, step 1m)',
    );
    expect(spanText({ from: '2026-11-20T23:50:00Z', to: '2026-11-21T00:20:00Z', step: '1m' })).toBe(
      '2026-11-20 23:50Z-2026-11-21 00:20Z',
    );
  });

  test('that cannot be read are printed as they are', () => {
    expect(windowText({ from: 'a', to: 'b', step: 'c' })).toBe('a to b (unknown length, step c)');
  });

  test('ages are in whole minutes, below one in seconds', () => {
    const report = aReport([aGate([])], { asOf: '2026-11-20T14:36:30Z' });
    expect(ageText(report, '2026-11-20T13:55:00Z')).toBe('41m');
    expect(ageText(report, '2026-11-20T14:36:01.500Z')).toBe('28s');
    expect(ageText(report, '2026-11-20T15:00:00Z')).toBe('0s');
    expect(ageText(report, 'yesterday')).toBeNull();
  });
});

test('counts are told worst first, advisory ones apart', () => {
  const criteria = [
    aCriterion('a'),
    aCriterion('b', { verdict: 'warn' }),
    aCriterion('c', { verdict: 'fail' }),
    aCriterion('d', { verdict: 'fail', advisory: true }),
    aCriterion('e', { verdict: 'error', advisory: true }),
  ];
  expect(countsText(criteria)).toBe('2 failed (1 advisory), 1 error (advisory), 1 warning, 1 passed');
  expect(countsText([])).toBe('no criteria');
});

test('a gate decides by itself where no blocking criterion shows its verdict', () => {
  expect(decidedByGate(aGate([aCriterion('x')], { verdict: 'fail' }))).toBe(true);
  expect(decidedByGate(aGate([aCriterion('x', { verdict: 'fail' })]))).toBe(false);
  expect(
    decidedByGate(aGate([aCriterion('x', { verdict: 'fail', advisory: true })], { verdict: 'inconclusive' })),
  ).toBe(true);
  expect(decidedByGate(aGate([aCriterion('x')]))).toBe(false);
});

describe('texts of others', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['a\r\nb\tc\u2028d', 'a b c d'],
    ['\u202eabc\u2066', 'abc'],
    ['\ud800x\ufffe', '\ufffdx\ufffd'],
    ['::error::x', ': :error::x'],
    ['job::rate', 'job::rate'],
    ['fe80::1 ::1', 'fe80::1 ::1'],
    ['##vso[task.complete]', '# #vso[task.complete]'],
    ['##[error]x', '# #[error]x'],
    ['👩‍💻 e\u0301', '👩‍💻 e\u0301'],
  ])('%j is printed as %j', (text, printed) => {
    expect(oneLine(text)).toBe(printed);
  });

  test('are cut at characters', () => {
    expect(clip('abcdefgh', 6)).toBe('abc...');
    expect(clip('ab😀defgh', 6)).toBe('ab...');
    expect(clipMiddle('abcdefghij', 7)).toBe('ab...ij');
    expect(clipMiddle('short', 7)).toBe('short');
  });

  test('are quoted for a shell', () => {
    expect(shellWord('a.b-c')).toBe('a.b-c');
    expect(shellWord('a[b=c]')).toBe("'a[b=c]'");
    expect(shellWord("$(x)'")).toBe("'$(x)'\\'''");
    expect(shellWord('')).toBe("''");
  });
});

describe('layout', () => {
  test('wraps at spaces, keeps number and unit together, and leaves long ASCII words whole', () => {
    expect(wrap('aaa bbb ccc', 7)).toEqual(['aaa bbb', 'ccc']);
    expect(wrap('about 97.0 % of', 8)).toEqual(['about', '97.0 %', 'of']);
    expect(wrap('limit >= 97.0 %', 12)).toEqual(['limit', '>= 97.0 %']);
    expect(wrap('see https://runbooks.example/long', 10)).toEqual(['see', 'https://runbooks.example/long']);
  });

  test('breaks scripts without spaces between characters', () => {
    expect(wrap('決済サービス', 6)).toEqual(['決済サ', 'ービス']);
  });

  test('puts parts side by side while they fit', () => {
    expect(flow(['aa', 'bb', 'cccc'], 7)).toEqual(['aa   bb', 'cccc']);
  });

  test('shortens in the middle by columns', () => {
    expect(shorten('abcdefghij', 7, '…')).toBe('abc…hij');
    expect(widthOf(shorten('決済サービス担当', 9, '…'))).toBeLessThanOrEqual(9);
    expect(shorten('short', 9, '…')).toBe('short');
  });
});
