import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CsvError, readCsv } from '../../src/backends/file/csv.js';
import { file } from '../../src/backends/file.js';
import type { BackendContext, QueryRequest } from '../../src/contracts/backend.js';
import { BackendError } from '../../src/model/failure.js';
import {
  clock,
  contextOf,
  errorOf,
  MINUTE,
  open,
  prepared,
  refusals,
  requestOf,
  TO,
  variablesOf,
  WINDOW,
} from './shared/world.js';

let site: string;
let data: string;
beforeAll(() => {
  site = mkdtempSync(join(tmpdir(), 'file-'));
  data = join(site, 'data');
  mkdirSync(join(data, 'sub'), { recursive: true });
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

const CONFIG = { folder: 'data' };
let written = 0;

/** Writes a file of that ending and returns its name. */
function given(ending: string, content: string | Buffer): string {
  written += 1;
  const name = `f${written}.${ending}`;
  writeFileSync(join(data, name), content);
  return name;
}

function ask(source: unknown, request: Partial<QueryRequest> = {}, context: Partial<BackendContext> = {}) {
  return prepared(open(file, CONFIG, site), requestOf(source, request)).fetch(contextOf(context));
}
const failureOf = async (...question: Parameters<typeof ask>) => (await errorOf(ask(...question))).failure;
const at = (minutesBeforeEnd: number) => new Date(TO - minutesBeforeEnd * MINUTE).toISOString();
const refused = (source: unknown, over: Partial<QueryRequest> = {}) =>
  refusals(open(file, CONFIG, site), requestOf(source, over));

describe('CSV', () => {
  test('rows are chosen by "where", told apart by labels, and placed by time', async () => {
    const path = given(
      'csv',
      [
        'time,track,path,orders',
        `${at(3)},canary,a,5`,
        `${at(3)},stable,a,50`,
        `${at(1)},canary,a,7`,
        `${at(1)},canary,b,`,
        `${at(0)},canary,b,2`,
        `${at(-5)},canary,b,99`,
      ].join('\n'),
    );
    const source = { path, time: 'time', value: 'orders', where: { track: '{{track}}' }, labels: ['path'] };
    const answer = await ask(source, { use: 'counts', variables: variablesOf({ track: 'canary' }) });
    expect(answer).toEqual({
      series: [
        { labels: { path: 'a' }, times: [TO - 3 * MINUTE, TO - MINUTE], values: [5, 7], newest: TO - MINUTE },
        { labels: { path: 'b' }, times: [TO - MINUTE, TO], values: [Number.NaN, 2], newest: TO },
      ],
    });
  });

  test('quotes, CRLF, a byte order mark, line breaks in cells, and columns with any name', async () => {
    const path = given('csv', '\ufeff"the value, in ""ms""",note\r\n"1,5","a\r\nb"\r\n2.5,"x ""y"""\r\n');
    const read = (where: string) => ask({ path, value: 'the value, in "ms"', where: { note: where } });
    expect((await read('x "y"')).series[0]?.values).toEqual([2.5]);
    expect(await failureOf({ path, value: 'the value, in "ms"' })).toMatchObject({
      code: 'backend.answer-shape',
      message: `"the value, in "ms"" in line 2 of "${path}" of "shop" should be a number, but is "1,5"`,
    });
  });

  test('a column whose name looks like a path is a column', async () => {
    const path = given('csv', 'http.latency[ms],__proto__\n12,3\n');
    expect((await ask({ path, value: 'http.latency[ms]' })).series[0]?.values).toEqual([12]);
    expect((await ask({ path, value: '__proto__' })).series[0]?.values).toEqual([3]);
  });

  test('empty cells are missing, never 0; a header alone and an empty file are no data', async () => {
    const path = given('csv', 'a,n\nx,\nx,  \nx,4\n\n');
    expect((await ask({ path, value: 'n' }, { use: 'raw' })).series.map(({ values }) => values)).toEqual([
      [4],
    ]);
    expect((await ask({ path: given('csv', 'a,n\n'), value: 'n' })).series).toEqual([]);
    expect((await ask({ path: given('csv', ''), value: 'n' })).series).toEqual([]);
  });

  test('without a time: one value for an instant, all for raw, and nobody knows how new', async () => {
    const path = given('csv', 'n\n1\nNaN\n');
    expect((await ask({ path, value: 'n' }, { use: 'raw' })).series).toEqual([
      { labels: {}, times: [TO, TO], values: [1, Number.NaN] },
    ]);
    expect((await failureOf({ path, value: 'n' })).message).toContain('answered 2 values without a time');
  });

  test.each([
    ['a,n\nx,1,2\n', 'backend.malformed', 'line 2 of "F" is no CSV: 3 cells where the header has 2'],
    ['a,n\n"x\n\ny",1\nz\n', 'backend.malformed', 'line 5 of "F" is no CSV: 1 cell where the header has 2'],
    ['a,n\n"x,1\n', 'backend.malformed', 'line 2 of "F" is no CSV: a quote that is never closed'],
    ['a,n\n"x"y,1\n', 'backend.malformed', 'line 2 of "F" is no CSV: text behind a closing quote'],
    [
      'a,n\nx"y,1\n',
      'backend.malformed',
      'line 2 of "F" is no CSV: a quote inside a cell that does not begin with one',
    ],
    ['n,n\n1,2\n', 'backend.malformed', '"F" has two columns called "n"'],
    ['a;n\nx;1\n', 'backend.answer-shape', '"F" has no column "n"'],
    ['a,n\nx,up\n', 'backend.answer-shape', '"n" in line 2 of "F" of "shop" should be a number, but is "up"'],
  ])('%j is refused', async (text, code, message) => {
    const path = given('csv', text);
    expect(await failureOf({ path, value: 'n' })).toMatchObject({
      code,
      message: message.replace('F', path),
    });
  });

  test('a misspelt column is met with the nearest', async () => {
    const path = given('csv', 'orders,time\n1,2\n');
    expect(await failureOf({ path, value: 'order' })).toMatchObject({ mend: 'did you mean "orders"?' });
  });

  test('whatever cells are written come back', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', 'é', ' ') });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 })),
        fc.boolean(),
        (records, isCrlf) => {
          const text = records
            .map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
            .join(isCrlf ? '\r\n' : '\n');
          expect([...readCsv(text)].map(({ cells }) => cells)).toEqual(records);
        },
      ),
    );
  });

  test('any text is read or refused, and its lines are counted', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ') }), (text) => {
        try {
          const lines = [...readCsv(text)].map(({ line }) => line);
          expect(lines).toEqual([...lines].sort((a, b) => a - b));
        } catch (error) {
          expect(error).toBeInstanceOf(CsvError);
        }
      }),
    );
  });
});

