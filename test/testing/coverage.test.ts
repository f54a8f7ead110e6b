/** What counts as seen: a fail that a passed test expects by name, and a policy that decided. */
import { describe, expect, test } from 'vitest';
import { runTests } from '../support/gate-tests.js';

const GATE = `gate: shop
backends: { metrics: { type: prometheus, url: "http://127.0.0.1:9090" } }
window: { for: 10m, step: 1m }
signals:
  up: { value: up, unit: share, better: higher }
  spare: { value: spare, unit: share, better: higher }
  queue: { value: queue, unit: messages, better: lower }
criteria:
  up: { pass: "== 1", dependency: optional, fallback: spare }
  spare: { pass: "== 1", weight: 3 }
  queue: { pass: "<= 10 messages", on: { no-data: fail, error: inconclusive } }
verdict: { on-inconclusive: fail }
score: { pass: 70, warn: 40 }
`;

const healthy = `series:
  - { signal: up, part: value, values: 1 }
  - { signal: spare, part: value, values: 1 }
  - { signal: queue, part: value, values: 3 }
tests:
`;

const covered = async (...tests: readonly string[]): Promise<string> => {
  const file = `${healthy}${tests.map((each, i) => `  - { name: t${i}, ${each} }\n`).join('')}`;
  const { stdout, stderr } = await runTests(file, ['--coverage', '-q'], GATE);
  return `${stdout}${stderr}`;
};

const DOWN = 'series: [{ signal: up, part: value, values: 0 }]';
const NONE = [
  'never seen to fail  shop.up',
  'never seen to fail  shop.spare',
  'never seen to fail  shop.queue',
  'never exercised     shop.up: fallback: spare',
  'never exercised     shop.queue: on: { no-data: fail }',
  'never exercised     shop.queue: on: { error: inconclusive }',
  'never exercised     shop: verdict: { on-inconclusive: fail }',
  'never exercised     shop: score',
];

describe('coverage', () => {
  const rows: readonly (readonly [what: string, test: string, seen: readonly string[]])[] = [
    ['a pass shows nothing', 'expect: pass', []],
    [
      'a fail that its fallback degrades',
      `${DOWN}, expect: { criteria: { up: warn } }`,
      [0, 3].map((i) => NONE[i] ?? ''),
    ],
    [
      'a fail that is expected by name, and outvoted by the score',
      'series: [{ signal: queue, part: value, values: 30 }], expect: { criteria: { queue: fail } }',
      [2, 7].map((i) => NONE[i] ?? ''),
    ],
    [
      'a fail that nobody expects by name is none',
      'series: [{ signal: queue, part: value, values: 30 }], expect: pass',
      [7].map((i) => NONE[i] ?? ''),
    ],
    [
      'missing data that a policy fails',
      'series: [{ signal: queue, part: value, values: _x10 }], expect: { criteria: { queue: { reason: no-data } } }',
      [4, 7].map((i) => NONE[i] ?? ''),
    ],
    [
      'a fail by policy that is expected by name: of the limit it shows nothing',
      'series: [{ signal: queue, part: value, values: _x10 }], expect: { criteria: { queue: { outcome: fail, reason: no-data } } }',
      [4, 7].map((i) => NONE[i] ?? ''),
    ],
    [
      'an error that a policy leaves open, and a window that is full',
      'series: [{ signal: queue, part: value, error: timeout }], expect: { verdict: fail, reason: on-inconclusive }',
      [5, 6].map((i) => NONE[i] ?? ''),
    ],
  ];

  test.each(rows)('%s', async (_, one, seen) => {
    const told = await covered(one);
    expect(told).toContain('1 passed, 0 failed');
    expect(NONE.filter((line) => !told.includes(line))).toEqual(seen);
  });

  test('a failed test shows nothing', async () => {
    const told = await covered(
      'series: [{ signal: queue, part: value, values: 30 }], expect: { verdict: pass, exit: 4, criteria: { queue: fail } }',
    );
    expect(NONE.filter((line) => !told.includes(line))).toEqual([]);
  });
});
