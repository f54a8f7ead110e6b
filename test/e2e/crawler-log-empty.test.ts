/** Crawler logs that hold no evidence: a crawler that nothing could verify, and a window without a hit. */
import { afterAll, expect, test } from 'vitest';
import type { GateReport } from '../../src/model/report.js';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

const gate = (crawler: string, more = ''): string => `gate: bots
owners: { decide: [captain], stop: [oncall] }
backends: { logs: { type: duckdb, ${more}tables: { access: { path: access.log, format: combined } } } }
window: { for: 1d, step: 1h, settle: 0s }
criteria:
  bad: { crawler-log: { log: access, bad: 5xx, crawler: ${crawler} }, pass: "<= 5%" }
  impostors: { crawler-log: { log: access, bad: impostors, crawler: ${crawler} }, pass: "<= 5%" }
`;

test.each([
  ['gogglebot', '"gogglebot" is no crawler that backend "logs" knows', 'did you mean "googlebot"?'],
  [
    'somebody',
    '"somebody" is no crawler that backend "logs" knows',
    'known here: googlebot; another one has its list under "crawlers" of the backend',
  ],
  [
    'bingbot',
    '"bingbot" has no list of addresses here, so that no hit of it can be verified',
    'give backend "logs" one, "crawlers: { bingbot: FILE }", or "verify: dns"',
  ],
])('crawler %s is refused, since nothing could verify it', async (name, message, mend) => {
  const place = await sandbox({ 'bots.gate.yaml': gate(name) });
  const { code, stderr } = await runGatekeeper(['validate', 'bots.gate.yaml'], { cwd: place.folder });
  expect(code).toBe(2);
  expect(stderr).toContain(`bots.gate.yaml:6:57  ${message}`);
  expect(stderr).toContain(mend);
});

test.each(['verify: dns, ', 'crawlers: { bingbot: bing.json }, '])('with "%s" it is not', async (more) => {
  const place = await sandbox({ 'bots.gate.yaml': gate('bingbot', more) });
  const { code, stderr } = await runGatekeeper(['validate', 'bots.gate.yaml'], { cwd: place.folder });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test.each([
  ['no line', ''],
  [
    'no line of the window',
    '66.249.66.1 - - [10/Nov/2026:14:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Googlebot/2.1"\n',
  ],
  ['no crawler', '203.0.113.1 - - [20/Nov/2026:13:30:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla"\n'],
])('a log with %s is no data, with advice on logs', async (_, log) => {
  const place = await sandbox({ 'access.log': log, 'bots.gate.yaml': gate('googlebot') });
  const args = ['check', 'bots.gate.yaml', '--at', '2026-11-20T14:00:00Z', '--report', 'json'];
  const { code, stdout } = await runGatekeeper(args, { cwd: place.folder });
  expect(code).toBe(3);
  const report = JSON.parse(stdout) as GateReport;
  const next =
    'look whether the log goes back as far, and whether the addresses of its crawlers can be verified';
  expect(report.gates[0]?.criteria.map(({ reason }) => reason)).toEqual([
    { code: 'no-data', text: 'no verified hit of googlebot in the window', next },
    { code: 'no-data', text: 'no hit claims to be googlebot in the window', next },
  ]);
});
