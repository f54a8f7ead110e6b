/** What the file, the flags, a waiver or a fallback make of a verdict. */
import { describe, expect, test } from 'vitest';
import type { RunFacts } from '../../src/engine/report.js';
import type { Failure } from '../../src/model/failure.js';
import { HEAD, type LoadOptions, MINUTE, NOW, resultOf, run, type Table } from '../support/fake-backend.js';

const DOWN: Failure = { code: 'backend.unreachable', message: 'nobody answers' };
const LATE: Failure = { code: 'backend.deadline', message: 'time is over' };
const REJECTED: Failure = { code: 'backend.query', message: 'no such function' };

const value = (query: string, more = ''): string => `{ value: ${query}, take: max, pass: "<= 5"${more} }`;
const gate = (criteria: Readonly<Record<string, string>>, more = ''): string =>
  `${HEAD}${more}criteria:\n${Object.entries(criteria)
    .map(([id, body]) => `  ${id}: ${body}\n`)
    .join('')}`;

type Options = LoadOptions & { readonly policy?: Partial<RunFacts['policy']> };

/** `verdict: reason` of a criterion; the gate's under the name of the gate. */
async function said(text: string, table: Table, options: Options = {}): Promise<Record<string, string>> {
  const outcome = await run(text, table, options);
  const [shop] = outcome.gates;
  const rows = [
    ['shop', shop?.verdict, shop?.reason?.code] as const,
    ...(shop?.criteria ?? []).map(({ id, verdict, reason }) => [id, verdict, reason?.code] as const),
  ];
  return Object.fromEntries(
    rows.map(([name, verdict, code]) => [name, code === undefined ? `${verdict}` : `${verdict}: ${code}`]),
  );
}

