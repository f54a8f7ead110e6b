import type { PageHtml, PageItem } from '../../../model/page.js';
import { normalUrl } from '../../probing/addresses.js';
import { decodedText, decodedValue } from './entities.js';
import { itemsIn } from './json-ld.js';
import { type Attributes, readTags, type TagListener } from './tags.js';

const SHOWN_LINKS = 5;
/** Of texts that are kept; a hostile page would have a title of megabytes. */
const LONGEST = 500;
/** Of addresses that are kept, cut where they are longer: each link of a page is read over again with its base. */
const LONGEST_ADDRESS = 2048;
const MOST_EACH = 500;
interface Part {
  /** It may stand in a head; any other begins the body, as in a browser. */
  readonly isOfHead?: true;
  /** Its text is none of the page's. */
  readonly isSilent?: true;
  readonly isHeading?: true;
}

/** Elements that mean something here; most of a page are others, which one look tells. */
const PARTS: ReadonlyMap<string, Part> = new Map([
  ...['html', 'head', 'title', 'meta', 'link', 'base'].map((name) => [name, { isOfHead: true }] as const),
  ...['script', 'style', 'template', 'noscript'].map(
    (name) => [name, { isOfHead: true, isSilent: true }] as const,
  ),
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => [name, { isHeading: true }] as const),
  ...['body', 'a'].map((name) => [name, {}] as const),
]);
const ENDS = { title: 'title', h1: 'h1', 'json-ld': 'script' } as const;
const WITH_ATTRIBUTES: ReadonlySet<string> = new Set(['meta', 'link', 'base', 'script']);
const WITH_LINKS: ReadonlySet<string> = new Set([...WITH_ATTRIBUTES, 'a']);
/** Anything else than white space of HTML: U+FEFF, which a file may begin with, is text like any other. */
const VISIBLE = /[^\t\n\f\r ]/;
const ROBOTS: ReadonlySet<string> = new Set(['robots', 'googlebot', 'bingbot']);
const TYPE_JSON_LD = /^application\/ld\+json\b/i;

/** Tells the addresses whose links are kept. */
export type IsListed = (url: string) => boolean;

/**
 * What a page says, read in one pass.
 *
 * @param finalUrl what relative links start from, unless the page says otherwise
 * @param isListed without it links are not read, which would be a fifth of the work
 */
export function readHtml(text: string, finalUrl: string, isListed: IsListed | undefined): PageHtml {
  const reader = new Reader(finalUrl, isListed);
  readTags(text, reader);
  reader.end();
  // A part of a string keeps all of it: without copies, every page would stay in memory for its title.
  return structuredClone(reader.facts());
}

class Reader implements TagListener {
  readonly attributesOf: ReadonlySet<string>;
  readonly #finalUrl: string;
  readonly #isListed: IsListed | undefined;
  #title: string | null = null;
  readonly #h1: string[] = [];
  #description: string | null = null;
  #base: string | null = null;
  /** What relative addresses start from. */
  #start: string;
  readonly #canonicals: { href: string; isInHead: boolean }[] = [];
  readonly #robots: { name: string; content: string }[] = [];
  readonly #hreflang: { lang: string; href: string }[] = [];
  readonly #items: PageItem[] = [];
  #brokenItems = 0;
  #links = 0;
  readonly #deadLinks: string[] = [];
  readonly #linksTo = new Set<string>();
  #textLength = 0;
  #isInHead = true;
  #silent = 0;
  #templates = 0;
  #isInTitle = false;
  /** Text of the element being read. */
  #heard: { name: keyof typeof ENDS; text: string } | undefined;

  constructor(finalUrl: string, isListed: IsListed | undefined) {
    this.attributesOf = isListed === undefined ? WITH_ATTRIBUTES : WITH_LINKS;
    this.#finalUrl = finalUrl;
    this.#start = finalUrl;
    this.#isListed = isListed;
  }

