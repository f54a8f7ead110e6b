import type * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import type { Page } from '../../../model/page.js';
import type { EpochMs } from '../../../model/time.js';

/** What a check needs to be asked besides the pages themselves. */
export type Need =
  | 'robots-txt'
  | 'sitemap'
  | 'nowhere'
  | 'agents'
  | 'canonicals'
  | 'alternates'
  | 'links'
  | 'rendered';

/** Pages of one run, by address. */
export interface Site {
  /** A page that was asked for, listed or as a target; undefined when it was not. */
  page(url: string): Page | undefined;
  readonly now: EpochMs;
}

/** What a check found; its name becomes `check.what`. */
export interface Problem {
  readonly what: string;
  readonly detail: string;
}

export type Find = (page: Page, site: Site) => readonly Problem[];

/** Facts to findings, pure. */
export interface Check {
  readonly id: string;
  readonly about: string;
  readonly needs: readonly Need[];
  /** Columns of the list that it reads. */
  readonly columns: readonly string[];
  /** `page`: where a page is expected and one answered. `html`: and it is HTML. `answer`: whatever answered. */
  readonly of: 'answer' | 'page' | 'html';
  readonly schema: z.ZodType;
  /** @param parameters checked by `schema` */
  prepare(parameters: unknown): Find;
}

/** Parameters of a check that has none. */
export const NONE = strict({});

export function defineCheck<S extends z.ZodType>(definition: {
  readonly id: string;
  readonly about: string;
  readonly needs?: readonly Need[];
  readonly columns?: readonly string[];
  readonly of: Check['of'];
  readonly schema: S;
  readonly find: (page: Page, parameters: z.output<S>, site: Site) => readonly Problem[];
}): Check {
  const { find, needs = [], columns = [], ...rest } = definition;
  return {
    ...rest,
    needs,
    columns,
    prepare: (parameters) => {
      const read = definition.schema.parse(parameters);
      return (page, site) => find(page, read, site);
    },
  };
}

/** The page's own status: that of the last answer. */
export function finalHop({ hops, url }: Page): { readonly url: string; readonly status: number } {
  return hops.at(-1) ?? { url, status: 0 };
}

/** Texts without repetition, in quotes, at most five. */
export function quoted(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  const shown = distinct.slice(0, 5).map((text) => `"${text}"`);
  return `${shown.join(', ')}${distinct.length > 5 ? ` and ${distinct.length - 5} more` : ''}`;
}
