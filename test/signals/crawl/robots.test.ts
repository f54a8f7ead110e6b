import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRobots } from '../../../src/signals/crawl/source/robots.js';

const require = createRequire(import.meta.url);
// Its types say that it has a default export, which it has not.
const library = require('robots-parser') as (
  url: string,
  text: string,
) => { isAllowed(url: string): boolean };

const verdict = (text: string, url: string, agent = 'FooBot'): 'A' | 'D' =>
  readRobots(text).isAllowed(`http://foo.bar${url}`, agent) ? 'A' : 'D';

const MERGED =
  'user-agent: FooBot\nallow: /x/\nuser-agent: BarBot\ndisallow: /\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n';

/** The cases of google/robotstxt (22b355f), by their number in the design. */
describe('robots.txt, as Google reads it', () => {
  test.each([
    ['1 an empty file allows', '', '/', 'FooBot', 'A'],
    ['2 no name at all is no group of its own', 'user-agent: FooBot\ndisallow: /\n', '/', '', 'A'],
    ['3 unknown keys are no rules', 'foo: FooBot\nbar: /\n', '/x', 'FooBot', 'A'],
    ['4 the colon may be missing', 'user-agent FooBot\ndisallow /\n', '/x', 'FooBot', 'D'],
    [
      '5 rules before any robot are ignored',
      'disallow: /x\nuser-agent: FooBot\nallow: /y\n',
      '/x',
      'FooBot',
      'A',
    ],
    ['6 two groups of one robot are one: the first', MERGED, '/x/b', 'FooBot', 'A'],
    ['6 two groups of one robot are one: the second', MERGED, '/z/d', 'FooBot', 'A'],
    ['6 two groups of one robot are one: the rest', MERGED, '/y/c', 'FooBot', 'D'],
    [
      '7 a sitemap ends no group',
      'User-agent: BarBot\nSitemap: https://foo.bar/s\nUser-agent: *\nDisallow: /\n',
      '/x',
      'BarBot',
      'D',
    ],
    [
      '7 a sitemap ends no group, for others',
      'User-agent: BarBot\nSitemap: https://foo.bar/s\nUser-agent: *\nDisallow: /\n',
      '/x',
      'FooBot',
      'D',
    ],
    [
      '8 an unknown line ends no group',
      'User-agent: FooBot\nInvalid-Unknown-Line: x\nUser-agent: *\nDisallow: /\n',
      '/x',
      'FooBot',
      'D',
    ],
    [
      '8 an unknown line ends no group, for others',
      'User-agent: FooBot\nInvalid-Unknown-Line: x\nUser-agent: *\nDisallow: /\n',
      '/x',
      'BarBot',
      'D',
    ],
    ['9 keys in any case', 'USER-AGENT: FooBot\nALLOW: /x/\nDISALLOW: /\n', '/y', 'FooBot', 'D'],
    ['10 robots in any case', 'User-Agent: FOO BAR\nAllow: /x/\nDisallow: /\n', '/x/y', 'foo', 'A'],
    [
      '10 a name is cut at its first space',
      'User-Agent: FOO BAR\nAllow: /x/\nDisallow: /\n',
      '/a/b',
      'Foo',
      'D',
    ],
    [
      '11 a robot whose name holds a space has no group',
      'User-Agent: *\nDisallow: /\nUser-Agent: Foo\nAllow: /\n',
      '/x',
      'Foo Bar',
      'D',
    ],
    ['12 a name ends where it stops being one', 'User-agent: Foobot/2.1\nDisallow: /\n', '/x', 'Foobot', 'D'],
    [
      '13 the own group wins over that of all',
      'user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n',
      '/x',
      'FooBot',
      'D',
    ],
    ['13 even where it has no rule', 'user-agent: *\ndisallow: /\nuser-agent: FooBot\n', '/x', 'FooBot', 'A'],
    [
      '14 a group of others is none of mine',
      'user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\n',
      '/x',
      'QuxBot',
      'A',
    ],
    ['15 paths know upper and lower case', 'user-agent: FooBot\ndisallow: /X/\n', '/x/y', 'FooBot', 'A'],
    ['the longest rule wins', 'user-agent: *\nallow: /p\ndisallow: /\n', '/page', 'FooBot', 'A'],
    [
      'of two of one length, the one that allows',
      'user-agent: *\nallow: /folder\ndisallow: /folder\n',
      '/folder/x',
      'FooBot',
      'A',
    ],
    ['a star is anything', 'user-agent: *\ndisallow: /*.php\n', '/a/index.php?x', 'FooBot', 'D'],
    ['a dollar is the end', 'user-agent: *\ndisallow: /*.php$\n', '/a/index.php?x', 'FooBot', 'A'],
    [
      'characters beyond ASCII are as in addresses',
      'user-agent: *\ndisallow: /ツ\n',
      '/%E3%83%84/x',
      'FooBot',
      'D',
    ],
    [
      'a page called index is its folder',
      'user-agent: *\nallow: /a/index.html\ndisallow: /\n',
      '/a/',
      'FooBot',
      'A',
    ],
    ['a byte order mark is no part of a key', '\ufeffuser-agent: *\ndisallow: /\n', '/x', 'FooBot', 'D'],
    [
      'white space and comments do not matter',
      ' user-agent : * # all\n\n disallow : /x # that\n',
      '/x',
      'FooBot',
      'D',
    ],
  ] as const)('%s', (_case, text, url, agent, expected) => {
    expect(verdict(text, url, agent)).toBe(expected);
  });

  test('within one plain group, paths match as in the library of that name', () => {
    const path = fc
      .array(fc.constantFrom('/', 'a', 'b', '*', '$'), { maxLength: 8 })
      .map((parts) => `/${parts.join('')}`);
    const rule = fc
      .tuple(fc.constantFrom('allow', 'disallow'), path)
      .map(([key, value]) => `${key}: ${value}`);
    const asked = fc
      .array(fc.constantFrom('/', 'a', 'b'), { maxLength: 8 })
      .map((parts) => `/${parts.join('')}`);
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), asked, (rules, url) => {
        const text = ['user-agent: *', ...rules].join('\n');
        const theirs = library('http://foo.bar/robots.txt', text).isAllowed(`http://foo.bar${url}`);
        expect(verdict(text, url)).toBe(theirs ? 'A' : 'D');
      }),
    );
  });

  test('a hostile pattern costs no time', () => {
    const text = `user-agent: *\ndisallow: /${'a*'.repeat(5000)}b$\n`;
    expect(verdict(text, `/${'a'.repeat(20_000)}`)).toBe('A');
  });

  test('names its sitemaps', () => {
    expect(readRobots('Sitemap: https://a/1\nuser-agent: *\nsitemap: /2\n').sitemaps).toEqual([
      'https://a/1',
      '/2',
    ]);
  });
});
