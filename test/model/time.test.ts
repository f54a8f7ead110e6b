/** Durations and instants, as they are written. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatClock,
  formatDuration,
  formatInstant,
  parseDuration,
  parseHttpDate,
  parseInstant,
} from '../../src/model/time.js';

describe('durations', () => {
  test.each([
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['4.35m', 261_000],
    ['1.005s', 1005],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['0', 0],
    ['0s', 0],
    ['1d2h3m4s5ms', 93_784_005],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    ' ',
    '5',
    '30',
    '-5m',
    '5 m',
    '5M',
    '1h 30m',
    'm',
    '1.m',
    '.5m',
    '5y',
    '5mm',
    '1e3s',
    'NaNs',
    '5m!',
  ])('"%s" is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    [0, '0s'],
    [1, '1ms'],
    [0.5, '0.5ms'],
    [1000, '1s'],
    [60_000, '1m'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [604_800_000, '7d'],
    [93_784_005, '1d2h3m4s5ms'],
    [-90_000, '-1m30s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test('a whole number of seconds written with a fraction of any unit is whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.constantFrom('m', 'h'), (hundredths, unit) => {
        const ms = parseDuration(`${hundredths / 100}${unit}`) ?? Number.NaN;
        expect(ms).toBe((hundredths * (unit === 'm' ? 60_000 : 3_600_000)) / 100);
      }),
    );
  });
});

describe('instants', () => {
  const NOON = Date.UTC(2026, 10, 20, 12);
  test.each([
    ['2026-11-20T12:00:00Z', NOON],
    ['2026-11-20t12:00:00z', NOON],
    ['2026-11-20 12:00:00Z', NOON],
    ['2026-11-20T14:00:00+02:00', NOON],
    ['2026-11-20T06:30:00-05:30', NOON],
    ['2026-11-20T12:00:00.25Z', NOON + 250],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    [String(NOON / 1000), NOON],
    [`${NOON / 1000}.5`, NOON + 500],
  ])('%s is read', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  test.each([
    '',
    'now',
    '10m',
    '2026-11-20',
    '2026-11-20T12:00:00',
    '2026-11-20T12:00Z',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-11-20T24:00:01Z',
    '2026-11-20T12:60:00Z',
    '2026-11-20T12:00:61Z',
    String(NOON),
    '12345',
    '-1795176000',
  ])('"%s" is no instant', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test.each([
    [NOON, '2026-11-20T12:00:00Z'],
    [NOON + 250, '2026-11-20T12:00:00.250Z'],
  ])('%d is written %s', (ms, text) => {
    expect(formatInstant(ms)).toBe(text);
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms);
      }),
    );
  });

  test.each([
    [NOON, '12:00Z'],
    [NOON + 300_000, '12:05Z'],
    [NOON + 5000, '12:00:05Z'],
    [NOON + 5250, '12:00:05Z'],
  ])('the time of day of %d is %s', (ms, text) => {
    expect(formatClock(ms)).toBe(text);
  });
});

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ['Sunday, 06-Nov-94 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 1994 08:49:37', undefined],
  ['Sun, 06 Foo 1994 08:49:37 GMT', undefined],
  ['120', undefined],
])('the HTTP date "%s" is %s', (text, ms) => {
  expect(parseHttpDate(text)).toBe(ms);
});
