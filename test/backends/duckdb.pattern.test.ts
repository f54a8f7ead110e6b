/** Patterns of URLs: what one route makes is one pattern, and what a route is made of stays. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patternOf } from '../../src/backends/duckdb/pattern.js';

test.each([
  ['/', '/'],
  ['', ''],
  ['*', '{slug}'],
  ['/p/42', '/p/{n}'],
  ['/p/42/', '/p/{n}/'],
  ['/products/shoes', '/products/shoes'],
  ['/products/red-shoes-42.html', '/products/{slug}.html'],
  ['/products/shoes.html', '/products/shoes.html'],
  ['/img/a1b2c3d4e5f6.jpg', '/img/{hex}.jpg'],
  ['/o/9b2e4c1a-0f3d-4a7b-8c55-1234567890ab/items', '/o/{uuid}/items'],
  ['/dp/B08N5WRWNW', '/dp/{id}'],
  ['/api/v2/page10', '/api/v{n}/page{n}'],
  ['/de/caf%C3%A9', '/de/{slug}'],
  ['/deadbeef', '/deadbeef'],
  ['/search?q=red+shoes&page=2', '/search?page&q'],
  ['/search?page=3&q=&q=x', '/search?page&q'],
  ['/c?filter[12]=a&filter[9]=b', '/c?filter[{n}]'],
  ['/c?', '/c'],
  ['https://shop.example.com/p/1?a=1#top', '/p/{n}?a'],
])('%s is %s', (url, pattern) => {
  expect(patternOf(url)).toBe(pattern);
});

describe('laws', () => {
  const word = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9._~%{}-]{0,12}$/),
    fc.uuid(),
    fc.nat().map(String),
    fc.constantFrom('', 'p', 'v2', '{n}', 'page{n}', '{slug}.html', 'a.b', 'x=1', '1.5', '2nd'),
  );
  const path = fc.array(word).map((words) => `/${words.join('/')}`);
  const pair = fc.tuple(fc.stringMatching(/^[a-z0-9[\]{}?]{1,6}$/), fc.stringMatching(/^[^&#]{0,6}$/));
  const withQuery = (at: string, pairs: readonly (readonly [string, string])[]): string =>
    `${at}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`;

  test('the pattern of a pattern is itself, whatever the text', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      path,
      fc.tuple(path, fc.array(pair)).map(([at, pairs]) => withQuery(at, pairs)),
    );
    fc.assert(
      fc.property(text, (url) => {
        expect(patternOf(patternOf(url))).toBe(patternOf(url));
      }),
    );
  });

  test('the order of parameters, their values, and how often they come change nothing', () => {
    fc.assert(
      fc.property(path, fc.array(pair), fc.array(fc.nat()), (at, pairs, order) => {
        const others = pairs
          .map(([name], i): readonly [string, string] => [name, String(order[i] ?? 0)])
          .sort(([a], [b]) => (a < b ? 1 : -1));
        const again = [...others, ...others];
        expect(patternOf(withQuery(at, again))).toBe(patternOf(withQuery(at, pairs)));
      }),
    );
  });

  test('a host changes nothing, and any two numbers are one pattern', () => {
    fc.assert(
      fc.property(path, fc.nat(), fc.nat(), (at, a, b) => {
        expect(patternOf(`http://shop.example.com:8080${at}`)).toBe(patternOf(at));
        expect(patternOf(`${at}/${a}?n=${a}`)).toBe(patternOf(`${at}/${b}?n=${b}`));
      }),
    );
  });
});
