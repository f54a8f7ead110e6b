import { cache } from './cache.js';
import { canonical } from './canonical.js';
import type { Check } from './check.js';
import { hreflang } from './hreflang.js';
import { indexable } from './indexable.js';
import { jsonLd } from './json-ld.js';
import { links } from './links.js';
import { redirects } from './redirects.js';
import { rendered } from './rendered.js';
import { robotsTxt } from './robots-txt.js';
import { sitemap } from './sitemap.js';
import { soft404 } from './soft-404.js';
import { size, ttfb } from './speed.js';
import { status } from './status.js';
import { description, h1, title } from './texts.js';
import { userAgents } from './user-agents.js';

/** Every check there is; one line each. Findings come in this order. */
export const CHECKS: readonly Check[] = [
  status,
  redirects,
  canonical,
  indexable,
  robotsTxt,
  hreflang,
  sitemap,
  title,
  h1,
  description,
  jsonLd,
  rendered,
  soft404,
  ttfb,
  size,
  cache,
  userAgents,
  links,
];

/** What is checked where the file says nothing. */
export const DEFAULT_CHECKS: readonly string[] = [
  'status',
  'redirects',
  'canonical',
  'indexable',
  'robots-txt',
];
