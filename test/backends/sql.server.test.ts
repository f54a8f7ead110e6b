/** Whether a server is spoken to in the clear where its block does not say: on this machine alone. */
import { expect, test } from 'vitest';
import { serverOf } from '../../src/backends/sql/server.js';

test.each([
  ['127.0.0.1', false],
  ['127.3.2.1', false],
  ['::1', false],
  ['localhost', false],
  ['/run/postgresql', false],
  ['127.0.0.1.example.com', true],
  ['127.example.com', true],
  ['localhost.example.com', true],
  ['db.internal', true],
])('%s: TLS is %s', (host, isTls) => {
  const { tls } = serverOf({ host, database: 'shop', user: 'gate' }, 'postgres', 5432, '/');
  expect(tls !== undefined).toBe(isTls);
});
