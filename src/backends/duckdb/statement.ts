import type { KnownCrawlers } from '../../contracts/backend.js';
import { POSTGRES_QUOTING } from '../sql/dialect.js';
import { piecesOf } from '../sql/lex.js';

/** What a statement says, told from its code alone: a comment or a text says nothing. */
export interface Said {
  /** It may read the column `verified`. */
  readonly isOfVerified: boolean;
  /** It reads who claims to be a crawler. */
  readonly isOfCrawlers: boolean;
  /** It asks for what is neither verified nor refuted. */
  readonly isOfUnknown: boolean;
  /** Every word that may be a name, in lower case. */
  readonly words: ReadonlySet<string>;
  /** The quoted texts, without their quotes. */
  readonly texts: ReadonlySet<string>;
}

export function saidIn(sql: string): Said {
  const pieces = piecesOf(sql, POSTGRES_QUOTING);
  const code = pieces
    .map(({ kind, text }) => {
      if (kind === 'comment') return ' ';
      if (kind === 'text') return "''";
      // A name of several words is none of ours, and could say anything.
      if (kind === 'name') return /^"\w+"$/.test(text) ? text.slice(1, -1) : '""';
      return text;
    })
    .join('')
    .toLowerCase();
  const texts = pieces.filter(({ kind }) => kind === 'text').map(({ text }) => text.slice(1, -1));
  return {
    // COLUMNS may find it by a pattern.
    isOfVerified: /\bverified\b|\bcolumns\s*\(/.test(code),
    isOfCrawlers: /\b(?:crawler|verified)\b|\bcolumns\s*\(/.test(code),
    isOfUnknown: /\bverified\s+is\s+(?:not\s+)?null\b/.test(code),
    words: new Set(code.match(/[a-z_]\w*/g)),
    texts: new Set(texts),
  };
}

/** What passes over hits of a crawler that cannot be verified would count none of them. */
export function unlistedWarnings({ byDns }: KnownCrawlers, texts: ReadonlySet<string>): readonly string[] {
  return byDns
    .filter((name) => texts.has(name))
    .map(
      (name) => `crawler "${name}" has no list of addresses, and DNS is not asked: no hit of it is verified`,
    );
}
