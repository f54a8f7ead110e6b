import { gunzipSync } from 'node:zlib';
import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

/** What the protocol allows of one file, unpacked, and of one index. */
export const MOST_SITEMAP_BYTES = 50 * 1024 * 1024;
const MOST_ENTRIES = 50_000;
const LONGEST_LOC = 2048;
/** Addresses stand three deep, what is told of images and videos five. */
const DEEPEST = 32;

/** A sitemap, or an index of them. */
export type Sitemap =
  | { readonly kind: 'urls' | 'index'; readonly locs: readonly string[] }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads a sitemap, packed or not. No entity but those of XML itself is expanded, and no document type is read. */
export function readSitemap(body: Uint8Array): Sitemap {
  const bytes = unpacked(body);
  if (bytes === undefined) return broken('it cannot be unpacked within 50 MB');
  const text = new TextDecoder('utf-8').decode(bytes);
  const reader = new Reader(text);
  const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: true }, reader);
  tokenizer.write(text);
  tokenizer.end();
  return reader.result();
}

function broken(why: string): Sitemap {
  return { kind: 'broken', why };
}

function unpacked(body: Uint8Array): Uint8Array | undefined {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: MOST_SITEMAP_BYTES });
  } catch {
    return undefined;
  }
}

/**
 * Reads elements in time linear in the length of the text, which htmlparser2's own parser does not: it moves all that is open
 * at each tag, and looks through all of it for what an end tag may end.
 */
class Reader implements TokenizerCallbacks {
  readonly #text: string;
  #kind: 'urls' | 'index' | undefined;
  readonly #locs: string[] = [];
  /** Names of the open elements, prefixes and all. */
  readonly #open: string[] = [];
  #name = '';
  #loc = '';
  #trouble: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  onopentagname(start: number, end: number): void {
    this.#name = this.#text.slice(start, end);
  }

  onopentagend(): void {
    if (this.#trouble !== undefined) return;
    const name = localOf(this.#name);
    if (this.#open.length === 0) {
      if (name === 'urlset') this.#kind = 'urls';
      else if (name === 'sitemapindex') this.#kind = 'index';
      else this.#trouble = `its root is <${name.slice(0, 40)}>, neither <urlset> nor <sitemapindex>`;
    }
    if (this.#open.length >= DEEPEST) this.#trouble = `its elements stand more than ${DEEPEST} deep`;
    this.#open.push(this.#name);
    if (this.#isLoc()) this.#loc = '';
  }

  onselfclosingtag(): void {
    this.onopentagend();
    this.#close(this.#name);
  }

  onclosetag(start: number, end: number): void {
    this.#close(this.#text.slice(start, end).trimEnd());
  }

  ontext(start: number, end: number): void {
    this.#hear(this.#text.slice(start, end));
  }

  ontextentity(codepoint: number): void {
    this.#hear(String.fromCodePoint(codepoint));
  }

  oncdata(start: number, end: number, endOffset: number): void {
    this.#hear(this.#text.slice(start, end - endOffset));
  }

  isInForeignContext(): boolean {
    return false;
  }

  // What else there may be says nothing of addresses.
  onattribname(): void {}
  onattribdata(): void {}
  onattribentity(): void {}
  onattribend(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  #hear(text: string): void {
    if (this.#loc.length <= LONGEST_LOC && this.#isLoc()) this.#loc += text;
  }

  #close(name: string): void {
    if (this.#trouble !== undefined) return;
    if (this.#isLoc()) this.#add(this.#loc.trim());
    const open = this.#open.pop();
    if (open !== name)
      this.#trouble ??= `</${name.slice(0, 40)}> stands where ${open === undefined ? 'nothing' : `<${open.slice(0, 40)}>`} is open`;
  }

  #add(loc: string): void {
    if (loc.length >= LONGEST_LOC)
      this.#trouble ??= `an address in it is longer than ${LONGEST_LOC} characters`;
    if (this.#locs.length >= MOST_ENTRIES) this.#trouble ??= 'it lists more than 50,000 addresses';
    else this.#locs.push(loc);
  }

  /** Right below `<url>` or `<sitemap>`: images and videos have a `loc` of their own, deeper. */
  #isLoc(): boolean {
    if (this.#open.length !== 3) return false;
    const [, parent = '', own = ''] = this.#open.map(localOf);
    return own === 'loc' && (parent === 'url' || parent === 'sitemap');
  }

  result(): Sitemap {
    if (this.#trouble !== undefined) return broken(this.#trouble);
    if (this.#open.length > 0) return broken('an element of it never ends');
    return this.#kind === undefined ? broken('it is no XML') : { kind: this.#kind, locs: this.#locs };
  }
}

function localOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
