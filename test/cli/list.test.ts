/** `gatekeeper list`: what there is, with gates and without. */
import { describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { CONFIG, folderWith, SHOP } from './shop.js';

const GATES = `gates
  shop  gates/shop.gate.yaml  Canary of the shop
    shop.done[path=critical]  done (ratio)         >= 97%                   oncall  critical
    shop.done[path=edge]      done (ratio)         >= 90%                   oncall  critical
    shop.latency-p95          latency (histogram)  p95: <= baseline + 10%   oncall
    shop.queue                queue (value)        <= 5 jobs                oncall  advisory

backends
  metrics  prometheus  http://127.0.0.1:9090

`;

/** The part that the tool brings itself, without the words that plug-ins say about themselves. */
function headings(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^\S/.test(line));
}

describe('list', () => {
  test.each(['list', 'plan'])('%s names a backend once that two gates write alike', async (command) => {
    const gate = (name: string, port: number): string =>
      `gate: ${name}\nbackends: { m: { type: prometheus, url: "http://127.0.0.1:${port}" } }\ncriteria: { q: { value: q, pass: "<= 1" } }\n`;
    const cwd = await folderWith({
      'gates/a.gate.yaml': gate('a', 1),
      'gates/b.gate.yaml': gate('b', 1),
      'gates/c.gate.yaml': gate('c', 2),
    });
    const { stdout } = await runGatekeeper([command], { cwd });
    expect(stdout).toContain(
      '\nbackends\n  m  prometheus  http://127.0.0.1:1\n  m  prometheus  http://127.0.0.1:2\n\n',
    );
  });

  test('gates with their criteria, backends, and what the tool has', async () => {
    const cwd = await folderWith({ 'gates/shop.gate.yaml': SHOP, 'gatekeeper.config.yaml': CONFIG });
    const { code, stdout, stderr } = await runGatekeeper(['list'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(collapsed(stdout.slice(0, stdout.indexOf('report formats')))).toBe(collapsed(GATES));
    expect(headings(stdout)).toEqual([
      'gates',
      'backends',
      'report formats (--report)',
      'backend types (type:)',
      'kinds of signals',
      'evidence (evidence:)',
      'catalogue (use:)',
    ]);
    for (const word of ['pretty', 'azure', 'prometheus', 'exec', 'ratio', 'samples', 'point'])
      expect(stdout).toMatch(new RegExp(`^  ${word} +\\S`, 'm'));
    expect(stdout).toMatch(/^ {2}catalog\/nginx\/cache-hit-ratio +Share of requests/m);
  });

  test('without gates it lists what the tool has, and a configured backend', async () => {
    const cwd = await folderWith({ 'gatekeeper.config.yaml': CONFIG });
    const { code, stdout, stderr } = await runGatekeeper(['list'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^gates\n {2}none here; a gate is a file gates\/NAME\.gate\.yaml\n\nbackends\n {2}metrics/,
    );
  });

  test('in an empty folder it is no trouble either', async () => {
    const { code, stdout, stderr } = await runGatekeeper(['list'], { cwd: await folderWith({}) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(headings(stdout)).not.toContain('backends');
  });

  test('deploy time, required variables and secrets need not be given', async () => {
    const gate = SHOP.replace('step: 1m }', 'step: 1m, since: required }').replace(
      'route: /checkout',
      'route: { required: true }',
    );
    const cwd = await folderWith({ 'gates/shop.gate.yaml': gate, 'gatekeeper.config.yaml': CONFIG });
    expect(await runGatekeeper(['list'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  test('a path that is not there is trouble, and so is a broken gate; the others are listed', async () => {
    const cwd = await folderWith({
      'gates/shop.gate.yaml': SHOP,
      'gates/broken.gate.yaml': 'gate: broken\ncriteria: { a: { valeu: up } }\n',
      'gatekeeper.config.yaml': CONFIG,
    });
    const none = await runGatekeeper(['list', 'gates/none.gate.yaml'], { cwd });
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('gates/none.gate.yaml is not there');
    const broken = await runGatekeeper(['list'], { cwd });
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('gates/broken.gate.yaml:2:18  unknown key "valeu"');
    expect(broken.stdout).toContain('shop.latency-p95');
  });
});

function collapsed(text: string): string {
  return text.replace(/ {2,}/g, '  ');
}
