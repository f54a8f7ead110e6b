/** No secret leaves the program: not on a stream, not in a report, not in a recording, in whatever form it comes back. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { type HostileServer, type Seen, startHostileServer } from '../support/hostile-server.js';
import { filesIn, removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';

/**
 * Each secret has a core of letters and digits, which no escaping changes, between characters that HTML, XML, JSON, YAML,
 * Markdown, URLs and workflow commands all escape.
 */
const CORES = {
  USERINFO: 'Uq7Zx93LmT2vB8kRw',
  BASIC: 'Bs5Hd81QnY4tJ6pXc',
  BEARER: 'Tk3Wv62FgM9sL7dEz',
  HEADER: 'Hx9Rc47PbN1yV5jGu',
  PARAM: 'Pm2Kf85SwD6qC3hZt',
  BODY: 'Dy6Jn94XtG8rF1mVb',
  FILE: 'Fl8Tb31KzQ5wS9gNy',
  EXEC: 'Ex4Ph76VdR2nM8cJs',
  API_TOKEN: 'En1Gs59YjH7xW3kTq',
  GIVEN: 'Gv7Lr26MkT4zB9pXs',
  PASSED_TOKEN: 'Ps3Qw84NfH6yV2dJc',
} as const;
type Name = keyof typeof CORES;
const NAMES = Object.keys(CORES) as readonly Name[];

const PLAIN = (name: Name): string => CORES[name];
const AWKWARD = (name: Name): string => `a&<b>"|_*'%${CORES[name]}\\ +=~/#{x}`;

/** Names of the secrets of which a text holds a part: eight characters are enough, plain or in base64. */
function leaksIn(text: string): readonly string[] {
  return NAMES.flatMap((name) => {
    const core = CORES[name];
    const pieces = Array.from({ length: core.length - 7 }, (_, i) => core.slice(i, i + 8));
    const inBase64 = [0, 1, 2].map((offset) => {
      const encoded = Buffer.from(' '.repeat(offset) + core).toString('base64');
      // What neighbours may change is cut off at both ends.
      return encoded.slice(4, 20);
    });
    const found = [...pieces, ...inBase64].find((piece) => text.includes(piece));
    return found === undefined
      ? []
      : [`${name} (${text.slice(text.indexOf(found) - 30, text.indexOf(found) + 30)})`];
  });
}

test('the search finds what it is there for', () => {
  expect(leaksIn('nothing to see')).toEqual([]);
  for (const name of NAMES) {
    const forms = [PLAIN(name), AWKWARD(name), encodeURIComponent(AWKWARD(name)), CORES[name].slice(3, 12)];
    for (const user of ['', 'u:', 'user:', 'someone:'])
      forms.push(
        Buffer.from(user + AWKWARD(name)).toString('base64'),
        Buffer.from(user + PLAIN(name)).toString('base64url'),
      );
    for (const form of forms) expect([form, leaksIn(`x ${form} y`).length > 0]).toEqual([form, true]);
  }
});

/** Everything that a request told the server, in all the ways in which servers repeat it. */
function echoOf(seen: Seen): string {
  return `${seen.url} ; ${decodedEchoOf(seen)}`;
}

function decodedEchoOf({ url, headers, body }: Seen): string {
  const credentials = String(headers.authorization ?? '').replace(/^\w+ /, '');
  const inClear = Buffer.from(credentials, 'base64')
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '.');
  const told = [decodeURIComponent(url.replaceAll('+', ' ')), body, ...Object.values(headers), inClear];
  return told.join(' ; ');
}

