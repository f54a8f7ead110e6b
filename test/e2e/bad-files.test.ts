/** What the real program says of files and command lines that are wrong: every word of it, as a person reads it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

const HEAD = `gate: shop
backends:
  metrics: { type: prometheus, url: "http://127.0.0.1:9" }
`;
const QUEUE = `signals:
  queue: { value: sum(queue), unit: messages }
criteria:
  queue: { pass: "<= 5 messages" }
`;
const SOUND = HEAD + QUEUE;
const ARMS = 'arms: { canary: { track: canary }, baseline: { track: stable } }\n';
const DONE = `signals:
  done:
    ratio:
      good: { counter: 'done_total{track="{{track}}"}' }
      total: { counter: 'started_total{track="{{track}}"}' }
criteria:
`;

interface Options {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}
type Files = string | Uint8Array | Readonly<Record<string, string | Uint8Array>>;

/** One cache of compiled code for all runs: each is then as quick as on a machine where the program is used. */
let cache = '';
beforeAll(async () => {
  cache = (await sandbox()).folder;
});
afterAll(removeSandboxes);

/** Runs `validate x.gate.yaml`, or other arguments, among these files; a lone text is x.gate.yaml. */
async function run(files: Files, options: Options = {}): Promise<BinaryResult & { folder: string }> {
  const isOne = typeof files === 'string' || files instanceof Uint8Array;
  const place = await sandbox();
  for (const [name, text] of Object.entries(isOne ? { 'x.gate.yaml': files } : files)) {
    await mkdir(dirname(place.path(name)), { recursive: true });
    await writeFile(place.path(name), text);
  }
  const { args = ['validate', 'x.gate.yaml'], env, ...rest } = options;
  const result = await runGatekeeper(args, {
    cwd: place.folder,
    env: { XDG_CACHE_HOME: cache, ...env },
    ...rest,
  });
  return { ...result, folder: place.folder };
}

async function told(files: Files, options: Options = {}): Promise<string> {
  const result = await run(files, options);
  return toldBy(result, { [result.folder]: '<folder>' });
}

