/** Reports to print: one per verdict, the mixed run of a bad night, and texts that try to break each format. */
import type { Style } from '../../src/contracts/reporter.js';
import type { CriterionResult, GateReport, GateResult, ReportQuery } from '../../src/model/report.js';
import { VERDICTS, type Verdict, worst } from '../../src/model/verdict.js';

export const PLAIN: Style = { color: false, ascii: false, width: 100, verbose: false, quiet: false };

const WINDOW = { from: '2026-11-20T14:05:00Z', to: '2026-11-20T14:35:00Z', step: '1m' };

export function aQuery(change: Partial<ReportQuery> = {}): ReportQuery {
  return {
    arm: 'canary',
    part: 'good',
    backend: 'metrics',
    text: 'sum(increase(checkout_attempts_total{outcome="completed",track="canary",path="critical"}[1m]))',
    state: 'taken',
    durationMs: 12.4,
    series: 1,
    failure: null,
    ...change,
  };
}

/** A ratio that passes; `key` follows `id` and segment. */
export function aCriterion(id: string, change: Partial<CriterionResult> = {}): CriterionResult {
  const segment = change.segment ?? null;
  const suffix =
    segment === null ? '' : `[${Object.entries(segment).map(([name, value]) => `${name}=${value}`)}]`;
  return {
    key: `storefront-canary.${id}${suffix}`,
    id,
    signal: id,
    kind: 'ratio',
    about: null,
    take: null,
    segment,
    series: null,
    component: 'storefront',
    owner: '@payments-web',
    runbook: null,
    advisory: false,
    critical: false,
    verdict: 'pass',
    reason: null,
    judged: null,
    waiver: null,
    value: 0.991,
    unit: 'share',
    limit: '>= 97%',
    bound: 0.97,
    warn: null,
    n: 18_402,
    minSamples: 334,
    interval: [0.9895, 0.9923],
    judge: 'point',
    evidence: null,
    window: WINDOW,
    coverage: 1,
    newest: '2026-11-20T14:35:00Z',
    baseline: null,
    strata: null,
    queries: [
      aQuery(),
      aQuery({ part: 'total', text: 'sum(increase(checkout_attempts_total{track="canary"}[1m]))' }),
    ],
    source: { file: 'gates/storefront.gate.yaml', line: 14, column: 3 },
    notes: [],
    ...change,
  };
}

export function aGate(criteria: readonly CriterionResult[], change: Partial<GateResult> = {}): GateResult {
  const blocking = criteria.filter(({ advisory }) => !advisory);
  return {
    id: 'storefront-canary',
    settings: '0123456789ab',
    exposure: null,
    file: 'gates/storefront.gate.yaml',
    about: 'Canary of the headless storefront',
    component: 'storefront',
    owners: {
      decide: ['release-captain'],
      stop: ['oncall-storefront'],
      escalate: [
        { to: '#checkout-oncall', after: null },
        { to: 'eng-director', after: '15m' },
      ],
    },
    runbook: 'runbooks/storefront.md',
    verdict: worst(blocking.map(({ verdict }) => verdict)),
    reason: null,
    window: { ...WINDOW, full: true, since: '2026-11-20T14:03:00Z' },
    arms: [
      { name: 'canary', variables: { track: 'canary' }, shift: null },
      { name: 'baseline', variables: { track: 'stable' }, shift: null },
    ],
    score: null,
    policy: { falseAlarm: 0.05, falsePass: 0.05, onInconclusive: 'inconclusive' },
    criteria,
    notes: [],
    ...change,
  };
}

const EXIT = { pass: 0, warn: 0, fail: 1, inconclusive: 3, error: 4 } as const;

export function aReport(gates: readonly GateResult[], change: Partial<GateReport> = {}): GateReport {
  const verdict = worst(gates.map((gate) => gate.verdict));
  const criteria = gates.flatMap((gate) => gate.criteria);
  return {
    schemaVersion: '1.0.0',
    tool: { name: 'gatekeeper', version: '1.0.0' },
    mode: 'live',
    recordedAt: null,
    asOf: '2026-11-20T14:36:00Z',
    settings: '0123456789ab',
    verdict,
    exitCode: EXIT[verdict],
    reasons: criteria
      .filter((criterion) => !criterion.advisory && criterion.verdict === verdict && verdict !== 'pass')
      .map((criterion) => ({
        key: criterion.key,
        verdict: criterion.verdict,
        code: criterion.reason?.code ?? 'threshold',
        text: criterion.reason?.text ?? '',
      })),
    counts: Object.fromEntries(
      VERDICTS.map((word) => [word, criteria.filter((criterion) => criterion.verdict === word).length]),
    ) as Record<Verdict, number>,
    gates,
    notes: [],
    ...change,
  };
}

