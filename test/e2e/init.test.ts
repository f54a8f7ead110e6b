/** `gatekeeper init`: what it finds, what it writes, and that what it wrote is valid at once. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signalsIn } from '../../src/cli/init/detect.js';
import { catalogIn } from '../../src/gatefile/discover.js';
import { runGatekeeper } from '../support/binary.js';
import { filesIn, removeSandboxes, sandbox } from '../support/sandbox.js';

const PAGE = `# HELP nginx_vts_server_requests_total The requests counter
# TYPE nginx_vts_server_requests_total counter
nginx_vts_server_requests_total{host="shop.example",code="2xx"} 4211
nginx_vts_server_requests_total{host="a \\"quoted\\" one",code="5xx"} 3
nginx_vts_server_requests_total{host="{{unsafe}}",code="5xx"} 3
nginx_vts_server_request_duration_seconds_bucket{host="shop.example",le="+Inf"} 4211
process_cpu_seconds_total 12.5
`;

const CONFIG = `backends:
  metrics: { type: prometheus, url: "\${PROMETHEUS_URL:-http://127.0.0.1:9090}" }

# Recorded sets: gatekeeper check --record fixtures/healthy, then --replay healthy.
fixtures: fixtures
`;

const GATE = `gate: nginx
about: What nginx tells of a release
window: { for: 30m, step: 1m, settle: 1m }
signals:
  error-ratio:
    use: catalog/nginx/error-ratio
    # host: server_name as the module reports it. Seen as well: "shop.example".
    with: { host: "a \\"quoted\\" one" }
  latency:
    use: catalog/nginx/latency
    with: { host: "shop.example" }
# The limits are a start, not a recommendation: look at a healthy day with "gatekeeper check", and set them by that.
criteria:
  error-ratio: { pass: "<= 1%" }
  latency: { take: p95, pass: "<= 1s" }
`;

const TESTS = `# Answers written by hand: what the gate makes of them is tested, not that its queries find them. Counts are of one step.
series:
  # A healthy release.
  - { signal: error-ratio, part: bad, values: 1x29 }
  - { signal: error-ratio, part: total, values: 200x29 }
  - { signal: latency, part: bucket, values: { "0.5": 198x29, "1": 200x29, "+Inf": 200x29 } }

tests:
  - name: a healthy release passes
    expect: pass

  - name: "error-ratio outside of <= 1% fails"
    series:
      - { signal: error-ratio, part: bad, values: 8x29 }
      - { signal: error-ratio, part: total, values: 200x29 }
    expect: { verdict: fail, criteria: { error-ratio: fail } }

  - name: "latency outside of <= 1s fails"
    series:
      - { signal: latency, part: bucket, values: { "0.5": 50x29, "1": 100x29, "2": 200x29, "+Inf": 200x29 } }
    expect: { verdict: fail, criteria: { latency: fail } }

  - name: a server that does not answer is no pass
    backends: { metrics: { error: timeout } }
    expect: error
`;

const SNIPPET = `
No set was recorded: a page shows one moment. With a server: gatekeeper record fixtures/healthy --expect pass

The limits are a start. Next: gatekeeper validate, gatekeeper test, gatekeeper plan, gatekeeper check.
In CI, after the deploy:

  - run: npx --no-install gatekeeper validate
  - run: npx --no-install gatekeeper test --coverage
  - run: npx --no-install gatekeeper check --since "$DEPLOYED_AT" --report junit:gate.xml
    env:
      PROMETHEUS_URL: \${{ secrets.PROMETHEUS_URL }}
      DEPLOYED_AT: \${{ needs.deploy.outputs.at }}   # when the release began to take traffic, RFC 3339
`;

/** Serves the page under /metrics, and 404 elsewhere. */
const server = createServer((request, response) => {
  response.writeHead(request.url === '/metrics' ? 200 : 404).end(PAGE);
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await removeSandboxes();
});

async function init(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const place = await sandbox(files);
  const result = await runGatekeeper(['init', ...args], { cwd: place.folder });
  return { ...result, place, after: await filesIn(place.folder) };
}

