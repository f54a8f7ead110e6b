/** A gate with answers for it, which tests of `gatekeeper test` change. */
import { type BinaryResult, runGatekeeper } from './binary.js';
import { sandbox } from './sandbox.js';

/** Ten steps; the URL and the token are set nowhere. */
export const GATE = `gate: shop
backends: { metrics: { type: prometheus, url: "\${SHOP_URL}", auth: { bearer: { env: SHOP_TOKEN } } } }
vars: { route: { required: true } }
arms: { canary: { track: canary }, baseline: { track: stable } }
window: { for: 10m, step: 1m }
signals:
  done:
    ratio:
      good: { counter: 'done_total{ok="1",track="{{track}}",route="{{route}}"}' }
      total: { counter: 'done_total{track="{{track}}",route="{{route}}"}' }
  failed:
    ratio:
      bad: { counter: 'done_total{ok="0",track="{{track}}",route="{{route}}"}' }
      total: { counter: 'done_total{track="{{track}}",route="{{route}}"}' }
  queue: { value: 'sum(queue)', unit: messages }
criteria:
  slo: { signal: done, pass: ">= 97%", warn: ">= 90%" }
  not-worse: { signal: done, pass: ">= baseline - 2pp" }
  failed: { pass: "<= 5%" }
  queue: { pass: "<= 100 messages", advisory: true }
`;

export const SERIES = `series:
  - { signal: done, part: good, values: 490x9 }
  - { signal: done, part: total, values: 500x9 }
  - { signal: failed, part: bad, values: 10x9 }
  - { signal: queue, part: value, values: 7 }
`;

/** Runs the tests of the gate through the real program. */
export async function runTests(
  tests: string,
  args: readonly string[] = [],
  gate = GATE,
): Promise<BinaryResult> {
  const place = await sandbox({ 'shop.gate.yaml': gate, 'shop.gate.test.yaml': tests });
  return runGatekeeper(['test', 'shop.gate.test.yaml', ...args], { cwd: place.folder });
}

/** One test over the healthy series. */
export const one = (block: string): string =>
  `${SERIES}tests:\n  - name: it\n    ${block.replaceAll('\n', '\n    ')}\n`;
