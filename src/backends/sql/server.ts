import { resolve } from 'node:path';
import * as z from 'zod';
import { optional, secret, strict } from '../../contracts/schema.js';
import { SecretStore, type SecretValue } from '../../contracts/secrets.js';

const file = z.string().min(1);

const tls = z
  .union([
    z.literal('off', 'either "off", or a mapping with "ca", "cert", "key" and "server-name"'),
    strict({
      ca: optional(() => file, { description: 'PEM file with the authorities to trust.' }),
      cert: optional(() => file, { description: 'PEM file with the client certificate.' }),
      key: optional(() => file, { description: 'PEM file with the client key.' }),
      'server-name': optional(() => file, { description: 'Name that the certificate must hold.' }),
      'insecure-skip-verify': optional(() => z.boolean(), { description: 'Takes any certificate.' }),
    }).refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
      error: '"cert" and "key" go together: give both, or neither',
    }),
  ])
  .meta({ description: "On by default, with the system's authorities, except on this machine." });

/** What a backend takes that keeps a connection to a server; the port is the product's own without one. */
export const serverBlock = strict({
  host: optional(() => z.string().min(1), { description: 'Name or address; this machine without it.' }),
  port: optional(() => z.int().min(1).max(65_535), {
    description: "TCP port; the product's own without it.",
  }),
  database: z.string().min(1).meta({ description: 'Which database.' }),
  user: z.string().min(1).meta({ description: 'Who asks; one that may only read is best.' }),
  password: optional(() => secret),
  tls: optional(() => tls),
});
type Block = z.output<typeof serverBlock>;

/** Where a server is and how it is spoken to. */
export interface SqlServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: SecretValue | undefined;
  /** Undefined where the connection is in the clear. */
  readonly tls: TlsFiles | undefined;
  /** For reports: no user, no password. */
  readonly address: string;
  readonly notes: readonly string[];
  readonly mask: (text: string) => string;
}

/** Absolute paths. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly isUnchecked: boolean;
}

/** A checked block as a server; paths are relative to the file that configures it. */
export function serverOf(block: Block, scheme: string, port: number, folder: string): SqlServer {
  const host = block.host ?? '127.0.0.1';
  const secrets = new SecretStore();
  if (block.password !== undefined) secrets.register(block.password);
  const tlsFiles = tlsOf(block, host, folder);
  const at = host.includes(':') ? `[${host}]` : host;
  return {
    host,
    port: block.port ?? port,
    database: block.database,
    user: block.user,
    password: block.password,
    tls: tlsFiles,
    address: `${scheme}://${at}:${block.port ?? port}/${block.database}`,
    notes: tlsFiles?.isUnchecked === true ? ['certificates are not checked (insecure-skip-verify)'] : [],
    mask: secrets.mask,
  };
}

function tlsOf({ tls: written }: Block, host: string, folder: string): TlsFiles | undefined {
  if (written === 'off') return undefined;
  if (written === undefined) return isThisMachine(host) ? undefined : { isUnchecked: false };
  const inFolder = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  return {
    ca: inFolder(written.ca),
    cert: inFolder(written.cert),
    key: inFolder(written.key),
    serverName: written['server-name'],
    isUnchecked: written['insecure-skip-verify'] === true,
  };
}

/** A path is a socket; a name that begins as a loopback address does may be anybody's. */
function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('/') || /^127(?:\.\d{1,3}){3}$/.test(host);
}
