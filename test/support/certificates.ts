import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of PEM files; every pair is signed by the one authority. */
export interface Certificates {
  readonly folder: string;
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  readonly remove: () => void;
}

/**
 * An authority, a server certificate for `gate.example` and 127.0.0.1, and a client certificate, made with openssl
 * in a folder of their own: a key in the repository would be found by every secret scanner.
 */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-tls-'));
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  const makeKey = (name: string): void =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
  const sign = (name: string, extension: string): void => {
    makeKey(name);
    writeFileSync(at(`${name}.ext`), extension);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`],
    );
  };
  makeKey('ca');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-out',
    'ca.pem',
  );
  sign('server', 'subjectAltName=DNS:gate.example,IP:127.0.0.1');
  sign('client', 'extendedKeyUsage=clientAuth');
  return {
    folder,
    ca: at('ca.pem'),
    server: { cert: at('server.pem'), key: at('server.key') },
    client: { cert: at('client.pem'), key: at('client.key') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What `https.createServer` wants of them. */
export function serverOptions(certificates: Certificates): { readonly cert: Buffer; readonly key: Buffer } {
  const { cert, key } = certificates.server;
  return { cert: readFileSync(cert), key: readFileSync(key) };
}
