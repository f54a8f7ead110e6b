/** Which window a run judges. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ResolvedWindow,
  resolveWindow,
  WINDOW_DEFAULTS,
  type WindowSettings,
} from '../../src/gatefile/window.js';
import { formatInstant, parseDuration } from '../../src/model/time.js';
import { strataOf } from '../../src/model/window.js';

const at = (clock: string): number => Date.parse(`2026-11-20T${clock}Z`);
const clock = (ms: number): string => formatInstant(ms).slice(11, -1);
const ms = (text: string): number => parseDuration(text) ?? Number.NaN;

function settings(
  over: { for?: string; step?: string; settle?: string; warmup?: string } = {},
): WindowSettings {
  return {
    ...WINDOW_DEFAULTS,
    ...(over.for !== undefined && { forMs: ms(over.for) }),
    ...(over.step !== undefined && { stepMs: ms(over.step) }),
    ...(over.settle !== undefined && { settleMs: ms(over.settle) }),
    ...(over.warmup !== undefined && { warmupMs: ms(over.warmup) }),
  };
}

function resolved(which: WindowSettings, asOf: number, since?: number): ResolvedWindow {
  const result = resolveWindow(which, asOf, since);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('without a deploy time', () => {
  test.each([
    { now: '14:35:00', over: {}, from: '14:24:00', to: '14:34:00' },
    { now: '14:35:59', over: {}, from: '14:24:00', to: '14:34:00' },
    { now: '14:35:59', over: { settle: '0' }, from: '14:25:00', to: '14:35:00' },
    { now: '14:35:30', over: { settle: '45s' }, from: '14:24:00', to: '14:34:00' },
    { now: '14:37:00', over: { step: '5m', for: '30m' }, from: '14:05:00', to: '14:35:00' },
    { now: '00:00:30', over: { settle: '30s' }, from: '23:50:00', to: '00:00:00' },
  ])('at $now with $over it is ($from, $to]', ({ now, over, from, to }) => {
    const { window, isFull } = resolved(settings(over), at(now));
    expect([clock(window.from), clock(window.to)]).toEqual([from, to]);
    expect(isFull).toBe(true);
  });
});

describe('with a deploy time', () => {
  test.each([
    {
      name: 'not a step is complete',
      now: '14:01:30',
      over: {},
      from: '14:00:00',
      to: '14:00:00',
      full: false,
    },
    {
      name: 'one step is complete',
      now: '14:02:00',
      over: {},
      from: '14:00:00',
      to: '14:01:00',
      full: false,
    },
    { name: 'half of it', now: '14:06:59', over: {}, from: '14:00:00', to: '14:05:00', full: false },
    {
      name: 'one step short of full',
      now: '14:10:59',
      over: {},
      from: '14:00:00',
      to: '14:09:00',
      full: false,
    },
    { name: 'full', now: '14:11:00', over: {}, from: '14:00:00', to: '14:10:00', full: true },
    {
      name: 'long after, as full as it was',
      now: '18:00:00',
      over: {},
      from: '14:00:00',
      to: '14:10:00',
      full: true,
    },
    {
      name: 'warming up',
      now: '14:02:00',
      over: { warmup: '5m' },
      from: '14:05:00',
      to: '14:05:00',
      full: false,
    },
    {
      name: 'warmed up, rounded up to a step',
      now: '14:12:00',
      over: { warmup: '90s' },
      from: '14:02:00',
      to: '14:11:00',
      full: false,
    },
  ])('at $now: $name', ({ now, over, from, to, full }) => {
    const { window, isFull } = resolved(settings(over), at(now), at('14:00:00'));
    expect([clock(window.from), clock(window.to), isFull]).toEqual([from, to, full]);
  });

  test('it says when the first step and the whole window will be complete', () => {
    const { firstStepAt, fullAt } = resolved(settings({ warmup: '2m' }), at('14:01:00'), at('14:00:10'));
    expect([clock(firstStepAt), clock(fullAt)]).toEqual(['14:05:00', '14:14:00']);
  });

  test('a deploy that lies ahead is trouble with --since', () => {
    const result = resolveWindow(settings(), at('14:00:00'), at('14:00:01'));
    expect(result).toMatchObject({ ok: false, about: 'since', failure: { code: 'gatefile.window' } });
  });
});

describe('settings that make no window', () => {
  test.each([
    { over: { step: '500ms', for: '10s' }, about: 'step', says: 'whole seconds' },
    { over: { step: '1500ms', for: '3s' }, about: 'step', says: 'whole seconds' },
    { over: { step: '0', for: '3s' }, about: 'step', says: 'whole seconds' },
    { over: { for: '90s' }, about: 'for', says: 'no multiple of', mend: '2m' },
    { over: { for: '30s' }, about: 'for', says: 'no multiple of', mend: '1m' },
    { over: { for: '0' }, about: 'for', says: 'no multiple of', mend: '1m' },
    { over: { for: '8d' }, about: 'for', says: '11,000', mend: 'longer step' },
  ])('$over', ({ over, about, says, ...rest }) => {
    const result = resolveWindow(settings(over), at('14:00:00'), undefined);
    if (result.ok) throw new Error('trouble was expected');
    expect(result.about).toBe(about);
    expect(result.failure.message).toContain(says);
    expect(result.failure.mend).toContain('mend' in rest ? rest.mend : '');
  });
});

describe('laws', () => {
  const any = fc.record({
    asOf: fc.integer({ min: at('00:00:00'), max: at('23:59:59') }),
    stepSeconds: fc.constantFrom(1, 10, 60, 90, 300, 3600),
    strata: fc.integer({ min: 1, max: 100 }),
    settleMs: fc.nat(600_000),
    warmupMs: fc.nat(600_000),
    ago: fc.nat(20_000_000),
  });

  test('a window ends at a whole step in UTC, and never after now less settling', () => {
    fc.assert(
      fc.property(any, fc.boolean(), ({ asOf, stepSeconds, strata, settleMs, warmupMs, ago }, hasSince) => {
        const stepMs = stepSeconds * 1000;
        const which = { ...WINDOW_DEFAULTS, forMs: strata * stepMs, stepMs, settleMs, warmupMs };
        const { window, isFull } = resolved(which, asOf, hasSince ? asOf - ago : undefined);
        expect(window.to % stepMs).toBe(0);
        expect(window.from % stepMs).toBe(0);
        expect(window.stepMs).toBe(stepMs);
        if (strataOf(window) > 0) expect(window.to).toBeLessThanOrEqual(asOf - settleMs);
        expect(strataOf(window)).toBeLessThanOrEqual(strata);
        expect(isFull).toBe(strataOf(window) === strata);
        if (hasSince) expect(window.from).toBeGreaterThanOrEqual(asOf - ago + warmupMs);
      }),
      { numRuns: 500 },
    );
  });

  test('with a deploy time it begins at the same instant at every look, grows by whole steps and stays full', () => {
    fc.assert(
      fc.property(
        any,
        fc.nat(10_000_000),
        ({ asOf, stepSeconds, strata, settleMs, warmupMs, ago }, later) => {
          const stepMs = stepSeconds * 1000;
          const which = { ...WINDOW_DEFAULTS, forMs: strata * stepMs, stepMs, settleMs, warmupMs };
          const first = resolved(which, asOf, asOf - ago);
          const second = resolved(which, asOf + later, asOf - ago);
          expect(second.window.from).toBe(first.window.from);
          expect(second.window.to).toBeGreaterThanOrEqual(first.window.to);
          expect((second.window.to - first.window.to) % stepMs).toBe(0);
          if (first.isFull) expect(second.window).toEqual(first.window);
          expect([second.firstStepAt, second.fullAt]).toEqual([first.firstStepAt, first.fullAt]);
        },
      ),
    );
  });

  test('is full at the instant that it said, and not a millisecond before', () => {
    fc.assert(
      fc.property(any, ({ asOf, stepSeconds, strata, settleMs, warmupMs, ago }) => {
        const stepMs = stepSeconds * 1000;
        const which = { ...WINDOW_DEFAULTS, forMs: strata * stepMs, stepMs, settleMs, warmupMs };
        const since = asOf - ago;
        const { fullAt, firstStepAt } = resolved(which, asOf, since);
        // Settling need not be whole steps: the look after it is the first that sees the step.
        expect(resolved(which, fullAt, since).isFull).toBe(true);
        expect(resolved(which, Math.max(since, fullAt - 1), since).isFull).toBe(fullAt - 1 < since);
        expect(strataOf(resolved(which, firstStepAt, since).window)).toBeGreaterThan(0);
      }),
    );
  });
});
