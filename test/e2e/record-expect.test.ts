/** `record --expect`: an incident becomes a set and a test that replays it; nothing that is there is touched. */
import { afterAll, expect, test } from 'vitest';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { type Files, filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const AT = '2026-01-02T00:00:00Z';

/** Ten minutes before `AT`: 1000 requests of each path, bad ones of the edge as told. */
function table(bad: number): string {
  const rows = Array.from({ length: 10 }, (_, i) => {
    const time = Date.parse(AT) / 1000 - (9 - i) * 60;
    return `${time},critical,1000,1\n${time},edge,1000,${bad}`;
  });
  return ['time,path,requests,bad', ...rows, ''].join('\n');
}

const gateOf = (id: string, more = ''): string => `gate: ${id}
owners: { decide: [captain], stop: [oncall] }
backends: { records: { type: file, folder: .. } }
window: { for: 5m, step: 1m, settle: 0s }
signals:
  errors:
    ratio:
      bad: { path: data.csv, time: time, value: bad, where: { path: "{{path}}" } }
      total: { path: data.csv, time: time, value: requests, where: { path: "{{path}}" } }
    segments: { path: [critical, edge] }
criteria: { errors: { pass: "<= 1%"${more} } }
`;

const shop = (bad: number, more: Files = {}): Promise<Sandbox> =>
  sandbox({ 'gates/shop.gate.yaml': gateOf('shop'), 'data.csv': table(bad), ...more });
const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
  runGatekeeper(args, { cwd: place.folder });
const record = (place: Sandbox, folder: string, ...args: string[]): Promise<BinaryResult> =>
  run(place, 'record', folder, '--at', AT, ...args);
const textOf = async (place: Sandbox, name: string): Promise<string | undefined> =>
  (await filesIn(place.folder))[name];

const TEST = 'gates/checkout-down.gate.test.yaml';
const WRITTEN = `# Written by "gatekeeper record --expect": what was recorded must be judged so for ever.
gates:
  - shop.gate.yaml
tests:
  - name: "checkout-down: the gates say fail at ${AT}"
    replay: ../sets/checkout-down
    expect:
      verdict: fail
      criteria:
        errors[path=edge]: fail
`;

test('what was expected came: the set, and beside the gate a test of it that passes at once', async () => {
  const place = await shop(50);
  expect(await record(place, 'sets/checkout-down', '--expect', 'fail')).toMatchObject({
    code: 0,
    stdout: `sets/checkout-down: 4 answers as of ${AT}\n${TEST}: replays it, and expects fail\n`,
    stderr: '',
  });
  expect(await textOf(place, TEST)).toBe(WRITTEN);
  expect(await textOf(place, 'sets/checkout-down/manifest.yaml')).toContain('expect: fail');
  await place.write({ 'data.csv': 'gone\n' });
  expect(await run(place, 'test')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 passed') });
  // Who loosens the limit hears of the incident.
  await place.write({ 'gates/shop.gate.yaml': gateOf('shop').replace('1%', '10%') });
  expect((await run(place, 'test')).stdout).toContain(
    'errors[path=edge]\n          outcome    expected fail',
  );
});

test('several gates and a set of the fixtures folder: one test of them all, by its name', async () => {
  const place = await shop(50, {
    'gatekeeper.config.yaml': 'fixtures: sets\n',
    'gates/sub/other.gate.yaml': gateOf('other').replace('folder: ..', 'folder: ../..'),
  });
  expect(await record(place, 'checkout-down', '--expect', 'fail')).toMatchObject({ code: 0 });
  const written = await textOf(place, TEST);
  expect(written).toContain('  - shop.gate.yaml\n  - sub/other.gate.yaml\n');
  expect(written).toContain('    replay: checkout-down\n');
  expect(written).toContain('        shop.errors[path=edge]: fail\n        other.errors[path=edge]: fail\n');
  expect(await run(place, 'test')).toMatchObject({ stderr: '', code: 0 });
});

test('something else came: exit 1, no test, and the set is whole all the same', async () => {
  const place = await shop(5);
  const { code, stdout, stderr } = await record(place, 'set', '--expect', 'fail');
  expect([code, stdout]).toEqual([1, `set: 4 answers as of ${AT}\n`]);
  expect(stderr).toBe(
    `the gates say pass at ${AT}, and fail is expected: no test was written\n` +
      '   set holds what was answered; to try another --at or --window, give another folder or remove this one\n',
  );
  const files = await filesIn(place.folder);
  expect(Object.keys(files).filter((name) => name.endsWith('.test.yaml'))).toEqual([]);
  expect(files['set/manifest.yaml']).not.toContain('expect:');
  expect((await run(place, 'fixture', 'verify', 'set')).code).toBe(0);
});

test('a test that is there is left, and what it should say is told; one that says it already is named', async () => {
  const place = await shop(50, { [TEST]: '# mine\n' });
  const first = await record(place, 'sets/checkout-down', '--expect', 'fail');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`${TEST}: left as it is; it should hold this test\n\n${WRITTEN}`);
  expect(await textOf(place, TEST)).toBe('# mine\n');
  await place.write({ [TEST]: WRITTEN });
  const second = await record(place, 'sets/checkout-down', '--expect', 'fail');
  expect(second.stdout).toContain(`${TEST}: replays it already\n`);
});

const INCIDENTS = `incidents:
  - { id: INC-42, about: edge down, from: 2026-01-01T23:50:00Z, to: ${AT} }
  - { id: INC-43, about: long ago, from: 2025-01-01T00:00:00Z, to: 2025-01-01T01:00:00Z }
`;
const LISTED = ['--expect', 'fail', '--incidents', 'incidents.yaml'];

test.each([
  ['no criterion names it', '', 'write "from-incident: INC-42" on shop.errors[path=edge], which failed'],
  [
    'an advisory criterion alone',
    ', advisory: true',
    'no blocking criterion failed in it: add one that does',
  ],
])('an incident of the list names the test; %s: it is said what to write', async (_what, more, mend) => {
  const place = await shop(50, {
    'incidents.yaml': INCIDENTS,
    'gates/shop.gate.yaml': `${gateOf('shop', more)}  `.replace(
      /criteria: \{ (.*) \}\s*$/,
      'criteria: { $1, other: { signal: errors, pass: "<= 90%" } }\n',
    ),
  });
  const verdict = more === '' ? 'fail' : 'pass';
  const args = ['--expect', verdict, '--incidents', 'incidents.yaml'];
  const { code, stderr } = await record(place, 'sets/checkout-down', ...args);
  expect([code, stderr]).toEqual([0, expect.stringContaining(mend)]);
  expect(stderr).toContain('incident "INC-42" of 2026-01-01T23:50:00Z is guarded by no criterion yet');
  expect(await textOf(place, TEST)).toContain(`name: "INC-42, edge down: the gates say ${verdict} at ${AT}"`);
});

test('an incident whose guard failed needs nothing more, and validate agrees', async () => {
  const place = await shop(50, {
    'incidents.yaml': INCIDENTS.replace(/^.*INC-43.*\n/m, ''),
    'gates/shop.gate.yaml': gateOf('shop', ', from-incident: INC-42'),
  });
  expect(await record(place, 'sets/checkout-down', ...LISTED)).toMatchObject({ code: 0, stderr: '' });
  expect(await run(place, 'validate', '--incidents', 'incidents.yaml')).toMatchObject({ code: 0 });
  expect(await run(place, 'test')).toMatchObject({ code: 0 });
});

test.each([
  [
    'a list without this time',
    '2025-01-01T00:00:00Z',
    LISTED,
    0,
    'no incident of incidents.yaml is in the windows',
  ],
  [
    'a list, and nothing expected',
    AT,
    ['--incidents', 'incidents.yaml'],
    2,
    '--incidents goes with --expect',
  ],
  ['a list that is not there', AT, ['--expect', 'fail', '--incidents', 'no.yaml'], 2, 'no.yaml is not there'],
])('%s is told', async (_what, to, args, code, message) => {
  const place = await shop(50, {
    'incidents.yaml': `incidents: [{ id: INC-42, from: 2024-12-31T00:00:00Z, to: ${to} }]\n`,
  });
  const result = await record(place, 'set', ...args);
  expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(message)]);
});
