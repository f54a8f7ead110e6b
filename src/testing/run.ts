import type { Gate } from '../contracts/gate.js';
import type { TakeMeasurement } from '../contracts/take.js';
import type { Failure } from '../model/failure.js';
import type { Measurement } from '../model/measurement.js';
import type { GateReport } from '../model/report.js';
import type { Span } from '../model/span.js';
import { type EpochMs, formatDuration } from '../model/time.js';
import { bindSeries } from './bind.js';
import { type Seen, seenIn } from './coverage.js';
import { type Crawled, crawlPages, strayPages } from './crawl/bind.js';
import { type CrawlEntry, readCrawls } from './crawl/pages.js';
import { compare, type Expected, expectationsOf, type Mismatch } from './expect.js';
import type { Path, Places } from './places.js';
import type { TestBlock, TestFile } from './schema.js';
import { type Entry, readSeries } from './series.js';
import { targetsOf } from './targets.js';
import type { LoadFacts, OpenedSet, World } from './world.js';

/** Where the clock of a test stands that says nothing else: 2026-01-01T12:00:00Z. */
const NOON: EpochMs = 1_767_268_800_000;

/** What came of one look at the gates. */
export interface LookResult {
  /** Time since the release began, as a word; null where the test says none. */
  readonly at: string | null;
  readonly report: GateReport;
  readonly mismatches: readonly Mismatch[];
  readonly seen: readonly Seen[];
  /** What was asked and answered, to be drawn. */
  readonly answers: ReadonlyMap<string, Measurement>;
  readonly gates: readonly Gate[];
}

export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly span: Span;
  readonly state: 'passed' | 'failed';
  /** Looks that came out otherwise; what was as expected is not kept. */
  readonly looks: readonly LookResult[];
  readonly seen: readonly Seen[];
  readonly durationMs: number;
}

export interface FileResult {
  readonly tests: readonly TestResult[];
  /** Trouble with the file itself: then a test may be missing above. */
  readonly failures: readonly Failure[];
}

/** Runs the tests of one file whose name is wanted; trouble with any of them is told beside what the others came to. */
export async function runFile(
  file: TestFile,
  places: Places,
  world: World,
  isWanted: (name: string) => boolean,
): Promise<FileResult> {
  const shared = readSeries(file.series ?? [], ['series'], 'file', places);
  const failures: Failure[] = [...shared.failures, ...sameNames(file, places)];
  const isBroken = failures.length > 0;
  const sharedCrawls = readCrawls(file.crawls ?? [], ['crawls'], 'file');
  const tests: TestResult[] = [];
  for (const [i, block] of file.tests.entries()) {
    if (!isWanted(block.name)) continue;
    const path = ['tests', i];
    const own = readSeries(block.series ?? [], [...path, 'series'], 'test', places);
    const expected = expectationsOf(block, [...path, 'expect'], places);
    const trouble = [...own.failures, ...expected.failures];
    failures.push(...trouble);
    if (isBroken || trouble.length > 0) continue;
    // A set answers for itself: only what the test says stands over it.
    const isAlone = block.replay !== undefined;
    const entries = isAlone ? own.entries : [...shared.entries, ...own.entries];
    const ownCrawls = readCrawls(block.crawls ?? [], [...path, 'crawls'], 'test');
    const crawls = isAlone ? ownCrawls : [...sharedCrawls, ...ownCrawls];
    const start = world.monotonic();
    const ran = await runTest(
      { file, block, path, entries, crawls, expected: expected.looks },
      places,
      world,
    );
    failures.push(...ran.failures);
    if (ran.failures.length > 0) continue;
    const looks = ran.looks.filter(({ mismatches }) => mismatches.length > 0);
    tests.push({
      file: places.file,
      name: block.name,
      span: places.spanOf([...path, 'name']),
      state: looks.length === 0 ? 'passed' : 'failed',
      looks,
      seen: ran.looks.flatMap(({ seen }) => seen),
      durationMs: world.monotonic() - start,
    });
  }
  return { tests, failures: distinct(failures) };
}

/** A test with its words read. */
interface ReadTest {
  readonly file: TestFile;
  readonly block: TestBlock;
  readonly path: Path;
  readonly entries: readonly Entry[];
  readonly crawls: readonly CrawlEntry[];
  readonly expected: readonly Expected[];
}

interface Ran {
  readonly looks: readonly LookResult[];
  readonly failures: readonly Failure[];
}

