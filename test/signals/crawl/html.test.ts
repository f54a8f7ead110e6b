import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { readHtml } from '../../../src/signals/crawl/source/html.js';
import { readTags } from '../../../src/signals/crawl/source/tags.js';

const read = (page: string) => readHtml(page, 'https://shop.example.com/p/1', () => true);

describe.each([
  ['an end tag of a title that is missing', '<title>Shoes', { title: 'Shoes' }],
  ['a title in a drawing', '<svg><title>Icon</title></svg><title>Shoes</title>', { title: 'Shoes' }],
  ['a drawing in one tag', '<svg/><title>Shoes</title>', { title: 'Shoes' }],
  ['a drawing that nobody ended', '<svg><path><div></div><title>Shoes</title>', { title: 'Shoes' }],
  ['a title with a tag in it', '<title>Shoes <b>now</b></title>', { title: 'Shoes <b>now</b>' }],
  ['a heading that another one ends', '<h1>Shoes<h2>Sizes</h2>', { h1: ['Shoes'] }],
  ['a heading with the end tag of another', '<h1>Shoes</h2> 19.90', { h1: ['Shoes'] }],
  ['two headings, one in the other', '<h1>Shoes<h1>Socks</h1>', { h1: ['Shoes', 'Socks'] }],
  ['a heading that nobody ended', '<div><h1>Shoes</div>', { h1: ['Shoes'] }],
  ['blocks in a heading', '<h1><div>Red</div> <b>shoes</b></h1>', { h1: ['Red shoes'] }],
  ['scripts and styles', 'ab<script>"<p>cd"</script><style>ef</style>gh', { textLength: 4 }],
  ['a stray end of what is silent', '</noscript></template>text', { textLength: 4 }],
  ['what the head left silent', '<head><noscript></head><body>text', { textLength: 4 }],
  ['a script that nobody ended', '<script type="application/ld+json">{"@type":"Product"}', { items: 1 }],
  ['capitals', '<TITLE>Shoes</TITLE><META NAME="Robots" CONTENT="noindex">', { title: 'Shoes', robots: 1 }],
  ['the first of two attributes', '<link rel=canonical href=/a href=/b>', { canonicals: ['/a'] }],
  ['the name of a method', '<link rel=canonical href=/a constructor=b toString>', { canonicals: ['/a'] }],
  ['a comment', '<!-- <title>Old</title> --><title>New</title>', { title: 'New' }],
])('a page with %s', (_, page, facts) => {
  test(page, () => {
    const { title, h1, textLength, items, robots, canonicals } = read(page);
    const found = {
      title,
      h1,
      textLength,
      items: items.length,
      robots: robots.length,
      canonicals: canonicals.map(({ href }) => href),
    };
    expect(found).toMatchObject(facts);
  });
});

/** What nests without an end that only a stack of open elements would know. */
const { page } = fc.letrec<{ page: string; element: string }>((tie) => {
  const text = fc.constantFrom('a', ' b ', '&amp;', '< 5', 'c > d', '"', '');
  const attribute = fc.constantFrom(' href=x', ' HREF="y z"', " rel='a>b'", ' id', ' href', ' /');
  const tag = (name: string, inner: fc.Arbitrary<string>) =>
    fc.tuple(fc.array(attribute, { maxLength: 3 }), inner).map(([attributes, content]) => {
      return `<${name}${attributes.join('')} >${content}</${name}>`;
    });
  return {
    element: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.constantFrom('<br>', '<IMG src=a>', '<!-- <a> -->', '<meta name=a content="b">', '<?x ?>'),
      tag('script', fc.constantFrom('if (a < b) "<a>"', '</scrip>', '<!--')),
      tag('title', fc.constantFrom('a <b>c</b>', '')),
      tag('div', tie('page')),
      tag('A', fc.constantFrom('x', '<b>y</b>')),
      fc.constantFrom('<svg><title>t</title></svg>', '<svg><path d=1 /></svg>', '<svg />'),
    ),
    page: fc.array(tie('element'), { maxLength: 5 }).map((parts) => parts.join('')),
  };
});

test('tags and texts are told as the parser of htmlparser2 tells them', () => {
  fc.assert(
    fc.property(page, (text) => {
      const told: unknown[] = [];
      readTags(text, {
        attributesOf: new Set(['a', 'meta', 'img', 'script']),
        opened: (name, attributes) => told.push(['<', name, { ...attributes }]),
        closed: (name) => told.push(['>', name]),
        text: (part) => told.push(['text', part]),
      });
      const known: unknown[] = [];
      const wanted = new Set(['a', 'meta', 'img', 'script']);
      const parser = new Parser(
        {
          onopentag: (name, attributes) => known.push(['<', name, wanted.has(name) ? attributes : {}]),
          onclosetag: (name, isImplied) => {
            if (!isImplied || name === 'path' || name === 'svg') known.push(['>', name]);
          },
          ontext: (part) => known.push(['text', part]),
        },
        { decodeEntities: false },
      );
      parser.write(text);
      parser.end();
      expect(told).toEqual(known);
    }),
  );
});

test.each(['<b>', '<svg>', '<div><a href=x>', '<h1>', '</b>', '<!--', '< ', '<title>', '<link rel="'])(
  'five megabytes of %s are read at once: a stack of what is open would take minutes',
  (part) => {
    expect(read(part.repeat(Math.ceil(5_000_000 / part.length))).title ?? '').toHaveLength(
      part === '<title>' ? 500 : 0,
    );
  },
);

test('links are read with a base of megabytes at once, and no text of megabytes is kept', () => {
  const long = 'x'.repeat(1_000_000);
  const { links, linksTo, base, canonicals, hreflang, items } = read(
    `<base href="/${long}"><link rel=canonical href=/${long}><link rel=alternate hreflang=${long} href=/${long}>
    <script type="application/ld+json">{"@type":"${long}","offers":{"price":"${long}"}}</script>${'<a href=x>'.repeat(100_000)}`,
  );
  expect([links, linksTo?.length]).toEqual([100_000, 1]);
  expect(JSON.stringify([base, canonicals, hreflang, items]).length).toBeLessThan(10_000);
});

test('links are told where they are asked for', () => {
  const page = '<a href="/p/2">Two</a><a href="javascript:x()">None</a>';
  const told = (isListed?: (url: string) => boolean) => {
    const { links, deadLinks, linksTo } = readHtml(page, 'https://shop.example.com/p/1', isListed);
    return { links, deadLinks, linksTo };
  };
  expect(told(() => true)).toEqual({
    links: 2,
    deadLinks: ['javascript:x()'],
    linksTo: ['https://shop.example.com/p/2'],
  });
  expect(told()).toEqual({});
});

test('what is kept of a page does not keep the page', () => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collector to call');
  const heapMiB = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const text = 'text '.repeat(200_000);
  const before = heapMiB();
  const kept = Array.from({ length: 50 }, (_, i) =>
    read(`<title>Shoes-of-the-number-${i}</title><meta name=robots content=max-snippet:-1,noindex>${text}`),
  );
  expect(heapMiB() - before).toBeLessThan(10);
  expect(kept).toHaveLength(50);
});