describe('on: of the file', () => {
  const LOOSE = ', because: legacy exporter }';
  test.each<{ name: string; on: string; table: Table; is: string }>([
    { name: 'no-data: fail of absent data', on: '{ no-data: fail }', table: {}, is: 'fail: no-data' },
    { name: 'no-data: fail of stale data', on: '{ no-data: fail }', table: { q: [1] }, is: 'fail: stale' },
    {
      name: 'no-data: fail of NaN',
      on: '{ no-data: fail }',
      table: { q: Number.NaN },
      is: 'fail: not-a-number',
    },
    { name: 'no-data: error', on: '{ no-data: error }', table: {}, is: 'error: no-data' },
    { name: 'no-data: warn', on: `{ no-data: warn${LOOSE}`, table: {}, is: 'warn: on-policy' },
    { name: 'no-data: pass', on: `{ no-data: pass${LOOSE}`, table: {}, is: 'pass: on-policy' },
    {
      name: 'no-data of an error is not meant',
      on: '{ no-data: fail }',
      table: { q: DOWN },
      is: 'error: backend',
    },
    { name: 'error: fail', on: '{ error: fail }', table: { q: DOWN }, is: 'fail: backend' },
    {
      name: 'error: inconclusive',
      on: '{ error: inconclusive }',
      table: { q: DOWN },
      is: 'inconclusive: backend',
    },
    {
      name: 'error: pass does not mean a rejected query',
      on: `{ error: pass${LOOSE}`,
      table: { q: REJECTED },
      is: 'error: query',
    },
    {
      name: 'but error: fail does',
      on: '{ error: fail }',
      table: { q: REJECTED },
      is: 'fail: query',
    },
    { name: 'error of no data is not meant', on: '{ error: fail }', table: {}, is: 'inconclusive: no-data' },
    {
      name: 'no policy touches a pass',
      on: '{ no-data: fail, undecided: fail, error: fail }',
      table: { q: 1 },
      is: 'pass',
    },
    {
      name: 'nor a measured breach',
      on: `{ no-data: pass, undecided: pass, error: pass${LOOSE}`,
      table: { q: 9 },
      is: 'fail: threshold',
    },
  ])('$name', async ({ on, table, is }) => {
    const text = gate({ c: value('q', `, on: ${on}`), other: value('o') });
    expect((await said(text, { o: 1, ...table }))['c']).toBe(is);
  });

  test('undecided is what has data and does not decide', async () => {
    const text = (on: string): string =>
      gate({
        c: `{ ratio: { good: g, total: t }, pass: ">= 90%", evidence: sequential, on: ${on} }`,
        other: value('o'),
      });
    const table = { g: 9, t: 10, o: 1 };
    expect((await said(text('{ undecided: fail }'), table))['c']).toBe('fail: undecided');
    expect((await said(text(`{ undecided: warn${LOOSE}`), table))['c']).toBe('warn: on-policy');
    expect((await said(text('{ no-data: fail }'), table))['c']).toBe('inconclusive: undecided');
  });

  test('is said in the reason, with why', async () => {
    const text = gate({ c: value('q', `, on: { no-data: warn${LOOSE}`), other: value('o') });
    const { reason, judged } = resultOf(await run(text, { o: 1 }), 'c');
    expect(reason?.text).toBe('no data in the window (on no-data: warn, because legacy exporter)');
    expect(judged).toMatchObject({ verdict: 'inconclusive', reason: { text: 'no data in the window' } });
    const strict = resultOf(await run(gate({ c: value('q', ', on: { no-data: fail }') }), {}), 'c');
    expect(strict.reason?.text).toBe('no data in the window (on no-data: fail)');
  });

  test('never lets a window pass that is still filling', async () => {
    const text = gate({
      c: value('q', `, on: { no-data: pass, undecided: pass, error: warn${LOOSE}`),
      other: value('o'),
    });
    const since = { since: NOW - 6 * MINUTE };
    expect((await said(text, { q: 1, o: 9 }, since))['c']).toBe('inconclusive: window-not-full');
    expect((await said(text, { o: 9 }, since))['c']).toBe('inconclusive: no-data');
    expect((await said(text, { q: DOWN, o: 9 }, since))['c']).toBe('error: backend');
    expect((await said(text, { q: 1 }, { since: NOW }))['c']).toBe('inconclusive: window-not-full');
    const tight = gate({ c: value('q', ', on: { no-data: fail }') });
    expect((await said(tight, {}, since))['c']).toBe('fail: no-data');
  });

  test('a gate of which every pass is by policy is inconclusive', async () => {
    const loose = `, on: { no-data: pass, error: warn${LOOSE}`;
    const text = gate({ a: value('a', loose), b: value('b', loose), shown: value('s', ', advisory: true') });
    expect(await said(text, { b: DOWN, s: 1 })).toEqual({
      shop: 'inconclusive: all-by-policy',
      a: 'pass: on-policy',
      b: 'warn: on-policy',
      shown: 'pass',
    });
    expect((await said(text, { a: 1, b: DOWN, s: 1 }))['shop']).toBe('warn');
    expect((await said(text, { a: 9, b: DOWN, s: 1 }))['shop']).toBe('fail');
  });

  test('a score trades no measured fail against passes by policy', async () => {
    const loose = `, weight: 9, on: { no-data: pass${LOOSE}`;
    const text = gate({ a: value('a', loose), b: value('b') }, 'score: { pass: 90, warn: 75 }\n');
    expect((await said(text, { b: 9 }))['shop']).toBe('fail');
    expect((await said(text, { a: 1, b: 9 }))['shop']).toBe('pass');
  });
});

