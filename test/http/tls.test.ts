import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpTls } from '../../src/contracts/http.js';
import { type Certificates, makeCertificates, serverOptions } from '../support/certificates.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { testClient } from '../support/http-client.js';

let certificates: Certificates;
let server: HostileServer;
let mutual: HostileServer;
beforeAll(async () => {
  certificates = makeCertificates();
  const tls = serverOptions(certificates);
  const ca = readFileSync(certificates.ca);
  server = await startHostileServer({ tls });
  mutual = await startHostileServer({ tls: { ...tls, ca, requestCert: true, rejectUnauthorized: true } });
});
afterAll(async () => {
  await Promise.all([server.close(), mutual.close()]);
  certificates.remove();
});

const ask = (to: HostileServer, tls?: HttpTls) =>
  testClient().get(`${to.url}/ok`, tls === undefined ? {} : { tls });
const refusal = (to: HostileServer, tls?: HttpTls) =>
  testClient().failure(`${to.url}/ok`, tls === undefined ? {} : { tls });

test('an unknown authority is refused at once, with the mend', async () => {
  const failure = await refusal(server);
  expect(failure).toMatchObject({ code: 'backend.tls', attempts: 1 });
  expect(failure.message).toMatch(/^no trusted connection to backend "prom": (UNABLE_TO|SELF_SIGNED)/);
  expect(failure.mend).toBe('give its authority as "ca" under tls of backend "prom"');
});

test('the authority given is trusted', async () => {
  expect(await ask(server, { caFile: certificates.ca })).toMatchObject({ status: 200 });
});

test('a certificate for another name is refused, unless that name was expected', async () => {
  const localhost = { ...server, url: server.url.replace('127.0.0.1', 'localhost') };
  const failure = await refusal(localhost, { caFile: certificates.ca });
  expect(failure.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await ask(localhost, { caFile: certificates.ca, serverName: 'gate.example' })).toMatchObject({
    status: 200,
  });
});

test('checks can be turned off', async () => {
  expect(await ask(server, { insecureSkipVerify: true })).toMatchObject({ status: 200 });
});

test('a server that wants a client certificate gets it', async () => {
  const tls = {
    caFile: certificates.ca,
    certFile: certificates.client.cert,
    keyFile: certificates.client.key,
  };
  expect(await ask(mutual, tls)).toMatchObject({ status: 200 });
});

test('without a client certificate it refuses', async () => {
  const failure = await refusal(mutual, { caFile: certificates.ca });
  expect(failure).toMatchObject({ code: 'backend.tls', attempts: 1 });
});

test('a file that is not there is named', async () => {
  const failure = await refusal(server, { caFile: '/no/such/ca.pem' });
  expect(failure).toMatchObject({
    code: 'backend.tls',
    message: 'the CA file "/no/such/ca.pem" cannot be read (ENOENT)',
  });
});

test('a file that is no PEM, and a key of another certificate, are named', async () => {
  const garbage = join(certificates.folder, 'garbage.pem');
  writeFileSync(garbage, 'hello');
  const { cert } = certificates.client;
  for (const keyFile of [garbage, certificates.server.key]) {
    const failure = await refusal(server, { certFile: cert, keyFile });
    expect(failure).toMatchObject({ code: 'backend.tls', detail: [cert, keyFile] });
    expect(failure.message).toMatch(/^the files under "tls:" cannot be used \(ERR_/);
  }
});

test('TLS spoken to a server that speaks none is a TLS trouble', async () => {
  const plain = await startHostileServer();
  const failure = await refusal({ ...plain, url: plain.url.replace('http:', 'https:') });
  await plain.close();
  expect(failure).toMatchObject({ code: 'backend.tls', attempts: 1 });
});
