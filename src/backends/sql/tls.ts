import { readFile } from 'node:fs/promises';
import { connect, isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { BackendError } from '../../model/failure.js';
import { wordsOf } from './refusal.js';
import type { TlsFiles } from './server.js';

/** TLS options as Node takes them. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized: boolean;
}

/** Reads the files of a TLS block. @throws BackendError with `backend.tls` */
export async function tlsOptions(files: TlsFiles, backend: string): Promise<TlsOptions> {
  const read = async (name: string, path: string | undefined): Promise<Readonly<Record<string, string>>> =>
    path === undefined ? {} : { [name]: await textOf(path, backend) };
  const parts = await Promise.all([read('ca', files.ca), read('cert', files.cert), read('key', files.key)]);
  const name = files.serverName;
  return {
    ...Object.assign({}, ...parts),
    ...(name === undefined ? {} : { servername: name }),
    rejectUnauthorized: !files.isUnchecked,
  };
}

/** TLS as `pg` takes it, which puts the host in the place of a name that was given. */
export function tlsOfPg(tls: TlsOptions) {
  const { servername } = tls;
  if (servername === undefined) return { ...tls };
  return {
    ...tls,
    checkServerIdentity: (_: string, certificate: PeerCertificate) =>
      checkServerIdentity(servername, certificate),
  };
}

/**
 * Place and TLS as `mysql2` takes them, which checks a certificate only when it is told to, against the host that it is
 * told, and against none where that is an address.
 */
export function tlsOfMysql2(tls: TlsOptions, host: string, port: number) {
  const { servername = host, ...rest } = tls;
  return {
    // With the dot of a whole name it is taken for a name, and Node checks it as the address that it is.
    host: isIP(servername) === 0 ? servername : `${servername}.`,
    stream: () => connect({ host, port }),
    ssl: { ...rest, verifyIdentity: true },
  };
}

async function textOf(path: string, backend: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new BackendError({
      code: 'backend.tls',
      message: `the file ${path} under "tls" of "${backend}" cannot be read (${wordsOf(error).code})`,
      mend: 'check the path: it is relative to the file that configures the backend',
    });
  }
}
