/** Whole small gates, from their text to what the engine is given. */
import { describe, expect, test } from 'vitest';
import type { WaiverRequest } from '../../src/gatefile/context.js';
import {
  ARMS,
  gateOf,
  gatesOf,
  HEAD,
  type LoadOptions,
  load,
  MINUTE,
  NOW,
  troubleOf,
} from '../support/fake-backend.js';

const SMALLEST = `gate: queue
backends:
  metrics: { type: fake }
signals:
  orders: { value: q }
criteria:
  orders: { pass: "<= 500" }
`;

describe('the smallest gate that works', () => {
  test('has one criterion over the default window', async () => {
    const gate = await gateOf(SMALLEST);
    expect(gate).toMatchObject({
      id: 'queue',
      file: 'a.gate.yaml',
      about: null,
      component: null,
      runbook: null,
      owners: { decide: [], stop: [], escalate: [] },
      window: { from: NOW - 11 * MINUTE, to: NOW - MINUTE, stepMs: MINUTE },
      isWindowFull: true,
      since: null,
      score: null,
      policy: { falseAlarm: 0.05, falsePass: 0.05, onInconclusive: 'inconclusive' },
      unlisted: [],
    });
    expect(gate.arms).toEqual([{ name: 'current', variables: {}, shiftMs: 0, window: gate.window }]);
    expect(gate.criteria).toHaveLength(1);
    expect(gate.criteria[0]).toMatchObject({
      key: 'queue.orders',
      id: 'orders',
      signal: 'orders',
      kind: 'value',
      segment: null,
      owner: null,
      isAdvisory: false,
      isCritical: false,
      weight: 1,
      fallback: null,
      waiver: null,
      evidence: 'point',
      coverage: 0.9,
      maxAgeMs: 2 * MINUTE,
      mayEnd: false,
      on: {},
      notes: [],
      source: { file: 'a.gate.yaml', line: 7, col: 3 },
    });
  });
});

