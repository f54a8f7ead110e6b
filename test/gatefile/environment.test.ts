// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are written so
/** `${NAME}` in strings, and secrets. */
import { describe, expect, test } from 'vitest';
import { SecretValue } from '../../src/contracts/secrets.js';
import { type Resolved, resolveEnvironment } from '../../src/gatefile/environment.js';
import { parseYaml } from '../../src/gatefile/yaml.js';
import { load } from '../support/fake-backend.js';

const ENV = { HOST: 'prom.example', EMPTY: '', API_TOKEN: 's3cret-value', NEWLINE_TOKEN: 'line-end\n' };

function resolve(
  text: string,
  over: { env?: Record<string, string>; files?: Record<string, string>; isReplay?: boolean } = {},
): Resolved {
  const yaml = parseYaml({ file: 'a.gate.yaml', folder: '/repo', text });
  if (!yaml.ok) throw new Error(yaml.failures[0]?.message);
  return resolveEnvironment(
    yaml.value,
    over.env ?? ENV,
    (file) => over.files?.[file],
    over.isReplay ?? false,
  );
}

const readOf = (written: string): unknown => (resolve(`a: ${written}`).value as { a: unknown }).a;
const messages = (resolved: Resolved): readonly string[] => resolved.failures.map(({ message }) => message);

test.each([
  ['a: ${A1} ${A12} ${A1} ${A2}', [4, 10, 4, 23]],
  ['a: "\\t\\u0041${A1}${A2}"', [13, 18]],
  ["a: 'it''s ${A1}${A2}'", [11, 16]],
])('what is not set has its place in %s', (text, columns) => {
  expect(resolve(text).failures.map(({ span }) => span?.col)).toEqual(columns);
});

describe('a reference is replaced inside any string', () => {
  test.each([
    ['"${HOST}"', 'prom.example'],
    ['"http://${HOST}:9090/"', 'http://prom.example:9090/'],
    ['"${HOST}${HOST}"', 'prom.exampleprom.example'],
    ['"${HOST:-other}"', 'prom.example'],
    ['"${MISSING:-other}"', 'other'],
    ['"${MISSING:-}"', ''],
    ['"${MISSING:-http://127.0.0.1:9090}"', 'http://127.0.0.1:9090'],
    ['"${EMPTY:-other}"', 'other'],
    ['"${EMPTY}"', ''],
    ['"${HOST:?say where}"', 'prom.example'],
    ['"$$"', '$'],
    ['"$${HOST}"', '${HOST}'],
    ['"costs $5"', 'costs $5'],
    ['"^a$"', '^a$'],
    ['5', 5],
    ['true', true],
    ['["${HOST}", 1]', ['prom.example', 1]],
    ['{ b: { c: "${HOST}" } }', { b: { c: 'prom.example' } }],
  ])('%s', (written, value) => {
    expect(readOf(written)).toEqual(value);
  });

  test('a value that holds a reference is not read again', () => {
    expect(resolve('a: "${OUTER}"', { env: { OUTER: '${HOST}' } }).value).toEqual({ a: '${HOST}' });
  });

  test('a key is no value', () => {
    expect(resolve('"${HOST}": 1').value).toEqual({ '${HOST}': 1 });
  });

  test('names of things that every object has are not set', () => {
    expect(messages(resolve('a: "${toString} ${constructor}"'))).toHaveLength(2);
  });
});

describe('what is missing is told', () => {
  test('all of it at once, each in its place', () => {
    const { failures } = resolve('a: "${ONE} and ${TWO}"\nb: ["${ONE:?needed for b}"]\n');
    expect(failures.map(({ code, message, span }) => [code, message, span?.line])).toEqual([
      ['gatefile.environment', 'environment variable ONE is not set', 1],
      ['gatefile.environment', 'environment variable TWO is not set', 1],
      ['gatefile.environment', 'environment variable ONE is not set: needed for b', 2],
    ]);
    expect(failures[0]?.mend).toContain('${ONE:-');
  });

  test('also an empty one that must not be', () => {
    expect(messages(resolve('a: "${EMPTY:?give it}"'))).toEqual([
      'environment variable EMPTY is not set: give it',
    ]);
  });

  test.each(['${}', '${1X}', '${HOST', '${HO ST}', '${HOST:+x}'])('"%s" is no reference', (written) => {
    const [failure] = resolve(`a: "${written}"`).failures;
    expect(failure?.code).toBe('gatefile.environment');
    expect(failure?.message).toContain('is no reference to the environment');
    expect(failure?.mend).toContain('$$');
  });
});