describe('flags', () => {
  const loose = ', on: { no-data: pass, error: pass, because: x }';
  const open = ', on: { error: inconclusive }';
  test.each<{ name: string; more: string; table: Table; policy: Partial<RunFacts['policy']>; is: string }>([
    { name: '--on-no-data fail', more: '', table: {}, policy: { onNoData: 'fail' }, is: 'fail: no-data' },
    {
      name: '--on-no-data fail over a loose file',
      more: loose,
      table: {},
      policy: { onNoData: 'fail' },
      is: 'fail: no-data',
    },
    {
      name: '--on-no-data fail leaves errors alone',
      more: '',
      table: { q: DOWN },
      policy: { onNoData: 'fail' },
      is: 'error: backend',
    },
    {
      name: '--on-no-data inconclusive does not loosen',
      more: ', on: { no-data: fail }',
      table: {},
      policy: { onNoData: 'inconclusive' },
      is: 'fail: no-data',
    },
    {
      name: '--on-backend-error fail',
      more: '',
      table: { q: DOWN },
      policy: { onBackendError: 'fail' },
      is: 'fail: backend',
    },
    {
      name: '--on-backend-error fail of a deadline',
      more: '',
      table: { q: LATE },
      policy: { onBackendError: 'fail' },
      is: 'fail: deadline',
    },
    {
      name: '--on-backend-error fail over a loose file',
      more: loose,
      table: { q: DOWN },
      policy: { onBackendError: 'fail' },
      is: 'fail: backend',
    },
    {
      name: '--on-backend-error inconclusive',
      more: '',
      table: { q: DOWN },
      policy: { onBackendError: 'inconclusive' },
      is: 'inconclusive: backend',
    },
    {
      name: '--on-backend-error inconclusive over a loose file',
      more: loose,
      table: { q: DOWN },
      policy: { onBackendError: 'inconclusive' },
      is: 'inconclusive: backend',
    },
    {
      name: '--on-backend-error inconclusive does not loosen a file that fails',
      more: ', on: { error: fail }',
      table: { q: DOWN },
      policy: { onBackendError: 'inconclusive' },
      is: 'fail: backend',
    },
    {
      name: '--on-backend-error leaves a rejected query alone',
      more: '',
      table: { q: REJECTED },
      policy: { onBackendError: 'inconclusive' },
      is: 'error: query',
    },
    {
      name: '--on-backend-error leaves no data alone',
      more: '',
      table: {},
      policy: { onBackendError: 'fail' },
      is: 'inconclusive: no-data',
    },
    {
      name: '--on-backend-error error changes nothing',
      more: open,
      table: { q: DOWN },
      policy: { onBackendError: 'error' },
      is: 'inconclusive: backend',
    },
    {
      name: 'none of them touches a pass',
      more: '',
      table: { q: 1 },
      policy: { onNoData: 'fail', onBackendError: 'fail' },
      is: 'pass',
    },
    {
      name: 'none of them touches a window that is filling',
      more: '',
      table: { q: 1 },
      policy: { onNoData: 'fail', onBackendError: 'fail' },
      is: 'pass',
    },
  ])('$name', async ({ more, table, policy, is }) => {
    expect((await said(gate({ c: value('q', more) }), table, { policy }))['c']).toBe(is);
  });

  test('are said in the reason', async () => {
    const { reason } = resultOf(
      await run(gate({ c: value('q') }), {}, { policy: { onNoData: 'fail' } }),
      'c',
    );
    expect(reason?.text).toBe('no data in the window (--on-no-data fail)');
    const down = await run(gate({ c: value('q') }), { q: DOWN }, { policy: { onBackendError: 'fail' } });
    expect(resultOf(down, 'c').reason?.text).toBe('nobody answers (--on-backend-error fail)');
  });

  test('a loose file that a flag overrules is no policy that let something through', async () => {
    const text = gate({ c: value('q', loose) });
    expect((await said(text, {}, { policy: { onNoData: 'fail' } }))['shop']).toBe('fail');
  });

  test('a window that is filling stays open', async () => {
    const since = { since: NOW - 6 * MINUTE, policy: { onNoData: 'fail', onBackendError: 'fail' } } as const;
    expect((await said(gate({ c: value('q') }), { q: 1 }, since))['c']).toBe('inconclusive: window-not-full');
  });
});