async function runTest(test: ReadTest, places: Places, world: World): Promise<Ran> {
  const { block, path, expected } = test;
  const set = block.replay === undefined ? undefined : await world.openSet(block.replay);
  if (set?.ok === false) {
    const span = places.spanOf([...path, 'replay']);
    return { looks: [], failures: set.failures.map((failure) => ({ span, ...failure })) };
  }
  const looks: LookResult[] = [];
  const asked: Crawled['asked'][number][] = [];
  for (const [i, facts] of looksOf(test, set?.value).entries()) {
    const wanted = expected[i];
    if (wanted === undefined) continue;
    const seen = await look(test, facts, set?.value, wanted, places, world);
    if ('failures' in seen) return { looks: [], failures: seen.failures };
    asked.push(...seen.asked);
    looks.push({
      ...seen.result,
      at: block.at === undefined ? null : formatDuration(facts.asOf - (facts.since ?? 0)),
    });
  }
  return { looks, failures: strayPages(test.crawls, asked, places) };
}

/** The facts of each look: an instant, and when the release began. */
function looksOf({ file, block }: ReadTest, set: OpenedSet | undefined): readonly LoadFacts[] {
  const vars = { ...set?.vars, ...texts(file.vars), ...texts(block.vars) };
  const env = { ...set?.env, ...texts(file.env) };
  const windowMs = block.window ?? set?.windowMs;
  if (set !== undefined) return [{ asOf: set.asOf, since: set.since, windowMs, vars, env }];
  if (block.at === undefined)
    return [{ asOf: block.now ?? file.now ?? NOON, since: block.since, windowMs, vars, env }];
  const since = block.since ?? NOON;
  const after = Array.isArray(block.at) ? block.at : [block.at];
  return after.map((ms) => ({ asOf: since + ms, since, windowMs, vars, env }));
}

async function look(
  { block, path, entries, crawls }: ReadTest,
  facts: LoadFacts,
  set: OpenedSet | undefined,
  expected: Expected,
  places: Places,
  world: World,
): Promise<Looked | { readonly failures: readonly Failure[] }> {
  const { gates, failures } = await world.load(facts);
  if (failures.length > 0) return { failures: failures.map((failure) => inTest(failure, path, places)) };
  const targets = targetsOf(gates);
  const bound = bindSeries(targets, entries, block.backends ?? {}, { places, test: path });
  const crawled = await crawlPages(targets, crawls, {
    door: world.openDoor,
    asOf: facts.asOf,
    places,
    test: path,
    isAnswered: ({ backend }) => set !== undefined || Object.hasOwn(block.backends ?? {}, backend),
  });
  const trouble = [...bound.failures, ...crawled.failures];
  if (trouble.length > 0) return { failures: trouble };
  const answers = new Map([...crawled.answers, ...bound.answers]);
  const take: TakeMeasurement = (query, context) => {
    const own = answers.get(query.key);
    if (own !== undefined) return Promise.resolve(own);
    // What nobody answers is absent, and what is absent is no pass.
    return set?.take(query, context) ?? Promise.resolve(NOTHING);
  };
  const report = await world.evaluate(gates, take, { asOf: facts.asOf, recordedAt: set?.recordedAt });
  const misses = set?.misses() ?? [];
  if (misses.length > 0)
    return { failures: misses.map((failure) => ({ span: places.spanOf([...path, 'replay']), ...failure })) };
  const compared = compare(report, expected, places);
  if (compared.failures.length > 0) return { failures: compared.failures };
  const { mismatches, held } = compared;
  const seen = seenIn(gates, report, held);
  return { result: { report, mismatches, seen, answers, gates }, asked: crawled.asked };
}

/** One look, and which pages of the test it asked for. */
interface Looked extends Pick<Crawled, 'asked'> {
  readonly result: Omit<LookResult, 'at'>;
}

const NOTHING: Measurement = { state: 'taken', answer: { series: [] }, durationMs: 0 };

/** What the command line would have to bring, a test brings. */
function inTest(failure: Failure, path: Path, places: Places): Failure {
  if (failure.code === 'gatefile.since-required')
    return {
      code: failure.code,
      message: 'the gate needs to know when the release began',
      span: places.spanOf([...path, 'name']),
      mend: 'look at it some time after: at: 30m',
    };
  return failure;
}

function texts(
  values: Readonly<Record<string, string | number | boolean>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]));
}

/** Servers that read JUnit keep the first of two tests of one name. */
function sameNames({ tests }: TestFile, places: Places): readonly Failure[] {
  const firsts = new Map<string, number>();
  return tests.flatMap(({ name }, i): Failure[] => {
    const first = firsts.get(name);
    firsts.set(name, first ?? i);
    if (first === undefined) return [];
    return [
      {
        code: 'gatefile.duplicate-name',
        message: `test "${name}" stands in line ${places.spanOf(['tests', first, 'name']).line}, too`,
        span: places.spanOf(['tests', i, 'name']),
        mend: 'give each test a name of its own',
      },
    ];
  });
}

/** What is wrong with a gate, or with series of the file, is met in each test, and told once. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  const said = new Map(
    failures.map((failure) => [
      JSON.stringify([
        failure.code,
        failure.span?.file,
        failure.span?.line,
        failure.span?.col,
        failure.message,
      ]),
      failure,
    ]),
  );
  return [...said.values()];
}