/** What a server that repeats its requests answers. */
const ANSWERS: Readonly<Record<string, (seen: Seen, response: ServerResponse) => void>> = {
  'a refused query': (seen, response) => {
    const error = `bad query: ${echoOf(seen)}`;
    response.writeHead(400, JSON_TYPE).end(JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
  },
  'an error of the server': (seen, response) => {
    const error = `expanding series: ${echoOf(seen)}`;
    response.writeHead(422, JSON_TYPE).end(JSON.stringify({ status: 'error', errorType: 'internal', error }));
  },
  'refused credentials': (seen, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end(`wrong credentials: ${echoOf(seen)}`);
  },
  'a crash page': (seen, response) => {
    response.writeHead(500, { 'content-type': 'text/html' }).end(`<html><pre>${echoOf(seen)}</pre></html>`);
  },
  'a page that is no JSON': (seen, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<html><title>${echoOf(seen)}</title></html>`);
  },
  'broken JSON': (seen, response) => {
    response.writeHead(200, JSON_TYPE).end(`{"status":"success","data":"${echoOf(seen)}`);
  },
  'labels that hold them': (seen, response) => {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(answerWith({ echo: echoOf(seen) })));
  },
  'labels that hold them, URL-encoded and in base64': (seen, response) => {
    // Without what is encoded already: twice is a form of its own.
    const echo = decodedEchoOf(seen);
    const labels = { url: encodeURIComponent(echo), base64: Buffer.from(echo).toString('base64') };
    response.writeHead(200, JSON_TYPE).end(JSON.stringify(answerWith(labels)));
  },
  'several series where one is meant': (seen, response) => {
    const data = ['a', 'b'].flatMap((pod) => answerWith({ pod, echo: echoOf(seen) }).data.result);
    response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: data } }));
  },
  warnings: (seen, response) => {
    response
      .writeHead(200, JSON_TYPE)
      .end(JSON.stringify({ ...answerWith({}), warnings: [`slow: ${echoOf(seen)}`] }));
  },
};
/** End of the window, in seconds. */
const AT = Date.parse('2026-11-20T14:34:00Z') / 1000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Read by `prometheus` as a vector, and by `http` as a number at `rows[0].value`. */
function answerWith(labels: Readonly<Record<string, string>>, value = 0.5) {
  return {
    status: 'success',
    data: { resultType: 'vector', result: [{ metric: labels, value: [AT, String(value)] }] },
    rows: [{ ...labels, value }],
  };
}

/** Prints its secret wherever a command can. */
const LEAKY = `
const secret = process.env.SECRET + ' ' + process.env.PASSED_TOKEN;
process.stderr.write('connecting with ' + secret + '\\n' + encodeURIComponent(secret) + '\\n' + Buffer.from(secret).toString('base64') + '\\n');
if (process.argv[2] === 'fail') process.exit(3);
if (process.argv[2] === 'text') process.stdout.write('token ' + secret);
else process.stdout.write(JSON.stringify([{ value: 0.5, echo: secret }]));
`;

/** Every way of giving a secret to a backend, all asked by one gate. */
function gateOf(url: string): string {
  return `
gate: leaky
runbook: https://runbooks.example/leaky
window: { for: 1m, step: 1m, settle: 1m }
backends:
  userinfo: { type: prometheus, url: "\${METRICS_URL}" }
  basic: { type: prometheus, url: "${url}", auth: { basic: { username: someone, password: { env: BASIC } } } }
  bearer:
    type: prometheus
    url: "${url}"
    auth: { bearer: { env: BEARER } }
    headers: { x-team: { env: HEADER }, x-env: "\${API_TOKEN}" }
    params: { dash: { env: PARAM }, other: { file: secrets/one.txt } }
  api: { type: http, url: "${url}", headers: { x-team: { env: HEADER }, x-auth-token: "\${GIVEN}" }, params: { dash: { env: PARAM } } }
  command: { type: exec, command: [node, leaky.cjs], env: { SECRET: { env: EXEC } }, pass-env: [PASSED_TOKEN] }
signals:
  by-userinfo: { backend: userinfo, value: up }
  by-basic: { backend: basic, value: up }
  by-bearer: { backend: bearer, value: up }
  by-body:
    backend: api
    value: { path: /stats, body: { user: me, login: "\${BODY_TOKEN}" }, json: rows, value: value, labels: [echo] }
  by-number: { backend: api, value: { path: /stats, headers: { x-body: "\${BODY_TOKEN}" }, json: rows } }
  by-command: { backend: command, value: { run: [ok], value: value, labels: [echo] } }
  by-failure: { backend: command, value: { run: [fail] } }
  by-text: { backend: command, value: { run: [text] } }
criteria:
  by-userinfo: { pass: ">= 1", across: each, at-most: 9 }
  by-basic: { pass: ">= 1", across: each, at-most: 9 }
  by-bearer: { pass: ">= 1", across: each, at-most: 9 }
  by-bearer-alone: { signal: by-bearer, pass: ">= 1" }
  by-body: { pass: ">= 1", across: each, at-most: 9 }
  by-number: { pass: ">= 1" }
  by-command: { pass: ">= 1", across: each, at-most: 9 }
  by-failure: { pass: ">= 1" }
  by-text: { pass: ">= 1" }
`;
}