const isValid = async (folder: string): Promise<string> => {
  const { code, stdout, stderr } = await runGatekeeper(['validate'], { cwd: folder });
  return `${code} ${stdout}${stderr}`;
};

const isCovered = async (folder: string): Promise<string> => {
  const { code, stdout, stderr } = await runGatekeeper(['test', '--coverage', '-q'], { cwd: folder });
  return `${code} ${stdout}${stderr}`;
};

const SIGNALS = signalsIn(catalogIn(join(import.meta.dirname, '../../gates/catalog')));
const PRODUCTS = [...new Set(SIGNALS.map(({ name }) => name.split('/')[0] ?? ''))];

/** A page with every metric that signals ask for; of a pattern such as a_(b|c) each name. */
function pageOf(signals: typeof SIGNALS): string {
  const names = signals.flatMap(({ selectors }) =>
    selectors.flatMap(({ shown }) => {
      const [before = '', choice, after = ''] = shown.split(/[()]/);
      return choice === undefined ? [shown] : choice.split('|').map((each) => `${before}${each}${after}`);
    }),
  );
  return names.map((name) => `${name} 1\n`).join('');
}

describe('what is written', () => {
  test('for a page in a file: a configuration, a gate of what is there, a snippet for the CI', async () => {
    const { code, stdout, stderr, after, place } = await init(
      { 'page.prom': PAGE },
      '--metrics',
      'page.prom',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `wrote  gatekeeper.config.yaml
wrote  gates/nginx.gate.yaml       error-ratio, latency
wrote  gates/nginx.gate.test.yaml  a test of each criterion
${SNIPPET}`,
    );
    expect(after).toEqual({
      'page.prom': PAGE,
      'gatekeeper.config.yaml': CONFIG,
      'gates/nginx.gate.yaml': GATE,
      'gates/nginx.gate.test.yaml': TESTS,
    });
    expect(await isValid(place.folder)).toBe('0 valid: 1 gate with 2 criteria\n');
    expect(await isCovered(place.folder)).toBe(
      '0 FULL  nginx  2 of 2 criteria seen to fail\n4 passed, 0 failed\n',
    );
  });

  test('for a page of an exporter, into another folder: the same', async () => {
    const { code, after } = await init({}, '--metrics', `${url}/metrics`, '--dir', 'shop/ops');
    expect(code).toBe(0);
    expect(after).toEqual({
      'shop/ops/gatekeeper.config.yaml': CONFIG,
      'shop/ops/gates/nginx.gate.yaml': GATE,
      'shop/ops/gates/nginx.gate.test.yaml': TESTS,
    });
  });

  test('for a page with all metrics of the catalogue: every signal of it, valid without a warning', async () => {
    const { code, place } = await init({ 'page.prom': pageOf(SIGNALS) }, '--metrics', 'page.prom');
    expect(code).toBe(0);
    expect(SIGNALS.length).toBeGreaterThan(28);
    expect(await isValid(place.folder)).toBe(`0 valid: 6 gates with ${SIGNALS.length} criteria\n`);
  });

  test.each(PRODUCTS)(
    'for all metrics of %s: tests that pass at once and cover every criterion',
    async (product) => {
      const signals = SIGNALS.filter(({ name }) => name.startsWith(`${product}/`));
      const { code, place } = await init({ 'page.prom': pageOf(signals) }, '--metrics', 'page.prom');
      expect(code).toBe(0);
      const count = signals.length;
      expect(await isCovered(place.folder)).toBe(
        `0 FULL  ${product}  ${count} of ${count} criteria seen to fail\n${count + 2} passed, 0 failed\n`,
      );
    },
  );

  test('a test that is there is left, with its gate written anew', async () => {
    const files = { 'page.prom': PAGE, 'gates/nginx.gate.test.yaml': '# mine\n' };
    const { code, stdout, after } = await init(files, '--metrics', 'page.prom');
    expect([code, after['gates/nginx.gate.test.yaml']]).toEqual([0, '# mine\n']);
    expect(stdout).toContain('left   gates/nginx.gate.test.yaml  it is there already\n');
  });

  test('names the schemas of an installed package', async () => {
    const installed = { 'node_modules/gatekeeper/schema/gate.schema.json': '{}' };
    const { after } = await init({ ...installed, 'page.prom': PAGE }, '--metrics', 'page.prom');
    expect([after['gates/nginx.gate.yaml'], after['gatekeeper.config.yaml']]).toEqual([
      `# yaml-language-server: $schema=../node_modules/gatekeeper/schema/gate.schema.json\n${GATE}`,
      `# yaml-language-server: $schema=node_modules/gatekeeper/schema/config.schema.json\n${CONFIG}`,
    ]);
  });
});