describe('a waiver', () => {
  const waivers = (criterion: string, until: number | null = null): LoadOptions => ({
    waivers: [{ criterion, by: 'boss', because: 'known, ticket 7', until }],
  });
  const text = gate({ a: value('a'), b: value('b') }, 'owners: { decide: [boss] }\n');

  test('turns a fail into a warning, and is shown', async () => {
    const outcome = await run(text, { a: 9, b: 1 }, waivers('a', NOW + MINUTE));
    expect(outcome.gates[0]?.verdict).toBe('warn');
    expect(resultOf(outcome, 'a')).toMatchObject({
      verdict: 'warn',
      reason: { code: 'waived', text: 'waived by boss: known, ticket 7' },
      judged: { verdict: 'fail', reason: { code: 'threshold' } },
      waiver: { by: 'boss', because: 'known, ticket 7', until: '2026-11-20T14:36:00Z' },
    });
    expect(resultOf(outcome, 'b').waiver).toBeNull();
  });

  test.each<[string, Table, string]>([
    ['a pass stays a pass', { a: 1, b: 1 }, 'pass'],
    ['no data stay no data', { b: 1 }, 'inconclusive: no-data'],
    ['an error stays an error', { a: DOWN, b: 1 }, 'error: backend'],
  ])('%s', async (_name, table, is) => {
    const outcome = await run(text, table, waivers('a'));
    const { verdict, reason, waiver } = resultOf(outcome, 'a');
    expect(reason === null ? verdict : `${verdict}: ${reason.code}`).toBe(is);
    expect(waiver).toBeNull();
  });

  test('of all does not make a gate inconclusive: they were measured', async () => {
    const both = { waivers: [...(waivers('a').waivers ?? []), ...(waivers('b').waivers ?? [])] };
    expect((await said(text, { a: 9, b: 9 }, both))['shop']).toBe('warn');
  });
});