const FORMATS = ['pretty', 'json', 'ndjson', 'junit', 'markdown', 'github'];

describe.each([
  ['plain', PLAIN],
  ['awkward', AWKWARD],
])('%s secrets', (_kind, secretOf) => {
  let server: HostileServer;
  let answer: (seen: Seen, response: ServerResponse) => void = () => {};
  const seenBy: Seen[] = [];

  beforeAll(async () => {
    server = await startHostileServer({
      handle: (seen, response) => {
        seenBy.push(seen);
        answer(seen, response);
        return true;
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    await removeSandboxes();
  });

  const placed = async (): Promise<Sandbox> =>
    sandbox({
      'leaky.gate.yaml': gateOf(server.url),
      'leaky.cjs': LEAKY,
      'secrets/one.txt': `${secretOf('FILE')}\n`,
    });
  const secrets = (): Record<string, string> => ({
    ...Object.fromEntries(NAMES.map((name) => [name, secretOf(name)])),
    BODY_TOKEN: secretOf('BODY'),
    METRICS_URL: server.url.replace('//', `//someone:${encodeURIComponent(secretOf('USERINFO'))}@`),
  });
  const run = (place: Sandbox, ...args: string[]): Promise<BinaryResult> =>
    runGatekeeper(['check', 'leaky.gate.yaml', '--at', '2026-11-20T14:35:00Z', '--retries', '0', ...args], {
      cwd: place.folder,
      env: { ...secrets(), GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: place.path('out/summary.md') },
    });

  test.each(Object.keys(ANSWERS))('a server that answers with %s', async (kind) => {
    answer = ANSWERS[kind] ?? answer;
    seenBy.length = 0;
    const place = await placed();
    const files = FORMATS.flatMap((format) => ['--report', `${format}:out/${format}`]);
    const whole = await run(place, ...files, '--verbose', '--record', 'out/set');
    expect(whole.stdout, whole.stderr).not.toBe('');
    // It was told every secret, or there was nothing to hide.
    const told = seenBy.map(echoOf).join(' ');
    for (const name of NAMES)
      if (name !== 'EXEC' && name !== 'PASSED_TOKEN') expect(told, name).toContain(CORES[name].slice(0, 4));

    const written = await filesIn(place.path('out'));
    expect(Object.keys(written)).toEqual(
      expect.arrayContaining([...FORMATS, 'summary.md', 'set/manifest.yaml']),
    );
    const narrow = await run(place, '--report', 'pretty');
    const texts = { ...written, stdout: whole.stdout, stderr: whole.stderr, 'narrow stdout': narrow.stdout };
    const leaks = Object.entries(texts).flatMap(([name, text]) =>
      leaksIn(text).map((leak) => `${name}: ${leak}`),
    );
    expect(leaks).toEqual([]);
    expect(Object.values(texts).join('')).toContain('<REDACTED:');
  });

  test('a set is replayed with the secrets at hand, and without any', async () => {
    answer = ANSWERS['labels that hold them'] ?? answer;
    const place = await placed();
    const recorded = await run(place, '--report', 'json', '--record', 'set');
    const args = ['check', 'leaky.gate.yaml', '--replay', 'set', '--report', 'json'];
    const lasting = ({ stdout }: BinaryResult) => ({ ...JSON.parse(stdout), mode: '', recordedAt: '' });
    for (const known of [secrets(), {}]) {
      const replayed = await runGatekeeper(args, { cwd: place.folder, env: known });
      expect({ code: replayed.code, stderr: replayed.stderr }).toEqual({ code: recorded.code, stderr: '' });
      expect(lasting(replayed)).toEqual(lasting(recorded));
    }
  });

  test('one that stands in the file itself is refused, and the line is quoted without it', async () => {
    const url = server.url.replace('//', `//someone:${encodeURIComponent(secretOf('USERINFO'))}@`);
    const place = await placed();
    await place.write({ 'leaky.gate.yaml': gateOf(server.url).replace(/\$\{METRICS_URL\}/, () => url) });
    const { code, stdout, stderr } = await run(place);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('a password stands in the URL');
    expect(leaksIn(stderr)).toEqual([]);
  });

  test('a set is recorded twice, though its questions hold secrets', async () => {
    answer = ANSWERS['labels that hold them'] ?? answer;
    const place = await placed();
    const first = await run(place, '--record', 'set');
    const before = await filesIn(place.path('set'));
    const second = await run(place, '--record', 'set');
    expect([second.code, second.stderr.includes('recording')]).toEqual([first.code, false]);
    expect(await filesIn(place.path('set'))).toEqual(before);
  });
});

describe('a credential that nobody declared', () => {
  let server: HostileServer;
  let label = '';
  beforeAll(async () => {
    server = await startHostileServer({
      handle: ({ url }, response) => {
        // The age of the sample is asked, too.
        const value = url.includes('timestamp') ? AT : 0.5;
        response.writeHead(200, JSON_TYPE).end(JSON.stringify(answerWith({ note: label }, value)));
        return true;
      },
    });
  });
  afterAll(async () => {
    await server?.close();
    await removeSandboxes();
  });

  const record = async (place: Sandbox, env: Readonly<Record<string, string>> = {}): Promise<BinaryResult> =>
    runGatekeeper(['check', 'a.gate.yaml', '--record', 'set', '--at', '2026-11-20T14:35:00Z'], {
      cwd: place.folder,
      env,
    });
  const gate = (url: string) => `
gate: a
backends: { m: { type: prometheus, url: "${url}" } }
criteria: { up: { value: up, pass: ">= 0.1" } }
`;

  test.each([
    ['an AWS access key', `key AKIA${'IOSFODNN7EXAMPLE'} end`],
    ['a bearer token', `Authorization: Bearer ${'mF_9.B5f-4.1JqM'}xyz`],
    ['basic credentials', `Authorization: Basic ${Buffer.from('admin:hunter22222').toString('base64')}`],
    ['a JSON web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N`],
    ['credentials in a URL', 'postgres://app:hunter22222@db.example/orders'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
  ])('%s in an answer: nothing is written, and the run does not pass', async (what, text) => {
    label = text;
    const place = await sandbox({ 'a.gate.yaml': gate(server.url) });
    const { code, stderr } = await record(place);
    expect(code).toBe(2);
    expect(stderr).toContain(`the answer to be stored in m/up.value holds what looks like ${what}`);
    expect(stderr).toContain('declare the secret as { env: NAME }');
    expect(Object.keys(await filesIn(place.folder))).toEqual(['a.gate.yaml']);
  });

  test('in an answer to a set that is there already: it is left as it was', async () => {
    label = 'fine';
    const place = await sandbox({ 'a.gate.yaml': gate(server.url) });
    expect((await record(place)).code).toBe(0);
    const before = await filesIn(place.path('set'));
    label = 'AKIAIOSFODNN7EXAMPLE';
    expect((await record(place)).code).toBe(2);
    expect(await filesIn(place.path('set'))).toEqual(before);
  });

  test('a declared one is cut out, counted, and stops nothing', async () => {
    label = 'token sesame-open-4711';
    const declared = gate(server.url).replace('" } }', '", auth: { bearer: { env: TOKEN } } } }');
    const place = await sandbox({ 'a.gate.yaml': declared });
    expect((await record(place, { TOKEN: 'sesame-open-4711' })).code).toBe(0);
    const files = await filesIn(place.path('set'));
    expect(files['m/up.value.current.yaml']).toContain('note: token <REDACTED:TOKEN>');
    expect(files['manifest.yaml']).toMatch(/^redactions: 1$/m);
  });

  test('the password of a URL that the environment gives is kept out of the manifest', async () => {
    label = 'fine';
    const place = await sandbox({ 'a.gate.yaml': gate(`\${METRICS_URL}`) });
    const url = server.url.replace('//', '//someone:open-sesame-4711@');
    const { code, stderr } = await record(place, { METRICS_URL: url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const files = await filesIn(place.path('set'));
    expect(files['manifest.yaml']).toContain('METRICS_URL: http://someone:<REDACTED:url>@');
    expect(Object.values(files).join('')).not.toContain('open-sesame');
    const args = ['check', 'a.gate.yaml', '--replay', 'set'];
    expect((await runGatekeeper(args, { cwd: place.folder })).code).toBe(0);
  });
});
