/**
 * What a run loads: each package costs milliseconds at every start, and a careless import brings it back.
 *
 * The real binary without its cache; a preload tells which files of dist/ were required, and dist/meta.json what is in them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

const TELL = `process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify({
    files: Object.keys(require.cache),
    builtIns: process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13)),
  }));
});`;

interface Meta {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
}

interface Loaded {
  /** Packages of node_modules, by name. */
  readonly packages: readonly string[];
  /** Below src/. */
  readonly sources: readonly string[];
  readonly builtIns: readonly string[];
}

let folder: string;
let meta: Meta;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatekeeper-loaded-'));
  writeFileSync(join(folder, 'tell.cjs'), TELL);
  meta = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as Meta;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function loadedBy(args: readonly string[], cwd = root): Loaded {
  const told = join(folder, 'told.json');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', join(folder, 'tell.cjs'), join(root, 'bin/gatekeeper.js'), ...args],
    {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], GATEKEEPER_COMPILE_CACHE: 'off', LOADED: told },
      timeout: 20_000,
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { files, builtIns } = JSON.parse(readFileSync(told, 'utf8')) as {
    files: string[];
    builtIns: string[];
  };
  const inputs = files.flatMap((file) => Object.keys(meta.outputs[relative(root, file)]?.inputs ?? {}));
  expect(inputs).toContain('src/cli/main.ts');
  // A package that is left out of the bundle is required from where it lies.
  const outside = files.map((file) => relative(root, file)).filter((file) => !file.startsWith('dist/'));
  const packages = [...inputs, ...outside].map(
    (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1],
  );
  return {
    packages: [...new Set(packages.filter((name) => name !== undefined))].sort(),
    sources: inputs.filter((input) => input.startsWith('src/')).map((input) => input.slice('src/'.length)),
    builtIns,
  };
}

const below = (sources: readonly string[], room: string): readonly string[] =>
  sources.filter((source) => source.startsWith(`${room}/`)).map((source) => source.slice(room.length + 1));
/** Plug-ins of a room: its files, without registries and shared folders. */
const pluginsOf = (sources: readonly string[], room: string): readonly string[] =>
  below(sources, room).filter((name) => !name.includes('/') && name !== 'registry.ts');