describe('JSON and NDJSON', () => {
  test('NDJSON: fields are paths; an empty line is passed over', async () => {
    const lines = [
      { t: TO, v: { n: 1 }, on: true },
      { t: TO - 1, v: { n: 9 }, on: false },
      { t: TO - 2, v: {}, on: true },
    ];
    const path = given('ndjson', `${lines.map((line) => JSON.stringify(line)).join('\r\n\n')}\n`);
    const answer = await ask({ path, time: 't', value: 'v.n', where: { on: true } }, { use: 'raw' });
    expect(answer.series).toEqual([{ labels: {}, times: [TO], values: [1], newest: TO }]);
  });

  test('NDJSON: a bad line is named', async () => {
    const path = given('jsonl', '{"n": 1}\n\n{"n": 2\n');
    expect(await failureOf({ path, value: 'n' }, { use: 'raw' })).toMatchObject({
      code: 'backend.malformed',
      message: `line 3 of "${path}" is no JSON: "{\\"n\\": 2"`,
    });
  });

  test('JSON: one number, or rows', async () => {
    const path = given(
      'json',
      JSON.stringify({
        p95: 0.4,
        rows: [
          { k: 'a', n: 1 },
          { k: 'b', n: '2' },
        ],
      }),
    );
    expect((await ask({ path, json: 'p95' })).series[0]?.values).toEqual([0.4]);
    expect((await ask({ path, json: 'rows', value: 'n', where: { k: 'b' } })).series[0]?.values).toEqual([2]);
    expect((await ask({ path, json: 'rows', value: 'n', labels: ['k'] })).series).toHaveLength(2);
    expect((await ask({ path, json: 'nothing', where: { k: 'b' } })).series).toEqual([]);
    expect((await failureOf({ path, json: 'p95', where: { k: 'b' } })).message).toContain(
      'should be a list of rows',
    );
    expect((await ask(given('json', '0.5'))).series[0]?.values).toEqual([0.5]);
    expect((await failureOf(given('json', '{"a":'))).code).toBe('backend.malformed');
  });

  test('a format may be named where the ending does not say it', async () => {
    expect((await ask({ path: given('log', '3\n'), format: 'ndjson' })).series[0]?.values).toEqual([3]);
  });
});

