import type { FailureCode } from '../../../model/failure.js';
import type { Page } from '../page.js';

/** Trouble of gate files: all of it is found before anything is asked. */
export const gatefilePages: Readonly<Record<Extract<FailureCode, `gatefile.${string}`>, Page>> = {
  'gatefile.not-found': {
    means: 'A path or a pattern names no file: a gate, a configuration, a runbook.',
    why: 'A run that judged nothing must not look like one that found nothing wrong. A missing runbook is a warning: it is missed at night.',
    mend: 'Check the path. Without one, gates/**/*.gate.yaml below the working folder are read; --cwd sets another folder.',
    example: ['gatekeeper check gates/checkout.gate.yaml', 'gatekeeper check --cwd services/shop'],
  },
  'gatefile.unreadable': {
    means: 'The file is there and cannot be read: permissions, or a folder in its place.',
    why: 'What is not read cannot be judged.',
    mend: 'Check its permissions, and whose account runs gatekeeper.',
  },
  'gatefile.encoding': {
    means: 'The file is no UTF-8 text, or holds a control character.',
    why: 'A terminal would obey such characters in a report: they could paint a FAIL green.',
    mend: 'Save it as UTF-8 and remove the character; inside a double-quoted string write it as an escape.',
  },
  'gatefile.too-large': {
    means: 'The file is larger than 1 MiB.',
    why: 'Gates are a few hundred lines; what is larger is another file, named by mistake.',
    mend: 'Check the path, or split the gates over several files.',
  },
  'gatefile.empty': {
    means: 'There is nothing in the file but comments.',
    why: 'A gate without criteria would pass every release.',
    mend: 'Write a gate, or remove the file.',
    example: ['gate: shop', 'criteria: { errors: { value: sum(errors), pass: "<= 5" } }'],
  },
  'gatefile.many-documents': {
    means: 'A second YAML document starts in the file, after "---".',
    why: 'Tools differ in which of several documents they read; here none is left out in silence.',
    mend: 'Move it to a file of its own: one gate, one file.',
  },
  'gatefile.syntax': {
    means: 'The file is no YAML 1.2.',
    why: 'A guess at what was meant could judge something else.',
    mend: 'Mend the place that the caret shows. Quote strings that hold ": ", "#", "{", "[" or "*"; indent with spaces.',
    example: ['value: \'sum(errors{code="500"})\''],
  },
  'gatefile.duplicate-key': {
    means: 'One key stands twice in a mapping.',
    why: 'Most readers keep the last one and drop the first without a word, limits included.',
    mend: 'Keep one of the two.',
  },
  'gatefile.unknown-key': {
    means: 'A key is not part of the language.',
    why: 'A misspelt "wran:" would be a limit that nobody applies.',
    mend: 'Mend the spelling; the message names the nearest key. An editor finds it by schema/gate.schema.json.',
    example: ['# yaml-language-server: $schema=../schema/gate.schema.json'],
  },
  'gatefile.not-yet-supported': {
    means: 'The key, kind, take or evidence belongs to a later version.',
    why: 'Reading over it would leave out a part of the decision.',
    mend: 'Remove it, or wait for the version that has it.',
  },
  'gatefile.invalid': {
    means: 'A value is not what its key takes, or two keys contradict each other.',
    why: 'Either reading might be wrong, so none is chosen.',
    mend: 'Write what the message asks for; "gatekeeper schema gate" describes every key.',
  },
  'gatefile.missing-key': {
    means: 'A key that must be there is not.',
    why: 'There is no default that would be safe to assume, least of all for a limit.',
    mend: 'Add it.',
    example: ['criteria: { errors: { signal: errors, pass: "<= 1%" } }'],
  },
  'gatefile.unknown-name': {
    means: 'A name leads nowhere: a signal, backend, criterion, segment, type or catalogue entry.',
    why: 'A criterion whose signal is missing would never be judged.',
    mend: 'Mend the spelling; "gatekeeper list" names all there is.',
  },
  'gatefile.duplicate-name': {
    means: 'Two gates, criteria or variables have one name.',
    why: 'Results are told apart by name; CI servers keep only the first of two that are called the same.',
    mend: 'Rename one of them.',
  },
  'gatefile.limit': {
    means:
      'A limit cannot be read, can be read in two ways, or can never hold or never fail: a burn rate that no outage reaches is one.',
    why: 'A limit that always holds is none. "+10%" might be against zero or against the baseline.',
    mend: 'Write an operator and a side. "%" after "baseline" is a share of it; "pp" is percentage points.',
    example: [
      'pass: ">= 97%"',
      'pass: "<= baseline + 10%"',
      'pass: ">= baseline - 1pp"',
      'pass: "between 1 and 5"',
      'burn: { objective: 99.9%, period: 30d }',
    ],
  },
  'gatefile.unit': {
    means: 'The unit of a limit cannot be converted into the unit of its signal.',
    why: '450 compared with 0.45 decides wrongly either way.',
    mend: 'Give the signal its unit, and write the limit in one that converts: 450ms against s, 97% against share.',
    example: ['signals: { latency: { value: …, unit: s } }', 'criteria: { latency: { pass: "<= 450ms" } }'],
  },
  'gatefile.take': {
    means: 'Nothing says how time becomes one number, or a kind of signal does not have that take.',
    why: 'A p95 of what holds no distribution, or a mean of buckets, would be made up.',
    mend: 'Use a take of its kind; the message lists them.',
    example: ['take: p95', 'take: share <= 500ms', 'take: slope'],
  },
  'gatefile.query': {
    means: 'A query is not well formed for its backend, or does not give what its signal needs.',
    why: 'Counts need what was counted in one step: a rate, or a range other than {{step}}, counts otherwise.',
    mend: 'Use { counter: SELECTOR }, or count over {{step}}. "or vector(0)" hides absent data: leave it out.',
    example: [
      'good: { counter: \'requests_total{code="200"}\' }',
      'good: \'sum(increase(requests_total{code="200"}[{{step}}]))\'',
    ],
  },
  'gatefile.window': {
    means: 'The window cannot be cut into whole steps, or the deploy time lies in the future.',
    why: 'Half a step would be judged as a whole one.',
    mend: 'Let "for" be a multiple of "step", and "step" whole seconds.',
    example: ['window: { for: 30m, step: 1m, settle: 1m }'],
  },
  'gatefile.since-required': {
    means: 'The gate says "since: required", and the run has no --since; "validate" alone needs none.',
    why: 'A window that starts before the deploy judges the release before.',
    mend: 'Give the instant at which the release began to take traffic.',
    example: ['gatekeeper check --since 2026-11-21T14:05:00Z', 'gatekeeper check --since "$(date +%s)"'],
  },
  'gatefile.variable': {
    means: 'A variable has no value, is not defined, or stands where its value cannot be escaped.',
    why: 'Outside a string literal, a value could change what the query asks.',
    mend: 'Define it under "vars:", give it with --var, or mark it "raw: true" if it must stand outside a literal.',
    example: ['vars: { route: /checkout }', 'gatekeeper check --var route=/cart'],
  },
  'gatefile.empty-variable': {
    means: 'A variable is empty.',
    why: 'A selector like {release=""} matches every series without that label: all releases at once.',
    mend: 'Give a value; where empty is meant, write "allow-empty: true".',
  },
  'gatefile.environment': {
    means: 'An environment variable that a file refers to is not set.',
    why: 'An empty address or label would ask another question.',
    mend: 'Set it, or write a default. All that are missing are told at once.',
    example: [`url: "\${PROMETHEUS_URL:-http://127.0.0.1:9090}"`],
  },
  'gatefile.secret': {
    means: 'A secret could not be read from its environment variable or file.',
    why: 'Asking without it would be refused, or answered for somebody else.',
    mend: 'Set it where gatekeeper runs. Files are relative to the file that names them.',
    example: ['auth: { bearer: { env: METRICS_TOKEN } }'],
  },
  'gatefile.no-blocking-criterion': {
    means: 'Every criterion of the gate is advisory.',
    why: 'Such a gate can never stop a release, and looks like one that can.',
    mend: 'Let at least one criterion block: remove its "advisory: true".',
  },
  'gatefile.loosened': {
    means: 'A policy lets missing evidence warn or pass, without a reason or on a critical criterion.',
    why: 'No data is not good news. Who decides otherwise says why, where the next reader sees it.',
    mend: 'Add "because: TEXT", or use fail or inconclusive.',
    example: ['on: { no-data: warn, because: night traffic is below 30 requests }'],
  },
  'gatefile.cycle': {
    means: 'Fallbacks lead back to where they began.',
    why: 'Each would excuse the other, and nothing would have been measured.',
    mend: 'Let a fallback stand on its own evidence.',
  },
  'gatefile.incident': {
    means:
      'An incident that no criterion guards, a criterion that names one which is not there, or a broken list.',
    why: 'An incident teaches once: without a criterion that would have seen it, the next release may bring it back.',
    mend: 'Write "from-incident: ID" on the criterion that would have caught it, or add one that does.',
    example: ['gatekeeper validate --incidents incidents.yaml'],
  },
  'gatefile.power': {
    means:
      'With the traffic that was recorded, most healthy releases would still be undecided when the window is full.',
    why: 'A gate that cannot see its own margin stops every release, or trains people to let them through.',
    mend: 'Give the canary more traffic, lengthen the window, or allow a wider margin; the plan says what would do.',
    example: ['gatekeeper plan --power --replay fixtures/healthy'],
  },
  'gatefile.waiver': {
    means: 'A waiver names no criterion, has ended, or is given by somebody who may not decide.',
    why: "A waiver lets a measured breach through; it must be one person's named decision.",
    mend: 'Name the criterion, and somebody of "owners: decide:". Critical criteria need "waive-critical: true" there.',
    example: [
      'gatekeeper check --waive shop.cache --by release-captain --because "cold cache" --until 2026-11-22T12:00:00Z',
    ],
  },
};