describe('short forms hold where only one thing can be meant', () => {
  const ORDERS = 'criteria: { orders: { pass: "<= 500" } }\n';
  test.each([
    { name: 'a lone backend is asked', text: SMALLEST },
    {
      name: 'a named backend is asked',
      text: SMALLEST.replace('{ value: q }', '{ value: q, backend: metrics }'),
    },
    {
      name: 'a lone backend of the configuration is asked',
      text: `gate: queue\nsignals: { orders: { value: q } }\n${ORDERS}`,
      config: 'backends: { metrics: { type: fake } }\n',
    },
    {
      name: 'a signal is written inside its criterion',
      text: `${HEAD}criteria: { orders: { value: q, pass: "<= 500" } }\n`,
    },
    {
      name: 'a criterion names its signal',
      text: `${HEAD}signals: { s: { value: q } }\ncriteria: { orders: { signal: s, pass: "<= 500" } }\n`,
    },
  ])('$name', async ({ text, ...options }) => {
    const [criterion] = (await gateOf(text, options)).criteria;
    expect(criterion?.arms[0]?.questions.map(({ query }) => [query.backend, query.text])).toEqual([
      ['metrics', 'q'],
    ]);
  });

  test.each([
    {
      name: 'two backends and none named',
      text: `gate: g\nbackends: { a: { type: fake }, b: { type: fake } }\nsignals: { orders: { value: q } }\n${ORDERS}`,
      says: 'must say its backend',
    },
    {
      name: 'no backend at all',
      text: `gate: g\nsignals: { orders: { value: q } }\n${ORDERS}`,
      says: 'has no backend',
    },
    {
      name: 'a backend that is not there',
      text: SMALLEST.replace('{ value: q }', '{ value: q, backend: metric }'),
      says: '"metric" names no backend',
    },
    {
      name: 'a type that is not there',
      text: SMALLEST.replace('fake', 'fak'),
      says: '"fak" is no backend type',
    },
    {
      name: 'a criterion that names no signal',
      text: SMALLEST.replace('  orders: { pass', '  order: { pass'),
      says: 'none is called "order"',
    },
    {
      name: 'a signal that is not there',
      text: SMALLEST.replace('{ pass', '{ signal: order, pass'),
      says: '"order" names no signal',
    },
    {
      name: 'a criterion that names a signal and defines one',
      text: SMALLEST.replace('{ pass', '{ signal: orders, value: q, pass'),
      says: 'names a signal and defines one',
    },
    {
      name: 'a signal of two kinds',
      text: SMALLEST.replace('{ value: q }', '{ value: q, samples: s }'),
      says: 'more than one kind',
    },
    {
      name: 'a signal of no kind',
      text: SMALLEST.replace('{ value: q }', '{ unit: s }'),
      says: 'says no kind',
    },
    {
      name: 'a unit in a criterion',
      text: SMALLEST.replace('{ pass', '{ unit: s, pass'),
      says: 'belongs to the signal',
    },
    {
      name: 'a query that the backend refuses',
      text: SMALLEST.replace('value: q', 'value: refused'),
      says: 'the fake refuses this query',
    },
  ])('trouble: $name', async ({ text, says }) => {
    const found = await troubleOf(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(says);
  });
});

describe('a gate that could never stop a release', () => {
  const segmented = (a: string, b: string): string =>
    `${HEAD}signals: { s: { value: "q {{p}}", segments: { p: [a, b] } } }\ncriteria: { s: { pass: "<= 1", segments: { a: { ${a} }, b: { ${b} } } } }\n`;
  test.each([
    { name: 'no criterion', text: `${HEAD}criteria: {}\n` },
    {
      name: 'advisory criteria alone',
      text: `${HEAD}criteria: { c: { value: q, pass: "<= 1", advisory: true } }\n`,
    },
    { name: 'advisory segments alone', text: segmented('advisory: true', 'advisory: true') },
  ])('is refused: $name', async ({ text }) => {
    expect((await troubleOf(text)).map((line) => line.split(' ')[1])).toEqual([
      'gatefile.no-blocking-criterion',
    ]);
  });

  test('one blocking segment is enough', async () => {
    const { criteria } = await gateOf(segmented('advisory: true', ''));
    expect(criteria.map(({ key, isAdvisory }) => [key, isAdvisory])).toEqual([
      ['shop.s[p=a]', true],
      ['shop.s[p=b]', false],
    ]);
  });
});

describe('segments', () => {
  const text = `${ARMS}signals:
  checkout:
    ratio: { good: "g {{track}} {{path}}", total: "t {{track}} {{path}}" }
    segments: { path: [critical, edge] }
criteria:
  slo:
    signal: checkout
    pass: ">= 97%"
    warn: ">= 95%"
    critical: true
    segments: { edge: { pass: ">= 90%", warn: ">= 85%", min-samples: 100, critical: false, runbook: r.md } }
`;

  test('each has a criterion, a key and queries of its own', async () => {
    const { criteria, unlisted } = await gateOf(text);
    expect(criteria.map(({ key, segment }) => [key, segment])).toEqual([
      ['shop.slo[path=critical]', { path: 'critical' }],
      ['shop.slo[path=edge]', { path: 'edge' }],
    ]);
    expect(criteria.map(({ arms }) => arms[0]?.questions.map(({ query }) => query.text))).toEqual([
      ['g canary critical', 't canary critical'],
      ['g canary edge', 't canary edge'],
    ]);
    expect(unlisted.map(({ signal, variable, query }) => [signal, variable, query.use])).toEqual([
      ['checkout', 'path', 'unlisted'],
    ]);
  });

  test('one may say its own limits, samples and standing; the rest it inherits', async () => {
    const { criteria } = await gateOf(text);
    expect(
      criteria.map(({ rule, isCritical, runbook }) => [
        rule.pass.text,
        rule.warn?.text,
        rule.minSamples,
        isCritical,
        runbook,
      ]),
    ).toEqual([
      ['>= 97%', '>= 95%', 334, true, null],
      ['>= 90%', '>= 85%', 100, false, 'r.md'],
    ]);
  });

  test('one that compares with the baseline takes the evidence of a comparison', async () => {
    const { criteria } = await gateOf(
      text.replace('pass: ">= 90%", warn: ">= 85%"', 'pass: ">= baseline - 2pp", warn: ">= 50%"'),
    );
    expect(criteria.map(({ evidence, arms }) => [evidence, arms.length])).toEqual([
      ['point', 1],
      ['sequential', 2],
    ]);
  });

  test('of several dimensions are their combinations, overridden by key or by a value that only one holds', async () => {
    const gate = (overrides: string): string => `${HEAD}signals:
  s: { value: "q {{path}} {{region}}", segments: { path: [a, b], region: [eu] } }
criteria: { s: { pass: "<= 1", segments: { ${overrides} } } }
`;
    const { criteria, unlisted } = await gateOf(
      gate('"path=a,region=eu": { pass: "<= 2" }, b: { pass: "<= 3" }'),
    );
    expect(criteria.map(({ key, rule }) => [key, rule.pass.text])).toEqual([
      ['shop.s[path=a,region=eu]', '<= 2'],
      ['shop.s[path=b,region=eu]', '<= 3'],
    ]);
    expect(unlisted).toEqual([]);
    expect((await troubleOf(gate('eu: { pass: "<= 2" }')))[0]).toContain('"eu" names more than one segment');
  });

  test('may be listed where the signal is written inside its criterion', async () => {
    const { criteria } = await gateOf(
      `${HEAD}criteria: { c: { value: "q {{p}}", pass: "<= 1", segments: { p: [a, b] } } }\n`,
    );
    expect(criteria.map(({ key }) => key)).toEqual(['shop.c[p=a]', 'shop.c[p=b]']);
  });

  test.each([
    { name: 'a segment that is none', from: 'edge: { pass', to: 'edg: { pass', says: '"edg" is no segment' },
    {
      name: 'a key that a segment has not',
      from: 'min-samples: 100',
      to: 'min-sample: 100',
      says: 'min-sample',
    },
    { name: 'an impossible limit', from: '>= 90%', to: '>= 900%', says: '900%' },
    {
      name: 'values listed where they do not belong',
      from: '{ edge: {',
      to: '{ path: [a], edge: {',
      says: 'belong to the signal',
    },
    {
      name: 'a loose policy without a reason',
      from: 'critical: false',
      to: 'critical: false, on: { no-data: pass }',
      says: 'gatefile.loosened',
    },
    {
      name: 'a loose policy of a critical segment',
      from: 'critical: false',
      to: 'critical: true, on: { no-data: warn, because: x }',
      says: 'gatefile.loosened',
    },
    {
      name: 'a value listed twice',
      from: '[critical, edge]',
      to: '[critical, edge, edge]',
      says: 'gatefile.duplicate-name',
    },
  ])('trouble: $name', async ({ from, to, says }) => {
    expect((await troubleOf(text.replace(from, to))).join('\n')).toContain(says);
  });
});

describe('what gates inherit from the configuration', () => {
  const config = `backends: { shared: { type: fake }, metrics: { type: fake } }
owners: { decide: [boss], stop: [oncall], components: { edge: edge-team } }
window: { for: 30m, step: 5m, coverage: 50% }
`;
  const gate = (more: string): string =>
    `gate: g\n${more}criteria: { c: { value: q, backend: shared, pass: "<= 1" } }\n`;

  test('all of it', async () => {
    const made = await gateOf(gate(''), { config });
    expect(made.owners).toEqual({ decide: ['boss'], stop: ['oncall'], escalate: [] });
    expect(made.window.to - made.window.from).toBe(30 * MINUTE);
    expect(made.window.stepMs).toBe(5 * MINUTE);
    expect(made.criteria[0]).toMatchObject({ coverage: 0.5, owner: 'oncall', maxAgeMs: 10 * MINUTE });
  });

  test('but for the keys that they say themselves', async () => {
    const own =
      'owners: { stop: [me], escalate: [{ to: them, after: 15m }] }\nwindow: { for: 10m, max-age: 7m }\ncomponent: edge\n';
    const made = await gateOf(gate(own), { config });
    expect(made.owners).toEqual({ decide: ['boss'], stop: ['me'], escalate: [{ to: 'them', after: '15m' }] });
    expect(made.window.to - made.window.from).toBe(10 * MINUTE);
    expect(made.criteria[0]).toMatchObject({
      coverage: 0.5,
      owner: 'edge-team',
      maxAgeMs: 7 * MINUTE,
      component: 'edge',
    });
  });

  test('a backend of the same name is the one that the gate says', async () => {
    const { backends } = await load(gate('backends: { shared: { type: fake } }\n'), { config });
    expect(backends.map(({ id }) => id).sort()).toEqual(['metrics', 'shared', 'shared']);
  });

  test('trouble in it is told once, in its own file, however many gates there are', async () => {
    const { failures } = await load([gate(''), gate('').replace('gate: g', 'gate: h')], {
      config: 'window: { fro: 5m }\nbackends: { shared: { type: fake } }\n',
    });
    expect(failures.map(({ span, message }) => [span?.file, message])).toEqual([
      ['gatekeeper.config.yaml', expect.stringContaining('"fro"')],
    ]);
  });

  test('a flag is stronger than both', async () => {
    const made = await gateOf(gate('window: { for: 10m }\n'), { config, windowMs: 20 * MINUTE });
    expect(made.window.to - made.window.from).toBe(20 * MINUTE);
  });
});

describe('who is called first', () => {
  test.each([
    ['nobody, where nobody is named', '', '', null],
    ['who decides', 'owners: { decide: [d] }\n', '', 'd'],
    ['who stops, before who decides', 'owners: { decide: [d], stop: [s] }\n', '', 's'],
    [
      'the owner of the component',
      'component: web\nowners: { stop: [s], components: { web: w } }\n',
      '',
      'w',
    ],
    [
      "the owner of the criterion's component",
      'owners: { stop: [s], components: { edge: e } }\n',
      'component: edge, ',
      'e',
    ],
    ['the owner of the criterion', 'owners: { stop: [s] }\n', 'owner: o, ', 'o'],
  ])('%s', async (_name, more, own, owner) => {
    const { criteria } = await gateOf(`${HEAD}${more}criteria: { c: { ${own}value: q, pass: "<= 1" } }\n`);
    expect(criteria[0]?.owner).toBe(owner);
  });
});

describe('a deploy time', () => {
  const text = `${HEAD}window: { since: required, warmup: 2m }\ncriteria: { c: { value: q, pass: "<= 1" } }\n`;
  test('that is required and not given is trouble', async () => {
    expect((await troubleOf(text))[0]).toContain('gatefile.since-required');
  });

  test('moves the window behind it', async () => {
    const gate = await gateOf(text, { since: NOW - 10 * MINUTE });
    expect(gate).toMatchObject({
      since: NOW - 10 * MINUTE,
      window: { from: NOW - 8 * MINUTE, to: NOW - MINUTE },
      isWindowFull: false,
      firstStepAt: NOW - 6 * MINUTE,
      fullAt: NOW + 3 * MINUTE,
    });
    expect(gate.criteria[0]?.rule).toMatchObject({ isSince: true, isWindowFull: false });
  });

  test('that lies ahead is trouble', async () => {
    expect((await troubleOf(text, { since: NOW + 1 }))[0]).toContain('gatefile.window');
  });
});

describe('the catalogue', () => {
  const catalogue = {
    'shop/queue': `about: Orders waiting
with:
  job: { about: Scrape job, default: web }
  more: { raw: true, default: "" }
  host: {}
value: 'q {job="{{job}}",host="{{host}}"}'
unit: messages
better: lower
`,
  };
  const gate = (use: string, more = ''): string =>
    `${ARMS}${more}signals: { s: { use: ${use} } }\ncriteria: { s: { take: mean, pass: "<= baseline + 5 messages", evidence: point } }\n`;

  test('gives a signal with its parameters laid over their defaults', async () => {
    const text = gate('catalog/shop/queue, with: { host: "{{track}}.example", more: x }');
    const [criterion] = (await gateOf(text, { catalogue })).criteria;
    expect(criterion?.arms.map(({ questions }) => questions[0]?.query.text)).toEqual([
      'q {job="web",host="canary.example"}',
      'q {job="web",host="stable.example"}',
    ]);
    expect(criterion).toMatchObject({ about: 'Orders waiting', rule: { unit: 'messages', better: 'lower' } });
  });

  test.each([
    {
      name: 'a name that is not there',
      use: 'catalog/shop/queu, with: { host: x }',
      says: 'did you mean "catalog/shop/queue"?',
    },
    {
      name: 'a parameter that is missing',
      use: 'catalog/shop/queue',
      says: '"catalog/shop/queue" needs "host"',
    },
    {
      name: 'a parameter that it has not',
      use: 'catalog/shop/queue, with: { host: x, jobs: y }',
      says: 'did you mean "job"?',
    },
    {
      name: 'a kind beside it',
      use: 'catalog/shop/queue, value: q, with: { host: x }',
      says: 'more than one kind',
    },
  ])('trouble: $name', async ({ use, says }) => {
    const { failures } = await load(gate(use), { catalogue });
    expect(failures.map(({ message, mend }) => `${message}\n${mend}`).join('\n')).toContain(says);
    for (const failure of failures) expect(failure.span?.file).toBe('a.gate.yaml');
  });
});

describe('waivers', () => {
  const text = `${HEAD}owners: { decide: [boss] }
signals: { s: { value: "q {{p}}", segments: { p: [a, b] } } }
criteria:
  s: { pass: "<= 1" }
  c: { value: q, pass: "<= 1", critical: true }
`;
  const waiver = (criterion: string, over: Partial<WaiverRequest> = {}): LoadOptions => ({
    waivers: [{ criterion, by: 'boss', because: 'a reason', until: null, ...over }],
  });

  test.each([
    { criterion: 's', waived: ['shop.s[p=a]', 'shop.s[p=b]'] },
    { criterion: 'shop.s', waived: ['shop.s[p=a]', 'shop.s[p=b]'] },
    { criterion: 'shop.s[p=b]', waived: ['shop.s[p=b]'] },
  ])('lie on $criterion', async ({ criterion, waived }) => {
    const { criteria } = await gateOf(text, waiver(criterion, { until: NOW + 1 }));
    expect(criteria.filter((each) => each.waiver !== null).map(({ key }) => key)).toEqual(waived);
    expect(criteria.find((each) => each.waiver !== null)?.waiver).toEqual({
      by: 'boss',
      because: 'a reason',
      until: NOW + 1,
    });
  });

  test.each([
    { name: 'of a critical criterion', of: text, options: waiver('c'), says: 'the criterion is critical' },
    { name: 'that ended', of: text, options: waiver('s', { until: NOW }), says: 'the waiver ended' },
    {
      name: 'by who may not decide',
      of: text,
      options: waiver('s', { by: 'me' }),
      says: 'me may not decide',
    },
    {
      name: 'where nobody may decide',
      of: text.replace('owners: { decide: [boss] }\n', ''),
      options: waiver('s'),
      says: 'names nobody who may decide',
    },
    { name: 'of nothing', of: text, options: waiver('t'), says: 'no criterion has that name' },
  ])('are refused $name', async ({ of, options, says }) => {
    const found = await troubleOf(of, options);
    expect(found.join('\n')).toContain('gatefile.waiver');
    expect(found.join('\n')).toContain(says);
  });

  test('of a critical criterion need the word of its owners', async () => {
    const allowed = text.replace('decide: [boss]', 'decide: [boss], waive-critical: true');
    expect((await gateOf(allowed, waiver('c'))).criteria.at(-1)?.waiver).not.toBeNull();
    const config = 'owners: { decide: [boss], waive-critical: true }\n';
    const inherited = text.replace('owners: { decide: [boss] }\n', '');
    expect((await gateOf(inherited, { ...waiver('c'), config })).criteria.at(-1)?.waiver).not.toBeNull();
  });
});

describe('fallbacks', () => {
  const gate = (a: string, b = '', c = ''): string =>
    `${HEAD}criteria:\n  a: { value: q, pass: "<= 1"${a} }\n  b: { value: q, pass: "<= 1"${b} }\n  c: { value: q, pass: "<= 1"${c} }\n`;
  const OPTIONAL = ', dependency: optional, fallback: ';
  test('are named by an optional criterion', async () => {
    const { criteria } = await gateOf(gate(`${OPTIONAL}b`, `${OPTIONAL}c`));
    expect(criteria.map(({ fallback }) => fallback)).toEqual(['b', 'c', null]);
  });

  test.each([
    { name: 'optional without one', text: gate(', dependency: optional'), code: 'gatefile.invalid' },
    { name: 'one without optional', text: gate(', fallback: b'), code: 'gatefile.invalid' },
    { name: 'one that is not there', text: gate(`${OPTIONAL}d`), code: 'gatefile.unknown-name' },
    { name: 'itself', text: gate(`${OPTIONAL}a`), code: 'gatefile.cycle' },
    { name: 'a circle', text: gate(`${OPTIONAL}b`, `${OPTIONAL}c`, `${OPTIONAL}a`), code: 'gatefile.cycle' },
    {
      name: 'a way into a circle',
      text: gate(`${OPTIONAL}b`, `${OPTIONAL}c`, `${OPTIONAL}b`),
      code: 'gatefile.cycle',
    },
  ])('trouble: $name', async ({ text, code }) => {
    const codes = (await troubleOf(text)).map((line) => line.split(' ')[1]);
    expect(new Set(codes)).toEqual(new Set([code]));
  });
});

describe('several gates', () => {
  const gate = (id: string): string =>
    `gate: ${id}\nbackends: { m: { type: fake } }\ncriteria: { c: { value: q, pass: "<= 1" } }\n`;
  test('are loaded in the order of their files', async () => {
    expect((await gatesOf([gate('b'), gate('a')])).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('of one name are trouble', async () => {
    expect((await troubleOf([gate('a'), gate('a')])).join('\n')).toContain('gatefile.duplicate-name');
  });

  test('of which one is broken give the trouble of that one, and the other', async () => {
    const { gates, failures } = await load([gate('a').replace('<= 1', '<= x'), gate('b')]);
    expect(gates.map(({ id }) => id)).toContain('b');
    expect(failures.map(({ span }) => span?.file)).toEqual(['a.gate.yaml']);
  });
});

describe('one run tells all there is', () => {
  test('trouble of different stages in one file, each once, in the order of the file', async () => {
    const text = `gate: shop
abuot: misspelt
backends:
  metrics: { type: fake }
  other: { type: nothing }
vars: { empty: "" }
window: { for: 10m, step: 3m }
signals:
  latency: { histogram: h, unit: s }
  wrong: { valeu: q }
criteria:
  first: { signal: latency, backend: metrics, take: p95, pass: "<= 5MB" }
  second: { signal: latncy, take: p95, pass: "<= 1s" }
  third: { backend: metrics, value: q, pass: "+5%" }
  fourth: { backend: metrics, value: q, take: meen, pass: "<= 1" }
`;
    const found = await troubleOf(text);
    const codes = found.map((line) => line.split(' ')[1]);
    for (const code of [
      'gatefile.unknown-key',
      'gatefile.unknown-name',
      'gatefile.empty-variable',
      'gatefile.window',
      'gatefile.limit',
      'gatefile.take',
    ])
      expect(codes).toContain(code);
    expect(new Set(found).size).toBe(found.length);
    const lines = found.map((line) => Number(line.split(':')[0]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('what was dropped for its trouble is not missed again', async () => {
    const text = `${HEAD}signals:
  s: { value: q, segments: 5 }
criteria:
  s: { pass: "<= 1" }
  t: { value: q, pass: "<= 1", dependency: optional, fallback: u }
  u: { value: q, pass: 5 }
`;
    const found = await troubleOf(text);
    expect(found.map((line) => line.split(':')[0])).toEqual(['4', '8']);
  });

  test('trouble of two files', async () => {
    const broken = (id: string): string =>
      `gate: ${id}\nbackends: { m: { type: fake } }\ncriteria: { c: { value: q, pass: "<= x" } }\n`;
    const { failures } = await load([broken('a'), broken('b')]);
    expect(failures.map(({ span }) => span?.file)).toEqual(['a.gate.yaml', 'b.gate.yaml']);
  });

  test.each([
    { name: 'a list where a mapping stands', text: 'gate: g\ncriteria: []\n' },
    { name: 'a text', text: 'just words\n' },
    { name: 'a number for a name', text: 'gate: 5\ncriteria: { c: { pass: "<= 1" } }\n' },
    { name: 'nothing but null', text: 'gate: ~\ncriteria: ~\n' },
    { name: 'criteria of null', text: 'gate: g\ncriteria: { c: ~ }\n' },
  ])('$name is told, not thrown', async ({ text }) => {
    const found = await troubleOf(text);
    expect(found.length).toBeGreaterThan(0);
    for (const line of found) expect(line).toMatch(/^\d+:\d+ gatefile\./);
  });
});

describe('a runbook', () => {
  const text = `${HEAD}runbook: books/shop.md#night\ncriteria: { c: { value: q, pass: "<= 1", runbook: "https://wiki/c" } }\n`;
  test('that is a path and is not there is a warning, not trouble', async () => {
    const asked: string[] = [];
    const fileExists = (file: string): boolean => asked.push(file) < 0;
    const { failures, warnings } = await load(text, { fileExists });
    expect(failures).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual(['runbook "books/shop.md#night" is not there']);
    expect(asked).toEqual(['/repo/gates/books/shop.md']);
  });

  test('that is there, or a link, is none', async () => {
    expect((await load(text, { fileExists: () => true })).warnings).toEqual([]);
  });
});