test('--version loads no package at all, and no stream', () => {
  const { packages, sources, builtIns } = loadedBy(['--version']);
  expect(packages).toEqual([]);
  expect(sources.filter((source) => /^(?:gatefile|backends|recording|reporters)\//.test(source))).toEqual([]);
  expect(builtIns.filter((name) => /^(?:stream|net|tty|zlib|crypto|http)$/.test(name))).toEqual([]);
});

test('--help loads commander alone', () => {
  const { packages, sources } = loadedBy(['--help']);
  expect(packages).toEqual(['commander']);
  expect(sources.filter((source) => /^(?:gatefile|backends|recording|reporters)\//.test(source))).toEqual([]);
});

describe('a replay', () => {
  let loaded: Loaded;
  beforeAll(() => {
    loaded = loadedBy(['check', 'gates/latency.gate.yaml', '--replay', 'fixtures/healthy']);
  });

  test('loads no HTTP client, no spinner, no glob, no driver, no grammar for counters, and no stream to write to', () => {
    expect(loaded.packages).toEqual(['chalk', 'commander', 'get-east-asian-width', 'yaml', 'zod']);
    expect(below(loaded.sources, 'http')).toEqual([]);
    expect(
      loaded.builtIns.filter((name) => /^(?:https?|http2|tls|dns|net|tty|child_process)$/.test(name)),
    ).toEqual([]);
  });

  test('loads the backend, the reporter and the kinds of signals that are used, and no other', () => {
    expect(pluginsOf(loaded.sources, 'backends')).toEqual(['prometheus.ts']);
    expect(pluginsOf(loaded.sources, 'reporters')).toEqual(['pretty.ts']);
    expect(pluginsOf(loaded.sources, 'signals')).toEqual(['histogram.ts']);
    expect(pluginsOf(loaded.sources, 'judges')).toEqual(['point.ts', 'sequential.ts']);
  });

  test('does not load what records, nor other commands', () => {
    expect(below(loaded.sources, 'recording')).not.toContain('record.ts');
    expect(below(loaded.sources, 'cli/commands')).toEqual(['check.ts']);
  });
});

test('a replay of SQL loads the one backend that is used, and no driver of any', () => {
  const gate = join(folder, 'shop.gate.yaml');
  writeFileSync(join(folder, 'orders.csv'), 'n\n7\n');
  writeFileSync(
    gate,
    `gate: shop
owners: { decide: [release-captain], stop: [oncall] }
backends: { shop: { type: duckdb, tables: { orders: orders.csv } } }
signals: { orders: { value: "SELECT sum(n) AS n FROM orders" } }
criteria: { orders: { pass: "<= 10" } }
`,
  );
  const set = join(folder, 'set');
  const live = loadedBy(['check', gate, '--record', set, '--at', '2026-11-20T14:31:00Z'], folder);
  expect(live.packages).toContain('@duckdb/node-api');
  expect(live.packages.filter((name) => /^(?:pg|mysql2)/.test(name))).toEqual([]);
  const replay = loadedBy(['check', gate, '--replay', set], folder);
  expect(replay.packages).toEqual(['chalk', 'commander', 'get-east-asian-width', 'yaml', 'zod']);
  expect(pluginsOf(replay.sources, 'backends')).toEqual(['duckdb.ts']);
});

/** A gate whose one criterion is judged by this part of a signal. */
function promGate(signal: string, vars = ''): string {
  const gate = join(folder, 'prom.gate.yaml');
  writeFileSync(
    gate,
    `gate: prom
owners: { decide: [release-captain], stop: [oncall] }
window: { for: 30m, step: 1m }
${vars}
backends:
  metrics: { type: prometheus, url: "http://127.0.0.1:9" }
signals:
  rows: ${signal}
criteria:
  rows: { pass: "<= 1%" }
`,
  );
  return gate;
}

test.each([
  ['a query', "{ ratio: { bad: 'sum(increase(a_total[1m]))', total: { counter: b_total } } }", ''],
  [
    'a name that may be a word of the language',
    '{ ratio: { bad: { counter: a }, total: { counter: b_total } } }',
    '',
  ],
  [
    'a variable that may say anything',
    `{ ratio: { bad: { counter: 'a_total{b="{{c}}"}' }, total: { counter: b_total } } }`,
    'vars: { c: { default: x, raw: true } }',
  ],
])('the grammar of PromQL is loaded for %s', (_what, signal, vars) => {
  expect(loadedBy(['validate', promGate(signal, vars)], folder).packages).toContain(
    '@prometheus-io/lezer-promql',
  );
});

test('a variable that may say anything cannot make a query out of a counter', () => {
  const gate = promGate(
    `{ ratio: { bad: { counter: 'a_total{b="{{c}}"}' }, total: { counter: b_total } } }`,
    'vars: { c: { default: x, raw: true } }',
  );
  const args = [join(root, 'bin/gatekeeper.js'), 'validate', gate, '--var', 'c=x"} or vector(0) # '];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(2);
  expect(stderr).toContain('is more than a plain selector');
});

test('a gate without PromQL is validated without its parser, and without an HTTP client', () => {
  const gate = join(folder, 'stock.gate.yaml');
  writeFileSync(
    gate,
    `gate: stock
owners: { decide: [release-captain], stop: [oncall] }
window: { for: 30m, step: 1m }
backends:
  stock: { type: http, url: "http://127.0.0.1:9" }
signals:
  mismatches: { value: { path: /report, json: mismatches } }
criteria:
  mismatches: { pass: "<= 3" }
`,
  );
  const { packages, sources } = loadedBy(['validate', gate], folder);
  expect(packages).toEqual(['commander', 'yaml', 'zod']);
  expect(pluginsOf(sources, 'backends')).toEqual(['http.ts']);
  expect(below(sources, 'http')).toEqual([]);
});

describe('a crawl', () => {
  const crawlGate = (expected: string): string => {
    const gate = join(folder, 'crawl.gate.yaml');
    writeFileSync(
      gate,
      `gate: crawl
owners: { decide: [seo-lead], stop: [oncall] }
signals:
  pages: { crawl: { hosts: ["127.0.0.1:9"], base: "http://127.0.0.1:9", urls: [/], expect: ${expected}, allow-private: true } }
criteria:
  pages: { pass: "== 0" }
`,
    );
    return gate;
  };

  test('is validated without a parser of HTML, and without a client', () => {
    const { packages, sources } = loadedBy(['validate', crawlGate('[title]')], folder);
    expect(packages).toEqual(['commander', 'yaml', 'zod']);
    expect(pluginsOf(sources, 'signals')).toEqual(['crawl.ts']);
    expect(below(sources, 'http')).toEqual([]);
    expect(below(sources, 'signals').filter((name) => /source\/(?:html|probe|render)/.test(name))).toEqual(
      [],
    );
  });
});
