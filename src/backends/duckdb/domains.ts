/**
 * Domains that the names of a crawler's addresses end in, as their owners publish them.
 *
 * Google, "Verifying requests from Google crawlers and fetchers"; its googleusercontent.com is left out: there programs of its
 * customers fetch, and none of them is Googlebot. Bing, "How to Verify that Bingbot is Bingbot". Apple, "About Applebot". Yandex,
 * "How to check that a robot belongs to Yandex".
 */
export const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  googlebot: ['googlebot.com', 'google.com'],
  bingbot: ['search.msn.com'],
  applebot: ['applebot.apple.com'],
  yandexbot: ['yandex.ru', 'yandex.net', 'yandex.com'],
};

/** True for a name within one of the domains: `notgooglebot.com` is not within `googlebot.com`. */
export function isWithin(name: string, domains: readonly string[]): boolean {
  return domains.some((domain) => name.endsWith(`.${domain}`));
}
