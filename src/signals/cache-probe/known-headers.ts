/**
 * Headers in which caches said what they did before RFC 9211, by their lower-case names.
 *
 * Their words mean what each product, or whoever configured it, lets them mean: a gate says itself which are a hit.
 */
export const KNOWN_HEADERS: readonly string[] = [
  'x-cache',
  'x-cache-status',
  'x-proxy-cache',
  'cf-cache-status',
  'x-vercel-cache',
  'x-nextjs-cache',
  'x-litespeed-cache',
  'x-drupal-cache',
];