describe('an optional dependency', () => {
  const optional = (fallback: string): string => `, dependency: optional, fallback: ${fallback}`;
  const text = gate({
    recs: value('r', optional('shelf')),
    shelf: value('s', ', advisory: true'),
    other: value('o'),
  });
  test.each<[string, Table, string, string]>([
    ['that passes is a pass', { r: 1, s: 1, o: 1 }, 'pass', 'pass'],
    ['that passes needs no fallback', { r: 1, o: 1 }, 'pass', 'pass'],
    ['that fails is degraded while its fallback passes', { r: 9, s: 1, o: 1 }, 'warn: degraded', 'warn'],
    ['without data, too', { s: 1, o: 1 }, 'warn: degraded', 'warn'],
    ['with an error, too', { r: DOWN, s: 1, o: 1 }, 'warn: degraded', 'warn'],
    ['that fails with a fallback that fails, fails', { r: 9, s: 9, o: 1 }, 'fail: threshold', 'fail'],
    ['that fails with a fallback without data, fails', { r: 9, o: 1 }, 'fail: threshold', 'fail'],
    [
      'that fails with a fallback that could not be asked, fails',
      { r: 9, s: DOWN, o: 1 },
      'fail: threshold',
      'fail',
    ],
    [
      'without data with a fallback without data stays open',
      { o: 1 },
      'inconclusive: no-data',
      'inconclusive',
    ],
    ['does not save others', { r: 9, s: 1, o: 9 }, 'warn: degraded', 'fail'],
  ])('%s', async (_name, table, recs, shop) => {
    expect(await said(text, table)).toMatchObject({ recs, shop });
  });

  test('says which fallback stands in, or does not', async () => {
    expect(resultOf(await run(text, { r: 9, s: 1, o: 1 }), 'recs').reason?.text).toBe(
      'optional, and its fallback shop.shelf passes: does not hold: <= 5',
    );
    expect(resultOf(await run(text, { r: 9, s: 9, o: 1 }), 'recs').reason?.text).toBe(
      'does not hold: <= 5; its fallback shop.shelf does not pass either',
    );
  });

  test('a fallback passes on its own evidence alone: not by its own fallback, not by a policy, not by a waiver', async () => {
    const chain = gate({
      a: value('a', optional('b')),
      b: value('b', optional('c')),
      c: value('c', ', advisory: true'),
    });
    expect(await said(chain, { a: 9, b: 9, c: 1 })).toEqual({
      shop: 'fail',
      a: 'fail: threshold',
      b: 'warn: degraded',
      c: 'pass',
    });
    const loose = gate({
      a: value('a', optional('b')),
      b: value('b', ', on: { no-data: pass, because: x }'),
    });
    expect((await said(loose, { a: 9 }))['a']).toBe('fail: threshold');
    const waived = gate({ a: value('a', optional('b')), b: value('b') }, 'owners: { decide: [boss] }\n');
    const waivers = [{ criterion: 'b', by: 'boss', because: 'x', until: null }];
    expect((await said(waived, { a: 9, b: 9 }, { waivers }))['a']).toBe('fail: threshold');
    const warned = gate({ a: value('a', optional('b')), b: value('b', ', warn: "<= 9"') });
    expect((await said(warned, { a: 9, b: 7 }))['a']).toBe('fail: threshold');
  });

  test('leans on the same segment where its fallback has it, and on all of them where it has not', async () => {
    const signals =
      'signals:\n  recs: { value: "r {{p}}", segments: { p: [x, y] } }\n  shelf: { value: "s {{p}}", segments: { p: [x, y] } }\n  whole: { value: "s {{p}}", segments: { p: [z, y] } }\n';
    const of = (fallback: string): string =>
      gate(
        {
          recs: `{ take: max, pass: "<= 5"${optional(fallback)} }`,
          shelf: '{ take: max, pass: "<= 5", advisory: true }',
          whole: '{ take: max, pass: "<= 5", advisory: true }',
        },
        signals,
      );
    const table: Table = { 'r x': 9, 'r y': 9, 's x': 1, 's y': 9, 's z': 1 };
    const verdicts = async (fallback: string): Promise<readonly string[]> => {
      const outcome = await run(of(fallback), table);
      return ['recs[p=x]', 'recs[p=y]'].map((key) => resultOf(outcome, key).verdict);
    };
    expect(await verdicts('shelf')).toEqual(['warn', 'fail']);
    expect(await verdicts('whole')).toEqual(['fail', 'fail']);
  });

  test('is not degraded while its window is still filling', async () => {
    const since = { since: NOW - 6 * MINUTE };
    expect((await said(text, { r: 1, s: 1, o: 1 }, since))['recs']).toBe('inconclusive: window-not-full');
    // Its fallback has not passed either: nothing passes before the window is full.
    expect((await said(text, { r: 9, s: 1, o: 1 }, since))['recs']).toBe('fail: threshold');
  });
});

describe('on-inconclusive', () => {
  const text = gate({ c: value('q') }, 'verdict: { on-inconclusive: fail }\n');
  test('makes an inconclusive gate fail once its window is full', async () => {
    expect(await said(text, {})).toEqual({ shop: 'fail: on-inconclusive', c: 'inconclusive: no-data' });
    expect((await said(text, {}, { since: NOW - 11 * MINUTE }))['shop']).toBe('fail: on-inconclusive');
  });

  test('and not before', async () => {
    expect((await said(text, {}, { since: NOW - 6 * MINUTE }))['shop']).toBe('inconclusive');
    expect((await said(text, {}, { since: NOW }))['shop']).toBe('inconclusive');
  });

  test('touches no other verdict', async () => {
    expect((await said(text, { q: 1 }))['shop']).toBe('pass');
    expect((await said(text, { q: DOWN }))['shop']).toBe('error');
    expect((await said(gate({ c: value('q') }), {}))['shop']).toBe('inconclusive');
  });
});
