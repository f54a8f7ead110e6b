import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';

export type Attributes = Readonly<Record<string, string>>;

/** What is told of a page, in its order. */
export interface TagListener {
  /** Elements whose attributes are wanted. */
  readonly attributesOf: ReadonlySet<string>;
  /**
   * @param attributes as written, entities and all; the first of equal names; empty where none are wanted
   * @param isForeign within a drawing or a formula
   */
  opened(name: string, attributes: Attributes, isForeign: boolean): void;
  closed(name: string): void;
  text(text: string): void;
}

/** Elements whose content is no HTML: a title in a drawing is no title of the page. */
const FOREIGN: ReadonlySet<string> = new Set(['svg', 'math']);
/** The commonest of those that end them, where their own end tags were forgotten (HTML, 13.2.6.5). */
const NEVER_FOREIGN: ReadonlySet<string> = new Set(
  'body br div h1 h2 h3 h4 h5 h6 head hr img li meta ol p pre span table ul'.split(' '),
);
const NONE: Attributes = {};

/**
 * Tells tags and texts in lower case, in time linear in the length of a page.
 *
 * It keeps no stack of open elements, and so tells no end tag that was left out: a stack (htmlparser2's own parser moves all
 * of it at each tag) makes minutes of a page of a few megabytes of `<b>`, in which nothing else can run.
 */
export function readTags(page: string, listener: TagListener): void {
  const tokenizer = new TextTokenizer({ decodeEntities: false }, new Tags(page, listener));
  tokenizer.write(page);
  tokenizer.end();
}

/** What is read of a tokenizer's state; its own types hide it. */
interface Scanning {
  readonly buffer: string;
  /** Of the buffer's first character, in the whole page. */
  readonly offset: number;
  /** Of the character being read, in the whole page. */
  index: number;
}

/**
 * Looks for the end of a text as strings do it natively, and not character by character: a third of what reading a page
 * costs, as most of a page is text. A test holds that it reads any page as htmlparser2 does.
 */
class TextTokenizer extends Tokenizer {}
Object.defineProperty(TextTokenizer.prototype, 'fastForwardTo', { value: fastForwardTo });

/** Moves on to the next such character, or else to the last one there is; tells whether it was found. */
function fastForwardTo(this: Scanning, code: number): boolean {
  const found = this.buffer.indexOf(String.fromCharCode(code), this.index - this.offset + 1);
  this.index = this.offset + (found === -1 ? this.buffer.length - 1 : found);
  return found !== -1;
}

class Tags implements TokenizerCallbacks {
  readonly #page: string;
  readonly #listener: TagListener;
  #name = '';
  #isWanted = false;
  #attributes: Record<string, string> = NONE;
  #attribute = '';
  #value = '';
  #foreign = 0;

  constructor(page: string, listener: TagListener) {
    this.#page = page;
    this.#listener = listener;
  }

  onopentagname(start: number, end: number): void {
    this.#name = this.#lower(start, end);
    this.#isWanted = this.#listener.attributesOf.has(this.#name);
    this.#attributes = this.#isWanted ? {} : NONE;
    if (FOREIGN.has(this.#name)) this.#foreign += 1;
    else if (this.#foreign > 0 && NEVER_FOREIGN.has(this.#name)) this.#foreign = 0;
  }

  onattribname(start: number, end: number): void {
    if (this.#isWanted) this.#attribute = this.#lower(start, end);
  }

  onattribdata(start: number, end: number): void {
    if (this.#isWanted) this.#value += this.#page.slice(start, end);
  }

  onattribend(): void {
    if (this.#isWanted) this.#attributes[this.#attribute] ??= this.#value;
    this.#value = '';
  }

  onopentagend(): void {
    this.#listener.opened(this.#name, this.#attributes, this.#foreign > 0);
  }

  onselfclosingtag(): void {
    this.onopentagend();
    // In HTML the slash means nothing.
    if (this.#foreign > 0) this.#close(this.#name);
  }

  onclosetag(start: number, end: number): void {
    this.#close(this.#lower(start, end));
  }

  ontext(start: number, end: number): void {
    this.#listener.text(this.#page.slice(start, end));
  }

  isInForeignContext(): boolean {
    return this.#foreign > 0;
  }

  // Entities are left as they are, so that nothing of this is told; the rest is of no interest here.
  onattribentity(): void {}
  ontextentity(): void {}
  oncdata(): void {}
  oncomment(): void {}
  ondeclaration(): void {}
  onprocessinginstruction(): void {}
  onend(): void {}

  #close(name: string): void {
    if (FOREIGN.has(name) && this.#foreign > 0) this.#foreign -= 1;
    this.#listener.closed(name);
  }

  #lower(start: number, end: number): string {
    return this.#page.slice(start, end).toLowerCase();
  }
}