describe('what was read is known', () => {
  test('by name; by value only where it is no secret', () => {
    const resolved = resolve('a: "${HOST} ${API_TOKEN} ${MISSING:-x}"');
    expect(resolved.names).toEqual(['HOST', 'API_TOKEN', 'MISSING']);
    expect(resolved.plain).toEqual({ HOST: 'prom.example' });
    expect(resolved.secrets).toEqual([{ name: 'API_TOKEN', value: 's3cret-value' }]);
  });

  test.each([
    'DB_PASSWORD',
    'MY_SECRET',
    'GH_TOKEN',
    'SOME_API_KEY',
    'AWS_ACCESS_KEY_ID',
    'PRIVATE_PEM',
    'credentials',
    'DB_PASS',
    'PGPASS',
    'MYSQL_PWD',
    'SSH_PASSPHRASE',
    'REGISTRY_AUTH',
    'SESSION_COOKIE',
  ])('%s is a secret by its name', (name) => {
    const resolved = resolve(`a: "\${${name}}"`, { env: { [name]: 'v4lue' } });
    expect(resolved.secrets).toEqual([{ name, value: 'v4lue' }]);
    expect(resolved.plain).toEqual({});
  });
});

describe('what stands where only a secret can stand is one, whatever its variable is called', () => {
  const backend = (block: string): string => `backends: { m: { type: x, ${block} } }`;
  const query = (block: string): string => `signals: { s: { value: { ${block} } } }`;
  test.each([
    ['a header', backend('headers: { Authorization: "Bearer ${X}" }')],
    ['a cookie', backend('headers: { cookie: "sid=${X}" }')],
    ['a parameter', backend('params: { api_key: "${X}" }')],
    ['a variable of a command', backend('env: { PGPASSWORD: "${X}" }')],
    ['a password', backend('auth: { basic: { username: u, password: "${X}" } }')],
    ['a header of a query', query('headers: { x-access-token: "${X}" }')],
    ['a body', query('body: { login: { password: "${X}" } }')],
    ['a query of an address', query('path: "/stats?team=a&token=${X}"')],
    ['an argument', query('run: [ask, "--password=${X}"]')],
    ['a text that is JSON', query(`body: '{"api_key": "\${X}"}'`)],
  ])('%s', (_where, text) => {
    const env = { X: 'v4lue-of-it' };
    expect(resolve(text, { env })).toMatchObject({ secrets: [{ name: 'X', value: env.X }], plain: {} });
    // A recording does not know it, and a replay needs none.
    expect(messages(resolve(text, { env: {}, isReplay: true }))).toEqual([]);
  });

  test.each([
    backend('url: "http://${X}:9090"'),
    backend('headers: { x-team: "${X}" }'),
    backend('pass-env: ["${X}"]'),
    query('run: [ask, "--host=${X}"]'),
    'criteria: { token: { about: "${X}" } }',
    'vars: { token: "${X}" }',
  ])('and is none elsewhere: %s', (text) => {
    expect(resolve(text, { env: { X: 'some.host' } })).toMatchObject({
      secrets: [],
      plain: { X: 'some.host' },
    });
  });

  test.each(['PWD', 'AUTH_URL', 'COMPASS', 'CACHE_KEY', 'AUTHOR'])('%s is no secret by its name', (name) => {
    expect(resolve(`a: "\${${name}}"`, { env: { [name]: 'v4lue' } }).secrets).toEqual([]);
  });

  test('nor is what a command is handed, unless its name says so', () => {
    const { secrets } = resolve(backend('pass-env: [GH_TOKEN, PGHOST, toString]'), {
      env: { GH_TOKEN: 'v4lue', PGHOST: 'db.example', API_TOKEN: 'not asked for' },
    });
    expect(secrets).toEqual([{ name: 'GH_TOKEN', value: 'v4lue' }]);
  });
});

