import { describe, expect, test } from 'vitest';
import { decideRetry, retryAfterMs } from '../../src/http/retry.js';
import { type Trouble, troubleOf } from '../../src/http/trouble.js';

const status = (code: number, retryAfterMs?: number): Trouble => ({
  kind: 'status',
  status: code,
  said: '',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const reset: Trouble = { kind: 'network', code: 'ECONNRESET' };
const stop = { kind: 'stop' };
const again = (waitMs: number) => ({ kind: 'again', waitMs });

test.each<[string, Trouble, number, object]>([
  ['a reset, first try', reset, 1, again(250)],
  ['a reset, second try', reset, 2, again(500)],
  ['a reset, sixth try: the cap', reset, 6, again(8000)],
  ['a reset, tries used up', reset, 11, stop],
  ['a name that does not resolve now', { kind: 'dns', code: 'EAI_AGAIN' }, 1, again(250)],
  ['a timeout', { kind: 'timeout', phase: 'body' }, 1, again(250)],
  ['a wrong certificate', { kind: 'tls', code: 'CERT_HAS_EXPIRED' }, 1, stop],
  ['a redirect loop', { kind: 'redirect', what: '', mend: '' }, 1, stop],
  ['too large', { kind: 'too-large', maxBytes: 1 }, 1, stop],
  ['malformed, the first time', { kind: 'malformed', what: '' }, 1, again(250)],
  ['malformed, again', { kind: 'malformed', what: '' }, 2, stop],
  ['401', status(401), 1, stop],
  ['501', status(501), 1, stop],
  ['503', status(503), 1, again(250)],
  ['429 that asks for a second', status(429, 1000), 1, again(1000)],
  ['429 that asks for nothing', status(429, 0), 1, again(250)],
  ['503 that asks for a minute', status(503, 60_000), 1, again(60_000)],
  ['503 that asks for more', status(503, 60_001), 1, stop],
])('%s', (_, trouble, made, decision) => {
  const malformed = trouble.kind === 'malformed' ? made : 0;
  expect(decideRetry(trouble, { made, retries: 10, malformed }, 1)).toEqual(decision);
});

test('the wait is jittered in full', () => {
  expect(decideRetry(reset, { made: 2, retries: 2, malformed: 0 }, 0)).toEqual(again(0));
  expect(decideRetry(reset, { made: 2, retries: 2, malformed: 0 }, 0.5)).toEqual(again(250));
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 20, 14, 35, 0);
  test.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '12' }, 12_000],
    ['a date, by our clock', { 'retry-after': 'Fri, 20 Nov 2026 14:35:30 GMT' }, 30_000],
    [
      'a date, by the clock of the server',
      { 'retry-after': 'Fri, 20 Nov 2026 15:00:10 GMT', date: 'Fri, 20 Nov 2026 15:00:00 GMT' },
      10_000,
    ],
    ['a date in the past', { 'retry-after': 'Fri, 20 Nov 2026 14:00:00 GMT' }, 0],
    ['neither', { 'retry-after': 'soon' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['absent', {}, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });
});

describe('errors of the system', () => {
  const system = (code: string, more: object = {}) => Object.assign(new Error('x'), { code, ...more });
  const wrapped = (cause: Error) => Object.assign(new Error('axios', { cause }), { code: 'ERR_BAD' });
  test.each<[string, Error, Trouble]>([
    [
      'a refused connection',
      wrapped(system('ECONNREFUSED', { address: '10.0.0.7', port: 9090 })),
      { kind: 'network', code: 'ECONNREFUSED', address: '10.0.0.7:9090' },
    ],
    [
      'a name with two addresses',
      wrapped(new AggregateError([system('ECONNREFUSED', { address: '::1', port: 80 })])),
      { kind: 'network', code: 'ECONNREFUSED', address: '[::1]:80' },
    ],
    ['no such name', system('ENOTFOUND', { hostname: 'h' }), { kind: 'dns', code: 'ENOTFOUND', host: 'h' }],
    ['no name service', system('EAI_AGAIN'), { kind: 'dns', code: 'EAI_AGAIN' }],
    ['the timer of axios', system('ECONNABORTED'), { kind: 'timeout', phase: 'answer' }],
    [
      'an abort by the kernel',
      system('ECONNABORTED', { syscall: 'read' }),
      { kind: 'network', code: 'ECONNABORTED' },
    ],
    ...[
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'EPROTO',
    ].map((code): [string, Error, Trouble] => [code, system(code), { kind: 'tls', code }]),
    ['an error without a code', new TypeError('secret'), { kind: 'network', code: 'TypeError' }],
  ])('%s', (_, error, trouble) => {
    expect(troubleOf(error)).toEqual(trouble);
  });
});
