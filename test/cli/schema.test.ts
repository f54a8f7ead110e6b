/** `gatekeeper schema`: the published files are fresh, take what the loader takes, and refuse what it refuses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SCHEMA_KINDS } from '../../src/cli/commands/schema.js';
import { runGatekeeper } from '../support/binary.js';

const root = join(import.meta.dirname, '../..');

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const published = (kind: string): object => JSON.parse(read(`schema/${kind}.schema.json`));
const checkerOf = (kind: string) =>
  new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(
    published(kind),
  );

describe.each(SCHEMA_KINDS)('schema %s', (kind) => {
  test('is published as the program prints it; else run "npm run schema"', async () => {
    const { code, stdout, stderr } = await runGatekeeper(['schema', kind]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(read(`schema/${kind}.schema.json`));
  });

  test('is of JSON Schema 2020-12, and has a relative name', () => {
    expect(published(kind)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `${kind}.schema.json`,
    });
  });
});

test('schema without a kind is that of a gate', async () => {
  const { stdout } = await runGatekeeper(['schema']);
  expect(stdout).toBe(read('schema/gate.schema.json'));
});

test.each([
  ['gat', 'did you mean "gate"?'],
  ['everything', 'schemas are gate, config, catalog, incidents, manifest, result, backtest, rollouts, test'],
])('schema %s exits 2', async (kind, mend) => {
  expect(await runGatekeeper(['schema', kind])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `"${kind}" has no schema\n   ${mend}\n`,
  });
});

test.each([
  ['gate', 'gates/checkout-completion.gate.yaml'],
  ['gate', 'gates/cache-hit-ratio.gate.yaml'],
  ['gate', 'gates/crawl-signals.gate.yaml'],
  ['gate', 'gates/latency.gate.yaml'],
  ...['cache-hit-ratio', 'checkout-completion', 'crawl-signals', 'latency'].map((name) => [
    'test',
    `gates/${name}.gate.test.yaml`,
  ]),
  ['config', 'gatekeeper.config.yaml'],
  ...readdirSync(join(root, 'gates/catalog'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ['catalog', join('gates/catalog', name)]),
])('the %s schema takes %s', (kind, file) => {
  const check = checkerOf(kind);
  check(parse(read(file)));
  expect(check.errors).toBeNull();
});

/** Every key of the language at least once. */
const WHOLE = `
gate: whole
about: All there is
component: shop
owners:
  decide: [captain]
  stop: [oncall]
  escalate: [{ to: "#shop", after: 15m }]
  components: { edge: edge-team }
  waive-critical: true
runbook: runbooks/shop.md
vars:
  route: /checkout
  port: 8080
  release: { required: true, about: which, raw: true, allow-empty: true }
backends:
  metrics: { type: prometheus, url: "\${URL:-http://127.0.0.1:9090}", tenant: { env: TENANT }, headers: { X-Key: { file: key } }, auth: { bearer: { env: TOKEN } } }
  api: { type: http, url: "https://api.example", params: { q: "1" }, tls: { ca: ca.pem, insecure-skip-verify: true } }
  tool: { type: exec, command: [psql], env: { PGPASSWORD: { env: PW } }, timeout: 10s, pass-env: [PGHOST] }
  files: { type: file, folder: exports }
arms: { canary: { track: canary }, baseline: { track: stable, shift: 7d } }
window: { for: "\${FOR:-30m}", step: 1m, settle: 1m, warmup: 2m, since: required, coverage: 90%, max-age: 5m }
signals:
  done:
    about: share
    backend: metrics
    better: higher
    ratio: { good: { counter: 'a{t="{{track}}"}' }, total: 'sum(increase(b[1m]))' }
    segments: { path: [critical, 2, true] }
    series-may-end: true
  failed: { backend: metrics, ratio: { bad: x, total: y, seen-within: 7d, bad-absent: zero } }
  crashes: { backend: metrics, rate: { count: { counter: c }, exposure: time } }
  latency: { backend: metrics, histogram: { counter: d_bucket }, unit: s }
  orders: { backend: tool, value: { run: [psql, -c, "select 1"] } }
  visits: { backend: api, value: { path: /v1, params: { k: v }, json: data.value } }
  times: { backend: files, samples: { path: t.csv, format: csv, value: ms, where: { ok: true } }, unit: ms }
  hits: { backend: metrics, use: catalog/nginx/cache-hit-ratio, with: { job: nginx, host: shop } }
criteria:
  done:
    pass: ">= 97%"
    warn: ">= 95%"
    segments: { critical: { pass: ">= 99%", min-samples: 100 } }
    critical: true
    weight: 2
    on: { no-data: fail, undecided: inconclusive, error: error }
  crashes: { pass: { all: ["<= 1 crashes/min", "<= baseline * 1.1"] }, evidence: sequential, across: each, at-most: 5 }
  fast: { signal: latency, take: share <= 500ms, pass: "between 90% and 100%", tolerate: 2 of 5 steps, evidence: point }
  failed: { pass: "<= 2%", dependency: optional, fallback: done, advisory: true, on: { no-data: warn, because: fresh } }
  inline: { backend: metrics, value: up, pass: "== 1", segments: { zone: [a, b] }, owner: me, runbook: r.md, component: c }
verdict: { false-alarm: 5%, false-pass: 1%, on-inconclusive: fail }
score: { pass: 90, warn: 75 }
`;

