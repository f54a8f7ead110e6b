import { gunzipSync } from 'node:zlib';
import { Parser } from 'htmlparser2';

/** What the protocol allows of one file, unpacked, and of one index. */
export const MOST_SITEMAP_BYTES = 50 * 1024 * 1024;
const MOST_ENTRIES = 50_000;
const LONGEST_LOC = 2048;

/** A sitemap, or an index of them. */
export type Sitemap =
  | { readonly kind: 'urls' | 'index'; readonly locs: readonly string[] }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads a sitemap, packed or not. No entity but those of XML itself is expanded, and no document type is read. */
export function readSitemap(body: Uint8Array): Sitemap {
  const bytes = unpacked(body);
  if (bytes === undefined) return broken('it cannot be unpacked within 50 MB');
  const text = new TextDecoder('utf-8').decode(bytes);
  const reader = new Reader();
  const parser = new Parser(reader, { xmlMode: true, decodeEntities: true });
  parser.write(text);
  parser.end();
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

class Reader {
  #kind: 'urls' | 'index' | undefined;
  readonly #locs: string[] = [];
  readonly #open: string[] = [];
  #loc = '';
  #trouble: string | undefined;

  onopentag(name: string): void {
    const local = name.split(':').at(-1) ?? name;
    if (this.#open.length === 0) {
      if (local === 'urlset') this.#kind = 'urls';
      else if (local === 'sitemapindex') this.#kind = 'index';
      else this.#trouble ??= `its root is <${local.slice(0, 40)}>, neither <urlset> nor <sitemapindex>`;
    }
    this.#open.push(local);
    if (this.#isLoc()) this.#loc = '';
  }

  ontext(text: string): void {
    if (this.#isLoc() && this.#loc.length <= LONGEST_LOC) this.#loc += text;
  }

  onclosetag(_name: string, isImplied: boolean): void {
    if (this.#isLoc()) this.#add(this.#loc.trim());
    this.#open.pop();
    if (isImplied) this.#trouble ??= 'an element of it never ends';
  }

  #add(loc: string): void {
    if (loc.length >= LONGEST_LOC)
      this.#trouble ??= `an address in it is longer than ${LONGEST_LOC} characters`;
    if (this.#locs.length >= MOST_ENTRIES) this.#trouble ??= 'it lists more than 50,000 addresses';
    else this.#locs.push(loc);
  }

  /** Right below `<url>` or `<sitemap>`: images and videos have a `loc` of their own, in a namespace. */
  #isLoc(): boolean {
    const parent = this.#open[1];
    return this.#open.length === 3 && this.#open[2] === 'loc' && (parent === 'url' || parent === 'sitemap');
  }

  result(): Sitemap {
    if (this.#trouble !== undefined) return broken(this.#trouble);
    return this.#kind === undefined ? broken('it is no XML') : { kind: this.#kind, locs: this.#locs };
  }
}
