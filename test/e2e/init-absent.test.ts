/** `gatekeeper init` where something is not there: timeouts never seen, a page that never answers, a folder for the files. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

async function init(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const place = await sandbox(files);
  return { ...(await runGatekeeper(['init', ...args], { cwd: place.folder })), place };
}

test('a server that never had a timeout: the criterion of timeouts passes', async () => {
  const page = 'nginx_ingress_controller_requests{namespace="shop",ingress="web",status="200",canary=""} 9\n';
  const { place, code } = await init({ 'page.prom': page }, '--metrics', 'page.prom');
  expect(code).toBe(0);
  const total = '{ signal: timeouts, part: total, values: 200x29 }';
  await place.write({
    'gates/none.gate.test.yaml': `gates: [ingress-nginx.gate.yaml]
series: [${total}]
tests: [{ name: none, expect: { criteria: { timeouts: pass, error-ratio: inconclusive } } }]
`,
  });
  const { code: tested, stdout } = await runGatekeeper(['test', 'gates/none.gate.test.yaml'], {
    cwd: place.folder,
  });
  expect({ tested, stdout }).toMatchObject({ tested: 0 });
});

describe('what is not there', () => {
  test('a page that never answers: exit 4, after a deadline of its own, and without another try', async () => {
    let asked = 0;
    const silent = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const where = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/metrics`;
    const { code, stderr } = await init({}, '--metrics', where, '--backend-timeout', '300ms');
    silent.closeAllConnections();
    silent.close();
    expect({ code, asked }).toEqual({ code: 4, asked: 1 });
    expect(stderr).toContain('did not answer in 300ms');
  });

  test.skipIf(process.platform !== 'linux')('a folder that cannot be made: exit 2', async () => {
    const { code, stderr } = await init(
      { 'page.prom': 'nginx_vts_server_requests_total{host="a",code="2xx"} 1\n' },
      '--metrics',
      'page.prom',
      '--dir',
      '/proc/nope',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('gates/nginx.gate.yaml could not be written: ENOENT');
  });
});