describe('a secret of a backend', () => {
  const backend = (token: string): string => `backends: { m: { type: x, token: ${token} } }`;
  const tokenOf = (resolved: Resolved): unknown =>
    (resolved.value as { backends: { m: { token: unknown } } }).backends.m.token;

  test.each([
    { name: 'from the environment', token: '{ env: API_TOKEN }', value: 's3cret-value' },
    { name: 'from a file', token: '{ file: token.txt }', value: 'from-file' },
    { name: 'from a file that the environment names', token: '{ file: "${HOST}.txt" }', value: 'by-host' },
    { name: 'without the line break at its end', token: '{ env: NEWLINE_TOKEN }', value: 'line-end' },
  ])('is read $name', ({ token, value }) => {
    const files = { 'token.txt': 'from-file\r\n', 'prom.example.txt': 'by-host\n' };
    const resolved = resolve(backend(token), { files });
    const secret = tokenOf(resolved);
    if (!(secret instanceof SecretValue)) throw new Error('a secret was expected');
    expect(secret.value).toBe(value);
    expect(`${secret} ${JSON.stringify(secret)}`).not.toContain(value);
    expect(resolved.secrets.map((each) => each.value)).toEqual([value]);
    expect(Object.values(resolved.plain)).not.toContain(value);
  });

  test.each([
    { token: '{ env: MISSING }', says: 'secret environment variable MISSING is not set' },
    { token: '{ env: EMPTY }', says: 'secret environment variable EMPTY is not set' },
    { token: '{ file: gone.txt }', says: 'secret file "gone.txt" cannot be read or is empty' },
    { token: '{ file: blank.txt }', says: 'secret file "blank.txt" cannot be read or is empty' },
    { token: '{ env: toString }', says: 'secret environment variable toString is not set' },
  ])('that cannot be read is told: $token', ({ token, says }) => {
    const { failures } = resolve(backend(token), { files: { 'blank.txt': '\n' } });
    expect(failures.map(({ code, message }) => [code, message])).toEqual([['gatefile.secret', says]]);
  });

  test('is not asked for in a replay, which sends nothing', () => {
    const resolved = resolve(backend('{ env: MISSING }'), { isReplay: true });
    expect(resolved.failures).toEqual([]);
    expect(tokenOf(resolved)).toBeInstanceOf(SecretValue);
    expect(resolve('a: "${MISSING_TOKEN}"', { isReplay: true }).failures).toEqual([]);
    expect(messages(resolve('a: "${MISSING}"', { isReplay: true }))).toHaveLength(1);
  });

  test('stands only inside a backend: elsewhere the words are a mapping like any other', () => {
    expect(resolve('vars: { a: { env: HOST } }').value).toEqual({ vars: { a: { env: 'HOST' } } });
    expect(resolve('backends: { m: { env: HOST } }').value).toEqual({ backends: { m: { env: 'HOST' } } });
    expect(tokenOf(resolve(backend('{ env: API_TOKEN, file: x }')))).toEqual({ env: 'API_TOKEN', file: 'x' });
  });
});

describe('what a probe sends', () => {
  const crawl = (sent: string, kind = 'crawl'): string => `signals: { pages: { ${kind}: { ${sent} } } }`;
  const sentOf = ({ value }: Resolved): unknown => {
    type Tree = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
    const { signals } = value as { signals: Tree };
    const [block = {}] = Object.values(signals['pages'] ?? {});
    const [list] = Object.values(block) as readonly Readonly<Record<string, unknown>>[];
    return list?.['a'];
  };

  test.each(['crawl', 'cache-probe'])('may be a secret, in headers and cookies of a %s', (kind) => {
    for (const list of ['headers', 'cookies']) {
      const sent = sentOf(resolve(crawl(`${list}: { a: { env: HOST } }`, kind)));
      expect(sent).toBeInstanceOf(SecretValue);
      expect(sent).toMatchObject({ value: 'prom.example' });
    }
  });

  test('is known by the name of its variable, which no recording keeps', () => {
    const resolved = resolve(crawl('cookies: { a: "x-${HOST}-{{track}}" }'));
    expect(sentOf(resolved)).toMatchObject({
      value: 'x-prom.example-{{track}}',
      template: 'x-<HOST>-{{track}}',
    });
    expect([resolved.plain, resolved.names]).toEqual([{}, ['HOST']]);
    expect(resolve(crawl('base: "${HOST}"')).plain).toEqual({ HOST: 'prom.example' });
    expect(sentOf(resolve(crawl('cookies: { a: plain }')))).toBe('plain');
  });

  test('is not asked for in a replay, and missed in a run', () => {
    const text = crawl('cookies: { a: "${MISSING}" }');
    expect(messages(resolve(text, { isReplay: true }))).toEqual([]);
    expect(messages(resolve(text))).toEqual(['environment variable MISSING is not set']);
  });
});

test('a load tells all that is missing in all files at once', async () => {
  const gate = (id: string, name: string): string =>
    `gate: ${id}\nabout: "\${${name}}"\nbackends: { m: { type: fake } }\ncriteria: { c: { value: q, pass: "<= 1" } }\n`;
  const { failures, environment } = await load([gate('one', 'FIRST'), gate('two', 'SECOND')]);
  expect(failures.map(({ message, span }) => `${span?.file} ${message}`)).toEqual([
    'a.gate.yaml environment variable FIRST is not set',
    'b.gate.yaml environment variable SECOND is not set',
  ]);
  expect(environment).toEqual(['FIRST', 'SECOND']);
});
