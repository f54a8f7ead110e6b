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
    textLength: z.number(),
    links: z.number().exactOptional(),
    deadLinks: texts.exactOptional(),
    linksTo: texts.exactOptional(),
  }),
);

const failure = once(() => z.strictObject({ kind: z.enum(PAGE_FAILURES), text: z.string() }));
const visit = once(() =>
  z.strictObject({
    status: z.number().nullable(),
    failure: failure().exactOptional(),
    caches: z
      .array(
        z.strictObject({
          name: z.string(),
          isHit: z.boolean(),
          forward: z.string().exactOptional(),
          key: z.string().exactOptional(),
        }),
      )
      .nullable()
      .exactOptional(),
    others: z.record(z.string(), z.string()).exactOptional(),
    age: z.number().nullable().exactOptional(),
    cacheControl: z.string().exactOptional(),
    vary: z.string().exactOptional(),
    setsCookie: z.boolean().exactOptional(),
    body: z.string().exactOptional(),
    hasMarker: z.boolean().exactOptional(),
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
    failure: failure().exactOptional(),
    contentType: z.string().exactOptional(),
    robotsHeaders: texts,
    linkHeaders: texts,
    vary: z.string().exactOptional(),
    caches: z
      .array(z.strictObject({ name: z.string(), isHit: z.boolean() }))
      .nullable()
      .exactOptional(),
    visits: z.array(visit()).exactOptional(),
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
