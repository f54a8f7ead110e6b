/** One test case as the servers read it: what it counts as, and its element, line by line. */
export interface JunitCase {
  readonly mark: 'passed' | 'skipped' | 'failure' | 'error';
  readonly seconds: number;
  readonly lines: readonly string[];
}

export interface JunitSuite {
  readonly name: string;
  /** Attributes after the sums. */
  readonly more?: Attributes;
  readonly cases: readonly JunitCase[];
}

type Attributes = Readonly<Record<string, string>>;

/** A JUnit document: its suites, each with the sums of its cases, and the sums of all. */
export function junitDocument(name: string, suites: readonly JunitSuite[], more: Attributes = {}): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${xmlAttributes({ name, ...sumsOf(all), ...more })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite${xmlAttributes({ name: suite.name, ...sumsOf(suite.cases), ...suite.more })}>`,
      ...suite.cases.flatMap(({ lines }) => lines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function sumsOf(cases: readonly JunitCase[]): Attributes {
  const count = (mark: JunitCase['mark']): string =>
    String(cases.filter((each) => each.mark === mark).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: junitTime(cases.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

/** Seconds to the millisecond. */
export function junitTime(seconds: number): string {
  return seconds.toFixed(3);
}

/** Attributes of an element, each after a space; a line's end in them would be read as a space. */
export function xmlAttributes(values: Attributes): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(value).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML cannot hold control characters at all, nor halves of pairs. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|\p{Cs}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
