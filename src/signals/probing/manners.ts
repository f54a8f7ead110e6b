import { createHash } from 'node:crypto';
import type * as z from 'zod';
import type { Variables } from '../../contracts/backend.js';
import { expandPlaceholders } from '../../contracts/placeholders.js';
import { SecretValue } from '../../contracts/secrets.js';
import { type Failure, ok } from '../../model/failure.js';
import { hostOf, isAbsolute } from './addresses.js';
import { type mannersShape, parseRate } from './words.js';

type MannersBlock = z.output<z.ZodObject<typeof mannersShape>>;

/** Whom a probe may ask, as whom, and how fast; variables in place. */
export interface Manners {
  /** Hosts of our own, lower case. */
  readonly hosts: readonly string[];
  /** Cookies among them; for hosts of our own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
  readonly contact: string | undefined;
  readonly perSecond: number;
  readonly connections: number;
  readonly isPrivateAllowed: boolean;
}

/** Puts variables into a text that stands at a place of the block. */
export type Expand = (text: string, ...path: readonly (string | number)[]) => string;

/** @param failures takes the trouble of every text */
export function expandWith(variables: Variables, failures: Failure[]): Expand {
  return (text, ...path) => {
    const expanded = expandPlaceholders(text, variables, (value) => ok(value));
    if (!expanded.ok) failures.push(...expanded.failures.map((failure) => ({ ...failure, path })));
    return expanded.ok ? expanded.value : text;
  };
}

export interface BoundManners {
  readonly manners: Manners;
  readonly base: string | undefined;
  /** What of it decides the answer: secrets by their name, other headers and cookies by a digest. */
  readonly shown: Readonly<Record<string, unknown>>;
}

const DEFAULTS = { rate: '2/s', connections: 2 } as const;

/** Puts variables into the keys that every probe has. @param failures takes every trouble at once */
export function bindManners(block: MannersBlock, expand: Expand, failures: Failure[]): BoundManners {
  const expandAll = (key: 'headers' | 'cookies'): Readonly<Record<string, string>> =>
    valuesOf(block[key], (value, name) =>
      value instanceof SecretValue && value.template === undefined
        ? value.value
        : expand(value instanceof SecretValue ? value.value : value, key, name),
    );
  const shownOf = (key: 'headers' | 'cookies'): Readonly<Record<string, string>> =>
    valuesOf(block[key], (value, name) =>
      value instanceof SecretValue && value.template === undefined
        ? `<${value.name}>`
        : digestOf(expand(value instanceof SecretValue ? (value.template ?? '') : value, key, name)),
    );
  const hosts = block.hosts.map((each, i) => hostOf(expand(each, 'hosts', i)));
  const base = block.base === undefined ? undefined : expand(block.base, 'base');
  const userAgent = block['user-agent'] === undefined ? undefined : expand(block['user-agent'], 'user-agent');
  const contact = block.contact === undefined ? undefined : expand(block.contact, 'contact');
  const headers = expandAll('headers');
  const cookieValues = expandAll('cookies');
  const cookies = Object.entries(cookieValues).map(([name, value]) => `${name}=${value}`);
  failures.push(
    ...ownHeaderTrouble(Object.keys(headers)),
    ...headerTrouble({
      ...headers,
      cookies: cookies.join('; '),
      'user-agent': userAgent ?? '',
      contact: contact ?? '',
    }),
  );
  if (base !== undefined) failures.push(...baseTrouble(base));
  return {
    manners: {
      hosts,
      headers: { ...lowerCased(headers), ...(cookies.length === 0 ? {} : { cookie: cookies.join('; ') }) },
      userAgent,
      contact,
      perSecond: parseRate(block.rate ?? DEFAULTS.rate),
      connections: block.connections ?? DEFAULTS.connections,
      isPrivateAllowed: block['allow-private'] ?? false,
    },
    base,
    shown: {
      ...(base !== undefined && { base }),
      ...(block.headers !== undefined && { headers: shownOf('headers') }),
      ...(block.cookies !== undefined && { cookies: shownOf('cookies') }),
      ...(userAgent !== undefined && { userAgent }),
    },
  };
}

function baseTrouble(base: string): readonly Failure[] {
  const isSchemed = isAbsolute(base);
  if (isSchemed && URL.canParse(base)) return [];
  return [
    {
      code: 'gatefile.invalid',
      // A password may stand before an @.
      message: `${base.includes('@') ? 'this' : `"${base}"`} is no base: ${isSchemed ? 'it is no address' : 'it does not begin with http:// or https://'}`,
      path: ['base'],
      mend:
        !isSchemed && !base.includes('@') && URL.canParse(`https://${base}`)
          ? `write it like https://${base}`
          : 'write it like https://shop.example.com',
    },
  ];
}

/** Where base or hosts are wrong, so is every page: to say so of each would hide why. */
export function isWithoutGround(failures: readonly Failure[]): boolean {
  return failures.some(({ path = [] }) => path[0] === 'base' || path[0] === 'hosts');
}

type Named = Readonly<Record<string, string | SecretValue>>;

function valuesOf(
  written: Named | undefined,
  read: (value: string | SecretValue, name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(written ?? {}).map(([name, value]) => [name, read(value, name)]));
}

/** Tells values apart, and tells nobody what they are. */
function digestOf(value: string): string {
  return `sha256:${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

/** Headers that say who asks whom, and how: they are not for a file to say. */
const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'host',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

function ownHeaderTrouble(names: readonly string[]): readonly Failure[] {
  return names
    .filter((name) => OURS.has(name.toLowerCase()))
    .map((name) => ({
      code: 'gatefile.invalid',
      message: `"${name}" is no header that may be set here`,
      path: ['headers', name],
      mend: 'there are "cookies" and "user-agent"; the host is that of the page',
    }));
}

function headerTrouble(headers: Readonly<Record<string, string>>): readonly Failure[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
      ? []
      : [
          {
            code: 'gatefile.invalid',
            message: `"${name}" holds a character that HTTP cannot carry`,
            mend: 'look for a line break or a typographic character in its value',
          } as const,
        ],
  );
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
