import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { HttpTls } from '../contracts/http.js';
import { BackendError } from '../model/failure.js';

/** What an agent is given to speak TLS. */
export interface TlsOptions {
  readonly secureContext?: SecureContext;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Reads the files of a backend's `tls` block.
 *
 * A CA file replaces the system's authorities: the backend is trusted through it alone.
 *
 * @throws BackendError `backend.tls` for a file that cannot be read or does not hold what it should
 */
export async function loadTls(tls: HttpTls): Promise<TlsOptions> {
  const [ca, cert, key] = await Promise.all([
    read('CA file', tls.caFile),
    read('client certificate', tls.certFile),
    read('client key', tls.keyFile),
  ]);
  const files = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  return {
    ...(Object.keys(files).length === 0 ? {} : { secureContext: contextOf(files, tls) }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    ...(tls.insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

async function read(what: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new BackendError({
      code: 'backend.tls',
      message: `the ${what} "${path}" cannot be read (${codeOf(error)})`,
      mend: 'check the path under "tls:"; a relative one starts at the folder of its file',
      attempts: 0,
    });
  }
}

function contextOf(files: Readonly<Record<string, Buffer>>, tls: HttpTls): SecureContext {
  try {
    return createSecureContext(files);
  } catch (error) {
    const paths = [tls.caFile, tls.certFile, tls.keyFile].filter((path) => path !== undefined);
    throw new BackendError({
      code: 'backend.tls',
      message: `the files under "tls:" cannot be used (${codeOf(error)})`,
      mend: 'give PEM files: authorities as "ca:", and a certificate with its own unencrypted key',
      detail: paths,
      attempts: 0,
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