describe('which files', () => {
  test('a file that is not there', async () => {
    expect(await told({})).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml is not there
         check the path; without one, gates/**/*.gate.yaml are read"
    `);
  });
  test('a pattern, a folder and a default that match nothing', async () => {
    const files = { 'gates/readme.md': '' };
    expect(await told(files, { args: ['validate', 'gates/*.gate.yaml', 'gates'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      "gates/*.gate.yaml" matches no gate file
         gate files end in .gate.yaml; check the path or the pattern

      no *.gate.yaml below the folder "gates"
         gate files end in .gate.yaml; check the path"
    `);
    expect(await told(files, { args: ['validate'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      no gates/**/*.gate.yaml below <folder>
         name a gate file, or go where the gates are with --cwd"
    `);
  });
  test('a folder, a file in the place of a folder, and a configuration that is not there', async () => {
    const files = { 'x.gate.yaml/readme.md': '', file: '' };
    expect(await told(files, { args: ['validate', 'file/x.gate.yaml'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      file/x.gate.yaml is not there
         check the path; without one, gates/**/*.gate.yaml are read"
    `);
    expect(await told(files, { args: ['validate', '--cwd', 'file'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --cwd file is no folder
         check the path"
    `);
    expect(await told(files, { args: ['validate', '--config', 'no.yaml'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      no.yaml is not there
         check the path"
    `);
    expect(await told(files, { args: ['validate', '--config', 'x.gate.yaml'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml is a folder
         name a file"
    `);
  });
  test('one file named three times is one gate', async () => {
    const args = ['validate', 'x.gate.yaml', './x.gate.yaml', '*.gate.yaml'];
    expect(await run(SOUND, { args })).toMatchObject({ code: 0, stderr: '' });
  });
  test('an endless device is not read to its end', async () => {
    expect(await told({}, { args: ['validate', '/dev/zero'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      /dev/zero:1:1  /dev/zero is larger than 1 MiB, which no gate file is
         check the path, or split the gates over several files"
    `);
  });
  test('standard input', async () => {
    expect(await run({}, { args: ['validate', '-'], input: SOUND })).toMatchObject({ code: 0, stderr: '' });
    expect(await told({}, { args: ['validate', '-'], input: `${SOUND}windw: 1\n` })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      <stdin>:8:1  unknown key "windw"
         8 │ windw: 1
           │ ^^^^^  did you mean "window"?"
    `);
  });
  test('what is wrong with one file does not hide what is wrong with another', async () => {
    const args = ['validate', 'none.gate.yaml', 'x.gate.yaml'];
    expect(await told(`${SOUND}windw: 1\n`, { args })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      none.gate.yaml is not there
         check the path; without one, gates/**/*.gate.yaml are read

      x.gate.yaml:8:1  unknown key "windw"
         8 │ windw: 1
           │ ^^^^^  did you mean "window"?"
    `);
  });
});

describe('YAML', () => {
  test('an empty file, and one of comments', async () => {
    expect(await told('')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  x.gate.yaml is empty
         a gate starts with "gate: NAME"; see docs/gatefile.md"
    `);
    expect(await told('# to be written\n')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  x.gate.yaml holds nothing but comments
         1 │ # to be written
           │ ^  a gate starts with "gate: NAME"; see docs/gatefile.md"
    `);
    expect(await told('# to be written\nnull\n')).toContain('x.gate.yaml:1:1  x.gate.yaml says nothing\n');
  });
  test('no mapping', async () => {
    expect(await told('hello\n')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  a mapping is expected, not "hello"
         1 │ hello
           │ ^^^^^  write it as { KEY: VALUE }"
    `);
    expect(await told('- a\n')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:3  a mapping is expected, not a list
         1 │ - a
           │   ^  write it as { KEY: VALUE }"
    `);
  });
  test('two documents', async () => {
    expect(await told(`${SOUND}---\n${SOUND}`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:1  a second document starts here
         8 │ ---
           │ ^^^  one gate, one file: move it to a file of its own"
    `);
  });
  test('tabs, and a line out of step', async () => {
    expect(await told('gate: shop\ncriteria:\n\tqueue: { pass: "<= 5" }\n')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:3:1  a tab is used to indent
         3 │  queue: { pass: "<= 5" }
           │ ^  indent with spaces"
    `);
    expect(await told(`${SOUND} about: x\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:1  all mapping items must start at the same column
         8 │  about: x
           │ ^  indent it like its neighbours"
    `);
  });
  test.each([
    [
      'gate: shop\ncriteria: [\n',
      'x.gate.yaml:3:1  a "[" is opened and not closed before this place\n   close it with "]"',
    ],
    ['gate: shop\nvars: {\na: b }\n', 'x.gate.yaml:3:1  a "{" is opened and not closed before this place\n'],
  ])('a bracket without its end: %j', async (text, words) => {
    expect(await told(text)).toContain(words);
  });
  test.each([
    ['gatekeeper.config.yaml', 'write "backends:", "owners:", "window:" or "fixtures:", or remove it'],
    ['shop.gate.test.yaml', 'a test file starts with "tests:" or "series:"; see docs/gate-tests.md'],
    ['incidents.yaml', 'a list of incidents with "incidents:"'],
  ])('an empty %s says what begins it', async (file, mend) => {
    const args = file.endsWith('.test.yaml') ? ['test', file] : ['validate', 'x.gate.yaml'];
    const more = file === 'incidents.yaml' ? ['--incidents', file] : [];
    const { code, stderr } = await run({ 'x.gate.yaml': SOUND, [file]: '' }, { args: [...args, ...more] });
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:1:1  ${file} is empty\n`);
    expect(stderr).toContain(mend);
  });
  test('a line without a colon, one with two, and an open quote', async () => {
    expect(await told('gate shop\nabout: x\n')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  this line is no "key: value"
         1 │ gate shop
           │ ^^^^^^^^^  a key ends in ": ""
    `);
    expect(await told(`${SOUND}about: a: b\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:8  a second ": " in one line
         8 │ about: a: b
           │        ^  quote the text, or begin a new line"
    `);
    expect(await told(`${SOUND}about: "a\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:8  a quote is opened and not closed
         8 │ about: "a
           │        ^  close the text with ""
    `);
  });
  test('keys that stand twice, all of them', async () => {
    expect(
      await told(
        `${HEAD}${QUEUE.replace('messages" }', 'messages", warn: "<= 9 messages", pass: "<= 7" }')}gate: other\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:1  key "gate" stands twice in one mapping
         8 │ gate: other
           │ ^^^^  keep one of the two; the other would be ignored

      x.gate.yaml:7:58  key "pass" stands twice in one mapping
         7 │   queue: { pass: "<= 5 messages", warn: "<= 9 messages", pass: "<= 7" }
           │                                                          ^^^^  keep one of the two; the other would be ignored"
    `);
  });
  test('keys that are no text, and a value that should have been quoted', async () => {
    expect(await told(`${SOUND}? [a, b]\n: c\nabout: {{track}}\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:3  a list or a mapping cannot be a key
         8 │ ? [a, b]
           │   ^  quote a text that begins with "{{" or "["

      x.gate.yaml:10:9  a list or a mapping cannot be a key
         10 │ about: {{track}}
            │         ^  quote a text that begins with "{{" or "[""
    `);
    expect(await told(`${SOUND}vars: { 1: x }\ntrue: x\nnull: x\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:9  "1" is no name: a name is letters, digits, dashes and underscores
         8 │ vars: { 1: x }
           │         ^

      x.gate.yaml:9:1  unknown key "true"
         9 │ true: x
           │ ^^^^  known here: gate, about, component, owners, runbook, vars, backends, arms, window, exposure, signals, criteria, verdict, score

      x.gate.yaml:10:1  unknown key "null"
         10 │ null: x
            │ ^^^^  known here: gate, about, component, owners, runbook, vars, backends, arms, window, exposure, signals, criteria, verdict, score"
    `);
  });
  test('keys that reach a prototype, and names that only look like one', async () => {
    expect(await told(`${SOUND}__proto__: { a: 1 }\nvars: { constructor: x }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:1  "__proto__" cannot be used as a key
         8 │ __proto__: { a: 1 }
           │ ^^^^^^^^^  choose another name

      x.gate.yaml:9:9  "constructor" cannot be used as a key
         9 │ vars: { constructor: x }
           │         ^^^^^^^^^^^  choose another name"
    `);
    expect(
      await told(
        HEAD +
          `signals:
  one: { value: sum(queue), backend: toString }
criteria:
  one: { pass: "<= 5", fallback: hasOwnProperty, dependency: optional }
  two: { signal: valueOf, pass: "<= 5" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:38  "toString" names no backend
         5 │   one: { value: sum(queue), backend: toString }
           │                                      ^^^^^^^^  backends here are metrics

      x.gate.yaml:7:34  "hasOwnProperty" names no criterion
         7 │   one: { pass: "<= 5", fallback: hasOwnProperty, dependency: optional }
           │                                  ^^^^^^^^^^^^^^  criteria are named under "criteria:"

      x.gate.yaml:8:18  "valueOf" names no signal
         8 │   two: { signal: valueOf, pass: "<= 5" }
           │                  ^^^^^^^  signals here are one"
    `);
  });
  test('merge keys', async () => {
    expect(
      await told(`base: &base { pass: "<= 5" }\n${HEAD}criteria:\n  queue: { <<: *base }\n`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:6:12  merge keys ("<<") are not part of YAML 1.2
         6 │   queue: { <<: *base }
           │            ^^  write the keys out, or use vars"
    `);
  });
  test('tags of JavaScript and of others, and none that says what is so anyway', async () => {
    expect(
      await told(
        `${SOUND}about: !!js/function "function () {}"\nrunbook: !mine x\ncomponent: !!binary aGk=\nvars: { a: !!set { x }, b: !!str 3 }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:8  tag "!!js/function" means nothing here
         8 │ about: !!js/function "function () {}"
           │        ^^^^^^^^^^^^^  remove it: values are texts, numbers, true and false, lists and mappings

      x.gate.yaml:9:10  tag "!mine" means nothing here
         9 │ runbook: !mine x
           │          ^^^^^  remove it: values are texts, numbers, true and false, lists and mappings

      x.gate.yaml:10:12  tag "!!binary" means nothing here
         10 │ component: !!binary aGk=
            │            ^^^^^^^^  remove it: values are texts, numbers, true and false, lists and mappings

      x.gate.yaml:11:12  tag "!!set" means nothing here
         11 │ vars: { a: !!set { x }, b: !!str 3 }
            │            ^^^^^  remove it: values are texts, numbers, true and false, lists and mappings"
    `);
  });
  test('anchors may be used', async () => {
    expect(
      (await run(`${SOUND.replace('value: sum(queue)', 'value: &q sum(queue)')}about: *q\n`)).stderr,
    ).toBe('');
  });
  test('an alias of nothing, and one of itself', async () => {
    expect(await told(`${SOUND}about: *nobody\nowners: &self { decide: [*self] }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:8  "*nobody" names no anchor above
         8 │ about: *nobody
           │        ^^^^^^^  quote the text if an asterisk is meant, or set the anchor with &

      x.gate.yaml:9:26  "*self" stands inside of what it names
         9 │ owners: &self { decide: [*self] }
           │                          ^^^^^  write the value out"
    `);
  });
  test('aliases that stand for a billion values', async () => {
    const level = (i: number): string =>
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]\n`;
    const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(level).join('')}`;
    expect(await told(bomb + SOUND)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:10  aliases stand for more than 10,000 values
         5 │ a4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3]
           │          ^^^  write the values out instead of nesting anchors"
    `);
  });
  test.each([
    ['lists in one line', '['.repeat(20_000) + ']'.repeat(20_000)],
    ['mappings in one line', '{a: '.repeat(20_000) + '}'.repeat(20_000)],
    ['lists by dashes', `\n  ${'- '.repeat(20_000)}a`],
    [
      'mappings by indentation',
      `\n${Array.from({ length: 900 }, (_, i) => `${' '.repeat(i + 1)}a:`).join('\n')}`,
    ],
    ['41 lists', '['.repeat(41) + ']'.repeat(41)],
  ])('nested too deep: %s', async (_name, text) => {
    const { code, stderr } = await run(`${SOUND}about: ${text}\n`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^x\.gate\.yaml:\d+:\d+ {2}nested deeper than 40 levels\n/);
    expect(stderr).toMatch(/\^ {2}a gate needs fewer than ten\n$/);
  });
  test('10 MB', async () => {
    expect(await told(SOUND + '#'.repeat(10_000_000))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  x.gate.yaml is larger than 1 MiB, which no gate file is
         check the path, or split the gates over several files"
    `);
  });
  test('a megabyte of unknown keys is told in seconds, and the most of it counted', async () => {
    const before = Date.now();
    const { code, stderr } = await run(
      SOUND + Array.from({ length: 40_000 }, (_, i) => `key-${i}: some-value\n`).join(''),
    );
    expect(Date.now() - before).toBeLessThan(18_000);
    expect({ code, end: stderr.slice(-16), places: stderr.match(/^x\.gate\.yaml:/gm)?.length }).toEqual({
      code: 2,
      end: 'and 39950 more\n'.padStart(16, '\n'),
      places: 50,
    });
  });
  test('numbers that are none', async () => {
    expect(
      await told(`${SOUND}vars: { nan: .nan, inf: .inf }\nscore: { pass: .nan, warn: 1e999 }\n`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:14  a single value is expected, not NaN
         8 │ vars: { nan: .nan, inf: .inf }
           │              ^^^^

      x.gate.yaml:8:25  a single value is expected, not Infinity
         8 │ vars: { nan: .nan, inf: .inf }
           │                         ^^^^

      x.gate.yaml:9:16  a number is expected, not NaN
         9 │ score: { pass: .nan, warn: 1e999 }
           │                ^^^^  write it without quotes and unit

      x.gate.yaml:9:28  a number is expected, not Infinity
         9 │ score: { pass: .nan, warn: 1e999 }
           │                            ^^^^^  write it without quotes and unit"
    `);
  });
});

describe('bytes', () => {
  const bytes = (...parts: (string | number)[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));

  test('Latin-1 behind characters that are UTF-8', async () => {
    expect(await told(bytes(`${SOUND}about: größe \ufffd caf`, 0xe9, '!\n'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:19  x.gate.yaml is not UTF-8 text: byte 204 is 0xE9
         save it as UTF-8"
    `);
  });
  test('a character that is cut off at the end', async () => {
    expect(await told(bytes(`${SOUND}# `, 0xe2, 0x82))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:3  x.gate.yaml is not UTF-8 text: byte 184 is 0xE2
         save it as UTF-8"
    `);
  });
  test('UTF-16, with a mark and without', async () => {
    const wide = Buffer.from(SOUND, 'utf16le');
    expect(await told(Buffer.concat([Buffer.from([0xff, 0xfe]), wide]))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  x.gate.yaml is UTF-16 text, not UTF-8
         save it as UTF-8"
    `);
    expect(await told(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]))).toContain(
      'UTF-16',
    );
    expect(await told(wide)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:2  control character U+0000 in the text
         1 │ g\\x00a\\x00t\\x00e\\x00:\\x00 \\x00s\\x00h\\x00o\\x00p\\x00
           │  ^^^^  the file looks like UTF-16: save it as UTF-8"
    `);
  });
  test('control characters are shown, not sent to the terminal', async () => {
    expect(await told(`${SOUND}# \u001b[31m\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:3  control character U+001B in the text
         8 │ # \\x1b[31m
           │   ^^^^  remove it; inside a quoted string write it as an escape"
    `);
    expect(await told(`${SOUND}about: a\0b\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:9  control character U+0000 in the text
         8 │ about: a\\x00b
           │         ^^^^  remove it; inside a quoted string write it as an escape"
    `);
  });
  test('lines that end in CRLF, and a byte order mark, are as good as any', async () => {
    expect(await run(SOUND.replaceAll('\n', '\r\n'))).toMatchObject({ code: 0, stderr: '' });
    expect(await run(`\ufeff${SOUND}`)).toMatchObject({ code: 0, stderr: '' });
    expect(await told(`\ufeff${SOUND}windw: 1\n`.replaceAll('\n', '\r\n'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:1  unknown key "windw"
         8 │ windw: 1
           │ ^^^^^  did you mean "window"?"
    `);
  });
  test('lines that end in CR', async () => {
    expect(await told('gate: shop\rabout: x\r')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:11  a line ends in a carriage return alone
         1 │ gate: shop\\x0dabout: x\\x0d
           │           ^^^^  save it with line feeds (LF or CRLF) at the ends of lines"
    `);
  });
  test('the caret stands under the word behind wide characters and tabs, and in a long line', async () => {
    expect(
      await told(`${HEAD}criteria:
  queue: { about: "結帳 😀", pas: "<= 5" }
  tabs: {	about:	x,	pas: "<= 5" }
  long: { about: "${'x'.repeat(300)}", pas: "<= 5", owner: "${'y'.repeat(200)}" }
`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:28  unknown key "pas" in criterion "queue"
         5 │   queue: { about: "結帳 😀", pas: "<= 5" }
           │                              ^^^  did you mean "pass"?

      x.gate.yaml:6:21  unknown key "pas" in criterion "tabs"
         6 │   tabs: { about: x, pas: "<= 5" }
           │                     ^^^  did you mean "pass"?

      x.gate.yaml:7:322  unknown key "pas" in criterion "long"
         7 │ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", pas: "<= 5", owner: "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
           │                                         ^^^  did you mean "pass"?"
    `);
  });
});

describe('keys and names', () => {
  test('unknown keys, wherever they stand, and no echo of them', async () => {
    expect(
      await told(
        `gat: shop
backends:
  metrics: { type: prometheus, url: "http://127.0.0.1:9" }
window: { fro: 30m, step: 1m }
owners: { decide: [a], escalate: [{ to: b, aftr: 5m }] }
arms: { canary: { track: a }, baseline: { track: b } }
vars: { route: { defualt: /checkout } }
signals:
  done:
    ratio: { goood: { counter: a_total }, total: { counter: b_total } }
  errors:
    ratio:
      bad: { countr: a_total }
      total: { counter: b_total }
  split:
    ratio: { good: { counter: 'a_total{p="{{p}}"}' }, total: { counter: 'b_total{p="{{p}}"}' } }
    segments: { p: [a, b] }
  queue: { vlaue: sum(queue) }
criteria:
  done: { pass: ">= 97%" }
  errors: { pas: "<= 3%" }
  split: { pass: ">= 97%", segments: { a: { wran: ">= 90%" } }, on: { no-data: pass, becuase: x } }
  optional: { signl: split, dependency: optional }
verdict: { false-alrm: 5% }
score: { pas: 90, warn: 75 }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  unknown key "gat"
         1 │ gat: shop
           │ ^^^  did you mean "gate"?

      x.gate.yaml:4:11  unknown key "fro" in "window"
         4 │ window: { fro: 30m, step: 1m }
           │           ^^^  did you mean "for"?

      x.gate.yaml:5:44  unknown key "aftr" in item 1 of "escalate"
         5 │ owners: { decide: [a], escalate: [{ to: b, aftr: 5m }] }
           │                                            ^^^^  did you mean "after"?

      x.gate.yaml:7:18  unknown key "defualt" in variable "route"
         7 │ vars: { route: { defualt: /checkout } }
           │                  ^^^^^^^  did you mean "default"?

      x.gate.yaml:10:14  unknown key "goood" in "ratio" of signal "done"
         10 │     ratio: { goood: { counter: a_total }, total: { counter: b_total } }
            │              ^^^^^  did you mean "good"?

      x.gate.yaml:13:14  unknown key "countr" in "bad" of signal "errors"
         13 │       bad: { countr: a_total }
            │              ^^^^^^  did you mean "counter"?

      x.gate.yaml:18:12  unknown key "vlaue" in signal "queue"
         18 │   queue: { vlaue: sum(queue) }
            │            ^^^^^  did you mean "value"?

      x.gate.yaml:21:13  unknown key "pas" in criterion "errors"
         21 │   errors: { pas: "<= 3%" }
            │             ^^^  did you mean "pass"?

      x.gate.yaml:22:45  unknown key "wran" in "a" of criterion "split"
         22 │   split: { pass: ">= 97%", segments: { a: { wran: ">= 90%" } }, on: { no-data: pass, becuase: x } }
            │                                             ^^^^  did you mean "warn"?

      x.gate.yaml:22:86  unknown key "becuase" in "on" of criterion "split"
         22 │ ran: ">= 90%" } }, on: { no-data: pass, becuase: x } }
            │                                         ^^^^^^^  did you mean "because"?

      x.gate.yaml:23:15  unknown key "signl" in criterion "optional"
         23 │   optional: { signl: split, dependency: optional }
            │               ^^^^^  did you mean "signal"?

      x.gate.yaml:24:12  unknown key "false-alrm" in "verdict"
         24 │ verdict: { false-alrm: 5% }
            │            ^^^^^^^^^^  did you mean "false-alarm"?

      x.gate.yaml:25:10  unknown key "pas" in "score"
         25 │ score: { pas: 90, warn: 75 }
            │          ^^^  did you mean "pass"?"
    `);
  });
  test('what asks a broken backend is read all the same, and not told to be without one', async () => {
    expect(
      await told(
        `gate: shop
backends:
  metrics: { type: prometheus, ulr: "http://127.0.0.1:9", auth: { basc: {} } }
signals:
  done: { ratio: { goood: { counter: a_total }, total: { counter: b_total } } }
  queue: { value: sum(queue) }
criteria:
  done: { pass: ">= 97%" }
  queue: { pass: "<= 5", wran: "<= 6" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:3:32  unknown key "ulr" in backend "metrics"
         3 │   metrics: { type: prometheus, ulr: "http://127.0.0.1:9", auth: { basc: {} } }
           │                                ^^^  did you mean "url"?

      x.gate.yaml:3:67  unknown key "basc" in "auth" of backend "metrics"
         3 │   metrics: { type: prometheus, ulr: "http://127.0.0.1:9", auth: { basc: {} } }
           │                                                                   ^^^^  did you mean "basic"?

      x.gate.yaml:5:20  unknown key "goood" in "ratio" of signal "done"
         5 │   done: { ratio: { goood: { counter: a_total }, total: { counter: b_total } } }
           │                    ^^^^^  did you mean "good"?

      x.gate.yaml:9:26  unknown key "wran" in criterion "queue"
         9 │   queue: { pass: "<= 5", wran: "<= 6" }
           │                          ^^^^  did you mean "warn"?"
    `);
  });
  test('an unknown key without a neighbour names those there are', async () => {
    expect(await told(`${SOUND}window: { zzz: 1 }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:11  unknown key "zzz" in "window"
         8 │ window: { zzz: 1 }
           │           ^^^  known here: for, step, settle, warmup, since, coverage, max-age"
    `);
  });
  test('unknown kind, unit, backend, type, take, evidence and signal', async () => {
    expect(
      await told(
        `${HEAD}  other: { type: promtheus, url: "http://127.0.0.1:9" }
signals:
  done: { ratoi: { good: a, total: b } }
  none: { unit: s }
  both: { value: sum(a), samples: b, backend: metrics }
  queue: { value: sum(queue), unit: messages, backend: metric }
  disk: { value: sum(disk), unit: GB, backend: metrics }
  latency: { histogram: { counter: x_bucket }, unit: s, backend: metrics }
criteria:
  done: { pass: ">= 97%" }
  disc: { pass: "<= 5 GB" }
  disk: { pass: "<= 5 litres" }
  take: { signal: latency, take: p59x, pass: "<= 5s" }
  slop: { signal: latency, take: slop, pass: "<= 5s" }
  flat: { signal: latency, take: slope, pass: "<= 5s" }
  point: { signal: latency, take: p95, evidence: pont, pass: "<= 5s" }
  signal: { signal: latenxy, take: p95, pass: "<= 5s" }
  across: { signal: latency, take: p95, across: all, pass: "<= 5s" }
  better: { signal: latency, take: p95, better: up, pass: "<= 5s" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:18  "promtheus" is no backend type
         4 │   other: { type: promtheus, url: "http://127.0.0.1:9" }
           │                  ^^^^^^^^^  did you mean "prometheus"?

      x.gate.yaml:6:11  unknown key "ratoi" in signal "done"
         6 │   done: { ratoi: { good: a, total: b } }
           │           ^^^^^  did you mean "ratio"?

      x.gate.yaml:7:3  signal "none" says no kind
         7 │   none: { unit: s }
           │   ^^^^  give exactly one of ratio, rate, histogram, value, samples, crawl, crawler-log, cache-probe, use

      x.gate.yaml:8:3  signal "both" says more than one kind
         8 │   both: { value: sum(a), samples: b, backend: metrics }
           │   ^^^^  give exactly one of ratio, rate, histogram, value, samples, crawl, crawler-log, cache-probe, use

      x.gate.yaml:9:56  "metric" names no backend
         9 │   queue: { value: sum(queue), unit: messages, backend: metric }
           │                                                        ^^^^^^  did you mean "metrics"?

      x.gate.yaml:14:3  criterion "disc" has no signal, and none is called "disc"
         14 │   disc: { pass: "<= 5 GB" }
            │   ^^^^  did you mean "disk"?

      x.gate.yaml:15:23  "litres" does not convert to "GB"
         15 │   disk: { pass: "<= 5 litres" }
            │                       ^^^^^^  write it in GB

      x.gate.yaml:16:34  "p59x" is no take
         16 │   take: { signal: latency, take: p59x, pass: "<= 5s" }
            │                                  ^^^^  takes are first, last, mean, min, max, sum, slope, count, age, p50, p95, p99, share <= X, share > X, apdex(T), findings, regressions, share ok, share current, new-patterns, p95 ttfb, p95 size, share hit, share hit of CACHE, p95 age, recovery >= X for N steps, max since-crawl; quantiles such as p99.9

      x.gate.yaml:17:34  "slop" is no take
         17 │   slop: { signal: latency, take: slop, pass: "<= 5s" }
            │                                  ^^^^  did you mean "slope"?

      x.gate.yaml:18:34  "slope" cannot be taken of a histogram
         18 │   flat: { signal: latency, take: slope, pass: "<= 5s" }
            │                                  ^^^^^  it takes pNN, share <= X, share > X, apdex(T), count

      x.gate.yaml:19:50  "pont" is no value of "evidence"
         19 │   point: { signal: latency, take: p95, evidence: pont, pass: "<= 5s" }
            │                                                  ^^^^  did you mean "point"?

      x.gate.yaml:20:21  "latenxy" names no signal
         20 │   signal: { signal: latenxy, take: p95, pass: "<= 5s" }
            │                     ^^^^^^^  did you mean "latency"?

      x.gate.yaml:21:49  "all" is no value of "across"
         21 │   across: { signal: latency, take: p95, across: all, pass: "<= 5s" }
            │                                                 ^^^  write worst, sum, mean, each

      x.gate.yaml:22:49  "up" is no value of "better"
         22 │   better: { signal: latency, take: p95, better: up, pass: "<= 5s" }
            │                                                 ^^  write higher, lower"
    `);
  });
  test('what a later version brings is refused by its name', async () => {
    expect(
      await told(
        `${HEAD}stages: []
calendar: x
journal: y
schedule: z
signals:
  queue: { value: sum(queue) }
  alarms: { alarms: {} }
  drift: { drift: {} }
  books: { reconcile: {} }
  cdn: { vendor-status: {} }
  tickets: { incidents: {} }
criteria:
  queue: { pass: "<= 5" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:1  "stages" is not yet supported by this version
         4 │ stages: []
           │ ^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:5:1  "calendar" is not yet supported by this version
         5 │ calendar: x
           │ ^^^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:6:1  "journal" is not yet supported by this version
         6 │ journal: y
           │ ^^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:7:1  "schedule" is not yet supported by this version
         7 │ schedule: z
           │ ^^^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:10:13  "alarms" is not yet supported by this version
         10 │   alarms: { alarms: {} }
            │             ^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:11:12  "drift" is not yet supported by this version
         11 │   drift: { drift: {} }
            │            ^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:12:12  "reconcile" is not yet supported by this version
         12 │   books: { reconcile: {} }
            │            ^^^^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:13:10  "vendor-status" is not yet supported by this version
         13 │   cdn: { vendor-status: {} }
            │          ^^^^^^^^^^^^^  remove it; nothing of it would be judged

      x.gate.yaml:14:14  "incidents" is not yet supported by this version
         14 │   tickets: { incidents: {} }
            │              ^^^^^^^^^  remove it; nothing of it would be judged"
    `);
  });
  test('evidence by ranks where there is nothing to rank, or nothing that it could be told', async () => {
    const latency = 'signal: latency, take: mean';
    expect(
      await told(
        `${HEAD}${ARMS}signals:
  latency: { value: 'latency{track="{{track}}"}', unit: s, better: lower }
criteria:
  fixed: { ${latency}, pass: "<= 5s", evidence: mann-whitney }
  most: { signal: latency, take: max, pass: "<= baseline", evidence: mann-whitney }
  margin: { ${latency}, pass: "<= baseline + 10%", evidence: kayenta }
  warned: { ${latency}, pass: "<= baseline", warn: "<= baseline * 2", evidence: kayenta }
  told: { ${latency}, pass: "<= baseline", kayenta: { tolerance: 0.1 } }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:66  "mann-whitney" compares two arms, and a fixed limit has but one
         8 │   fixed: { signal: latency, take: mean, pass: "<= 5s", evidence: mann-whitney }
           │                                                                  ^^^^^^^^^^^^  write a limit such as "<= baseline + 5%", or "evidence: point"

      x.gate.yaml:9:70  "mann-whitney" finds a shift of all values, which this take does not read
         9 │   most: { signal: latency, take: max, pass: "<= baseline", evidence: mann-whitney }
           │                                                                      ^^^^^^^^^^^^  write "take: mean" or "take: p50", so that every step has a value, or "evidence: point"

      x.gate.yaml:10:79  "kayenta" knows no other limit than the baseline itself
         10 │   margin: { signal: latency, take: mean, pass: "<= baseline + 10%", evidence: kayenta }
            │                                                                               ^^^^^^^  write "<= baseline" where an increase is bad, ">= baseline" where a decrease is, "== baseline" where both are; a margin is "kayenta: { allowed-increase: 1.1 }"

      x.gate.yaml:11:98  "kayenta" has one classification, and no "warn" beside it
         11 │ ne", warn: "<= baseline * 2", evidence: kayenta }
            │                                         ^^^^^^^  remove "warn"

      x.gate.yaml:12:61  "kayenta" tells a judge that this criterion does not have
         12 │   told: { signal: latency, take: mean, pass: "<= baseline", kayenta: { tolerance: 0.1 } }
            │                                                             ^^^^^^^  add "evidence: kayenta", or remove it"
    `);
  });
  test('values of the wrong type', async () => {
    expect(
      await told(
        `gate: Shop 1
about: [a]
backends:
  metrics: { type: prometheus, url: "http://127.0.0.1:9" }
  none:
  text: prometheus
  untyped: { url: "http://127.0.0.1:9" }
  nowhere: { type: prometheus }
  ftp: { type: prometheus, url: "ftp://127.0.0.1" }
owners: captain
vars: [a]
window: { for: 10, step: 1x, coverage: 0.9, settle: -1m }
signals:
  queue: { value: 3, backend: metrics }
  list: { value: [a], backend: metrics }
criteria:
  queue: { pass: 97, warn: [">= 3"], critical: "yes", min-samples: 0 }
  empty:
  both: { signal: queue, pass: { both: ["<= 3"] }, weight: -1 }
  none: { signal: queue, pass: { all: [] } }
  null: { signal: queue, pass: null }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:7  a name is lower case letters, digits and dashes, not "Shop 1"
         1 │ gate: Shop 1
           │       ^^^^^^

      x.gate.yaml:2:8  a text is expected, not a list
         2 │ about: [a]
           │        ^^^  write one text

      x.gate.yaml:5:3  a mapping is expected, not an empty value
         5 │   none:
           │   ^^^^  write a mapping behind "none:"

      x.gate.yaml:6:9  a mapping is expected, not "prometheus"
         6 │   text: prometheus
           │         ^^^^^^^^^^  write it as { KEY: VALUE }

      x.gate.yaml:7:3  "type" is missing in backend "untyped"
         7 │   untyped: { url: "http://127.0.0.1:9" }
           │   ^^^^^^^  add "type:"

      x.gate.yaml:8:3  "url" is missing in backend "nowhere"
         8 │   nowhere: { type: prometheus }
           │   ^^^^^^^  add "url:"

      x.gate.yaml:9:33  an http:// or https:// URL is expected, such as http://127.0.0.1:9090
         9 │   ftp: { type: prometheus, url: "ftp://127.0.0.1" }
           │                                 ^^^^^^^^^^^^^^^^^

      x.gate.yaml:10:9  a mapping is expected, not "captain"
         10 │ owners: captain
            │         ^^^^^^^  write it as { KEY: VALUE }

      x.gate.yaml:11:7  a mapping is expected, not a list
         11 │ vars: [a]
            │       ^^^  write it as { KEY: VALUE }

      x.gate.yaml:12:16  a duration such as 30m, 1h30m or 500ms is expected, not 10
         12 │ window: { for: 10, step: 1x, coverage: 0.9, settle: -1m }
            │                ^^

      x.gate.yaml:12:26  "1x" is no duration
         12 │ window: { for: 10, step: 1x, coverage: 0.9, settle: -1m }
            │                          ^^  write it like 30s, 5m, 1h30m or 500ms

      x.gate.yaml:12:40  a percentage such as 5% is expected, not 0.9
         12 │ window: { for: 10, step: 1x, coverage: 0.9, settle: -1m }
            │                                        ^^^

      x.gate.yaml:12:53  "-1m" is no duration
         12 │ window: { for: 10, step: 1x, coverage: 0.9, settle: -1m }
            │                                                     ^^^  write it like 30s, 5m, 1h30m or 500ms

      x.gate.yaml:14:19  a query is expected, not 3
         14 │   queue: { value: 3, backend: metrics }
            │                   ^  write it as a text, in quotes

      x.gate.yaml:15:18  a query is expected, not a list
         15 │   list: { value: [a], backend: metrics }
            │                  ^^^  write it as a text, in quotes

      x.gate.yaml:17:18  a limit is expected, not 97
         17 │   queue: { pass: 97, warn: [">= 3"], critical: "yes", min-samples: 0 }
            │                  ^^  write it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }

      x.gate.yaml:17:28  a limit is expected, not a list
         17 │   queue: { pass: 97, warn: [">= 3"], critical: "yes", min-samples: 0 }
            │                            ^^^^^^^^  write it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }

      x.gate.yaml:17:48  true or false is expected, not "yes"
         17 │   queue: { pass: 97, warn: [">= 3"], critical: "yes", min-samples: 0 }
            │                                                ^^^^^  write true or false

      x.gate.yaml:17:68  at least 1 sample
         17 │   queue: { pass: 97, warn: [">= 3"], critical: "yes", min-samples: 0 }
            │                                                                    ^

      x.gate.yaml:18:3  a mapping is expected, not an empty value
         18 │   empty:
            │   ^^^^^  write a mapping behind "empty:"

      x.gate.yaml:19:32  a limit is expected, not a mapping
         19 │   both: { signal: queue, pass: { both: ["<= 3"] }, weight: -1 }
            │                                ^^^^^^^^^^^^^^^^^^  write it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }

      x.gate.yaml:19:60  a weight is above 0
         19 │   both: { signal: queue, pass: { both: ["<= 3"] }, weight: -1 }
            │                                                            ^^

      x.gate.yaml:20:39  list at least one limit
         20 │   none: { signal: queue, pass: { all: [] } }
            │                                       ^^

      x.gate.yaml:21:32  a limit is expected, not an empty value
         21 │   null: { signal: queue, pass: null }
            │                                ^^^^  write it like ">= 97%", or several as { all: [LIMIT, LIMIT] } or { any: [LIMIT, LIMIT] }"
    `);
  });
  test('no criteria, an empty value, an empty mapping', async () => {
    expect(await told(HEAD)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:1:1  "criteria" is missing
         1 │ gate: shop
           │ ^^^^  add "criteria:""
    `);
    expect(await told(`${HEAD}criteria:\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:1  a mapping is expected, not an empty value
         4 │ criteria:
           │ ^^^^^^^^  write a mapping behind "criteria:""
    `);
    expect(await told(`${HEAD}criteria: {}\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:1  the gate has no criterion
         4 │ criteria: {}
           │ ^^^^^^^^  a gate needs at least one criterion that blocks"
    `);
  });
  test('a broken configuration is told once, and not again for each signal', async () => {
    const config = 'backends:\n  metrics: { type: promtheus }\n  metrics: {}\n';
    const gate = SOUND.replace(/backends:\n.*\n/, '');
    expect(await told({ 'gatekeeper.config.yaml': config, 'x.gate.yaml': gate })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      gatekeeper.config.yaml:3:3  key "metrics" stands twice in one mapping
         3 │   metrics: {}
           │   ^^^^^^^  keep one of the two; the other would be ignored"
    `);
  });
  test('two backends, and a signal that does not say which', async () => {
    expect(
      await told(`${HEAD}  other: { type: prometheus, url: "http://127.0.0.1:9" }\n${QUEUE}`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:6:3  signal "queue" must say its backend: there are 2
         6 │   queue: { value: sum(queue), unit: messages }
           │   ^^^^^  add "backend: metrics" or "backend: other""
    `);
    expect(await told(SOUND.replace(/backends:\n.*\n/, ''))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:3:3  signal "queue" has no backend to ask
         3 │   queue: { value: sum(queue), unit: messages }
           │   ^^^^^  add one under "backends:" here or in gatekeeper.config.yaml"
    `);
  });
  test('one gate in two files', async () => {
    expect(
      await told({ 'a.gate.yaml': SOUND, 'b.gate.yaml': SOUND }, { args: ['validate', '*.gate.yaml'] }),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      b.gate.yaml:1:7  gate "shop" stands in a.gate.yaml, too
         1 │ gate: shop
           │       ^^^^  give each gate a name of its own"
    `);
  });
});

describe('limits', () => {
  test('shares: what cannot hold, cannot fail, or can be read two ways', async () => {
    expect(
      await told(
        `${HEAD}${ARMS}${DONE}  a: { signal: done, pass: "<= 130%" }
  b: { signal: done, pass: ">= 0%" }
  c: { signal: done, pass: "> 100%" }
  d: { signal: done, pass: ">= 95%", warn: ">= 97%" }
  e: { signal: done, pass: "+10%" }
  f: { signal: done, pass: ">= 97" }
  g: { signal: done, pass: ">= 5ms" }
  h: { signal: done, pass: ">= 5pp" }
  i: { signal: done, pass: ">= baseline - 0.01" }
  j: { signal: done, pass: ">= baseline - 200%" }
  k: { signal: done, pass: "between 0% and 100%" }
  l: { signal: done, pass: { all: [">= 97%", "<= 130%"] } }
  m: { signal: done, pass: ">= 97%", warn: ">= 130%" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:11:28  "<= 130%" can never fail: a share lies between 0 % and 100 %
         11 │   a: { signal: done, pass: "<= 130%" }
            │                            ^^^^^^^^^  write a bound inside that range

      x.gate.yaml:12:28  ">= 0%" can never fail: a share lies between 0 % and 100 %
         12 │   b: { signal: done, pass: ">= 0%" }
            │                            ^^^^^^^  write a bound inside that range

      x.gate.yaml:13:28  "> 100%" can never hold: a share lies between 0 % and 100 %
         13 │   c: { signal: done, pass: "> 100%" }
            │                            ^^^^^^^^  write a bound inside that range

      x.gate.yaml:14:44  "warn" is not looser than "pass", so it can never be reached
         14 │   d: { signal: done, pass: ">= 95%", warn: ">= 97%" }
            │                                            ^^^^^^^^  warn is the limit that still holds when pass does not: make it looser, or remove it

      x.gate.yaml:15:28  "+10%" can be read two ways
         15 │   e: { signal: done, pass: "+10%" }
            │                            ^^^^^^  write "<= 10%" for the value itself, or "<= baseline + 10%" against the baseline

      x.gate.yaml:16:28  a bare 97 on a share is 9700 %
         16 │   f: { signal: done, pass: ">= 97" }
            │                            ^^^^^^^  write 97% if per cent are meant; a bare number is a fraction of 1

      x.gate.yaml:17:33  "ms" does not convert to a share
         17 │   g: { signal: done, pass: ">= 5ms" }
            │                                 ^^  a share is written in % or as a fraction

      x.gate.yaml:18:32  "5pp" stands without a baseline
         18 │   h: { signal: done, pass: ">= 5pp" }
            │                                ^^^  write 5% for the value itself, or "baseline - 5pp"

      x.gate.yaml:19:32  "baseline - 0.01" on a share can be read two ways
         19 │   i: { signal: done, pass: ">= baseline - 0.01" }
            │                                ^^^^^^^^^^^^^^^  write 1pp for percentage points, or 1% for a share of the baseline

      x.gate.yaml:20:32  "baseline - 200%" leaves nothing of the baseline
         20 │   j: { signal: done, pass: ">= baseline - 200%" }
            │                                ^^^^^^^^^^^^^^^  write a margin below 100%, or a limit without a baseline

      x.gate.yaml:21:28  "between 0% and 100%" can never fail: a share lies between 0 % and 100 %
         21 │   k: { signal: done, pass: "between 0% and 100%" }
            │                            ^^^^^^^^^^^^^^^^^^^^^  write a bound inside that range

      x.gate.yaml:22:28  "all of >= 97%, <= 130%" can never fail: a share lies between 0 % and 100 %
         22 │   l: { signal: done, pass: { all: [">= 97%", "<= 130%"] } }
            │                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  write a bound inside that range

      x.gate.yaml:23:44  ">= 130%" can never hold: a share lies between 0 % and 100 %
         23 │   m: { signal: done, pass: ">= 97%", warn: ">= 130%" }
            │                                            ^^^^^^^^^  write a bound inside that range"
    `);
  });
  test('numbers and times', async () => {
    expect(
      await told(
        `${HEAD}${ARMS}signals:
  latency: { histogram: { counter: 'x_bucket{track="{{track}}"}' }, unit: s }
  queue: { value: 'avg(queue{track="{{track}}"})', unit: messages }
criteria:
  a: { signal: queue, pass: "between 5 and 1" }
  b: { signal: latency, take: p95, pass: "<= baseline + 10pp", evidence: point }
  c: { signal: latency, take: p95, pass: "<= 5GB" }
  d: { signal: latency, take: "share <= 5GB", pass: ">= 95%" }
  e: { signal: latency, pass: ">= 95%" }
  f: { signal: queue, pass: "<= 5 mesages" }
  g: { signal: queue, pass: "<= basline + 10%" }
  h: { signal: queue, pass: "<= baseline * 10%" }
  i: { signal: queue, pass: "<= baseline * 0" }
  j: { signal: queue, pass: "<= 3 messages", warn: "<= 2 messages" }
  k: { signal: queue, warn: "<= 3 messages" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:9:29  the lower side lies above the upper side, so it can never hold
         9 │   a: { signal: queue, pass: "between 5 and 1" }
           │                             ^^^^^^^^^^^^^^^^^  swap the two

      x.gate.yaml:10:59  "pp" (percentage points) is for shares only
         10 │   b: { signal: latency, take: p95, pass: "<= baseline + 10pp", evidence: point }
            │                                                           ^^  write % for a share of the baseline, or the unit itself

      x.gate.yaml:11:47  "GB" does not convert to "s"
         11 │   c: { signal: latency, take: p95, pass: "<= 5GB" }
            │                                               ^^  write it in s

      x.gate.yaml:12:42  "GB" does not convert to "s"
         12 │   d: { signal: latency, take: "share <= 5GB", pass: ">= 95%" }
            │                                          ^^  write it in s

      x.gate.yaml:13:3  a histogram does not say how it becomes one number
         13 │   e: { signal: latency, pass: ">= 95%" }
            │   ^  add a take: p95, or "share <= 500ms"

      x.gate.yaml:14:35  "mesages" does not convert to "messages"
         14 │   f: { signal: queue, pass: "<= 5 mesages" }
            │                                   ^^^^^^^  did you mean "messages"?

      x.gate.yaml:15:33  "basline + 10%" is no quantity
         15 │   g: { signal: queue, pass: "<= basline + 10%" }
            │                                 ^^^^^^^^^^^^^  did you mean "baseline + 10%"?

      x.gate.yaml:16:33  "baseline * 10%" multiplies by a quantity
         16 │   h: { signal: queue, pass: "<= baseline * 10%" }
            │                                 ^^^^^^^^^^^^^^  multiply by a bare number, such as "baseline * 1.1"

      x.gate.yaml:17:33  "baseline * 0" is never above zero
         17 │   i: { signal: queue, pass: "<= baseline * 0" }
            │                                 ^^^^^^^^^^^^  multiply by a number above 0

      x.gate.yaml:18:52  "warn" is not looser than "pass", so it can never be reached
         18 │   j: { signal: queue, pass: "<= 3 messages", warn: "<= 2 messages" }
            │                                                    ^^^^^^^^^^^^^^^  warn is the limit that still holds when pass does not: make it looser, or remove it

      x.gate.yaml:19:3  "pass" is missing: nothing says what a healthy release looks like
         19 │   k: { signal: queue, warn: "<= 3 messages" }
            │   ^  add a limit, such as pass: ">= 97%""
    `);
  });
  test('what is no limit', async () => {
    expect(
      await told(
        `${HEAD}${QUEUE}  a: { signal: queue, pass: "" }
  b: { signal: queue, pass: "97 messages" }
  c: { signal: queue, pass: "fail > 3 messages" }
  d: { signal: queue, pass: "=< 3 messages" }
  e: { signal: queue, pass: "<= NaN" }
  f: { signal: queue, pass: "<= 1e999" }
  g: { signal: queue, pass: "<=" }
  h: { signal: queue, pass: "<= 1,5 messages" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:29  "" says no comparison
         8 │   a: { signal: queue, pass: "" }
           │                             ^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:9:29  "97 messages" says no comparison
         9 │   b: { signal: queue, pass: "97 messages" }
           │                             ^^^^^^^^^^^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:10:29  "fail > 3 messages" says no comparison
         10 │   c: { signal: queue, pass: "fail > 3 messages" }
            │                             ^^^^^^^^^^^^^^^^^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:11:29  "=< 3 messages" has no known operator
         11 │   d: { signal: queue, pass: "=< 3 messages" }
            │                             ^^^^^^^^^^^^^^^  operators are < <= > >= == !=

      x.gate.yaml:12:33  "NaN" is no quantity
         12 │   e: { signal: queue, pass: "<= NaN" }
            │                                 ^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:13:33  "1e999" is no quantity
         13 │   f: { signal: queue, pass: "<= 1e999" }
            │                                 ^^^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:14:29  a limit ends where its bound should stand
         14 │   g: { signal: queue, pass: "<=" }
            │                             ^^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5"

      x.gate.yaml:15:33  "1,5 messages" is no quantity
         15 │   h: { signal: queue, pass: "<= 1,5 messages" }
            │                                 ^^^^^^^^^^^^  a limit looks like ">= 97%", "<= 450ms", ">= baseline - 1pp", "<= baseline * 1.1" or "between 1 and 5""
    `);
  });
  test('tolerances', async () => {
    expect(
      await told(
        `${HEAD}${QUEUE}  a: { signal: queue, take: mean, pass: "<= 5", tolerate: 5 of 5 steps }
  b: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 of 50 steps }
  c: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 in 5 }
  d: { signal: queue, pass: "<= 5", tolerate: 2 of 5 steps }
  e: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 of 5 steps, evidence: sequential }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:59  "5 of 5 steps" tolerates every step, so it can never fail
         8 │   a: { signal: queue, take: mean, pass: "<= 5", tolerate: 5 of 5 steps }
           │                                                           ^^^^^^^^^^^^  tolerate fewer breaches than steps

      x.gate.yaml:9:59  "2 of 50 steps" needs more steps than the window's 10
         9 │   b: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 of 50 steps }
           │                                                           ^^^^^^^^^^^^^  use fewer steps or a longer window

      x.gate.yaml:10:59  "2 in 5" is no tolerance
         10 │   c: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 in 5 }
            │                                                           ^^^^^^  write it like "2 of 5 steps"

      x.gate.yaml:11:47  "tolerate" needs a value for each step
         11 │   d: { signal: queue, pass: "<= 5", tolerate: 2 of 5 steps }
            │                                               ^^^^^^^^^^^^  add a take such as "mean", or remove it

      x.gate.yaml:12:59  "tolerate" counts steps by their point estimates
         12 │   e: { signal: queue, take: mean, pass: "<= 5", tolerate: 2 of 5 steps, evidence: sequential }
            │                                                           ^^^^^^^^^^^^  add "evidence: point", or remove it"
    `);
  });
});

describe('environment and secrets', () => {
  test('all that is missing over two files, at once', async () => {
    const files = {
      'a.gate.yaml': `gate: a\nabout: "\${APP} in \${REGION}"\nbackends:\n  metrics: { type: prometheus, url: "\${URL}" }\n${QUEUE}`,
      'b.gate.yaml': `gate: b\nabout: "\${REGION:?eu or us} costs $$5 and $5, \${bad-name} \${OPEN"\nbackends:\n  metrics: { type: prometheus, url: "\${URL:-http://127.0.0.1:9}", auth: { bearer: { env: TOKEN } } }\n  files: { type: prometheus, url: "http://127.0.0.1:9", auth: { bearer: { file: token.txt } } }\n${QUEUE.replace('unit: messages', 'unit: messages, backend: metrics')}`,
    };
    expect(await told(files, { args: ['validate', '*.gate.yaml'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      a.gate.yaml:2:9  environment variable APP is not set
         2 │ about: "\${APP} in \${REGION}"
           │         ^^^^^^  set APP, or give a default: \${APP:-value}

      a.gate.yaml:2:19  environment variable REGION is not set
         2 │ about: "\${APP} in \${REGION}"
           │                   ^^^^^^^^^  set REGION, or give a default: \${REGION:-value}

      a.gate.yaml:4:37  environment variable URL is not set
         4 │   metrics: { type: prometheus, url: "\${URL}" }
           │                                     ^^^^^^^^  set URL, or give a default: \${URL:-value}

      b.gate.yaml:2:9  environment variable REGION is not set: eu or us
         2 │ about: "\${REGION:?eu or us} costs $$5 and $5, \${bad-name} \${OPEN"
           │         ^^^^^^^^^^^^^^^^^^^  set REGION where gatekeeper runs

      b.gate.yaml:2:47  "\${bad-name}" is no reference to the environment
         2 │ about: "\${REGION:?eu or us} costs $$5 and $5, \${bad-name} \${OPEN"
           │                                               ^^^^^^^^^^^  write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $$ for a dollar sign

      b.gate.yaml:2:59  "\${OPEN" is no reference to the environment
         2 │ about: "\${REGION:?eu or us} costs $$5 and $5, \${bad-name} \${OPEN"
           │                                                           ^^^^^^  write \${NAME}, \${NAME:-default} or \${NAME:?message}, and $$ for a dollar sign

      b.gate.yaml:4:83  secret environment variable TOKEN is not set
         4 │ :-http://127.0.0.1:9}", auth: { bearer: { env: TOKEN } } }
           │                                         ^^^^^^^^^^^^^^  set TOKEN where gatekeeper runs

      b.gate.yaml:5:73  secret file "token.txt" cannot be read or is empty
         5 │   files: { type: prometheus, url: "http://127.0.0.1:9", auth: { bearer: { file: token.txt } } }
           │                                                                         ^^^^^^^^^^^^^^^^^^^  paths start at the folder of this file"
    `);
  });
  test('a variable that is there and empty', async () => {
    const gate = `${SOUND}about: "\${EMPTY}"\ncomponent: "\${EMPTY:?name it}"\nrunbook: "http://x/\${EMPTY:-default}"\n`;
    expect(await told(gate, { env: { EMPTY: '' } })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:8  an empty text says nothing
         8 │ about: "\${EMPTY}"
           │        ^^^^^^^^^^

      x.gate.yaml:9:12  environment variable EMPTY is not set: name it
         9 │ component: "\${EMPTY:?name it}"
           │            ^^^^^^^^^^^^^^^^^^^  set EMPTY where gatekeeper runs"
    `);
  });
  test('names of the prototype are not set either', async () => {
    const auth = 'url: "http://127.0.0.1:9", auth: { bearer: { env: constructor } }';
    expect(await told(SOUND.replace('url: "http://127.0.0.1:9"', auth))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:3:75  secret environment variable constructor is not set
         3 │   metrics: { type: prometheus, url: "http://127.0.0.1:9", auth: { bearer: { env: constructor } } }
           │                                                                           ^^^^^^^^^^^^^^^^^^^^  set constructor where gatekeeper runs"
    `);
  });
  test('secrets in plain text are refused, and not printed', async () => {
    const result = await run(
      `gate: shop
backends:
  a: { type: prometheus, url: "http://bob:hunter2@127.0.0.1:9" }
  b: { type: prometheus, url: "http://127.0.0.1:9", auth: { basic: { username: bob, password: correct-horse } } }
  c: { type: prometheus, url: "http://127.0.0.1:9", auth: { bearer: battery-staple } }
  d: { type: prometheus, url: "http://127.0.0.1:9", headers: { Authorization: Bearer tr0ub4dor } }
  e: { type: prometheus, url: "http://127.0.0.1:9", headers: { X-Scope-OrgID: tenant-1 } }
criteria:
  queue: { value: sum(queue), backend: e, pass: "<= 5" }
`,
    );
    expect(toldBy(result)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:3:31  a password stands in the URL
         3 │   a: { type: prometheus, url: "http://bob:<REDACTED:password>@127.0.0.1:9" }
           │                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  write auth: { basic: { username: NAME, password: { env: NAME } } }

      x.gate.yaml:4:95  a secret must be { env: NAME } or { file: path }, so that it is never written down here
         4 │ th: { basic: { username: bob, password: <REDACTED:password> } } }
           │                                         ^^^^^^^^^^^^^

      x.gate.yaml:5:69  a secret must be { env: NAME } or { file: path }, so that it is never written down here
         5 │   c: { type: prometheus, url: "http://127.0.0.1:9", auth: { bearer: <REDACTED:bearer> } }
           │                                                                     ^^^^^^^^^^^^^^

      x.gate.yaml:6:79  "Authorization" holds its secret in plain text
         6 │   d: { type: prometheus, url: "http://127.0.0.1:9", headers: { Authorization: <REDACTED:Authorization> } }
           │                                                                               ^^^^^^^^^^^^^^^^  write Authorization: { env: NAME }"
    `);
    expect(result.stderr).not.toMatch(/hunter2|correct-horse|battery-staple|tr0ub4dor/);
  });
});

describe('queries and variables', () => {
  test('counts that are none', async () => {
    expect(
      await told(
        `${HEAD}signals:
  a: { ratio: { good: 'rate(x[5m])', total: 'sum(increase(y[5m])) or vector(0)' } }
  b: { ratio: { good: 'sum(x_total)', total: 'sum(irate(y[{{step}}]))' } }
  c: { ratio: { good: { counter: 'sum(x)' }, total: { counter: 'x_total[5m]' } } }
  d: { value: 'sum(x' }
  e: { value: '' }
  f: { value: { counter: x } }
criteria:
  a: { pass: ">= 5%" }
  b: { pass: ">= 5%" }
  c: { pass: ">= 5%" }
  d: { pass: "<= 5" }
  e: { pass: "<= 5" }
  f: { pass: "<= 5" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:23  rate() yields no count
         rate(x[5m])
         ^
         5 │   a: { ratio: { good: 'rate(x[5m])', total: 'sum(increase(y[5m])) or vector(0)' } }
           │                       ^^^^^^^^^^^^^  write increase(…[{{step}}])

      x.gate.yaml:5:23  the range [5m] is not the step (1m)
         rate(x[5m])
                ^
         5 │   a: { ratio: { good: 'rate(x[5m])', total: 'sum(increase(y[5m])) or vector(0)' } }
           │                       ^^^^^^^^^^^^^  write [{{step}}], so that each event is counted in one step and in no other

      x.gate.yaml:5:45  a made-up value stands in for absent data
         sum(increase(y[5m])) or vector(0)
                              ^
         5 │   a: { ratio: { good: 'rate(x[5m])', total: 'sum(increase(y[5m])) or vector(0)' } }
           │                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  drop it: what is absent is told apart from 0; "bad-absent: zero" on the ratio opts in

      x.gate.yaml:5:45  the range [5m] is not the step (1m)
         sum(increase(y[5m])) or vector(0)
                        ^
         5 │   a: { ratio: { good: 'rate(x[5m])', total: 'sum(increase(y[5m])) or vector(0)' } }
           │                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  write [{{step}}], so that each event is counted in one step and in no other

      x.gate.yaml:6:23  this is a running total, not what was counted in a step
         sum(x_total)
         ^
         6 │   b: { ratio: { good: 'sum(x_total)', total: 'sum(irate(y[{{step}}]))' } }
           │                       ^^^^^^^^^^^^^^  write { counter: … }, or increase(…[{{step}}])

      x.gate.yaml:6:46  irate() yields no count
         sum(irate(y[1m]))
             ^
         6 │   b: { ratio: { good: 'sum(x_total)', total: 'sum(irate(y[{{step}}]))' } }
           │                                              ^^^^^^^^^^^^^^^^^^^^^^^^^  write increase(…[{{step}}])

      x.gate.yaml:7:23  "sum(x)" is more than a plain selector
         sum(x)
         ^
         7 │   c: { ratio: { good: { counter: 'sum(x)' }, total: { counter: 'x_total[5m]' } } }
           │                       ^^^^^^^^^^^^^^^^^^^^^  write the selector alone, or the expression as a plain query, without "counter:"

      x.gate.yaml:7:53  "x_total[5m]" is more than a plain selector
         x_total[5m]
         ^
         7 │   c: { ratio: { good: { counter: 'sum(x)' }, total: { counter: 'x_total[5m]' } } }
           │                                                     ^^^^^^^^^^^^^^^^^^^^^^^^^^  write the selector alone, or the expression as a plain query, without "counter:"

      x.gate.yaml:8:15  the query ends too early
         sum(x
              ^
         8 │   d: { value: 'sum(x' }
           │               ^^^^^^^  mend it at the caret; Prometheus shows the same place under /graph

      x.gate.yaml:9:15  the query ends too early
         
         ^
         9 │   e: { value: '' }
           │               ^^  mend it at the caret; Prometheus shows the same place under /graph

      x.gate.yaml:10:15  { counter: x } counts, and numbers are wanted here
         10 │   f: { value: { counter: x } }
            │               ^^^^^^^^^^^^^^  write a query in place of the counter, such as sum(rate(…[5m]))"
    `);
  });
  test('variables: unknown, empty, without a value, built in, outside of a string', async () => {
    expect(
      await told(
        `${HEAD}vars: { route: /checkout, empty: "", need: { required: true }, step: 3, bare: {} }
about: "{{rout}}"
signals:
  a: { value: 'sum(x{route={{route}}})' }
  b: { value: 'sum({{route}})' }
  c: { value: 'sum(x{route="{{rout}}"})' }
  d: { value: 'sum(x{route="{{nothing}}"})' }
criteria:
  a: { pass: "<= 5" }
  b: { pass: "<= 5" }
  c: { pass: "<= 5" }
  d: { pass: "<= 5" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:27  variable "empty" is empty (from its default)
         4 │ vars: { route: /checkout, empty: "", need: { required: true }, step: 3, bare: {} }
           │                           ^^^^^  {empty=""} would match every series without the label; give a value, or write "allow-empty: true"

      x.gate.yaml:4:38  variable "need" has no value
         4 │ vars: { route: /checkout, empty: "", need: { required: true }, step: 3, bare: {} }
           │                                      ^^^^  give it with --var need=VALUE

      x.gate.yaml:4:64  "step" is a built-in name
         4 │ vars: { route: /checkout, empty: "", need: { required: true }, step: 3, bare: {} }
           │                                                                ^^^^  choose another name

      x.gate.yaml:4:73  variable "bare" has no value
         4 │ vars: { route: /checkout, empty: "", need: { required: true }, step: 3, bare: {} }
           │                                                                         ^^^^  give it with --var bare=VALUE, or a default here

      x.gate.yaml:5:8  "{{rout}}" names no variable
         5 │ about: "{{rout}}"
           │        ^^^^^^^^^^  did you mean "{{route}}"?

      x.gate.yaml:7:28  "{{route}}" stands outside a string literal, where its value could change the query
         7 │   a: { value: 'sum(x{route={{route}}})' }
           │                            ^^^^^^^^^  put it in quotes, as in {route="{{route}}"}, or say "raw: true" on the variable

      x.gate.yaml:8:20  "{{route}}" stands outside a string literal, where its value could change the query
         8 │   b: { value: 'sum({{route}})' }
           │                    ^^^^^^^^^  put it in quotes, as in {route="{{route}}"}, or say "raw: true" on the variable

      x.gate.yaml:9:29  "{{rout}}" names no variable
         9 │   c: { value: 'sum(x{route="{{rout}}"})' }
           │                             ^^^^^^^^  did you mean "{{route}}"?

      x.gate.yaml:10:29  "{{nothing}}" names no variable
         10 │   d: { value: 'sum(x{route="{{nothing}}"})' }
            │                             ^^^^^^^^^^^  define it under "vars:" or "arms:"; known here: route, empty, need, step, bare, window, from, to"
    `);
  });
  test('--var: unknown, without a value, empty', async () => {
    const gate = `${SOUND}vars: { route: /x }\n`;
    const args = (...given: string[]) => ({ args: ['validate', 'x.gate.yaml', ...given] });
    expect(await told(gate, args('--var', 'rout=/y'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --var rout: no gate defines it
         did you mean "route"?"
    `);
    expect(await told(SOUND, args('--var', 'rout=/y'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --var rout: no gate defines it
         no gate here has variables; they are named under "vars:""
    `);
    expect(await told(gate, args('--var', 'route'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --var route is no name=value
         write --var route=/checkout"
    `);
    expect(await told(gate, args('--var', 'route='))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:9  variable "route" is empty (from --var)
         8 │ vars: { route: /x }
           │         ^^^^^  {route=""} would match every series without the label; give a value, or write "allow-empty: true""
    `);
  });
});

describe('arms', () => {
  test('arms with different variables', async () => {
    expect(
      await told(
        `${HEAD}arms: { canary: { track: canary, zone: a }, baseline: { track: stable, region: b } }\n${DONE}  done: { pass: ">= 97%" }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:4:45  arm "baseline" lacks "zone", and has "region", which the first arm lacks
         4 │ arms: { canary: { track: canary, zone: a }, baseline: { track: stable, region: b } }
           │                                             ^^^^^^^^  every arm defines the same variables"
    `);
  });
  test('three arms', async () => {
    expect(
      await told(
        `${HEAD}arms:\n  canary: { track: canary }\n  stable: { track: stable }\n  old: { track: old }\n${DONE}  done: { pass: ">= 97%" }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:7:3  a gate compares two arms, not 3
         7 │   old: { track: old }
           │   ^^^  keep the judged arm and its baseline; other arms are gates of their own"
    `);
  });
  test('a baseline without arms', async () => {
    expect(
      await told(`${SOUND}  worse: { signal: queue, pass: "<= baseline + 10%", evidence: point }\n`),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:33  criterion "worse" speaks of a baseline, and the gate has no second arm
         8 │   worse: { signal: queue, pass: "<= baseline + 10%", evidence: point }
           │                                 ^^^^^^^^^^^^^^^^^^^  add "arms: { canary: {…}, baseline: {…} }", or "evidence: history" to compare with its own past"
    `);
  });
  test('a comparison of a query with itself', async () => {
    expect(
      await told(
        `${HEAD}${ARMS}${QUEUE}  worse: { signal: queue, pass: "<= baseline + 10%", evidence: point }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:9:33  criterion "worse" compares "queue" with itself: its queries are the same in both arms
         9 │   worse: { signal: queue, pass: "<= baseline + 10%", evidence: point }
           │                                 ^^^^^^^^^^^^^^^^^^^  use a variable of the arms in the query, such as {{track}}, or judge a fixed limit"
    `);
  });
  test('a shift that is none, an empty variable, a name that is taken', async () => {
    expect(
      await told(
        `${HEAD}vars: { zone: a }\narms: { canary: { track: "", step: 1, zone: b }, baseline: { track: stable, step: 2, zone: c, shift: week } }\n${DONE}  done: { pass: ">= baseline - 1pp", evidence: point }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:26  variable "track" is empty (from arm "canary")
         5 │ arms: { canary: { track: "", step: 1, zone: b }, baseline: { track: stable, step: 2, zone: c, shift: week } }
           │                          ^^  {track=""} would match every series without the label; give a value

      x.gate.yaml:5:36  arm "canary" defines "step", which is built in
         5 │ arms: { canary: { track: "", step: 1, zone: b }, baseline: { track: stable, step: 2, zone: c, shift: week } }
           │                                    ^  rename one of the two

      x.gate.yaml:5:45  arm "canary" defines "zone", which is defined elsewhere in the gate
         5 │ arms: { canary: { track: "", step: 1, zone: b }, baseline: { track: stable, step: 2, zone: c, shift: week } }
           │                                             ^  rename one of the two

      x.gate.yaml:5:83  arm "baseline" defines "step", which is built in
         5 │ : b }, baseline: { track: stable, step: 2, zone: c, shift: week } }
           │                                         ^  rename one of the two

      x.gate.yaml:5:92  arm "baseline" defines "zone", which is defined elsewhere in the gate
         5 │ seline: { track: stable, step: 2, zone: c, shift: week } }
           │                                         ^  rename one of the two

      x.gate.yaml:5:102  shift "week" is no duration
         5 │ track: stable, step: 2, zone: c, shift: week } }
           │                                         ^^^^  write it like 7d: the arm is then asked about that long ago"
    `);
  });
});

describe('policies', () => {
  test('fallbacks: circles, none, and one that is not there', async () => {
    expect(
      await told(
        `${SOUND}  a: { signal: queue, pass: "<= 5", dependency: optional, fallback: b }
  b: { signal: queue, pass: "<= 5", dependency: optional, fallback: c }
  c: { signal: queue, pass: "<= 5", dependency: optional, fallback: a }
  d: { signal: queue, pass: "<= 5", dependency: optional, fallback: d }
  e: { signal: queue, pass: "<= 5", dependency: optional }
  f: { signal: queue, pass: "<= 5", fallback: queue }
  g: { signal: queue, pass: "<= 5", dependency: optional, fallback: quue }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:69  fallbacks go in a circle: a, then b, then c, then a
         8 │   a: { signal: queue, pass: "<= 5", dependency: optional, fallback: b }
           │                                                                     ^  a fallback must stand on its own evidence

      x.gate.yaml:11:69  fallbacks go in a circle: d, then d
         11 │   d: { signal: queue, pass: "<= 5", dependency: optional, fallback: d }
            │                                                                     ^  a fallback must stand on its own evidence

      x.gate.yaml:12:37  optional criterion "e" names no fallback
         12 │   e: { signal: queue, pass: "<= 5", dependency: optional }
            │                                     ^^^^^^^^^^  add "fallback: CRITERION": its failure is tolerated only while that one passes

      x.gate.yaml:13:37  "fallback" needs "dependency: optional"
         13 │   f: { signal: queue, pass: "<= 5", fallback: queue }
            │                                     ^^^^^^^^  add it, or remove the fallback

      x.gate.yaml:14:69  "quue" names no criterion
         14 │   g: { signal: queue, pass: "<= 5", dependency: optional, fallback: quue }
            │                                                                     ^^^^  did you mean "queue"?"
    `);
  });
  test('what loosens says why, and never for a critical criterion', async () => {
    expect(
      await told(
        `${SOUND}  a: { signal: queue, pass: "<= 5", on: { no-data: pass } }
  b: { signal: queue, pass: "<= 5", on: { no-data: pass, because: "it is night" }, critical: true }
  c: { signal: queue, pass: "<= 5", on: { no-data: skip } }
  d: { signal: queue, pass: "<= 5", advisory: true, critical: true }
  e: { signal: queue, pass: "<= 5", critical: true, dependency: optional, fallback: a }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:52  "no-data: pass" lets missing evidence pass
         8 │   a: { signal: queue, pass: "<= 5", on: { no-data: pass } }
           │                                                    ^^^^  say why with "because: TEXT", or use fail or inconclusive

      x.gate.yaml:9:52  a critical criterion cannot let missing evidence pass
         9 │   b: { signal: queue, pass: "<= 5", on: { no-data: pass, because: "it is night" }, critical: true }
           │                                                    ^^^^  remove the policy, or "critical: true"

      x.gate.yaml:10:52  "skip" is no value of "no-data"
         10 │   c: { signal: queue, pass: "<= 5", on: { no-data: skip } }
            │                                                    ^^^^  write fail, error, inconclusive, warn, pass

      x.gate.yaml:11:53  a criterion cannot be both advisory and critical
         11 │   d: { signal: queue, pass: "<= 5", advisory: true, critical: true }
            │                                                     ^^^^^^^^  keep one of the two

      x.gate.yaml:12:37  a critical criterion cannot be an optional dependency: its breach would be a warning
         12 │   e: { signal: queue, pass: "<= 5", critical: true, dependency: optional, fallback: a }
            │                                     ^^^^^^^^  keep one of the two"
    `);
  });
  test('nothing that blocks', async () => {
    expect(await told(SOUND.replace('messages" }', 'messages", advisory: true }'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:6:1  every criterion is advisory, so nothing could ever fail
         6 │ criteria:
           │ ^^^^^^^^  a gate needs at least one criterion that blocks"
    `);
  });
  test('a score that everything holds', async () => {
    expect(await told(`${SOUND}score: { pass: 75, warn: 0 }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:26  a score of 0 holds when everything failed; write one above 0
         8 │ score: { pass: 75, warn: 0 }
           │                          ^"
    `);
  });
  test('a score that warns above its pass', async () => {
    expect(await told(`${SOUND}score: { pass: 75, warn: 90 }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:26  score warns at 90, above its pass at 75
         8 │ score: { pass: 75, warn: 90 }
           │                          ^^  warn is the lower of the two"
    `);
  });
  test('waivers: without who, by somebody else, of a critical criterion, past their end, of nothing', async () => {
    const gate = `${SOUND}owners: { decide: [captain] }\n`;
    const waive = (...more: string[]) => ({ args: ['check', 'x.gate.yaml', '--waive', 'queue', ...more] });
    const said = ['--by', 'captain', '--because', 'known'];
    expect(await told(gate, waive())).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --waive queue lacks --by WHO and --because TEXT
         a waiver says who decided it and why; both are in the report"
    `);
    expect(await told(gate, waive('--by', 'bob', '--because', 'known'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:7:3  --waive queue: bob may not decide here
         7 │   queue: { pass: "<= 5 messages" }
           │   ^^^^^  one of captain may"
    `);
    expect(await told(SOUND, waive(...said))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:7:3  --waive queue: the gate names nobody who may decide
         7 │   queue: { pass: "<= 5 messages" }
           │   ^^^^^  add "owners: { decide: [NAME] }" to the gate"
    `);
    expect(
      await told(gate.replace('messages" }', 'messages", critical: true }'), waive(...said)),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:7:3  --waive queue: the criterion is critical
         7 │   queue: { pass: "<= 5 messages", critical: true }
           │   ^^^^^  only a gate whose owners say "waive-critical: true" lets it be waived"
    `);
    expect(await told(gate, waive(...said, '--until', '2020-01-01T00:00:00Z'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:7:3  --waive queue: the waiver ended at 2020-01-01T00:00:00Z
         7 │   queue: { pass: "<= 5 messages" }
           │   ^^^^^  decide anew, with a later --until"
    `);
    expect(
      await told(gate, { args: ['check', 'x.gate.yaml', '--waive', 'shop.quue', ...said] }),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --waive shop.quue: no criterion has that name
         did you mean "shop.queue"?"
    `);
    expect(await told(gate, { args: ['check', 'x.gate.yaml', '--by', 'captain'] })).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --by, --because and --until go with --waive
         name the criterion: --waive GATE.CRITERION"
    `);
  });
});

describe('the catalogue', () => {
  test('an unknown entry, a missing parameter, an unknown one', async () => {
    expect(
      await told(
        `${HEAD}signals:
  a: { use: catalog/nginx/cache-hit-ratoi }
  b: { use: catalog/nginx/cache-hit-ratio }
  c: { use: catalog/nginx/cache-hit-ratio, with: { host: x, jbo: y } }
  d: { use: ../../package }
criteria:
  a: { pass: ">= 97%" }
  b: { pass: ">= 97%" }
  c: { pass: ">= 97%" }
  d: { pass: ">= 97%" }
`,
      ),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:5:13  "catalog/nginx/cache-hit-ratoi" is not in the catalogue
         5 │   a: { use: catalog/nginx/cache-hit-ratoi }
           │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  did you mean "catalog/nginx/cache-hit-ratio"?

      x.gate.yaml:6:13  "catalog/nginx/cache-hit-ratio" needs "host": server_name as the module reports it
         6 │   b: { use: catalog/nginx/cache-hit-ratio }
           │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  add it under "with:", as host: VALUE

      x.gate.yaml:7:61  "catalog/nginx/cache-hit-ratio" has no parameter "jbo"
         7 │   c: { use: catalog/nginx/cache-hit-ratio, with: { host: x, jbo: y } }
           │                                                             ^^^  did you mean "job"?

      x.gate.yaml:8:13  "../../package" is not in the catalogue
         8 │   d: { use: ../../package }
           │             ^^^^^^^^^^^^^  "gatekeeper list" names what is in it"
    `);
  });
});

describe('windows and instants', () => {
  const at = ['--at', '2026-01-01T00:00:00Z'];
  const check = (...more: string[]) => ({ args: ['check', 'x.gate.yaml', ...at, ...more] });

  test('a window that is no multiple of its step, in the file and by the flag', async () => {
    expect(await told(`${SOUND}window: { for: 10m, step: 3m }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:16  the window 10m is no multiple of the step 3m
         8 │ window: { for: 10m, step: 3m }
           │                ^^^  use 9m, or another step"
    `);
    expect(
      await told(SOUND, { args: ['validate', 'x.gate.yaml', '--window', '90s'] }),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --window 1m30s is no multiple of the step 1m
         use 2m, or another step"
    `);
    expect(await told(`${SOUND}window: { for: 30d, step: 1s }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:16  a window of 30d in steps of 1s has more than 11,000
         8 │ window: { for: 30d, step: 1s }
           │                ^^^  use a longer step"
    `);
    expect(await told(`${SOUND}window: { step: 500ms }\n`)).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:17  step 500ms is not whole seconds
         8 │ window: { step: 500ms }
           │                 ^^^^^  use at least 1s"
    `);
  });
  test('since: required, and not given', async () => {
    expect(await told(`${SOUND}window: { since: required }\n`, check())).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      x.gate.yaml:8:18  this gate needs the deploy time: without it the window may start before the deploy
         8 │ window: { since: required }
           │                  ^^^^^^^^  add --since with the instant at which the release began to take traffic, RFC 3339 or unix seconds"
    `);
  });
  test('--since: a duration, a word, the future', async () => {
    expect(await told(SOUND, check('--since', '10m'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--since <instant>' argument '10m' is invalid. A duration moves with every look; give the instant, RFC 3339 or unix seconds.
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await told(SOUND, check('--since', 'noon'))).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--since <instant>' argument 'noon' is invalid. Write RFC 3339 with a zone (2026-11-21T14:05:00Z) or unix seconds.
      (gatekeeper --help lists commands and flags)"
    `);
    const two = { 'a.gate.yaml': SOUND, 'b.gate.yaml': SOUND.replace('shop', 'other') };
    expect(
      await told(two, { args: ['check', '*.gate.yaml', ...at, '--since', '2026-01-01T00:00:01Z'] }),
    ).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --since 2026-01-01T00:00:01Z lies after now, 2026-01-01T00:00:00Z
         give the instant at which the release began to take traffic"
    `);
  });
});

describe('a runbook that is not there', () => {
  const gate = `${SOUND}runbook: runbooks/shop.md\n`;
  test('is a warning of validate: exit 1', async () => {
    expect(await told(gate)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      valid: 1 gate with 1 criterion, 1 warning
      --- stderr
      x.gate.yaml:8:10  runbook "runbooks/shop.md" is not there
         8 │ runbook: runbooks/shop.md
           │          ^^^^^^^^^^^^^^^^  paths start at the folder of this file"
    `);
  });
  test('is none where it is there, or a link', async () => {
    expect((await run({ 'x.gate.yaml': gate, 'runbooks/shop.md': '' })).code).toBe(0);
    expect((await run(`${SOUND}runbook: https://wiki.example/shop\n`)).code).toBe(0);
  });
});

test('all errors of all files in one run: two files, five stages', async () => {
  const files = {
    // Text, YAML, shape, environment; meaning is for the other one.
    'a.gate.yaml': `gate: a
abuot: "\${NOWHERE}"
backends:
  metrics: { type: prometheus, url: "\${PROM_URL}" }
${QUEUE}  late: { signal: queue, take: p59x, pass: "<= 5" }
`,
    'b.gate.yaml': `gate: b
backends:
  metrics: { type: prometheus, url: "http://127.0.0.1:9" }
window: { for: 10m, step: 1m, settel: 1m }
signals:
  queue: { value: 'sum(queue{track="{{trak}}"})' }
  done: { ratio: { good: { counter: a_total }, total: 'rate(b_total[5m])' } }
criteria:
  queue: { pass: "<= 5", tolerate: 5 of 5 steps, take: mean }
  done: { pass: ">= 130%" }
  free: { signal: queeu, pass: "<= 5" }
`,
    'c.gate.yaml': 'gate: c\ngate: d\n',
  };
  expect(await told(files, { args: ['check', '*.gate.yaml', 'd.gate.yaml'] })).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    d.gate.yaml is not there
       check the path; without one, gates/**/*.gate.yaml are read

    a.gate.yaml:2:1  unknown key "abuot"
       2 │ abuot: "\${NOWHERE}"
         │ ^^^^^  did you mean "about"?

    a.gate.yaml:2:8  environment variable NOWHERE is not set
       2 │ abuot: "\${NOWHERE}"
         │        ^^^^^^^^^^^^  set NOWHERE, or give a default: \${NOWHERE:-value}

    a.gate.yaml:4:37  environment variable PROM_URL is not set
       4 │   metrics: { type: prometheus, url: "\${PROM_URL}" }
         │                                     ^^^^^^^^^^^^^  set PROM_URL, or give a default: \${PROM_URL:-value}

    a.gate.yaml:9:32  "p59x" is no take
       9 │   late: { signal: queue, take: p59x, pass: "<= 5" }
         │                                ^^^^  takes are first, last, mean, min, max, sum, slope, count, age, p50, p95, p99, share <= X, share > X, apdex(T), findings, regressions, share ok, share current, new-patterns, p95 ttfb, p95 size, share hit, share hit of CACHE, p95 age, recovery >= X for N steps, max since-crawl; quantiles such as p99.9

    b.gate.yaml:4:31  unknown key "settel" in "window"
       4 │ window: { for: 10m, step: 1m, settel: 1m }
         │                               ^^^^^^  did you mean "settle"?

    b.gate.yaml:6:37  "{{trak}}" names no variable
       6 │   queue: { value: 'sum(queue{track="{{trak}}"})' }
         │                                     ^^^^^^^^  define it under "vars:" or "arms:"; known here: step, window, from, to

    b.gate.yaml:7:55  rate() yields no count
       rate(b_total[5m])
       ^
       7 │   done: { ratio: { good: { counter: a_total }, total: 'rate(b_total[5m])' } }
         │                                                       ^^^^^^^^^^^^^^^^^^^  write increase(…[{{step}}])

    b.gate.yaml:7:55  the range [5m] is not the step (1m)
       rate(b_total[5m])
                    ^
       7 │   done: { ratio: { good: { counter: a_total }, total: 'rate(b_total[5m])' } }
         │                                                       ^^^^^^^^^^^^^^^^^^^  write [{{step}}], so that each event is counted in one step and in no other

    b.gate.yaml:9:36  "5 of 5 steps" tolerates every step, so it can never fail
       9 │   queue: { pass: "<= 5", tolerate: 5 of 5 steps, take: mean }
         │                                    ^^^^^^^^^^^^  tolerate fewer breaches than steps

    b.gate.yaml:10:17  ">= 130%" can never hold: a share lies between 0 % and 100 %
       10 │   done: { pass: ">= 130%" }
          │                 ^^^^^^^^^  write a bound inside that range

    b.gate.yaml:11:19  "queeu" names no signal
       11 │   free: { signal: queeu, pass: "<= 5" }
          │                   ^^^^^  did you mean "queue"?

    c.gate.yaml:2:1  key "gate" stands twice in one mapping
       2 │ gate: d
         │ ^^^^  keep one of the two; the other would be ignored"
  `);
});

describe('the command line', () => {
  test('help is asked for: exit 0, on standard output', async () => {
    for (const args of [['--help'], ['check', '--help'], ['help', 'validate']]) {
      const { code, stdout, stderr } = await run({}, { args });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Usage: gatekeeper /);
    }
  });
  test('no command at all: exit 2, help on standard error', async () => {
    const { code, stdout, stderr } = await run({}, { args: [] });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: gatekeeper /);
  });
  test('an unknown command, flag, choice, number', async () => {
    const say = (...args: string[]): Promise<string> => told(SOUND, { args });
    expect(await say('chekc')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: unknown command 'chekc'
      (Did you mean check?)
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('help', 'chekc')).toBe(await say('chekc'));
    expect(await say('help', 'nope')).toBe(await say('nope'));
    expect(await say('help', 'check')).toContain('exit 0\n--- stdout\nUsage: gatekeeper check');
    expect(await say('check', '--exit-zer')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: unknown option '--exit-zer'
      (Did you mean --exit-zero?)
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('check', '--color', 'red')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--color <when>' argument 'red' is invalid. Allowed choices are auto, always, never.
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('check', '--retries', 'x')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--retries <n>' argument 'x' is invalid. Write a whole number from 0 to 999,999.
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('check', '--timeout', '10')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--timeout <duration>' argument '10' is invalid. Write a duration such as 30s, 10m or 1h30m.
      (gatekeeper --help lists commands and flags)"
    `);
    // Timers of the system overflow beyond 2^31 - 1 ms, and then fire at once.
    expect(await say('check', '--backend-timeout', '30d')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--backend-timeout <duration>' argument '30d' is invalid. No run waits longer than 24d.
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('check', '--report')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '-r, --report <format[:path]>' argument missing
      (gatekeeper --help lists commands and flags)"
    `);
    expect(await say('check', '--record', 'a', '--replay', 'b')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      error: option '--replay <dir>' cannot be used with option '--record <dir>'
      (gatekeeper --help lists commands and flags)"
    `);
  });
  test('an unknown format, a gate that is not there, a report without a path', async () => {
    const say = (...args: string[]): Promise<string> =>
      told(SOUND, { args: ['check', 'x.gate.yaml', ...args] });
    expect(await say('--report', 'jnit:x.xml', '--report', 'pretty:')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      "jnit" is no report format
         did you mean "junit"?

      --report pretty: names no path
         write --report pretty:FILE, or --report pretty for standard output"
    `);
    expect(await say('--report', 'pdf')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      "pdf" is no report format
         formats are pretty, json, ndjson, junit, markdown, github, azure"
    `);
    expect(await say('--gate', 'shap')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --gate shap matches no gate
         did you mean "shop"?"
    `);
    expect(await say('--gate', 'zz*')).toMatchInlineSnapshot(`
      "exit 2
      --- stderr
      --gate zz* matches no gate
         gates are shop"
    `);
  });
});
