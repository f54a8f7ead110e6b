/** Where headers and cookies go when a page redirects. */
import { expect, test } from 'vitest';
import type { FetchRequest } from '../../../src/contracts/fetcher.js';
import { createAsk } from '../../../src/signals/probing/ask.js';
import { contextOf } from '../../backends/shared/world.js';

const HOSTS = ['shop.example', 'other.example', 'shop.example:8443'];

async function sentTo(start: string, url: string): Promise<string | undefined> {
  const sent: FetchRequest[] = [];
  const manners = {
    hosts: HOSTS,
    headers: { cookie: 'session=1' },
    userAgent: undefined,
    contact: undefined,
    perSecond: 1,
    connections: 1,
    isPrivateAllowed: false,
  };
  const ask = createAsk(
    manners,
    HOSTS,
    {
      userAgent: 'gatekeeper',
      refusal: () => undefined,
      rendered: () => undefined,
      fetch: (request) => {
        sent.push(request);
        return Promise.resolve({ state: 'failed', kind: 'network', text: '' });
      },
    },
    contextOf(),
  );
  await ask(url, { start });
  return sent[0]?.headers['cookie'];
}

test.each([
  ['https://shop.example/', 'https://shop.example/a', 'session=1'],
  ['http://shop.example/', 'http://shop.example/a', 'session=1'],
  ['http://shop.example/', 'https://shop.example/a', 'session=1'],
  ['https://shop.example/', 'http://shop.example/a', undefined],
  ['https://shop.example/', 'https://shop.example:8443/a', undefined],
  ['https://shop.example/', 'https://other.example/a', undefined],
])('from %s to %s', async (start, url, cookie) => {
  expect(await sentTo(start, url)).toBe(cookie);
});