describe('where files may lie', () => {
  test('a missing file is named with its folder', async () => {
    expect(await failureOf({ path: 'sub/none.csv', value: 'n' })).toMatchObject({
      code: 'backend.file',
      message: `there is no file "sub/none.csv" in the folder ${data} of "shop"`,
    });
    const nowhere = prepared(open(file, { folder: 'nowhere' }, site), requestOf('a.json')).fetch(contextOf());
    expect((await errorOf(nowhere)).failure.message).toBe(
      `the folder ${join(site, 'nowhere')} of "shop" does not exist`,
    );
  });

  test.each(['../secret.json', '/etc/passwd.json', 'sub/../../secret.json', 'a\0.json', '..'])(
    '%j lies outside',
    (path) => {
      expect(refused({ path, format: 'json' })[0]).toContain('lies outside the folder');
    },
  );

  test('a link is followed inside the folder, and refused where it leads out', async () => {
    writeFileSync(join(site, 'secret.json'), '1');
    writeFileSync(join(data, 'sub/inside.json'), '2');
    symlinkSync(join(site, 'secret.json'), join(data, 'out.json'));
    symlinkSync('sub/inside.json', join(data, 'in.json'));
    symlinkSync(site, join(data, 'up'));
    symlinkSync('loop.json', join(data, 'loop.json'));
    expect((await ask('in.json')).series[0]?.values).toEqual([2]);
    for (const path of ['out.json', 'up/secret.json']) {
      expect((await failureOf(path)).message).toContain(`"${path}" is a link that leads out of the folder`);
    }
    expect((await failureOf('loop.json')).message).toContain('could not be read (ELOOP)');
    // A folder that is itself a link is a folder like any other.
    symlinkSync(data, join(site, 'linked'));
    const linked = prepared(open(file, { folder: 'linked' }, site), requestOf('in.json')).fetch(contextOf());
    expect((await linked).series[0]?.values).toEqual([2]);
  });

  test('a folder and a pipe are no files, and do not hang the run', async () => {
    execFileSync('mkfifo', [join(data, 'pipe.json')]);
    expect((await failureOf('pipe.json')).message).toContain('is no plain file');
    expect((await failureOf({ path: 'sub', format: 'json' })).message).toContain('is no plain file');
  });

  test('more than 64 MiB is not read', async () => {
    const path = given('csv', 'n\n');
    truncateSync(join(data, path), 64 * 1024 * 1024 + 1);
    expect(await failureOf({ path, value: 'n' })).toMatchObject({
      code: 'backend.too-large',
      message: `"${path}" holds 67108865 bytes; at most 67108864 are read`,
    });
  });

  test('text that is no UTF-8', async () => {
    const path = given('csv', Buffer.from('n\n1\xff\n', 'latin1'));
    expect(await failureOf({ path, value: 'n' })).toMatchObject({
      code: 'backend.malformed',
      message: `"${path}" is not UTF-8`,
    });
  });
});