/** Thirty minutes at `good`, from minute 14 on at `bad`; minute 20 holds no data. */
function drop(good: number, bad: number): readonly (number | null)[] {
  const wobble = [0.001, -0.002, 0.0015, 0, -0.001];
  return Array.from({ length: 30 }, (_, i) =>
    i === 20 ? null : (i < 14 ? good : bad) + (wobble[i % 5] ?? 0),
  );
}

const FAILED_CHECKOUT = aCriterion('checkout-slo', {
  segment: { path: 'critical' },
  about: 'Share of started checkouts that complete',
  critical: true,
  verdict: 'fail',
  reason: { code: 'threshold', text: 'does not hold: >= 95%' },
  value: 0.931,
  warn: '>= 95%',
  interval: [0.9273, 0.9345],
  baseline: { arm: 'baseline', value: 0.976, n: 171_930, window: WINDOW },
  strata: { judged: drop(0.976, 0.893), baseline: drop(0.976, 0.976) },
  runbook: 'https://runbooks.example/checkout#completion',
  queries: [
    aQuery(),
    aQuery({
      part: 'total',
      text: 'sum(increase(checkout_attempts_total{track="canary",path="critical"}[1m]))',
    }),
    aQuery({
      arm: 'baseline',
      text: 'sum(increase(checkout_attempts_total{outcome="completed",track="stable",path="critical"}[1m]))',
    }),
    aQuery({ arm: 'baseline', part: 'total' }),
  ],
});

const LATENCY = aCriterion('latency-p95', {
  kind: 'histogram',
  take: 'p95',
  unit: 's',
  value: 0.412,
  limit: '<= baseline + 10%',
  bound: 0.4455,
  interval: null,
  judge: 'sequential',
  baseline: { arm: 'baseline', value: 0.405, n: 171_930, window: WINDOW },
});

const CACHE = aCriterion('cache', {
  verdict: 'warn',
  reason: { code: 'threshold', text: 'pass does not hold (>= 90%), warn does (>= 85%)' },
  value: 0.889,
  limit: '>= 90%',
  bound: 0.9,
  warn: '>= 85%',
  owner: '@edge',
  component: 'edge',
  runbook: 'runbooks/cache.md',
  n: 240_112,
  baseline: { arm: 'baseline', value: 0.914, n: 2_201_554, window: WINDOW },
  interval: [0.8877, 0.8903],
  source: { file: 'gates/storefront.gate.yaml', line: 31, column: 3 },
});

const INDEX = aCriterion('index-coverage', {
  kind: 'value',
  take: 'last',
  verdict: 'inconclusive',
  reason: {
    code: 'stale',
    text: 'the newest sample is 41m old, 3m is allowed',
    next: 'look whether the exporter of crawl_index_coverage still runs',
  },
  value: null,
  limit: '>= 20 pages',
  bound: 20,
  unit: 'pages',
  n: 3,
  minSamples: 20,
  interval: null,
  coverage: 0.1,
  newest: '2026-11-20T13:55:00Z',
  owner: '@seo',
  queries: [aQuery({ part: 'value', text: 'crawl_index_coverage{site="shop"}' })],
});

const UNREACHABLE = 'loki "logs" did not answer in 10 s (3 tries, last: ETIMEDOUT 192.0.2.7:3100)';
function unreachable(id: string): CriterionResult {
  return aCriterion(id, {
    kind: 'rate',
    verdict: 'error',
    reason: { code: 'backend', text: UNREACHABLE, next: 'check LOKI_URL, or ask who runs it' },
    value: null,
    limit: '<= 5/min',
    bound: 5,
    unit: '/min',
    n: 0,
    minSamples: 1,
    interval: null,
    newest: null,
    coverage: 0,
    owner: '@platform',
    queries: [
      aQuery({
        part: 'count',
        backend: 'logs',
        text: 'sum(count_over_time({app="checkout"} |= "error" [1m]))',
        state: 'failed',
        series: 0,
        durationMs: 12_400,
        failure: { code: 'backend.unreachable', message: UNREACHABLE },
      }),
    ],
  });
}

const UNDECIDED = aCriterion('checkout-not-worse', {
  segment: { path: 'edge' },
  verdict: 'inconclusive',
  reason: {
    code: 'undecided',
    text: 'the difference is neither certainly within 1pp nor certainly beyond it',
    next: 'needs about 3 400 more checkouts per arm',
  },
  value: 0.957,
  limit: '>= baseline - 1pp',
  bound: 0.9663,
  n: 612,
  judge: 'sequential',
  interval: [0.938, 0.97],
  baseline: { arm: 'baseline', value: 0.9763, n: 6020, window: WINDOW },
});

