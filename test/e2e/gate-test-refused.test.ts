/** Test files that cannot be run: each with its place, what is wrong there, and how to mend it. */
import { afterAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { GATE, one, runTests as run } from '../support/gate-tests.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

afterAll(removeSandboxes);

describe('what cannot be run', () => {
  const at = (line: number, col: number): string => `shop.gate.test.yaml:${line}:${col}  `;
  const rows: readonly (readonly [what: string, file: string, told: string])[] = [
    [
      'a notation bomb',
      one('series: [{ signal: done, part: good, values: 1x4000000000 }]\nexpect: pass'),
      `${at(8, 50)}"1x4000000000" makes more than 1,000,000 values
   8 │     series: [{ signal: done, part: good, values: 1x4000000000 }]
     │                                                  ^^^^^^^^^^^^  a series has one value a step: write as many as the window has steps`,
    ],
    [
      'a word that is no value, of two alike',
      one("series: [{ signal: done, part: good, values: '1x3 x3' }]\nexpect: pass"),
      `${at(8, 55)}"x3" repeats nothing
   8 │     series: [{ signal: done, part: good, values: '1x3 x3' }]
     │                                                       ^^  write it right behind the value, as in 1x3`,
    ],
    [
      'a series shorter than the window',
      one('series: [{ signal: done, part: good, arm: canary, values: 490x7 }]\nexpect: pass'),
      `${at(8, 63)}8 values for 10 steps of gate "shop"
   8 │     series: [{ signal: done, part: good, arm: canary, values: 490x7 }]
     │                                                               ^^^^^  give 2 more, one a step; where nothing comes, end with _x2`,
    ],
    [
      'an unknown signal',
      one('series: [{ signal: dune, part: good, values: 1x9 }]\nexpect: pass'),
      `${at(8, 24)}no criterion asks for a signal "dune"
   8 │     series: [{ signal: dune, part: good, values: 1x9 }]
     │                        ^^^^  did you mean "done"?`,
    ],
    [
      'an unknown part',
      one('series: [{ signal: done, part: bad, values: 1x9 }]\nexpect: pass'),
      `${at(8, 36)}signal "done" has no part "bad"
   8 │     series: [{ signal: done, part: bad, values: 1x9 }]
     │                                    ^^^  there are good, total`,
    ],
    [
      'an unknown arm',
      one('series: [{ signal: done, part: good, arm: canari, values: 1x9 }]\nexpect: pass'),
      `${at(8, 47)}no criterion asks for "good" of signal "done" in an arm "canari"
   8 │     series: [{ signal: done, part: good, arm: canari, values: 1x9 }]
     │                                               ^^^^^^  did you mean "canary"?`,
    ],
    [
      'an unknown segment',
      one('series: [{ signal: done, part: good, segment: edge, values: 1x9 }]\nexpect: pass'),
      `${at(8, 51)}signal "done" has no segments
   8 │     series: [{ signal: done, part: good, segment: edge, values: 1x9 }]
     │                                                   ^^^^  leave it out`,
    ],
    [
      'an unknown backend',
      one('backends: { metric: { error: auth } }\nexpect: pass'),
      `${at(8, 17)}no question goes to a backend "metric"
   8 │     backends: { metric: { error: auth } }
     │                 ^^^^^^  did you mean "metrics"?`,
    ],
    [
      'an unknown criterion',
      one('expect: { criteria: { slow: pass } }'),
      `${at(8, 27)}no criterion is called "slow"
   8 │     expect: { criteria: { slow: pass } }
     │                           ^^^^  did you mean "slo"?`,
    ],
    [
      'more looks than expectations',
      one('at: [5m, 11m]\nexpect: pass'),
      `${at(9, 13)}1 expectation for 2 looks
   9 │     expect: pass
     │             ^^^^  expect something of each look: expect: [inconclusive, fail]`,
    ],
    [
      'nothing that is expected',
      one('expect: { exhaustive: true }'),
      `${at(8, 13)}nothing is expected
   8 │     expect: { exhaustive: true }
     │             ^^^^^^^^^^^^^^^^^^^^  expect a verdict, an exit code or a criterion`,
    ],
    [
      'no criterion that is expected',
      one('expect: { criteria: {} }'),
      `${at(8, 25)}no criterion is listed
   8 │     expect: { criteria: {} }
     │                         ^^  name one and its verdict, or leave "criteria" out`,
    ],
    [
      'no criterion at one of the looks',
      one('at: [5m, 11m]\nexpect: [inconclusive, { verdict: pass, criteria: {} }]'),
      `${at(9, 55)}no criterion is listed
   9 │     expect: [inconclusive, { verdict: pass, criteria: {} }]
     │                                                       ^^  name one and its verdict, or leave "criteria" out`,
    ],
    [
      'nothing that is expected of a criterion',
      one('expect: { criteria: { slo: {} } }'),
      `${at(8, 32)}nothing is expected of it
   8 │     expect: { criteria: { slo: {} } }
     │                                ^^  expect an outcome, a reason or a value, or leave the criterion out`,
    ],
    [
      'one question answered in two ways',
      one(
        'series: [{ signal: failed, part: total, values: 400x9 }, { signal: done, part: total, values: 500x9 }]\nexpect: pass',
      ),
      `${at(8, 14)}"total" of signal "failed" (canary) is the same question to backend "metrics" as "total" of signal "done" (canary), and is answered differently
   8 │     series: [{ signal: failed, part: total, values: 400x9 }, { signal: done, part: total, values: 500x9 }]
     │              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^  leave it out, or answer as in line 8`,
    ],
    [
      'a count below zero',
      one('series: [{ signal: done, part: good, values: 9-1x10 }]\nexpect: pass'),
      `${at(8, 50)}"good" counts, and -1 is below zero
   8 │     series: [{ signal: done, part: good, values: 9-1x10 }]
     │                                                  ^^^^^^  give what was counted in each step; a step behind the value, as in 9-3x3, may go no further than 0`,
    ],
    [
      'bounds of what is no histogram',
      one('series: [{ signal: done, part: good, values: { "0.5": 1x9 } }]\nexpect: pass'),
      `${at(8, 52)}"good" is no histogram: its values are one text
   8 │     series: [{ signal: done, part: good, values: { "0.5": 1x9 } }]
     │                                                    ^^^^^  write values: 1x29; where the answer has several series, give each its "labels"`,
    ],
    [
      'a misspelt key',
      one('expects: pass\nexpect: pass'),
      `${at(8, 5)}unknown key "expects" in item 1 of "tests"
   8 │     expects: pass
     │     ^^^^^^^  did you mean "expect"?`,
    ],
    [
      'two tests of one name',
      `${one('expect: pass')}  - { name: it, expect: pass }\n`,
      `${at(9, 13)}test "it" stands in line 7, too
   9 │   - { name: it, expect: pass }
     │             ^^  give each test a name of its own`,
    ],
    [
      'a recorded set that is not there',
      one('replay: nowhere\nexpect: pass'),
      `${at(8, 13)}nowhere holds no recorded set: manifest.yaml is not there
   8 │     replay: nowhere
     │             ^^^^^^^  record one with "gatekeeper record DIR" or "gatekeeper check --record DIR"`,
    ],
    [
      'a gate that is not there',
      `gates: [shop.gate.yml]\n${one('expect: pass')}`,
      `${at(1, 9)}shop.gate.yml is not there
   1 │ gates: [shop.gate.yml]
     │         ^^^^^^^^^^^^^  check the path: it starts at the folder of this file`,
    ],
    [
      'gates that no pattern matches',
      `gates: ['*.gates.yaml']\n${one('expect: pass')}`,
      `${at(1, 9)}"*.gates.yaml" matches no gate file
   1 │ gates: ['*.gates.yaml']
     │         ^^^^^^^^^^^^^^  gate files end in .gate.yaml; check the path or the pattern`,
    ],
  ];

  test.each(rows)('%s', async (_, file, told) => {
    const result = await run(file);
    expect(result).toMatchObject({ code: 2, stderr: `${told}\n` });
  });

  test('without a gate of its own name, it is said how to name one', async () => {
    const { folder } = await sandbox({ 'a.gate.test.yaml': 'tests: [{ name: x, expect: pass }]\n' });
    const { code, stderr } = await runGatekeeper(['test', 'a.gate.test.yaml'], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `a.gate.test.yaml:1:1  a.gate.yaml is not there
   1 │ tests: [{ name: x, expect: pass }]
     │ ^^^^^  a test is of the gate of its own name beside it; name others: gates: [FILE]
`,
    });
  });

  test('many notation bombs are no worse than one', async () => {
    const bomb = '{ signal: done, part: good, values: 1x999999 }';
    const { code, stderr } = await run(
      one(`series: [${new Array(2000).fill(bomb).join(', ')}]\nexpect: pass`),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('the series make more than 1,000,000 values together');
  });

  test('a gate that needs the deploy time is given one by its looks', async () => {
    const gate = GATE.replace('step: 1m', 'step: 1m, since: required');
    const { code, stderr } = await run(one('expect: pass'), [], gate);
    expect(code).toBe(2);
    expect(stderr).toContain('look at it some time after: at: 30m');
    expect(await run(one('at: 11m\nexpect: { criteria: { slo: pass } }'), [], gate)).toMatchObject({
      code: 0,
    });
  });

  test('trouble with a gate is told with its place', async () => {
    const { code, stderr } = await run(one('expect: pass'), [], GATE.replace('>= 97%', '>= 970%'));
    expect(code).toBe(2);
    expect(stderr).toContain('shop.gate.yaml:17:');
  });

  test('other tests of the file are run all the same', async () => {
    const file = `${one('series: [{ signal: dune, part: good, values: 1x9 }]\nexpect: pass')}  - { name: other, expect: pass }\n`;
    const { code, stdout } = await run(file);
    expect({ code, stdout }).toEqual({
      code: 2,
      stdout: 'PASS  shop.gate.test.yaml:10  other\n1 passed, 0 failed, 1 file with errors\n',
    });
  });
});
