import { readFile } from 'node:fs/promises';
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