describe('the gate schema', () => {
  let check: ReturnType<typeof checkerOf>;
  beforeAll(() => {
    check = checkerOf('gate');
  });

  test('takes every key of the language', () => {
    check(parse(WHOLE));
    expect(check.errors).toBeNull();
  });

  const refused: readonly (readonly [what: string, from: string, to: string])[] = [
    ['a gate without a name', 'gate: whole\n', ''],
    ['a name with capitals', 'gate: whole', 'gate: Whole'],
    ['an unknown key', 'about: All there is', 'abuot: All there is'],
    ['a key of a later version', 'component: shop', 'stages: []'],
    ['a duration without a unit', 'step: 1m', 'step: "60"'],
    ['a number for a duration', 'step: 1m', 'step: 60'],
    ['a percentage without its sign', 'coverage: 90%', 'coverage: "0.9"'],
    ['an unknown type of backend', 'type: file', 'type: fiel'],
    ['a backend without a type', 'type: exec, ', ''],
    ["another backend's key", 'type: file, folder: exports', 'type: file, url: "http://x"'],
    ['a backend that lacks its url', 'type: http, url: "https://api.example"', 'type: http'],
    ['a secret that is written down', 'bearer: { env: TOKEN }', 'bearer: hunter2'],
    ['a secret in two places', 'tenant: { env: TENANT }', 'tenant: { env: TENANT, file: x }'],
    ['two kinds in one signal', 'unit: s }', 'unit: s, value: up }'],
    ['a signal without a kind', 'histogram: { counter: d_bucket }, ', ''],
    ['a ratio without a total', 'ratio: { bad: x, total: y', 'ratio: { bad: x'],
    ['a ratio of good and bad', 'ratio: { bad: x,', 'ratio: { bad: x, good: z,'],
    ['a misspelt key in a ratio', 'seen-within', 'seen-witin'],
    ['a counter that is no selector', '{ counter: c }', '{ counter: 5 }'],
    ['a kind of a later version', 'rate: { count: { counter: c }, exposure: time }', 'crawl: {}'],
    ['a limit without an operator', 'pass: ">= 97%"', 'pass: "97%"'],
    ['a number for a limit', 'pass: "== 1"', 'pass: 1'],
    ['an empty list of limits', 'all: ["<= 1 crashes/min", "<= baseline * 1.1"]', 'all: []'],
    ['a tolerance in other words', 'tolerate: 2 of 5 steps', 'tolerate: 2/5'],
    ['evidence that there is none of', 'evidence: sequential', 'evidence: bayes'],
    ['a parameter that Kayenta has not', 'evidence: sequential', 'evidence: kayenta, kayenta: { alpha: 1 }'],
    ['a criterion without a pass', 'value: up, pass: "== 1", segments: { zone: [a, b] }', 'value: up'],
    ['a misspelt key in a segment', 'min-samples: 100 }', 'min-sample: 100 }'],
    ['an empty list of segments', 'zone: [a, b]', 'zone: []'],
    ['a policy that no verdict has', 'no-data: fail', 'no-data: ignore'],
    ['a score above 100', 'pass: 90', 'pass: 900'],
    ['no samples at all', 'min-samples: 100', 'min-samples: 0'],
  ];

  test.each(refused)('refuses %s', (_, from, to) => {
    expect(WHOLE).toContain(from);
    expect(check(parse(WHOLE.replace(from, to)))).toBe(false);
  });
});

/** What people write, and what they read most; the words of a backtest are those of its page. */
test.each(SCHEMA_KINDS)('the %s schema describes every key', (kind) => {
  const keys = keysOf(published(kind));
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.filter(({ isDescribed }) => !isDescribed)).toEqual([]);
});

test.each([
  ['a signal', { signals: {} }],
  ['a number for a folder', { fixtures: 5 }],
  ['a backend of no type', { backends: { metrics: {} } }],
])('the config schema refuses %s', (_, config) => {
  expect(checkerOf('config')(config)).toBe(false);
});

test.each([
  ['no kind', { about: 'x' }],
  ['two kinds', { ratio: { good: 'a', total: 'b' }, value: 'c' }],
  ['a parameter with an unknown key', { value: 'c', with: { job: { defualt: 'x' } } }],
])('the catalog schema refuses %s', (_, signal) => {
  expect(checkerOf('catalog')(signal)).toBe(false);
});

interface Json {
  readonly [key: string]: Json | undefined;
}

/** Every key of every mapping in a schema; what stands for a fixed word (`type: prometheus`) needs no description. */
function keysOf(schema: object): readonly { readonly path: string; readonly isDescribed: boolean }[] {
  const { $defs: definitions = {} } = schema as Json;
  const isDescribed = (key: Json): boolean => {
    const name = /[^/]+$/.exec(String(key['$ref']))?.[0] ?? '';
    return 'description' in key || 'const' in key || 'description' in (definitions[name] ?? {});
  };
  const walk = (node: unknown, path: string): ReturnType<typeof keysOf> => {
    if (typeof node !== 'object' || node === null) return [];
    const own = Object.entries((node as Json)['properties'] ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [{ path: `${path}.${key}`, isDescribed: isDescribed(value) }],
    );
    return [...own, ...Object.entries(node).flatMap(([key, value]) => walk(value, `${path}/${key}`))];
  };
  return walk(schema, '');
}
