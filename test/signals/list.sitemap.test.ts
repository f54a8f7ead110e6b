/** Sitemaps as they come: what is read of them, and what breaks them. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readSitemap } from '../../src/signals/list/sitemap.js';

const read = (text: string) => readSitemap(Buffer.from(text));
const url = (loc: string): string => `<url><loc>${loc}</loc></url>`;
const urls = (...locs: readonly string[]) => ({ kind: 'urls', locs });

describe('a sitemap', () => {
  test.each<readonly [string, string, unknown]>([
    ['of nothing', '<urlset/>', urls()],
    ['with blanks and entities', `<urlset>${url(' /a?b&amp;c ')}</urlset>`, urls('/a?b&c')],
    ['with CDATA', `<urlset>${url('<![CDATA[/a?b&c]]>')}</urlset>`, urls('/a?b&c')],
    [
      'in a namespace, with an image',
      '<s:urlset xmlns:s="x"><s:url><s:loc>/a</s:loc><i:image><i:loc>/i.png</i:loc></i:image></s:url></s:urlset>',
      urls('/a'),
    ],
    [
      'with alternates, which have no end tags',
      '<urlset><url><loc>/a</loc><xhtml:link rel="alternate" hreflang="de" href="/b>"/></url></urlset>',
      urls('/a'),
    ],
    ['with blanks in its tags', '<urlset\n><url ><loc a = "b" >/a</loc ></url\n></urlset >', urls('/a')],
    [
      'with a comment and an instruction',
      `<?xml version="1.0"?><!-- <x> --><urlset>${url('/a')}</urlset>`,
      urls('/a'),
    ],
    ['of many addresses', `<urlset>${url('/a').repeat(20_000)}</urlset>`, urls(...Array(20_000).fill('/a'))],
    [
      'that is an index',
      '<sitemapindex><sitemap><loc>/s</loc></sitemap></sitemapindex>',
      { kind: 'index', locs: ['/s'] },
    ],
  ])('%s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
    expect(readSitemap(gzipSync(text))).toEqual(expected);
  });

  test.each([
    ['cut off', `<urlset>${url('/a')}`, 'an element of it never ends'],
    ['cut off in an address', '<urlset><url><loc>/a', 'an element of it never ends'],
    [
      'that is a page',
      '<!doctype html><html></html>',
      'its root is <html>, neither <urlset> nor <sitemapindex>',
    ],
    ['of nothing at all', '', 'it is no XML'],
    ['with an end too many', '<urlset></url></urlset>', '</url> stands where <urlset> is open'],
    ['with an end behind its end', '<urlset></urlset></urlset>', '</urlset> stands where nothing is open'],
    ['of elements in elements', `<urlset>${'<b>'.repeat(5_000_000)}`, 'its elements stand more than 32 deep'],
    [
      'with ends of what never began',
      `<urlset>${'<b>'.repeat(1_000_000)}${'</c>'.repeat(1_000_000)}`,
      'its elements stand more than 32 deep',
    ],
    [
      'of too many addresses',
      `<urlset>${url('/a').repeat(50_001)}</urlset>`,
      'it lists more than 50,000 addresses',
    ],
  ])('%s is none', (_what, text, why) => {
    expect(read(text)).toEqual({ kind: 'broken', why });
  });

  test('packed and cut off is none', () => {
    const packed = gzipSync(`<urlset>${url('/a').repeat(100)}</urlset>`);
    expect(readSitemap(packed.subarray(0, -9))).toEqual({
      kind: 'broken',
      why: 'it cannot be unpacked within 50 MB',
    });
  });
});
