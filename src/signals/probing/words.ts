/** What every probe of web servers says of whom it may ask, and how politely. */
import * as z from 'zod';
import { stringOrSecret } from '../../contracts/schema.js';

const HOST =
  /^(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/)?(?:\{\{[^{}]+\}\}|[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:\d{1,5}|\{\{[^{}]+\}\}))?\/?$/;
const RATE = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min)$/;

export const host = z
  .string()
  .refine((written) => HOST.test(written), { error: ({ input }) => strangeHost(String(input)) })
  // A reference to the environment may stand for it.
  .meta({ pattern: `${HOST.source}|\\$\\{` });

/** What is wrong with a host, and how to write it; a user or password in it is not shown. */
function strangeHost(written: string): string {
  const rule = 'a host is a name, with a port where it is not 80 or 443';
  const url = /^https?:\/\//i.test(written) && URL.canParse(written) ? new URL(written) : undefined;
  if (written.includes('@')) return `${rule}, and without a user\nwrite shop.example.com`;
  if (url === undefined)
    return `"${written}" is no host: ${rule}\nwrite shop.example.com, or https://shop.example.com`;
  const rest = `${url.pathname}${url.search}${url.hash}`;
  return `"${written}" is no host: ${rule}, and without "${rest}"\nwrite ${url.origin}; a path belongs to the pages`;
}

export const text = z.string().min(1, 'an empty text says nothing');
const named = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, 'the name of a header or cookie'),
  stringOrSecret,
);

/** Keys of a block that probes. */
export const mannersShape = {
  hosts: z
    .array(host)
    .min(1, 'list at least one host')
    .meta({ description: 'All that may be asked: hosts of your own.', examples: [['shop.example.com']] }),
  base: text
    .optional()
    .meta({ description: 'What pages without a host start from.', examples: ['https://shop.example.com'] }),
  rate: z
    .string('a rate such as 2/s or 30/min is expected\nwrite it like "2/s"')
    .regex(RATE, { abort: true, error: 'a rate such as 2/s or 30/min is expected' })
    .refine((written) => parseRate(written) > 0, 'a rate above 0 is expected')
    .optional()
    .meta({ description: 'Requests to each host; 2/s.', examples: ['2/s', '30/min'] }),
  connections: z
    .number()
    .int('a whole number of connections')
    .min(1, 'at least 1 connection')
    .max(64, 'at most 64 connections')
    .optional()
    .meta({ description: 'Connections to each host at a time; 2.' }),
  headers: named
    .optional()
    .meta({ description: 'Sent to the host of the page alone, not to where it redirects.' }),
  cookies: named.optional().meta({ description: 'The same for cookies.', examples: [{ arm: '{{track}}' }] }),
  'user-agent': text
    .optional()
    .meta({ description: 'Who we say we are; the name and version of this tool.' }),
  contact: text
    .optional()
    .meta({ description: 'Told beside it: an address where the owners of a host learn more.' }),
  'allow-private': z
    .boolean()
    .optional()
    .meta({ description: 'True: hosts may have addresses of this machine or of a private network.' }),
};

/** Requests a second. */
export function parseRate(written: string): number {
  const [, number, per] = RATE.exec(written) ?? [];
  return Number(number) / (per === 'min' ? 60 : 1);
}
