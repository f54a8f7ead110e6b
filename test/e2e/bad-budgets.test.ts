/** Misuse of `burn` and `anomaly`: each line with its caret and its mend. */
import { afterAll, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { removeSandboxes, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

afterAll(removeSandboxes);

const HEAD = `gate: shop
backends: { m: { type: prometheus, url: "http://127.0.0.1:9" } }
window: { for: 10m, step: 1m }
signals:
  errors: { ratio: { bad: { counter: e }, total: { counter: t } } }
  purges: { rate: { count: { counter: p }, exposure: time } }
  queue: { value: sum(queue) }
criteria:
`;

async function told(criteria: string): Promise<string> {
  const place = await sandbox({ 'x.gate.yaml': HEAD + criteria });
  return toldBy(await runGatekeeper(['validate', 'x.gate.yaml'], { cwd: place.folder }));
}

test('values that say nothing, or nothing that can be done', async () => {
  expect(
    await told(`  all: { signal: errors, burn: { objective: 100%, period: 30d } }
  none: { signal: errors, burn: { objective: 0%, period: 30d } }
  bare: { signal: errors, burn: { objective: 0.999, period: 30d } }
  empty: { signal: errors, burn: {} }
  left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: "< 10%" } }
  all-left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: ">= 100%" } }
  bad-left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: "> 5" } }
  queue: { anomaly: {} }
  guess: { signal: queue, anomaly: { against: guesses } }
  rate: { signal: purges, anomaly: { against: poisson, false-alarm: 1% } }
  seasons: { signal: queue, anomaly: { against: seasonal, seasons: 2 } }
  evidence: { signal: queue, pass: "<= 5", evidence: burn }
  word: { signal: errors, burn: { objective: 99%, period: 30d, windows: { w: { long: 1h, factor: 2, severity: warn } } } }
`),
  ).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    x.gate.yaml:9:45  an objective of 100% leaves no budget to burn
       9 │   all: { signal: errors, burn: { objective: 100%, period: 30d } }
         │                                             ^^^^  write what is promised, such as "99.9%", or judge "pass: == 100%"

    x.gate.yaml:10:46  an objective of 0% allows everything
       10 │   none: { signal: errors, burn: { objective: 0%, period: 30d } }
          │                                              ^^  write it like "99.9%"

    x.gate.yaml:11:46  a percentage such as 99.9% is expected, not 0.999
       11 │   bare: { signal: errors, burn: { objective: 0.999, period: 30d } }
          │                                              ^^^^^

    x.gate.yaml:12:28  "objective" is missing in "burn" of criterion "empty"
       12 │   empty: { signal: errors, burn: {} }
          │                            ^^^^  add "objective:"

    x.gate.yaml:12:28  "period" is missing in "burn" of criterion "empty"
       12 │   empty: { signal: errors, burn: {} }
          │                            ^^^^  add "period:"

    x.gate.yaml:13:75  "< 10%" does not say what must be left
       13 │   left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: "< 10%" } }
          │                                                                           ^^^^^^^  write it like "> 0%": what must be left of the budget at least

    x.gate.yaml:14:79  ">= 100%" allows not one bad event
       14 │   all-left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: ">= 100%" } }
          │                                                                               ^^^^^^^^^  write less, such as "> 0%" or "> 20%"

    x.gate.yaml:15:79  "> 5" does not say what must be left
       15 │   bad-left: { signal: errors, burn: { objective: 99%, period: 30d, remaining: "> 5" } }
          │                                                                               ^^^^^  write it like "> 0%": what must be left of the budget at least

    x.gate.yaml:16:21  an empty value is no value of "against"
       16 │   queue: { anomaly: {} }
          │                     ^^  write trailing, same-hour-last-week, seasonal, poisson

    x.gate.yaml:17:47  "guesses" is no value of "against"
       17 │   guess: { signal: queue, anomaly: { against: guesses } }
          │                                               ^^^^^^^  write trailing, same-hour-last-week, seasonal, poisson

    x.gate.yaml:18:69  "1%" is no rate of false alarms
       18 │   rate: { signal: purges, anomaly: { against: poisson, false-alarm: 1% } }
          │                                                                     ^^  write it like "1 per 1000 steps", from 10 steps on

    x.gate.yaml:19:68  at least 3 seasons: what fewer have in common may be chance
       19 │   seasons: { signal: queue, anomaly: { against: seasonal, seasons: 2 } }
          │                                                                    ^

    x.gate.yaml:20:54  "burn" is no value of "evidence"
       20 │   evidence: { signal: queue, pass: "<= 5", evidence: burn }
          │                                                      ^^^^  write point, sequential, history, mann-whitney, kayenta

    x.gate.yaml:21:111  "warn" is no value of "severity"
       21 │ : { w: { long: 1h, factor: 2, severity: warn } } } }
          │                                         ^^^^  write page, ticket"
  `);
});

test('rows that can never burn, keys that do not go together, a past that is too short', async () => {
  expect(
    await told(`  loose: { signal: errors, burn: { objective: 90%, period: 30d } }
  odd-period: { signal: errors, burn: { objective: 99.9%, period: 14d } }
  nothing: { signal: errors, burn: { objective: 99.9%, period: 30d, windows: {} } }
  rows:
    signal: errors
    burn:
      objective: 99%
      period: 30d
      windows:
        both: { long: 1h, short: 5m, factor: 2, budget: 2%, severity: page }
        neither: { long: 1h, severity: page }
        high: { long: 1h, factor: 100, severity: page }
        short: { long: 1h, short: 2h, factor: 2, severity: page }
        long: { long: 30d, factor: 2, severity: page }
        odd: { long: 10s, factor: 2, severity: page }
        fine: { long: 3d, short: 7s, factor: 2, severity: page }
  not-a-ratio: { signal: queue, burn: { objective: 99%, period: 30d } }
  limits: { signal: errors, burn: { objective: 99%, period: 30d }, pass: "<= 1%", evidence: point, blocking: true }
  two: { signal: errors, burn: { objective: 99%, period: 30d }, anomaly: { against: trailing } }
  kind: { signal: errors, anomaly: { against: trailing } }
  count: { signal: queue, anomaly: { against: poisson } }
  detector: { signal: purges, anomaly: { against: poisson, detector: hampel } }
  keys: { signal: purges, anomaly: { against: poisson, threshold: 3, weeks: 2 } }
  short: { signal: queue, anomaly: { against: trailing, history: 20m } }
  weeks: { signal: queue, anomaly: { against: same-hour-last-week, weeks: 2 } }
  long: { signal: queue, anomaly: { against: trailing, history: 30d } }
  row: { signal: queue, anomaly: { against: trailing, in-a-row: 11 } }
  season: { signal: queue, anomaly: { against: seasonal, season: 5m } }
  unsure: { signal: queue, anomaly: { against: trailing }, blocking: true, advisory: true }
  judged: { signal: queue, anomaly: { against: trailing }, take: mean, pass: "<= 5" }
  blocks: { signal: queue, pass: "<= 5", blocking: true }