describe('what is there already', () => {
  test('a gate is left as it is; with nothing else to write, exit 2', async () => {
    const files = { 'page.prom': PAGE, 'gatekeeper.config.yaml': CONFIG, 'gates/nginx.gate.yaml': 'mine\n' };
    const { code, stdout, stderr, after } = await init(files, '--metrics', 'page.prom');
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: 'left  gates/nginx.gate.yaml  it is there already\n',
    });
    expect(stderr).toContain('nothing was written: all of it is there already');
    expect(after).toEqual(files);
  });

  test('a configuration with several backends: the gates name the one they ask', async () => {
    const config =
      'backends:\n  files: { type: file, folder: x }\n  prod: { type: prometheus, url: "http://127.0.0.1:1" }\n';
    const files = { 'page.prom': PAGE, 'gatekeeper.config.yaml': config };
    const { code, after, place } = await init(files, '--metrics', 'page.prom');
    expect(code).toBe(0);
    expect(after['gatekeeper.config.yaml']).toBe(config);
    expect(after['gates/nginx.gate.yaml']).toContain('  latency:\n    backend: prod\n');
    expect(await isValid(place.folder)).toBe('0 valid: 1 gate with 2 criteria\n');
  });
});

test.each([
  ['no place to look', [], 2, 'init needs to know where the metrics are'],
  ['a page that is not there', ['--metrics', 'gone.prom'], 2, 'gone.prom cannot be read: it is not there'],
  ['a file that is no page', ['--metrics', 'other.txt'], 2, 'other.txt holds no metrics in the text format'],
  ['a page of unknown metrics', ['--metrics', 'own.prom'], 2, 'none of the 1 metric of own.prom'],
  ['a password in the URL', ['--url', 'http://me:hunter2@127.0.0.1'], 2, 'the URL holds a name, a password'],
  ['a token in the URL', ['--metrics', 'http://hunter2@127.0.0.1/metrics'], 2, 'the URL holds a name'],
  ['a query in the URL', ['--url', 'http://127.0.0.1/?key=hunter2'], 2, 'the URL holds a name'],
  ['a word for a URL', ['--url', 'prometheus'], 2, '"prometheus" is no http:// or https:// URL'],
  [
    'a server that is not there',
    ['--url', 'http://127.0.0.1:1', '--retries', '0'],
    4,
    'backend "127.0.0.1:1" could not be reached',
  ],
  ['both of them', ['--url', 'http://127.0.0.1:1', '--metrics', 'own.prom'], 2, 'cannot be used with'],
])('%s: nothing is written, and it is said why', async (_, args, code, message) => {
  const files = { 'own.prom': 'own_total 1\n', 'other.txt': 'Dear all,\n' };
  const result = await init(files, ...args);
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
  expect(result.stderr).toContain(message);
  expect(result.stderr).not.toContain('hunter2');
  expect(result.after).toEqual(files);
});

test('what was looked for is named, where nothing is known', async () => {
  const { stderr } = await init({ 'own.prom': 'own_total 1\n' }, '--metrics', 'own.prom');
  expect(stderr).toContain('     nginx_vts_server_requests_total\n');
});

test('a server that is no Prometheus: exit 4, and the other flag is named', async () => {
  const other = createServer((_, response) => response.end('{"status":"success","data":{}}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { code, stderr } = await init(
    {},
    '--url',
    `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
  );
  other.close();
  expect(code).toBe(4);
  expect(stderr).toContain('a page of metrics is read with --metrics');
});
