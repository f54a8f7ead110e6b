import type { ReasonCode } from '../../../model/reason.js';
import type { Page } from '../page.js';

/** Why a verdict is not a plain pass. */
export const reasonPages: Readonly<Record<ReasonCode, Page>> = {
  threshold: {
    means: 'The limit was measured and does not hold: fail; or warn, where "warn" still holds.',
    why: 'There was enough evidence to decide, and it is against the release.',
    mend: 'Stop or roll back by the runbook. The report names value, limit, distance, and since when.',
    example: ['gatekeeper explain GATE.CRITERION --result result.json'],
  },
  'no-data': {
    means: 'There is no sample at all in the window.',
    why: 'Absent is not zero: a metric vanishes when the release that exports it is dead.',
    mend: 'See that the exporter is up and scraped, and that the labels match what it exports.',
    example: ['gatekeeper plan', 'gatekeeper doctor'],
  },
  stale: {
    means: 'The newest sample is too old, or a series ended inside the window.',
    why: 'Old numbers speak of the release before; a series that ends is often a pod that crashed.',
    mend: 'See that the target is up. Where series end by right, as when pods scale down, write "series-may-end: true".',
    example: ['window: { max-age: 5m }'],
  },
  partial: {
    means: 'Too few steps hold data, or the backend says that its answer is not whole.',
    why: 'What is missing may be just the bad part.',
    mend: 'Wait, or find out why there are gaps. "coverage" under "window" is the share that is needed, 90 % by default.',
  },
  'not-a-number': {
    means: 'The answer holds NaN or an infinity, or a part counts more than its total.',
    why: 'NaN breaches no comparison: a gate that read it as a number would pass.',
    mend: 'A division by zero is the usual cause: give two counts as a ratio, and the tool divides.',
    example: ['ratio: { bad: { counter: … }, total: { counter: … } }'],
  },
  'too-few': {
    means: 'There are fewer samples than the criterion needs.',
    why: 'One failure in three requests is no 33 %. The default is max(30, 10 / min(limit, 1 - limit)): 334 for 97 %.',
    mend: 'Wait for traffic, widen the window, or say what is enough.',
    example: ['min-samples: 100', 'window: { for: 1h }'],
  },
  'bad-never-seen': {
    means: '"bad" is absent, and nothing shows that its series ever existed.',
    why: 'No errors and a misspelt label look the same: both are absent.',
    mend: 'Check the selector. Where it may stay away for good, write "bad-absent: zero".',
    example: ["ratio: { bad: { counter: 'errors_total' }, total: …, bad-absent: zero }"],
  },
  'no-baseline': {
    means: 'The baseline has no data to compare with.',
    why: 'Better than nothing is no statement about the release.',
    mend: 'See that the arm takes traffic, and that its labels match.',
  },
  'baseline-zero': {
    means:
      'The baseline leaves the limit nothing to say: it is 0 and the limit is a share of it, or the margin reaches beyond 0 % or 100 %.',
    why: '10 % more than 0 is 0, and 10 pp less than 3 % is below 0 %: every value would fail, or none could.',
    mend: 'See that the baseline is healthy. Write the margin in pp or in the unit itself, or a fixed limit beside it.',
    example: ['pass: "<= baseline + 0.5pp"', 'pass: { all: [">= baseline - 10pp", ">= 50%"] }'],
  },
  'beyond-buckets': {
    means: 'The quantile lies above the last bucket edge, so only its lower end is known.',
    why: 'The edge itself would be too good a value.',
    mend: 'Add buckets above it, or judge a share under an edge.',
    example: ['take: share <= 500ms'],
  },
  'step-too-short': {
    means: 'Samples arrive too seldom for the step.',
    why: 'An increase over fewer than 4 samples is guesswork.',
    mend: 'Use a longer step: 4 scrape intervals with a query, 1 with { counter: … }.',
    example: ['window: { step: 2m }'],
  },
  'window-not-full': {
    means: 'The window since the deploy is still filling.',
    why: 'Looking often and passing on the first good look passes bad releases.',
    mend: 'Look again at the instant that the message names. A breach fails before.',
  },
  undecided: {
    means: 'There are data, and they do not tell good from bad yet.',
    why: 'A difference within chance is neither a pass nor a fail.',
    mend: 'Wait for traffic, or widen the margin.',
  },
  'history-too-short': {
    means:
      'The criterion compares with earlier windows, of which fewer than 10 hold data; or it looks for an anomaly, and fewer than 30 earlier steps do.',
    why: 'How much healthy windows differ cannot be learnt from a few, and without it every difference looks large.',
    mend: 'Wait until there is more history, shorten the window, or look further back.',
    example: ['evidence: history', 'earlier-windows: 40', 'anomaly: { against: trailing, history: 6h }'],
  },
  exposure: {
    means: 'The arms do not get the shares of traffic that the gate declares.',
    why: 'Whatever sends users the wrong way also chooses which: what the arms then differ in is not the release alone.',
    mend: 'Mend the split, or what counts it; or declare the share that is meant.',
    example: ['exposure: { traffic: 5%, within: 1pp }'],
  },
  'all-by-policy': {
    means: 'No blocking criterion passed on data: an "on:" policy let each of them through.',
    why: 'Nothing was measured that speaks for the release.',
    mend: 'Mend what brings no data, or take the policy off at least one criterion.',
  },
  backend: {
    means: 'A backend could not be asked: the verdict is error, the exit code 4.',
    why: 'No answer is no pass, and no fail either.',
    mend: 'Mend what the message names, then run again; "gatekeeper doctor" tries each backend.',
    example: ['gatekeeper doctor'],
  },
  query: {
    means: 'A backend rejected the query, or answered something that the signal cannot use: exit 2.',
    why: 'The gate is broken; waiting would not mend it.',
    mend: 'Mend the query in the gate file, at the line that the report names.',
  },
  deadline: {
    means: 'The run was over its --timeout before the question was answered.',
    why: 'A question that was not asked is not passed.',
    mend: 'Give it more time, or ask less.',
    example: ['gatekeeper check --timeout 20m'],
  },
  interrupted: {
    means: 'The run was stopped by a signal before the question was answered.',
    why: 'A cancelled run has no verdict.',
    mend: 'Run it again.',
  },
  waived: {
    means: 'It failed, and somebody who may decide let it through: a warning.',
    why: 'The breach stays in the report, with who and why.',
    mend: 'Mend the cause before the waiver ends.',
    example: ['gatekeeper check --waive shop.cache --by release-captain --because "cold cache"'],
  },
  degraded: {
    means: 'An optional dependency does not pass, and its fallback does: a warning.',
    why: 'Users are served by the fallback, which stands on its own evidence.',
    mend: 'Mend the dependency; the fallback must not become the habit.',
    example: ['recommendations: { pass: "<= 5%", dependency: optional, fallback: recommendations-fallback }'],
  },
  'on-policy': {
    means: 'Evidence is missing, and an "on:" policy of the file says what stands instead.',
    why: 'The file says why, with "because".',
    mend: 'Mend what brings no data.',
    example: ['on: { no-data: fail }'],
  },
  'on-inconclusive': {
    means: 'The window is full, and the gate says that what is still open then is a fail.',
    why: 'Some releases had better not wait: "on-inconclusive: fail" under "verdict".',
    mend: 'See what each criterion lacks: traffic, data, or a backend.',
  },
  skipped: {
    means: 'It was not asked.',
    why: 'A blocking criterion that was not asked leaves the gate inconclusive.',
    mend: 'Run it again without what left it out.',
  },
};