`),
  ).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    x.gate.yaml:9:47  row "page-quick" can never burn: with 90 % promised, all events bad are 10x, and it asks for more than 14.4x
       9 │   loose: { signal: errors, burn: { objective: 90%, period: 30d } }
         │                                               ^^^  use a factor below 10, or write such rows under "windows:"

    x.gate.yaml:10:67  the built-in table is for 7d, and from 28d on, not for 14d
       10 │   odd-period: { signal: errors, burn: { objective: 99.9%, period: 14d } }
          │                                                                   ^^^  use such a period, or write the rows under "windows:"

    x.gate.yaml:11:78  without windows and without "remaining" nothing is judged
       11 │   nothing: { signal: errors, burn: { objective: 99.9%, period: 30d, windows: {} } }
          │                                                                              ^^  list rows, or add remaining: "> 0%"

    x.gate.yaml:18:9  row "both" has either a "factor" or a "budget"
       18 │         both: { long: 1h, short: 5m, factor: 2, budget: 2%, severity: page }
          │         ^^^^  write "factor: 14.4", or "budget: 2%" for what may be gone in the long window

    x.gate.yaml:19:9  row "neither" has either a "factor" or a "budget"
       19 │         neither: { long: 1h, severity: page }
          │         ^^^^^^^  write "factor: 14.4", or "budget: 2%" for what may be gone in the long window

    x.gate.yaml:20:35  row "high" can never burn: with 99 % promised, all events bad are 100x, and it asks for more than 100x
       20 │         high: { long: 1h, factor: 100, severity: page }
          │                                   ^^^  use a factor below 100, or write such rows under "windows:"

    x.gate.yaml:21:35  the short window 2h is not whole seconds below the long one, 1h
       21 │         short: { long: 1h, short: 2h, factor: 2, severity: page }
          │                                   ^^  write "short:", a twelfth of the long window as a rule

    x.gate.yaml:22:23  the window 30d is not shorter than the period, 30d
       22 │         long: { long: 30d, factor: 2, severity: page }
          │                       ^^^  use a shorter window; "remaining" judges the whole period

    x.gate.yaml:23:22  the short window 833.333ms is not whole seconds below the long one, 10s
       23 │         odd: { long: 10s, factor: 2, severity: page }
          │                      ^^^  write "short:", a twelfth of the long window as a rule

    x.gate.yaml:24:23  3d and 7s have no common step in which the long window has at most 11,000
       24 │         fine: { long: 3d, short: 7s, factor: 2, severity: page }
          │                       ^^  let the short window divide the long one, such as 5m and 1h

    x.gate.yaml:25:33  "burn" cannot be said of a value
       25 │   not-a-ratio: { signal: queue, burn: { objective: 99%, period: 30d } }
          │                                 ^^^^  use a ratio of good or bad events to all

    x.gate.yaml:26:68  "pass" does not go with "burn", which brings its own limits
       26 │   limits: { signal: errors, burn: { objective: 99%, period: 30d }, pass: "<= 1%", evidence: point, blocking: true }
          │                                                                    ^^^^  remove "pass"

    x.gate.yaml:26:83  "evidence" does not go with "burn", which brings its own limits
       26 │ ive: 99%, period: 30d }, pass: "<= 1%", evidence: point, blocking: true }
          │                                         ^^^^^^^^  remove "evidence"

    x.gate.yaml:26:100  "blocking" goes with "anomaly": every other criterion blocks
       26 │  30d }, pass: "<= 1%", evidence: point, blocking: true }
          │                                         ^^^^^^^^  remove it

    x.gate.yaml:27:65  a criterion says "burn" or "anomaly", not both
       27 │   two: { signal: errors, burn: { objective: 99%, period: 30d }, anomaly: { against: trailing } }
          │                                                                 ^^^^^^^  make them two criteria

    x.gate.yaml:28:27  "anomaly" cannot be said of a ratio
       28 │   kind: { signal: errors, anomaly: { against: trailing } }
          │                           ^^^^^^^  use a value or a rate; of a ratio, "burn", or "pass" with "evidence: history"

    x.gate.yaml:29:47  "poisson" counts events, and a value is none
       29 │   count: { signal: queue, anomaly: { against: poisson } }
          │                                               ^^^^^^^  use a rate, or "against: trailing"

    x.gate.yaml:30:70  detector "hampel" does not go with "against: poisson"
       30 │   detector: { signal: purges, anomaly: { against: poisson, detector: hampel } }
          │                                                                      ^^^^^^  use e-detector or shiryaev-roberts

    x.gate.yaml:31:56  "threshold" does not go with "against: poisson" and e-detector
       31 │   keys: { signal: purges, anomaly: { against: poisson, threshold: 3, weeks: 2 } }
          │                                                        ^^^^^^^^^  it takes detector, direction, history, detect, false-alarm

    x.gate.yaml:31:70  "weeks" does not go with "against: poisson" and e-detector
       31 │   keys: { signal: purges, anomaly: { against: poisson, threshold: 3, weeks: 2 } }
          │                                                                      ^^^^^  it takes detector, direction, history, detect, false-alarm

    x.gate.yaml:32:66  the past has 20 steps of 1m, 30 are needed
       32 │   short: { signal: queue, anomaly: { against: trailing, history: 20m } }
          │                                                                  ^^^  look further back with "history", or use a longer window

    x.gate.yaml:33:75  the past has 20 steps of 1m, 30 are needed
       33 │   weeks: { signal: queue, anomaly: { against: same-hour-last-week, weeks: 2 } }
          │                                                                           ^  look further back with "weeks", or use a longer window

    x.gate.yaml:34:65  the past has 43200 steps of 1m, more than 11,000
       34 │   long: { signal: queue, anomaly: { against: trailing, history: 30d } }
          │                                                                 ^^^  use a longer step

    x.gate.yaml:35:65  11 steps in a row are more than the window's 10
       35 │   row: { signal: queue, anomaly: { against: trailing, in-a-row: 11 } }
          │                                                                 ^^  set a smaller "in-a-row", or use a longer window

    x.gate.yaml:36:66  a season of 5m is shorter than the window, 10m
       36 │   season: { signal: queue, anomaly: { against: seasonal, season: 5m } }
          │                                                                  ^^  use a shorter window, or the season after which the series repeats itself

    x.gate.yaml:37:60  a criterion cannot be both advisory and blocking
       37 │   unsure: { signal: queue, anomaly: { against: trailing }, blocking: true, advisory: true }
          │                                                            ^^^^^^^^  keep one of the two

    x.gate.yaml:38:60  "take" does not go with "anomaly", which brings its own limits
       38 │   judged: { signal: queue, anomaly: { against: trailing }, take: mean, pass: "<= 5" }
          │                                                            ^^^^  remove "take"

    x.gate.yaml:38:72  "pass" does not go with "anomaly", which brings its own limits
       38 │   judged: { signal: queue, anomaly: { against: trailing }, take: mean, pass: "<= 5" }
          │                                                                        ^^^^  remove "pass"

    x.gate.yaml:39:42  "blocking" goes with "anomaly": every other criterion blocks
       39 │   blocks: { signal: queue, pass: "<= 5", blocking: true }
          │                                          ^^^^^^^^  remove it"
  `);
});
