/** The pages of the shop, served to whoever asks: those of the canary to who brings its cookie. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultName } from './faults.js';

export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

const PAGES: Readonly<Record<string, string>> = {
  '/': 'Red Shoes and More',
  '/c/shoes': 'Shoes',
  '/c/coats': 'Coats',
  '/p/red-shoes': 'Red Shoes',
  '/p/blue-coat': 'Blue Coat',
  '/about': 'About Us',
};
const PRICES: Readonly<Record<string, string>> = { '/p/red-shoes': '59.90', '/p/blue-coat': '129.00' };
const MOVED: Readonly<Record<string, string>> = { '/p/red-shoes-2024': '/p/red-shoes' };
const ROBOTS = 'User-agent: *\nDisallow: /checkout\n';
/** A host that templates of a staging shop name by mistake. */
const ELSEWHERE = 'https://staging.shop.example';

/** @param port  0 for any that is free */
export async function startSite(faults: ReadonlySet<FaultName>, port = 0): Promise<Site> {
  const server = createServer((request, response) => {
    const isCanary = /\btrack=canary\b/.test(request.headers.cookie ?? '');
    answer(url, isCanary ? faults : new Set(), request, response);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  origin: string,
  faults: ReadonlySet<FaultName>,
  { url = '/' }: Parameters<RequestListener>[0],
  response: Parameters<RequestListener>[1],
): void {
  const path = url.split('?')[0] ?? '/';
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  const moved = MOVED[path];
  if (moved !== undefined) response.writeHead(301, { location: moved }).end();
  else if (path === '/robots.txt') send(200, 'text/plain', `${ROBOTS}Sitemap: ${origin}/sitemap.xml\n`);
  else if (path === '/sitemap.xml') send(200, 'application/xml', sitemapOf(origin));
  else if (path === '/cart') send(200, 'text/html', htmlOf(origin, path, 'Cart', 'noindex'));
  else if (PAGES[path] === undefined) send(404, 'text/html', '<title>Not found - Shop</title>');
  else {
    const isHidden = faults.has('noindex') && path.startsWith('/c/');
    const isElsewhere = faults.has('canonical-elsewhere') && path.startsWith('/p/');
    const home = isElsewhere ? ELSEWHERE : origin;
    send(200, 'text/html; charset=utf-8', htmlOf(home, path, PAGES[path], isHidden ? 'noindex' : 'index'));
  }
}

function htmlOf(origin: string, path: string, name: string, robots: string): string {
  const price = PRICES[path];
  const offers = {
    '@type': 'Offer',
    price,
    priceCurrency: 'EUR',
    availability: 'https://schema.org/InStock',
  };
  const product = JSON.stringify({ '@context': 'https://schema.org', '@type': 'Product', name, offers });
  return `<!doctype html>
<html lang="en">
<head>
<title>${name} - Shop</title>
<meta name="robots" content="${robots}">
<link rel="canonical" href="${origin}${path}">
${price === undefined ? '' : `<script type="application/ld+json">${product}</script>`}
</head>
<body><h1>${name}</h1>${Object.keys(PAGES)
    .map((each) => `<a href="${each}">${PAGES[each]}</a>`)
    .join(' ')}</body>
</html>
`;
}

function sitemapOf(origin: string): string {
  const entries = Object.keys(PAGES).map((path) => `<url><loc>${origin}${path}</loc></url>`);
  return `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries.join('')}</urlset>`;
}
