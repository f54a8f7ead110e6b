/** Plain selectors are read without the grammar of PromQL: as that reads them, or not at all. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseByGrammar } from '../../src/backends/prometheus/grammar.js';
import type { Promql } from '../../src/backends/prometheus/promql.js';
import { readSelector } from '../../src/backends/prometheus/selector.js';

const WORDS = [
  'sum',
  'by',
  'on',
  'bool',
  'offset',
  'nan',
  'inf',
  'and',
  'rate',
  'histogram',
  'group_left',
  'le',
];

const word = fc.oneof(fc.constantFrom(...WORDS), fc.stringMatching(/^[a-zA-Z_:][\w:]{0,5}$/));
const name = fc
  .tuple(word, fc.constantFrom('_total', '_bucket', '_count', '_sum', '', '_seconds'))
  .map((both) => both.join(''));
const space = fc.constantFrom('', '', '', ' ', '\n');
const quote = fc.constantFrom('"', "'", '`');
const content = fc.oneof(
  fc.constantFrom('5..', '/a/{id}', '5\\\\.2', '\\"', "\\'", '\\u000a', '\\n', 'a#b', '{{track}}', ''),
  fc.string({ maxLength: 4 }),
);
const matcher = fc
  .tuple(
    space,
    fc.oneof(word, fc.constant('"a.b"')),
    space,
    fc.constantFrom('=', '!=', '=~', '!~', '=='),
    space,
    quote,
    content,
    space,
  )
  .map(
    ([a, label, b, operator, c, mark, text, d]) => `${a}${label}${b}${operator}${c}${mark}${text}${mark}${d}`,
  );
const matchers = fc.array(matcher, { maxLength: 3 }).map((each) => `{${each.join(',')}}`);
const selector = fc.tuple(name, space, fc.oneof(fc.constant(''), matchers)).map((parts) => parts.join(''));
/** A selector with one stretch of it dropped or replaced. */
const damaged = fc
  .tuple(
    selector,
    fc.nat(60),
    fc.nat(2),
    fc.constantFrom('', '{', '}', '"', ',', '=', '[5m]', '(', ')', '\\', ' offset 5m', '{{x}}'),
  )
  .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

test('what is read is read as the grammar reads it', () => {
  fc.assert(
    fc.property(fc.oneof(selector, damaged), (text) => {
      const plain = readSelector(text);
      if (plain === undefined) return;
      const whole = parseByGrammar(text);
      expect(whole.ok && seen(whole.value)).toEqual(seen(plain));
    }),
    { numRuns: 3000 },
  );
});

function seen({ text, root, selectors }: Promql) {
  return { text, selectors, root: { name: root.name, from: root.from, to: root.to } };
}

test.each([
  'http_requests_total',
  'http_requests_total{code=~"5..",track="stable"}',
  "http_request_duration_seconds_bucket{ track = '{{track}}' , le!='+Inf' }",
  'app:errors_total{path="a\\\\.b\\"c"}',
])('%s is read without the grammar', (text) => {
  expect(readSelector(text)).toMatchObject({ root: { name: 'VectorSelector', from: 0, to: text.length } });
});

test.each([
  '',
  'up',
  'a_total offset 5m',
  'a_total[5m]',
  'sum(a_total)',
  '(a_total)',
  '{__name__="a_total"}',
  '{"a_total"}',
  'a_total{"b.c"="d"}',
  'a_total{b=`c`}',
  'a_total{b="\\n"}',
  'a_total{b="c"',
  'a_total{b="c",}',
  'a_total{}',
  'a_total{b="c"} or b_total',
  'a_total{b={{c}}}',
  'a_total # b',
])('%s is left to the grammar', (text) => {
  expect(readSelector(text)).toBeUndefined();
});
