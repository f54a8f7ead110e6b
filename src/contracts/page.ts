import * as z from 'zod';
import { PAGE_FAILURES, type Page } from '../model/page.js';
import { once } from './schema.js';

const texts = z.array(z.string());
const html = once(() =>
  z.strictObject({
    title: z.string().nullable(),
    h1: texts,
    description: z.string().nullable(),
    base: z.string().nullable(),
    canonicals: z.array(z.strictObject({ href: z.string(), isInHead: z.boolean() })),
    robots: z.array(z.strictObject({ name: z.string(), content: z.string() })),
    hreflang: z.array(z.strictObject({ lang: z.string(), href: z.string() })),
    items: z.array(
      z.strictObject({
        type: z.string(),
        price: z.string().exactOptional(),
        currency: z.string().exactOptional(),
        availability: z.string().exactOptional(),
      }),
    ),
    brokenItems: z.number(),
    links: z.number(),
    deadLinks: texts,
    linksTo: texts,
    textLength: z.number(),
  }),
);

/** A page as a recording stores it; mirrors `model/page.ts`, to which the compiler holds it. */
export const pageSchema: () => z.ZodType<Page> = once(() =>
  z.strictObject({
    url: z.string(),
    listed: z.string(),
    isTarget: z.boolean(),
    expected: z.record(z.string(), z.string()),
    hops: z.array(z.strictObject({ url: z.string(), status: z.number() })),
    failure: z.strictObject({ kind: z.enum(PAGE_FAILURES), text: z.string() }).exactOptional(),
    contentType: z.string().exactOptional(),
    robotsHeaders: texts,
    linkHeaders: texts,
    vary: z.string().exactOptional(),
    caches: z
      .array(z.strictObject({ name: z.string(), isHit: z.boolean() }))
      .nullable()
      .exactOptional(),
    ttfb: z.number().exactOptional(),
    bytes: z.number().exactOptional(),
    html: html().exactOptional(),
    rendered: html().exactOptional(),
    renderTrouble: z.string().exactOptional(),
    robotsTxt: z
      .strictObject({ state: z.enum(['allowed', 'disallowed', 'unreachable']), detail: z.string() })
      .exactOptional(),
    sitemap: z
      .strictObject({ state: z.enum(['listed', 'absent', 'unread']), detail: z.string() })
      .exactOptional(),
    agents: z.record(z.string(), z.number().nullable()).exactOptional(),
    nowhere: z.strictObject({ status: z.number().nullable(), isAlike: z.boolean() }).exactOptional(),
  }),
);
