import * as z from 'zod';
import { strict } from '../../../contracts/schema.js';
import type { Page } from '../../../model/page.js';
import { isAbsolute, normalUrl } from '../../probing/addresses.js';
import { baseOf } from '../addresses.js';
import { defineCheck, finalHop, type Problem, quoted, type Site } from './check.js';

const schema = strict({
  languages: z
    .array(z.string().min(2, 'a language such as de or de-CH is expected'))
    .default([])
    .meta({ description: 'Languages that every page must name.', examples: [['de', 'en']] }),
  'x-default': z.boolean().default(false).meta({ description: 'True: "x-default" must be there.' }),
});

/** Alternates in other languages: valid, absolute, with the page itself among them, and each linking back. */
export const hreflang = defineCheck({
  id: 'hreflang',
  about: 'alternates are valid, absolute, name the page itself, and link back',
  needs: ['alternates'],
  of: 'html',
  schema,
  find: (page, { languages, 'x-default': isDefaultWanted }, site) => {
    const alternates = page.html?.hreflang ?? [];
    const named = alternates.map(({ lang }) => lang.toLowerCase());
    const wanted = [...languages, ...(isDefaultWanted ? ['x-default'] : [])];
    const absent = wanted.filter((language) => !named.includes(language.toLowerCase()));
    const problems: Problem[] = [];
    if (absent.length > 0) problems.push({ what: 'missing', detail: `no alternate for ${quoted(absent)}` });
    if (alternates.length === 0) return problems;
    const broken = alternates.map(({ lang }) => lang).filter((lang) => !isLanguage(lang));
    if (broken.length > 0) problems.push({ what: 'invalid', detail: `${quoted(broken)} is no language` });
    const relative = alternates.map(({ href }) => href).filter((href) => !isAbsolute(href));
    if (relative.length > 0)
      problems.push({ what: 'relative', detail: `${quoted(relative)} is not absolute` });
    const { byLanguage, all } = targetsOf(page);
    const twice = [...byLanguage.keys()].filter((lang) => (byLanguage.get(lang)?.size ?? 0) > 1);
    if (twice.length > 0) problems.push({ what: 'many', detail: `two addresses for ${quoted(twice)}` });
    const own = normalUrl(finalHop(page).url) ?? '';
    if (!all.has(own))
      problems.push({ what: 'no-self', detail: 'does not name itself among the alternates' });
    return [
      ...problems,
      ...[...all].filter((url) => url !== own).flatMap((url) => returnTrouble(url, own, site)),
    ];
  },
});

interface Targets {
  readonly byLanguage: ReadonlyMap<string, ReadonlySet<string>>;
  readonly all: ReadonlySet<string>;
}

/** Each page of sixty languages is looked at by the other fifty-nine: its addresses are read once. */
const KNOWN = new WeakMap<Page, Targets>();

function targetsOf(page: Page): Targets {
  const targets = KNOWN.get(page) ?? readTargets(page);
  KNOWN.set(page, targets);
  return targets;
}

function readTargets(page: Page): Targets {
  const base = baseOf(page);
  const byLanguage = new Map<string, Set<string>>();
  for (const { lang, href } of page.html?.hreflang ?? []) {
    const url = normalUrl(href, base);
    const known = byLanguage.get(lang.toLowerCase()) ?? new Set();
    if (url !== undefined) known.add(url);
    byLanguage.set(lang.toLowerCase(), known);
  }
  return { byLanguage, all: new Set([...byLanguage.values()].flatMap((each) => [...each])) };
}

function returnTrouble(url: string, own: string, site: Site): readonly Problem[] {
  const target = site.page(url);
  if (target === undefined || target.failure !== undefined)
    return [
      {
        what: 'unverified',
        detail: `${url} could not be asked: ${target?.failure?.text ?? 'its host is not listed'}`,
      },
    ];
  const [first] = target.hops;
  if (first?.status !== 200) return [{ what: 'target', detail: `${url} answers ${first?.status}` }];
  return targetsOf(target).all.has(own) ? [] : [{ what: 'no-return', detail: `${url} does not link back` }];
}

/** `x-default`, or a tag that is its own canonical form: `en-UK` is `en-GB`, and crawlers do not guess. */
function isLanguage(lang: string): boolean {
  if (lang.toLowerCase() === 'x-default') return true;
  if (!/^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?$/i.test(lang)) return false;
  return Intl.getCanonicalLocales(lang)[0]?.toLowerCase() === lang.toLowerCase();
}
