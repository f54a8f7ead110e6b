import { Parser } from 'htmlparser2';
import type { PageHtml, PageItem } from '../../../model/page.js';
import { normalUrl } from '../../probing/addresses.js';
import { decodedText, decodedValue } from './entities.js';
import { itemsIn } from './json-ld.js';

const SHOWN_LINKS = 5;
/** Of texts that are kept; a hostile page would have a title of megabytes. */
const LONGEST = 500;
const MOST_EACH = 500;
/** Elements that may stand in a head; any other begins the body, as in a browser. */
const OF_HEAD: ReadonlySet<string> = new Set([
  'html',
  'head',
  'title',
  'meta',
  'link',
  'script',
  'style',
  'base',
  'noscript',
  'template',
]);
const SILENT: ReadonlySet<string> = new Set(['script', 'style', 'template', 'noscript']);
const ROBOTS: ReadonlySet<string> = new Set(['robots', 'googlebot', 'bingbot']);
const TYPE_JSON_LD = /^application\/ld\+json\b/i;

type Attributes = Readonly<Record<string, string>>;

/**
 * What a page says, read in one pass.
 *
 * @param finalUrl what relative links start from, unless the page says otherwise
 * @param isListed tells the addresses whose links are kept; without it, none
 */
export function readHtml(
  text: string,
  finalUrl: string,
  isListed: ((url: string) => boolean) | undefined,
): PageHtml {
  const reader = new Reader(finalUrl, isListed);
  const parser = new Parser(reader, {
    decodeEntities: false,
    lowerCaseTags: true,
    lowerCaseAttributeNames: true,
  });
  parser.write(text);
  parser.end();
  return reader.facts();
}

class Reader {
  readonly #finalUrl: string;
  readonly #isListed: ((url: string) => boolean) | undefined;
  #title: string | null = null;
  readonly #h1: string[] = [];
  #description: string | null = null;
  #base: string | null = null;
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
  #svg = 0;
  /** Text of the element being read. */
  #heard: { name: 'title' | 'h1' | 'json-ld'; text: string } | undefined;

  constructor(finalUrl: string, isListed: ((url: string) => boolean) | undefined) {
    this.#finalUrl = finalUrl;
    this.#isListed = isListed;
  }

  onopentag(name: string, attributes: Attributes): void {
    if (!OF_HEAD.has(name)) this.#isInHead = false;
    if (SILENT.has(name)) this.#silent += 1;
    if (name === 'svg') this.#svg += 1;
    if (name === 'meta') this.#meta(attributes);
    else if (name === 'link') this.#link(attributes);
    else if (name === 'base') this.#base ??= decodedValue(attributes['href']) ?? null;
    else if (name === 'a') this.#anchor(attributes);
    else if (name === 'h1') this.#heard = { name: 'h1', text: '' };
    // An image has titles of its own.
    else if (name === 'title' && this.#title === null && this.#svg === 0)
      this.#heard = { name: 'title', text: '' };
    else if (name === 'script' && TYPE_JSON_LD.test(attributes['type']?.trim() ?? ''))
      this.#heard = { name: 'json-ld', text: '' };
  }

  ontext(text: string): void {
    if (this.#silent === 0) this.#textLength += text.trim().length;
    const heard = this.#heard;
    if (heard === undefined) return;
    if (heard.name === 'json-ld' || heard.text.length < LONGEST) heard.text += text;
  }

  onclosetag(name: string): void {
    if (SILENT.has(name)) this.#silent -= 1;
    if (name === 'svg') this.#svg -= 1;
    if (name === 'head') this.#isInHead = false;
    const heard = this.#heard;
    if (heard === undefined || name !== (heard.name === 'json-ld' ? 'script' : heard.name)) return;
    this.#heard = undefined;
    if (heard.name === 'title') this.#title = folded(decodedText(heard.text));
    else if (heard.name === 'h1') keep(this.#h1, folded(decodedText(heard.text)));
    else {
      const items = itemsIn(heard.text);
      if (items === undefined) this.#brokenItems += 1;
      else for (const item of items) keep(this.#items, item);
    }
  }

  #meta(attributes: Attributes): void {
    const name = attributes['name']?.trim().toLowerCase() ?? '';
    const content = folded(decodedValue(attributes['content']) ?? '');
    if (name === 'description') this.#description ??= content;
    if (ROBOTS.has(name)) keep(this.#robots, { name, content });
  }

  #link(attributes: Attributes): void {
    const rel = (attributes['rel'] ?? '').toLowerCase().split(/\s+/);
    const href = decodedValue(attributes['href'])?.trim();
    if (href === undefined) return;
    if (rel.includes('canonical')) keep(this.#canonicals, { href, isInHead: this.#isInHead });
    const lang = attributes['hreflang']?.trim();
    if (rel.includes('alternate') && lang !== undefined && this.#isInHead)
      keep(this.#hreflang, { lang, href });
  }

  #anchor(attributes: Attributes): void {
    const href = decodedValue(attributes['href'])?.trim();
    // A place to jump to is no link.
    if (href === undefined && (attributes['id'] !== undefined || attributes['name'] !== undefined)) return;
    this.#links += 1;
    if (href === undefined || href === '' || /^javascript:/i.test(href)) {
      if (this.#deadLinks.length < SHOWN_LINKS)
        this.#deadLinks.push(href === undefined ? '<a> without href' : href.slice(0, 80));
      return;
    }
    if (href.startsWith('#')) return;
    // Nearly all that reading a page of many links would cost.
    if (this.#isListed === undefined) return;
    const url = normalUrl(
      href,
      (this.#base === null ? undefined : normalUrl(this.#base, this.#finalUrl)) ?? this.#finalUrl,
    );
    if (url !== undefined && this.#isListed(url)) this.#linksTo.add(url);
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
      links: this.#links,
      deadLinks: this.#deadLinks,
      linksTo: [...this.#linksTo],
      textLength: this.#textLength,
    };
  }
}

function keep<T>(list: T[], item: T): void {
  if (list.length < MOST_EACH) list.push(item);
}

function folded(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST);
}
