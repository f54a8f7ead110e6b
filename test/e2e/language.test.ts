/** The traps that a release gate must not fall into, each caught by its name in the report of the real program. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CriterionResult, GateReport } from '../../src/model/report.js';
import { type BinaryResult, runGatekeeper } from '../support/binary.js';
import { needs, type Prometheus, startPrometheus } from '../support/prometheus.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';

const AT = '2026-11-20T14:35:00Z';
const MINUTE = 60_000;
/** The window that every gate here has unless it says otherwise: (14:04, 14:34]. */
const FROM = Date.parse('2026-11-20T14:04:00Z');
const WINDOW = 'window: { for: 30m, step: 1m, settle: 1m }';

afterAll(removeSandboxes);

interface Checked extends BinaryResult {
  readonly report: GateReport;
  /** By key without the gate's name: verdict and reason's code. */
  readonly said: Readonly<Record<string, string>>;
  criterion(key: string): CriterionResult;
}

/** Writes the gate and its data into a folder, and runs `check` there. */
async function run(
  gate: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<BinaryResult> {
  const place = await sandbox({ 'g.gate.yaml': gate, 'data.csv': DATA });
  return runGatekeeper(['check', 'g.gate.yaml', '--at', AT, '--report', 'json', ...args], {
    cwd: place.folder,
    env,
  });
}

async function check(
  gate: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Checked> {
  const result = await run(gate, args, env);
  if (result.stdout === '') throw new Error(result.stderr);
  const report = JSON.parse(result.stdout) as GateReport;
  const criteria = report.gates.flatMap((each) => each.criteria);
  const short = (key: string): string => key.slice(key.indexOf('.') + 1);
  return {
    ...result,
    report,
    said: Object.fromEntries(
      criteria.map(({ key, verdict, reason }) => [
        short(key),
        reason === null ? verdict : `${verdict} ${reason.code}`,
      ]),
    ),
    criterion: (key) => {
      const found = criteria.find((each) => short(each.key) === key);
      if (found === undefined) throw new Error(`no criterion ${key} in ${criteria.map((each) => each.key)}`);
      return found;
    },
  };
}

/** A gate that could not be judged: what it says, without a report. */
async function refused(gate: string, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await run(gate, args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  return stderr;
}

/** Rows of `data.csv`: one per step and series, from a minute after `from` up to `to`. */
function rows(
  metric: string,
  track: string,
  pod: string,
  valueAt: (step: number) => number | string | undefined,
  from = FROM,
): string {
  return Array.from({ length: 30 }, (_, step) => {
    const value = valueAt(step);
    const time = new Date(from + (step + 1) * MINUTE).toISOString();
    return value === undefined ? '' : `${time},${metric},${track},${pod},${value}\n`;
  }).join('');
}

const DATA = `time,metric,track,pod,value
${rows('total', 'canary', 'a', () => 100)}${rows('total', 'stable', 'a', () => 1000)}\
${rows('good', 'canary', 'a', () => 98)}${rows('good', 'stable', 'a', () => 990)}\
${rows('bad', 'canary', 'a', () => 2)}${rows('half', 'canary', 'a', () => 50)}\
${rows('few', 'canary', 'a', () => 1)}\
${rows('total', 'stable', 'a', () => 1000, FROM - 7 * 24 * 60 * MINUTE)}\
${rows('good', 'stable', 'a', () => 900, FROM - 7 * 24 * 60 * MINUTE)}\
${rows('queue', 'canary', 'a', (step) => step)}${rows('queue', 'canary', 'b', () => 40)}\
${rows('spiky', 'canary', 'a', (step) => (step === 10 || step === 11 ? 9 : 1))}\
${rows('gappy', 'canary', 'a', (step) => (step === 10 || step === 11 ? undefined : 1))}\
${rows('nan', 'canary', 'a', () => 'NaN')}`;

/** A query of the file backend. */
const csv = (metric: string, more = ''): string =>
  `{ path: data.csv, time: time, value: value, where: { metric: ${metric}, track: "{{track}}" }${more} }`;
const pods = ', labels: [pod]';

function gateWith(signals: string, criteria: string, more = ''): string {
  return `gate: g
${more.includes('window:') ? '' : WINDOW}
${more.includes('arms:') ? '' : 'arms: { canary: { track: canary }, baseline: { track: stable } }'}
${more}
backends: { data: { type: file } }
signals:
${indented(signals)}
criteria:
${indented(criteria)}
`;
}

function indented(text: string): string {
  return text.trim().replaceAll(/^ */gm, '  ');
}

const COMPLETION = `completion: { ratio: { good: ${csv('good')}, total: ${csv('total')} } }`;
const HALF = `half: { ratio: { good: ${csv('half')}, total: ${csv('total')} } }`;
const ABSENT = `absent: { ratio: { good: ${csv('good')}, total: ${csv('nothing')} } }`;

describe('verdicts and their fold', () => {
  test('an advisory failure is shown and blocks nothing', async () => {
    const { code, said, report } = await check(
      gateWith(
        `${COMPLETION}\n${HALF}`,
        'completion: { pass: ">= 97%" }\nhalf: { pass: ">= 97%", advisory: true }',
      ),
    );
    expect(said).toEqual({ completion: 'pass', half: 'fail threshold' });
    expect([code, report.verdict]).toEqual([0, 'pass']);
  });

  test('a warn limit: between the two it warns, and beyond both it fails', async () => {
    const { code, said } = await check(
      gateWith(
        COMPLETION,
        'a: { signal: completion, pass: ">= 99%", warn: ">= 97%" }\nb: { signal: completion, pass: ">= 98%" }',
      ),
    );
    expect([code, said]).toEqual([0, { a: 'warn threshold', b: 'pass' }]);
  });

  test('an optional dependency is degraded while its fallback passes, and fails with it', async () => {
    const gate = (fallback: string): string =>
      gateWith(
        `${COMPLETION}\n${HALF}`,
        `recommendations: { signal: half, pass: ">= 97%", dependency: optional, fallback: fallback }
         fallback: { signal: completion, pass: "${fallback}", advisory: true }
         other: { signal: completion, pass: ">= 90%" }`,
      );
    const served = await check(gate('>= 97%'));
    expect([served.code, served.said]).toEqual([
      0,
      { recommendations: 'warn degraded', fallback: 'pass', other: 'pass' },
    ]);
    expect(served.criterion('recommendations').judged).toMatchObject({ verdict: 'fail' });
    const broken = await check(gate('>= 99%'));
    expect([broken.code, broken.said['recommendations']]).toEqual([1, 'fail threshold']);
    expect(broken.criterion('recommendations').reason?.text).toContain(
      'its fallback g.fallback does not pass',
    );
  });

  test('a waiver turns a failure into a warning that says who and why', async () => {
    const gate = gateWith(HALF, 'half: { pass: ">= 97%" }', 'owners: { decide: [captain] }');
    const args = ['--waive', 'g.half', '--by', 'captain', '--because', 'known, mended tomorrow'];
    const { code, said, criterion } = await check(gate, args);
    expect([code, said]).toEqual([0, { half: 'warn waived' }]);
    expect(criterion('half')).toMatchObject({
      waiver: { by: 'captain', because: 'known, mended tomorrow' },
      judged: { verdict: 'fail' },
      reason: { text: expect.stringContaining('captain: known, mended tomorrow') },
    });
  });

  test('a waiver for a critical criterion, and one that names nobody, are refused', async () => {
    const gate = gateWith(HALF, 'half: { pass: ">= 97%", critical: true }', 'owners: { decide: [captain] }');
    const waive = ['--waive', 'g.half', '--because', 'x'];
    expect(await refused(gate, [...waive, '--by', 'captain'])).toContain('critical');
    expect(await refused(gate, waive)).toContain('--by WHO');
  });

  test('a score outvotes an ordinary failure, and never a critical one', async () => {
    const gate = (flag: string): string =>
      gateWith(
        `${COMPLETION}\n${HALF}`,
        `good: { signal: completion, pass: ">= 97%", weight: 9 }\nbad: { signal: half, pass: ">= 97%"${flag} }`,
        'score: { pass: 90, warn: 75 }',
      );
    const ordinary = await check(gate(''));
    expect([ordinary.code, ordinary.said]).toEqual([0, { good: 'pass', bad: 'fail threshold' }]);
    expect(ordinary.report.gates[0]).toMatchObject({ verdict: 'pass', score: { points: 90 } });
    const critical = await check(gate(', critical: true'));
    expect([critical.code, critical.report.verdict]).toEqual([1, 'fail']);
  });

  test('a score does not outvote missing evidence', async () => {
    const { code, said } = await check(
      gateWith(
        `${COMPLETION}\n${ABSENT}`,
        'good: { signal: completion, pass: ">= 97%", weight: 99 }\nabsent: { pass: ">= 97%" }',
        'score: { pass: 90, warn: 75 }',
      ),
    );
    expect([code, said]).toEqual([3, { good: 'pass', absent: 'inconclusive no-data' }]);
  });
});

describe('missing evidence', () => {
  test('no data is inconclusive, and fail where the criterion or a flag says so', async () => {
    const gate = gateWith(
      `${COMPLETION}\n${ABSENT}`,
      `plain: { signal: absent, pass: ">= 1%" }
       strict: { signal: absent, pass: ">= 1%", on: { no-data: fail } }
       loose: { signal: absent, pass: ">= 1%", on: { no-data: warn, because: not yet live } }
       good: { signal: completion, pass: ">= 97%" }`,
    );
    const { code, said, criterion } = await check(gate);
    expect([code, said]).toEqual([
      1,
      {
        plain: 'inconclusive no-data',
        strict: 'fail no-data',
        loose: 'warn on-policy',
        good: 'pass',
      },
    ]);
    expect(criterion('loose').reason?.text).toContain('(on no-data: warn, because not yet live)');
    expect((await check(gate, ['--on-no-data', 'fail'])).said).toMatchObject({
      plain: 'fail no-data',
      loose: 'fail no-data',
    });
  });

  test('a loosened policy needs a reason, and is refused on a critical criterion', async () => {
    const gate = (flags: string): string => gateWith(ABSENT, `absent: { pass: ">= 1%", ${flags} }`);
    expect(await refused(gate('on: { no-data: pass }'))).toContain(
      '"no-data: pass" lets missing evidence pass',
    );
    expect(await refused(gate('critical: true, on: { no-data: pass, because: x }'))).toContain('critical');
  });

  test('a gate that policies alone let through is inconclusive', async () => {
    const { code, said, report } = await check(
      gateWith(ABSENT, 'absent: { pass: ">= 1%", on: { no-data: pass, because: not yet live } }'),
    );
    expect([code, said]).toEqual([3, { absent: 'pass on-policy' }]);
    expect(report.gates[0]).toMatchObject({ verdict: 'inconclusive', reason: { code: 'all-by-policy' } });
  });

  test('on-inconclusive: fail, once the window is full', async () => {
    const gate = gateWith(ABSENT, 'absent: { pass: ">= 1%" }', 'verdict: { on-inconclusive: fail }');
    const full = await check(gate);
    expect([full.code, full.said]).toEqual([1, { absent: 'inconclusive no-data' }]);
    expect(full.report.gates[0]).toMatchObject({ verdict: 'fail', reason: { code: 'on-inconclusive' } });
    const early = await check(gate, ['--since', '2026-11-20T14:20:00Z']);
    expect([early.code, early.report.gates[0]?.verdict]).toEqual([3, 'inconclusive']);
  });

  test('too few samples decide nothing, neither way', async () => {
    const few = `few: { ratio: { good: ${csv('few')}, total: ${csv('few')} } }`;
    const { code, said, criterion } = await check(gateWith(few, 'few: { pass: ">= 97%" }'));
    expect([code, said]).toEqual([3, { few: 'inconclusive too-few' }]);
    expect(criterion('few')).toMatchObject({ n: 30, minSamples: 334 });
  });

  test('only advisory criteria are no gate', async () => {
    expect(await refused(gateWith(HALF, 'half: { pass: ">= 1%", advisory: true }'))).toContain('advisory');
  });
});

describe('time', () => {
  test('since: required refuses a run that does not give the deploy time', async () => {
    const gate = gateWith(
      COMPLETION,
      'completion: { pass: ">= 97%" }',
      'window: { for: 30m, step: 1m, since: required }',
    );
    expect(await refused(gate)).toContain('this gate needs the deploy time');
    expect((await check(gate, ['--since', '2026-11-20T14:04:00Z'])).said).toEqual({
      completion: expect.any(String),
    });
  });

  test('without the deploy time, the report says where the window starts and that it was not given', async () => {
    const { report } = await check(gateWith(COMPLETION, 'completion: { pass: ">= 97%" }'));
    expect(report.gates[0]?.notes).toContainEqual(
      'the deploy time was not given: the window starts at 2026-11-20T14:04:00Z, wherever the deploy was',
    );
  });

  test('point evidence under --since fails early, and passes only when the window is full', async () => {
    const gate = gateWith(
      `${COMPLETION}\n${HALF}`,
      `good: { signal: completion, pass: ">= 97%", evidence: point }
       bad: { signal: half, pass: ">= 97%", evidence: point }`,
    );
    const early = await check(gate, ['--since', '2026-11-20T14:20:00Z']);
    expect(early.said).toEqual({ good: 'inconclusive window-not-full', bad: 'fail threshold' });
    expect(early.report.gates[0]?.window).toMatchObject({ from: '2026-11-20T14:20:00Z', full: false });
    expect(early.criterion('good').reason?.text).toContain('2026-11-20T14:51:00Z');
    const full = await check(gate, ['--since', '2026-11-20T14:04:00Z']);
    expect(full.said).toEqual({ good: 'pass', bad: 'fail threshold' });
    expect(full.criterion('good').notes).toContain('point evidence: not controlled for repeated looks');
  });

  test('a duration is no deploy time: it would move with every look', async () => {
    expect(await refused(gateWith(HALF, 'half: { pass: ">= 1%" }'), ['--since', '30m'])).toContain(
      'A duration moves with every look',
    );
  });

  test('tolerate: a short excursion is let through, one longer than said is not, and a gap is no pass', async () => {
    const { said } = await check(
      gateWith(
        `spiky: { value: ${csv('spiky')} }\ngappy: { value: ${csv('gappy')} }`,
        `two: { signal: spiky, take: max, pass: "<= 5", tolerate: 2 of 5 steps }
         one: { signal: spiky, take: max, pass: "<= 5", tolerate: 1 of 5 steps }
         gap: { signal: gappy, take: max, pass: "<= 5", tolerate: 1 of 5 steps }`,
      ),
    );
    expect(said['two']).toBe('pass');
    expect(said['one']).toBe('fail threshold');
    expect(said['gap']).toMatch(/^inconclusive/);
  });
});

describe('comparisons', () => {
  test('without "evidence: point" a comparison needs certainty', async () => {
    const { code, said } = await check(
      gateWith(
        `${COMPLETION}\n${HALF}`,
        'fine: { signal: completion, pass: ">= baseline - 5pp" }\nworse: { signal: half, pass: ">= baseline - 5pp" }',
      ),
    );
    expect([code, said]).toEqual([3, { fine: 'pass', worse: 'inconclusive no-data' }]);
  });

  test('with it, the point estimates decide', async () => {
    const { code, said, criterion } = await check(
      gateWith(
        COMPLETION,
        `near: { signal: completion, pass: ">= baseline - 2pp", evidence: point }
         far: { signal: completion, pass: ">= baseline - 0.5pp", evidence: point }`,
      ),
    );
    expect([code, said]).toEqual([1, { near: 'pass', far: 'fail threshold' }]);
    expect(criterion('near')).toMatchObject({ value: 0.98, baseline: { arm: 'baseline', value: 0.99 } });
  });

  test('an arm with a shift is asked about its own past', async () => {
    const { said, criterion } = await check(
      gateWith(
        COMPLETION,
        'completion: { pass: ">= baseline - 1pp", evidence: point }',
        'arms: { now: { track: stable }, "last-week": { track: stable, shift: 7d } }',
      ),
    );
    expect(said).toEqual({ completion: 'pass' });
    expect(criterion('completion')).toMatchObject({
      value: 0.99,
      baseline: {
        arm: 'last-week',
        value: 0.9,
        window: { from: '2026-11-13T14:04:00Z', to: '2026-11-13T14:34:00Z' },
      },
    });
  });

  test('two arms with the same question compare a number with itself, and are refused', async () => {
    const same = COMPLETION.replaceAll('{{track}}', 'canary');
    expect(
      await refused(gateWith(same, 'completion: { pass: ">= baseline - 1pp", evidence: point }')),
    ).toContain('compares "completion" with itself');
  });
});

describe('several series', () => {
  const queue = (across: string, pass: string): string =>
    gateWith(
      `queue: { value: ${csv('queue', pods)}, better: lower, unit: messages }`,
      `queue: { take: mean, pass: "${pass}"${across} }`,
    );

  test.each([
    // a counts from 0 to 29, b stays at 40.
    ['worst', 40],
    ['sum', 54.5],
    ['mean', 27.25],
  ])('across: %s folds them step by step', async (across, value) => {
    const { said, criterion } = await check(queue(`, across: ${across}`, '<= 100 messages'));
    expect(said).toEqual({ queue: 'pass' });
    expect(criterion('queue').value).toBeCloseTo(value, 9);
  });

  test('across: each judges every series for itself, under a key of its own', async () => {
    const { code, said, criterion } = await check(queue(', across: each', '<= 30 messages'));
    expect([code, said]).toEqual([1, { 'queue[pod=a]': 'pass', 'queue[pod=b]': 'fail threshold' }]);
    expect(criterion('queue[pod=a]')).toMatchObject({ value: 14.5, series: { pod: 'a' } });
  });

  test('without across they are an error that lists them', async () => {
    const { code, said, criterion } = await check(queue('', '<= 30 messages'));
    expect([code, said]).toEqual([2, { queue: 'error query' }]);
    const text = criterion('queue').reason?.text;
    expect(text).toContain('"value" answered 2 series where one is meant');
    expect(text).toContain('{pod="a"}');
    expect(text).toContain('{pod="b"}');
  });
});

describe('variables', () => {
  const gate = gateWith(
    COMPLETION.replaceAll('{{track}}', '{{release}}'),
    'completion: { pass: ">= 97%" }',
    'vars: { release: { required: true } }',
  );

  test('an empty one is refused: it would match every series without the label', async () => {
    const text = await refused(gate, ['--var', 'release=']);
    expect(text).toMatch(/"release" is empty|release.* empty/);
    expect(text).toContain('allow-empty');
  });

  test('one that is required and not given is refused by name', async () => {
    expect(await refused(gate)).toContain('release');
    expect((await check(gate, ['--var', 'release=canary'])).said).toEqual({ completion: 'pass' });
  });
});

describe.skipIf(!needs('prometheus'))('against a real Prometheus', () => {
  let prometheus: Prometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ openMetrics: history() });
  });
  afterAll(() => prometheus?.stop());

  const live = (
    signals: string,
    criteria: string,
    args: readonly string[] = [],
    more = '',
  ): Promise<Checked> => check(liveGate(signals, criteria, more), args, { PROMETHEUS_URL: prometheus.url });
  const liveGate = (signals: string, criteria: string, more = ''): string => `gate: g
${WINDOW}
${more}
backends: { metrics: { type: prometheus, url: "\${PROMETHEUS_URL:-http://127.0.0.1:9}" } }
signals:
${indented(signals)}
criteria:
${indented(criteria)}
`;
  const ratioOf = (bad: string, total: string): string =>
    `ratio: { bad: { counter: '${bad}' }, total: { counter: '${total}' } }`;
  const ratio = (name: string, bad: string, total: string): string => `${name}: { ${ratioOf(bad, total)} }`;
  const queried = (bad: string): string =>
    `errors: { ratio: { bad: ${JSON.stringify(bad)}, total: "sum(increase(requests_total[{{step}}]))" } }`;

  test('healthy counters pass, so that what follows fails for its own reason', async () => {
    const { code, said, criterion } = await live(
      ratio('errors', 'requests_total{code="500"}', 'requests_total'),
      'errors: { pass: "<= 5%" }',
    );
    expect([code, said]).toEqual([0, { errors: 'pass' }]);
    expect(criterion('errors')).toMatchObject({ n: 12_000, coverage: 1 });
  });

  test('an exporter that is scraped for 1 of 30 minutes is partial at the end, and stale before', async () => {
    const { code, said, criterion } = await live(
      `${ratio('late', 'late_total{code="500"}', 'late_total')}\n${ratio('early', 'early_total{code="500"}', 'early_total')}`,
      'late: { pass: "<= 5%", min-samples: 1 }\nearly: { pass: "<= 5%", min-samples: 1 }',
    );
    expect([code, said]).toEqual([3, { late: 'inconclusive partial', early: 'inconclusive stale' }]);
    expect(criterion('late').reason?.text).toContain('1 of 30 steps holds data');
  });

  test('an exporter that died within the look-back is stale, though the server still repeats its last value', async () => {
    const { code, said, criterion } = await live(
      'instant: { value: dying }\nseries: { value: dying }\nsummed: { value: sum(dying) }',
      'instant: { pass: "<= 5" }\nseries: { take: mean, pass: "<= 5" }\nsummed: { pass: "<= 5" }',
    );
    expect([code, said]).toEqual([
      3,
      { instant: 'inconclusive stale', series: 'inconclusive stale', summed: 'inconclusive stale' },
    ]);
    expect(criterion('instant').reason?.text).toContain('2026-11-20T14:31:00Z');
  });

  test('a misspelt label on "bad" is never seen, and not zero errors', async () => {
    const { code, said, criterion } = await live(
      ratio('errors', 'requests_total{cod="500"}', 'requests_total'),
      'errors: { pass: "<= 5%" }',
    );
    expect([code, said]).toEqual([3, { errors: 'inconclusive bad-never-seen' }]);
    expect(criterion('errors').reason?.text).toContain('misspelt');
  });

  test('an error that was seen before and not in the window is zero errors', async () => {
    const { code, said, criterion } = await live(
      ratio('errors', 'requests_total{code="503"}', 'requests_total'),
      'errors: { pass: "<= 1%" }',
    );
    expect([code, said, criterion('errors').value]).toEqual([0, { errors: 'pass' }, 0]);
  });

  test('an error that only the other arm has had is zero errors, on a fixed limit, too', async () => {
    const { code, said, criterion } = await live(
      ratio('errors', 'served_total{track="{{track}}",code="500"}', 'served_total{track="{{track}}"}'),
      'errors: { pass: "<= 1%" }',
      [],
      'arms: { canary: { track: canary }, baseline: { track: stable } }',
    );
    expect([code, said, criterion('errors').value]).toEqual([0, { errors: 'pass' }, 0]);
  });

  test('a misspelt total is no data', async () => {
    const { code, said } = await live(
      ratio('errors', 'requests_total{code="500"}', 'requets_total'),
      'errors: { pass: "<= 5%" }',
    );
    expect([code, said]).toEqual([3, { errors: 'inconclusive no-data' }]);
  });

  test('a range that is not the step would count everything twice: refused before anything is asked', async () => {
    const text = await refused(
      liveGate(queried('sum(increase(requests_total{code="500"}[5m]))'), 'errors: { pass: "<= 5%" }'),
    );
    expect(text).toContain('the range [5m] is not the step (1m)');
    expect(text).toContain('write [{{step}}]');
  });

  test.each([
    ['rate(requests_total[{{step}}])', 'rate'],
    ['sum(increase(requests_total[{{step}}])) or vector(0)', 'vector(0)'],
  ])('a count that is %s is refused', async (query, word) => {
    expect(await refused(liveGate(queried(query), 'errors: { pass: "<= 5%" }'))).toContain(word);
  });

  test('NaN and infinity are no numbers, whatever side of the limit they would stand on', async () => {
    const { code, said } = await live(
      `nan: { value: 'broken{kind="nan"}' }
       plus: { value: 'broken{kind="plus"}' }
       minus: { value: 'broken{kind="minus"}' }
       division: { value: fine / (fine - fine) }`,
      `nan: { pass: "<= 5" }
       nan-above: { signal: nan, pass: ">= 5" }
       nan-series: { signal: nan, take: mean, pass: "<= 5" }
       plus: { pass: ">= 5" }
       plus-series: { signal: plus, take: max, pass: ">= 5" }
       minus: { pass: "<= 5" }
       division: { pass: ">= 0" }`,
    );
    expect(code).toBe(3);
    expect(new Set(Object.values(said))).toEqual(new Set(['inconclusive not-a-number']));
  });

  test('an empty answer is no data', async () => {
    const { code, said } = await live(
      'gone: { value: no_such_metric }\nfiltered: { value: fine > 1000 }',
      'gone: { pass: "<= 5" }\ngone-series: { signal: gone, take: mean, pass: "<= 5" }\nfiltered: { pass: ">= 0" }',
    );
    expect([code, new Set(Object.values(said))]).toEqual([3, new Set(['inconclusive no-data'])]);
  });

  test('two series where one is meant are an error that lists them', async () => {
    const { code, said, criterion } = await live(
      'fine: { value: "{__name__=~\\"fine|dying\\"}" }',
      'fine: { pass: ">= 0" }',
    );
    expect([code, said]).toEqual([2, { fine: 'error query' }]);
    expect(criterion('fine').reason?.text).toContain('2 series where one is meant');
    expect(criterion('fine').reason?.text).toMatch(/fine.*\n?.*dying|dying.*\n?.*fine/s);
  });

  test('traffic in a segment value that the gate does not list is reported', async () => {
    const { report, said } = await live(
      `errors: { segments: { path: [critical] }, ${ratioOf(
        'requests_total{code="500",path="{{path}}"}',
        'requests_total{path="{{path}}"}',
      )} }`,
      'errors: { pass: "<= 50%" }',
    );
    expect(said).toEqual({ 'errors[path=critical]': 'pass' });
    expect(report.gates[0]?.notes.join('\n')).toMatch(
      /errors: \d+ counted in path="edge", which the gate does not list/,
    );
  });

  test('a counter that is born inside the window counts from 0: its first errors are errors', async () => {
    const { said, criterion } = await live(
      ratio('born', 'requests_total{code="502"}', 'requests_total'),
      'born: { pass: "<= 5%" }',
    );
    expect(said).toEqual({ born: 'pass' });
    // Seven at once at 14:20, and none after.
    expect(criterion('born').value).toBeCloseTo(7 / 12_000, 12);
  });

  test('a rejected query is an error of the file, with what the server says', async () => {
    const { code, said, criterion } = await live(
      'bad: { value: "fine + on(nothing) group_left {__name__=~\\"fine|dying\\"}" }',
      'bad: { pass: ">= 0" }',
    );
    expect([code, said]).toEqual([2, { bad: 'error query' }]);
    expect(criterion('bad').reason?.text).toContain('rejected the query');
  });

  /** Samples each 15 s from 13:30 to 14:35, of what the tests above look at. */
  function history(): string {
    const start = Date.parse('2026-11-20T13:30:00Z') / 1000;
    const at = (clock: string): number => Date.parse(`2026-11-20T${clock}Z`) / 1000;
    const instants = Array.from({ length: 261 }, (_, i) => start + 15 * i);
    const target = 'job="shop",instance="a:1"';
    const series = (head: string, valueAt: (t: number) => number | string | undefined): string =>
      instants
        .map((t) => [t, valueAt(t)] as const)
        .filter(([, value]) => value !== undefined)
        .map(([t, value]) => `${head} ${value} ${t}\n`)
        .join('');
    const every = (count: number) => (t: number) => (count * (t - start)) / 15;
    const requests = (code: string, path: string, valueAt: (t: number) => number | undefined): string =>
      series(`requests_total{${target},code="${code}",path="${path}"}`, valueAt);
    const between = (from: string, to: string, valueAt: (t: number) => number) => (t: number) =>
      t > at(from) && t <= at(to) ? valueAt(t) : undefined;
    const only = (name: string, from: string, to: string): string =>
      `# TYPE ${name} counter\n${['200', '500'].map((code) => series(`${name}_total{${target},code="${code}"}`, between(from, to, every(code === '200' ? 100 : 1)))).join('')}`;
    return [
      '# TYPE up gauge\n',
      series(`up{${target}}`, () => 1),
      '# TYPE requests counter\n',
      // 120 steps of 15 s in the window: 12,000 requests, and the seven of 502 are among them in the total.
      requests('200', 'critical', every(90)),
      requests('500', 'critical', every(1)),
      requests('200', 'edge', (t) => every(9)(t) - (t >= at('14:20:00') ? 7 : 0)),
      requests('502', 'critical', (t) => (t >= at('14:20:00') ? 7 : undefined)),
      requests(
        '503',
        'critical',
        between('13:30:00', '13:50:00', () => 4),
      ),
      '# TYPE served counter\n',
      series(`served_total{${target},track="canary",code="200"}`, every(100)),
      series(`served_total{${target},track="stable",code="200"}`, every(900)),
      series(`served_total{${target},track="stable",code="500"}`, every(1)),
      only('late', '14:33:00', '14:35:00'),
      only('early', '14:04:00', '14:05:00'),
      '# TYPE fine gauge\n',
      series(`fine{${target}}`, () => 1),
      '# TYPE dying gauge\n',
      series(`dying{${target}}`, (t) => (t <= at('14:31:00') ? 1 : undefined)),
      '# TYPE broken gauge\n',
      ...[
        ['nan', 'NaN'],
        ['plus', '+Inf'],
        ['minus', '-Inf'],
      ].map(([kind, value]) => series(`broken{${target},kind="${kind}"}`, () => value)),
      '# EOF\n',
    ].join('');
  }
});