const SKIPPED = aCriterion('error-budget', {
  verdict: 'skipped',
  reason: { code: 'skipped', text: 'not asked after the first failure (--bail)' },
  value: null,
  n: 0,
  interval: null,
  newest: null,
  coverage: null,
  queries: [],
});

const WAIVED = aCriterion('queue-flat', {
  kind: 'value',
  take: 'slope',
  verdict: 'warn',
  reason: { code: 'waived', text: 'waived' },
  judged: { verdict: 'fail', reason: { code: 'threshold', text: 'does not hold: <= 5 messages/min' } },
  waiver: { by: 'mira', because: 'backfill runs until noon', until: '2026-11-21T12:00:00Z' },
  value: 7.25,
  unit: 'messages/min',
  limit: '<= 5 messages/min',
  bound: 5,
  n: 30,
  minSamples: 1,
  interval: null,
  owner: '@orders',
});

const ADVISORY = aCriterion('revenue-per-visit', {
  kind: 'value',
  take: 'mean',
  advisory: true,
  verdict: 'fail',
  reason: { code: 'threshold', text: 'does not hold: >= 4.1 EUR' },
  value: 4.0996,
  unit: 'EUR',
  limit: '>= 4.1 EUR',
  bound: 4.1,
  n: 30,
  minSamples: 1,
  interval: null,
  owner: '@commerce',
});

const DEGRADED = aCriterion('recommendations', {
  verdict: 'warn',
  reason: { code: 'degraded', text: 'degraded: the fallback recommendations-fallback passes' },
  judged: { verdict: 'fail', reason: { code: 'threshold', text: 'does not hold: <= 5%' } },
  value: 0.23,
  limit: '<= 5%',
  bound: 0.05,
  interval: [0.22, 0.24],
  owner: '@recs',
});

/** The bad night: one of each, some twice. */
export const mixed: GateReport = aReport(
  [
    aGate(
      [
        FAILED_CHECKOUT,
        aCriterion('checkout-slo', { segment: { path: 'edge' }, value: 0.992, n: 412 }),
        LATENCY,
        CACHE,
        INDEX,
        unreachable('error-logs'),
        unreachable('timeout-logs'),
        UNDECIDED,
        SKIPPED,
        WAIVED,
        ADVISORY,
        DEGRADED,
      ],
      { notes: ['--on-no-data inconclusive is the default; nothing was loosened'] },
    ),
  ],
  { reasons: [] },
);

/** The same with the reasons that the engine gives, worst first. */
export const night: GateReport = {
  ...mixed,
  reasons: mixed.gates
    .flatMap((gate) => gate.criteria)
    .filter(({ verdict, advisory }) => !advisory && ['fail', 'error', 'inconclusive'].includes(verdict))
    .sort((a, b) => rank(a.verdict) - rank(b.verdict))
    .map(({ key, verdict, reason }) => ({
      key,
      verdict,
      code: reason?.code ?? '',
      text: reason?.text ?? '',
    })),
};

function rank(verdict: Verdict): number {
  return ['fail', 'error', 'inconclusive'].indexOf(verdict);
}

const RED_ANSI = '\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u009b2J\u0008\u0000';
const HOSTILE = [
  `${RED_ANSI} | \`pipe\` ]]> <script>alert(1)</script> & "quoted" 'single'`,
  '\n::error::injected\r\n##vso[task.complete]\n# heading\n',
  '@everyone ![x](https://tracker.example/x.png) [y](javascript:1) \u202eevil\u2066 100% %0A, a:b \ud800 \ufffe',
].join(' ');

/** Every text of others is an attack. */
export const hostile: GateReport = aReport(
  [
    aGate(
      [
        aCriterion('checkout-slo', {
          key: `storefront-canary.checkout[path=${HOSTILE}]`,
          segment: { path: HOSTILE },
          verdict: 'fail',
          value: 0.5,
          reason: { code: 'threshold', text: HOSTILE, next: HOSTILE },
          owner: HOSTILE,
          runbook: `https://runbooks.example/${HOSTILE}`,
          limit: `>= 97% ${HOSTILE}`,
          warn: HOSTILE,
          unit: 'share',
          judged: { verdict: 'fail', reason: { code: 'threshold', text: HOSTILE } },
          waiver: { by: HOSTILE, because: HOSTILE, until: HOSTILE },
          source: { file: `gates/${HOSTILE}.yaml`, line: 1, column: 1 },
          queries: [
            aQuery({
              text: `${HOSTILE} \`\`\` fence`,
              backend: HOSTILE,
              failure: { code: HOSTILE, message: HOSTILE },
            }),
          ],
          notes: [HOSTILE],
        }),
        aCriterion(HOSTILE),
      ],
      {
        about: HOSTILE,
        component: HOSTILE,
        owners: { decide: [HOSTILE], stop: [HOSTILE], escalate: [{ to: HOSTILE, after: HOSTILE }] },
        runbook: HOSTILE,
        arms: [{ name: 'canary', variables: { [HOSTILE]: HOSTILE }, shift: null }],
        notes: [HOSTILE],
      },
    ),
  ],
  { notes: [HOSTILE] },
);