describe('variables and what is known at load', () => {
  test('a variable may be a part of a name, and no way to another folder', async () => {
    given('json', '1');
    writeFileSync(join(data, 'orders-eu.json'), '8');
    const variables = variablesOf({ region: 'eu' });
    expect((await ask('orders-{{region}}.json', { variables })).series[0]?.values).toEqual([8]);
    for (const region of ['../x', 'a/b', 'a\\b', '..', 'a\0']) {
      expect(refused('orders-{{region}}.json', { variables: variablesOf({ region }) })[0]).toContain(
        'gatefile.variable: the value of "{{region}}" holds',
      );
    }
    expect(refused('{{x}}', { variables: variablesOf({ x: '../a.json' }, true) })[0]).toContain(
      'lies outside',
    );
    expect(refused({ path: 'a.csv', value: 'n', where: { k: '{{nope}}' } })).toEqual([
      'gatefile.variable: "{{nope}}" names no variable',
    ]);
  });

  test.each([
    [{ path: 'a.txt' }, 'gatefile.query: the ending of "a.txt" does not say what it holds'],
    [{ path: 'a.csv' }, 'gatefile.query: which column of "a.csv" holds the value is not said'],
    [
      { path: 'a.csv', value: 'n', json: 'x' },
      'gatefile.query: "json" leads into one JSON document, and "a.csv" is csv',
    ],
    [{ path: 'a.ndjson', value: 'a..b' }, 'gatefile.query: "a..b" is no JSON path: "..b" is not understood'],
    [
      { path: 'a.ndjson', value: 'n', labels: ['a.id', 'b.id'] },
      'gatefile.query: two of the labels would have the same name',
    ],
    [{ path: 'a.csv', value: 'n', wher: {} }, 'gatefile.unknown-key: unknown key "wher"'],
    [{ value: 'n' }, 'gatefile.missing-key: "path" is missing'],
  ])('%j', (source, message) => {
    expect(refused(source)).toEqual([message]);
  });

  test('a file has no past beyond its rows', () => {
    for (const use of ['seen', 'unlisted'] as const) {
      expect(refused({ path: 'a.csv', value: 'n' }, { use })[0]).toMatch(
        /^gatefile\.query: this backend cannot tell/,
      );
    }
  });

  test('the text holds no instant, and every part of the question', () => {
    const of = (more: object, over: Partial<QueryRequest> = {}) =>
      prepared(open(file, CONFIG, site), requestOf({ path: 'a-{{to}}.csv', value: 'n', ...more }, over));
    const later = { ...WINDOW, from: WINDOW.from + MINUTE, to: WINDOW.to + MINUTE };
    expect(of({}).text).toBe('{"path":"a-{{to}}.csv","format":"csv","value":"n"}');
    expect(of({}, { window: later }).text).toBe(of({}).text);
    expect(of({}, { window: later }).key).not.toBe(of({}).key);
    expect(of({ where: { a: 'x' } }).key).not.toBe(of({ where: { a: 'y' } }).key);
  });
});

describe('time', () => {
  test('an abort is thrown as its reason', async () => {
    const reason = new BackendError({ code: 'backend.deadline', message: 'too long' });
    expect(await errorOf(ask(given('json', '1'), {}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test('a file system that does not answer is a timeout', async () => {
    const impatient = { ...clock, sleep: () => Promise.resolve() };
    expect(await failureOf(given('json', '1'), {}, { clock: impatient })).toMatchObject({
      code: 'backend.timeout',
      message: expect.stringContaining('could not be read in 5s'),
    });
  });
});

test('a probe tells how old the newest file is', async () => {
  const probe = (folder: string) =>
    open(file, { folder }, site).probe(contextOf({ clock: { ...clock, now: () => TO } }));
  mkdirSync(join(site, 'probed'));
  expect(await probe('probed')).toEqual({ identity: 'folder with 0 files', newestAgeMs: null, notes: [] });
  for (const [name, ago] of [
    ['a', 10],
    ['b', 3],
  ] as const) {
    writeFileSync(join(site, 'probed', name), '');
    utimesSync(join(site, 'probed', name), (TO - ago * MINUTE) / 1000, (TO - ago * MINUTE) / 1000);
  }
  expect(await probe('probed')).toEqual({
    identity: 'folder with 2 files',
    newestAgeMs: 3 * MINUTE,
    notes: [],
  });
  expect((await errorOf(probe('nowhere'))).failure.code).toBe('backend.file');
});