  opened(name: string, attributes: Attributes, isForeign: boolean): void {
    const part = PARTS.get(name);
    // What a template holds is no part of the page yet.
    if (part?.isOfHead !== true && this.#templates === 0) this.#isInHead = false;
    if (part === undefined) return;
    if (name === 'template') this.#templates += 1;
    else if (name === 'title') this.#isInTitle = true;
    if (part.isSilent) this.#silent += 1;
    // What the head left open does not silence the page.
    if (name === 'body') this.#silent = 0;
    if (part.isHeading) this.#endHeading();
    if (name === 'meta') this.#meta(attributes);
    else if (name === 'link') this.#link(attributes);
    else if (name === 'base') this.#startFrom(addressIn(attributes));
    else if (name === 'a' && this.#isListed !== undefined) this.#anchor(attributes, this.#isListed);
    else if (name === 'h1') this.#heard = { name: 'h1', text: '' };
    // An image has titles of its own.
    else if (name === 'title' && this.#title === null && !isForeign)
      this.#heard = { name: 'title', text: '' };
    else if (name === 'script' && TYPE_JSON_LD.test(attributes['type']?.trim() ?? ''))
      this.#heard = { name: 'json-ld', text: '' };
  }

  text(text: string): void {
    if (this.#silent === 0) {
      this.#textLength += text.trim().length;
      // As in a browser: text begins the body.
      if (this.#isInHead && !this.#isInTitle && VISIBLE.test(text)) this.#isInHead = false;
    }
    const heard = this.#heard;
    if (heard === undefined) return;
    if (heard.name === 'json-ld' || heard.text.length < LONGEST) heard.text += text;
  }

  closed(name: string): void {
    const part = PARTS.get(name);
    if (part === undefined) return;
    if (part.isSilent && this.#silent > 0) this.#silent -= 1;
    if (name === 'template' && this.#templates > 0) this.#templates -= 1;
    else if (name === 'title') this.#isInTitle = false;
    if (name === 'head') this.#isInHead = false;
    if (part.isHeading) this.#endHeading();
    else if (this.#heard !== undefined && name === ENDS[this.#heard.name]) this.end();
  }

  /** Of the element being read, by its end tag or as the page ends. */
  end(): void {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard?.name === 'title') this.#title = folded(decodedText(heard.text));
    else if (heard?.name === 'h1') keep(this.#h1, folded(decodedText(heard.text)));
    else if (heard?.name === 'json-ld') {
      const items = itemsIn(heard.text);
      if (items === undefined) this.#brokenItems += 1;
      else for (const item of items) keep(this.#items, item);
    }
  }

  /** One heading ends another, of whatever level. */
  #endHeading(): void {
    if (this.#heard?.name === 'h1') this.end();
  }

  #startFrom(base: string | undefined): void {
    if (base === undefined || this.#base !== null) return;
    this.#base = base;
    this.#start = normalUrl(base, this.#finalUrl) ?? this.#finalUrl;
  }

  #meta(attributes: Attributes): void {
    const name = attributes['name']?.trim().toLowerCase() ?? '';
    const content = folded(decodedValue(attributes['content']) ?? '');
    if (name === 'description') this.#description ??= content;
    if (ROBOTS.has(name)) keep(this.#robots, { name, content });
  }

  #link(attributes: Attributes): void {
    const rel = (attributes['rel'] ?? '').toLowerCase().split(/\s+/);
    const href = addressIn(attributes);
    if (href === undefined || this.#templates > 0) return;
    if (rel.includes('canonical')) keep(this.#canonicals, { href, isInHead: this.#isInHead });
    const lang = attributes['hreflang']?.trim().slice(0, LONGEST);
    if (rel.includes('alternate') && lang !== undefined && this.#isInHead)
      keep(this.#hreflang, { lang, href });
  }

  #anchor(attributes: Attributes, isListed: IsListed): void {
    const href = addressIn(attributes);
    // A place to jump to is no link.
    if (href === undefined && (attributes['id'] !== undefined || attributes['name'] !== undefined)) return;
    this.#links += 1;
    if (href === undefined || href === '' || /^javascript:/i.test(href)) {
      if (this.#deadLinks.length < SHOWN_LINKS)
        this.#deadLinks.push(href === undefined ? '<a> without href' : href.slice(0, 80));
      return;
    }
    if (href.startsWith('#')) return;
    const url = normalUrl(href, this.#start);
    if (url !== undefined && isListed(url)) this.#linksTo.add(url);
  }

  facts(): PageHtml {
    return {
      title: this.#title,
      h1: this.#h1,
      description: this.#description,
      base: this.#base,
      canonicals: this.#canonicals,
      robots: this.#robots,
      hreflang: this.#hreflang,
      items: this.#items,
      brokenItems: this.#brokenItems,
      textLength: this.#textLength,
      ...(this.#isListed !== undefined && {
        links: this.#links,
        deadLinks: this.#deadLinks,
        linksTo: [...this.#linksTo],
      }),
    };
  }
}

function keep<T>(list: T[], item: T): void {
  if (list.length < MOST_EACH) list.push(item);
}

function addressIn(attributes: Attributes): string | undefined {
  return decodedValue(attributes['href'])?.trim().slice(0, LONGEST_ADDRESS);
}

function folded(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST);
}