/** Names and words outside ASCII: wide, combining, right to left, joined. */
export const unicode: GateReport = aReport([
  aGate(
    [
      aCriterion('かご落ち率', {
        verdict: 'fail',
        value: 0.931,
        reason: {
          code: 'threshold',
          text: 'チェックアウトの完了率が基準を下回っています。決済サービスの担当者に連絡し、公開を止めるかどうかを決めてください。ログも確認してください。',
        },
        owner: 'Zoë 👩‍💻 e\u0301quipe',
      }),
      aCriterion('שלום', { owner: 'قهوة' }),
      aCriterion('cafe\u0301-👨‍👩‍👧‍👦'),
    ],
    { component: '店舗', about: 'Ladenfront – größer' },
  ),
]);

/** 10,000 criteria, of which every third failed: what the size limits of servers are for. */
export const huge: GateReport = aReport([
  aGate(
    Array.from({ length: 10_000 }, (_, i) =>
      aCriterion(
        `crawl-${i}`,
        i % 3 === 0 ? { ...FAILED_CHECKOUT, key: `storefront-canary.crawl-${i}`, id: `crawl-${i}` } : {},
      ),
    ),
  ),
]);

/** A gate that none of its criteria made what it is: a policy did. */
export const byPolicy: GateReport = {
  ...aReport([
    aGate(
      [
        aCriterion('checkout-slo', {
          verdict: 'warn',
          reason: { code: 'on-policy', text: 'no data; `on: no-data` says warn because the shop is closed' },
          judged: { verdict: 'inconclusive', reason: { code: 'no-data', text: 'no sample in the window' } },
          value: null,
          n: 0,
          interval: null,
        }),
      ],
      {
        verdict: 'inconclusive',
        reason: {
          code: 'all-by-policy',
          text: 'every blocking criterion passed by policy, none by evidence',
        },
      },
    ),
  ]),
  reasons: [
    {
      key: 'storefront-canary',
      verdict: 'inconclusive',
      code: 'all-by-policy',
      text: 'every blocking criterion passed by policy, none by evidence',
    },
  ],
};

/** Three gates, one of them replayed from the past with a score and a shifted baseline. */
export const several: GateReport = aReport(
  [
    aGate([FAILED_CHECKOUT]),
    aGate(
      [
        aCriterion('index-pages', {
          key: 'seo.index-pages',
          unit: '',
          value: 1834,
          limit: '>= 1500',
          bound: 1500,
        }),
      ],
      {
        id: 'seo',
        file: 'gates/seo.gate.yaml',
        component: null,
        runbook: null,
        arms: [{ name: 'current', variables: {}, shift: null }],
        window: { ...WINDOW, full: false, since: null },
        score: { points: 92.5, pass: 90, warn: 75 },
      },
    ),
    aGate([aCriterion('hit-ratio', { key: 'edge.hit-ratio' })], {
      id: 'edge',
      file: 'gates/edge.gate.yaml',
      arms: [
        { name: 'now', variables: {}, shift: null },
        { name: 'last-week', variables: {}, shift: '7d' },
      ],
    }),
  ],
  { mode: 'replay', recordedAt: '2026-11-20T14:36:02Z', notes: ['replayed from fixtures/night'] },
);

/** One report per verdict that a criterion can have. */
export const perVerdict: Readonly<Record<Verdict, GateReport>> = {
  pass: aReport([aGate([aCriterion('checkout-slo', { segment: { path: 'critical' } }), LATENCY])]),
  warn: aReport([aGate([CACHE, LATENCY])]),
  fail: aReport([aGate([FAILED_CHECKOUT, LATENCY])]),
  inconclusive: aReport([aGate([INDEX, UNDECIDED, LATENCY])]),
  error: aReport([aGate([unreachable('error-logs'), LATENCY])]),
  skipped: aReport([aGate([SKIPPED, LATENCY])]),
};

/** Every report that is small enough to be read. */
export const reports: Readonly<Record<string, GateReport>> = {
  ...perVerdict,
  mixed: night,
  several,
  'by-policy': byPolicy,
  unicode,
  hostile,
};
