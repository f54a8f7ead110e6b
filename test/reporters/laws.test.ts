/** What holds of every format, whatever the report. */
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Reporter, Style } from '../../src/contracts/reporter.js';
import { REASONS, type ReasonCode } from '../../src/model/reason.js';
import type { GateReport } from '../../src/model/report.js';
import { VERDICTS } from '../../src/model/verdict.js';
import { summary } from '../../src/reporters/github.js';
import { reporters } from '../../src/reporters/registry.js';
import {
  aCriterion,
  aGate,
  aReport,
  hostile,
  huge,
  mixed,
  night,
  PLAIN,
  perVerdict,
  reports,
} from '../support/reports.js';

const loaded = new Map<string, Reporter>();
beforeAll(async () => {
  for (const id of reporters.ids) {
    const reporter = await reporters.load(id);
    if (reporter !== undefined) loaded.set(id, reporter);
  }
});

function render(format: string, report: GateReport, style: Partial<Style> = {}): string {
  const reporter = loaded.get(format);
  if (reporter === undefined) throw new Error(`no format ${format}`);
  return reporter.render(report, { ...PLAIN, ...style });
}

/** Control characters but the line break, and characters that reorder text. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u;

describe.each(reporters.ids)('%s', (format) => {
  test('is found under its own id', () => {
    expect(loaded.get(format)?.id).toBe(format);
  });

  test.each(VERDICTS)('says %s in a word', (verdict) => {
    const words = {
      pass: /pass/i,
      warn: /warn/i,
      fail: /fail/i,
      inconclusive: /inconclusive|NO DATA/i,
      error: /error/i,
      skipped: /skipped/i,
    };
    expect(render(format, perVerdict[verdict])).toMatch(words[verdict]);
  });

  test('tells no data from undecided', () => {
    const text = render(format, perVerdict.inconclusive);
    const words = format.endsWith('json')
      ? [/"code": ?"stale"/, /"code": ?"undecided"/]
      : [/NO DATA/, /UNDECIDED/];
    for (const word of words) expect(text).toMatch(word);
  });

  test('names every criterion that did not pass, and its owner', () => {
    const text = render(format, night);
    for (const { id, owner } of night.gates
      .flatMap((gate) => gate.criteria)
      .filter(({ verdict }) => verdict !== 'pass')) {
      expect(text).toContain(id);
      expect(text).toContain(owner);
    }
  });

  test('shows a waiver, who gave it and why', () => {
    const text = render(format, night);
    for (const word of ['mira', 'backfill runs until noon']) expect(text).toContain(word);
  });

  test('prints the exit code it was given, and makes none of its own', () => {
    expect(render(format, { ...perVerdict.fail, exitCode: 77 })).toMatch(format === 'junit' ? /./ : /\b77\b/);
  });

  test('holds no control character of the texts of others', () => {
    for (const style of [{}, { width: 40 }, { verbose: true }]) {
      expect(render(format, hostile, style)).not.toMatch(UNPRINTABLE);
    }
  });

  test('gives a CI runner no command in the words of others', () => {
    for (const style of [{}, { width: 40 }, { width: 61, verbose: true }]) {
      const lines = render(format, hostile, style).split('\n');
      // The one line that starts so is the reporter's own, and its level is never the attacker's.
      expect(lines.filter((line) => /^\s*::(?!(?:error|warning) file=)/.test(line))).toEqual([]);
      const own = /^##vso\[task\.(?:logissue type=(?:error|warning);|complete result=)/;
      const others = lines.map((line) => (format === 'azure' ? line.replace(own, '') : line));
      expect(others.filter((line) => /##(?:vso)?\[/i.test(line))).toEqual([]);
    }
  });

  test('any text at all leaves it printable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const report = aReport([
          aGate(
            [
              aCriterion('x', {
                verdict: 'fail',
                reason: { code: 'threshold', text },
                owner: text,
                key: text,
              }),
            ],
            {
              component: text,
              notes: [text],
            },
          ),
        ]);
        expect(render(format, report)).not.toMatch(UNPRINTABLE);
        expect(render(format, report)).toMatch(/\n$/);
      }),
      { numRuns: 60 },
    );
  });

  test('prints every reason code', () => {
    for (const code of Object.keys(REASONS) as ReasonCode[]) {
      const report = aReport([
        aGate([aCriterion('x', { verdict: 'inconclusive', reason: { code, text: `because of ${code}` } })]),
      ]);
      expect(render(format, report)).toContain(`because of ${code}`);
    }
  });

  test('prints 10,000 criteria in seconds, not in minutes', () => {
    const begin = performance.now();
    render(format, huge);
    expect(performance.now() - begin).toBeLessThan(30_000);
  });
});

test('an unknown format is not there', () => {
  expect(reporters.load('yaml')).toBeUndefined();
  expect(reporters.load('toString')).toBeUndefined();
});

describe('pretty', () => {
  test.each([20, 40, 59, 60, 80, 100, 160])(
    'keeps to %i columns but for what must be copied whole',
    (width) => {
      for (const report of Object.values(reports)) {
        for (const style of [{}, { verbose: true }, { color: true }, { quiet: true, ascii: true }]) {
          const wide = render('pretty', report, { ...style, width })
            .split('\n')
            .filter((line) => stringWidth(line) > width);
          // One long word after its label or indent: an address, a path, a key, a query.
          const breakable = wide.filter((line) =>
            (line.match(/\S+/g) ?? []).every((word) => stringWidth(word) < width / 2),
          );
          expect(breakable).toEqual([]);
        }
      }
    },
  );

  test('colour changes nothing but colour', () => {
    for (const report of Object.values(reports)) {
      for (const width of [40, 100]) {
        const colored = render('pretty', report, { color: true, width });
        expect(stripVTControlCharacters(colored)).toBe(render('pretty', report, { width }));
      }
    }
  });

  test('ascii holds ASCII alone where the report does', () => {
    for (const style of [{}, { width: 40 }, { verbose: true }]) {
      expect(render('pretty', night, { ...style, ascii: true })).toMatch(/^[\n -~]*$/);
    }
  });

  test('the verdict block is last, and the blocking failure next to it', () => {
    const lines = render('pretty', night).split('\n');
    const verdict = lines.findIndex((line) => /^\S FAIL /.test(line));
    const rows = lines.flatMap((line, index) => (/^ {2}[A-Z]/.test(line) ? [{ index, line }] : []));
    expect(rows.at(-1)?.line).toContain('checkout-slo[path=critical]');
    expect(verdict).toBeGreaterThan(rows.at(-1)?.index ?? 0);
    expect(lines.slice(verdict).join('\n')).toMatch(
      /exit 1[\s\S]*may stop exposure[\s\S]*runbook[\s\S]*next/,
    );
  });

  test('a gap in the data is a gap in the chart', () => {
    expect(render('pretty', perVerdict.fail)).toMatch(/canary {4}│[▁-█]{20} [▁-█]{9}│/);
  });

  test('a limit never stands without value and n', () => {
    for (const report of Object.values(reports)) {
      for (const width of [40, 100]) {
        const blocks = render('pretty', report, { width }).split(
          /\n(?=\s{0,2}(?:PASS|WARN|FAIL|NO DATA|UNDECIDED|ERROR|SKIPPED) )/,
        );
        for (const block of blocks.slice(1)) {
          if (/limit [<>]/.test(block)) expect(block).toMatch(/\bn \d|\d+ needed/);
        }
      }
    }
  });

  test('the command to copy is quoted for a shell', () => {
    expect(render('pretty', night)).toContain(
      "gatekeeper explain 'storefront-canary.checkout-slo[path=critical]'",
    );
    const report = aReport([aGate([aCriterion('x', { key: "a'; rm -rf ~; '", verdict: 'fail' })])]);
    expect(render('pretty', report)).toContain(`gatekeeper explain 'a'\\''; rm -rf ~; '\\'''`);
  });

  test.each([
    ['gates/shop.gate.yaml', 'explain x'],
    ['gates/eu/shop.gate.yaml', 'explain x'],
    ['shop.gate.yaml', 'explain x shop.gate.yaml'],
    ['../ops/gates/shop.gate.yaml', 'explain x ../ops/gates/shop.gate.yaml'],
    ['my ops/shop.gate.yaml', "explain x 'my ops/shop.gate.yaml'"],
    ['gates/shop.yaml', 'explain x gates/shop.yaml'],
    ['<stdin>', 'explain x -'],
    ['gates/shop.gate.yaml', "explain x --cwd 'the shop'", ['--cwd', 'the shop']],
    [
      'shop.gate.yaml',
      'explain x shop.gate.yaml --cwd a --config b.yaml',
      ['--cwd', 'a', '--config', 'b.yaml'],
    ],
  ])('of a criterion in %s: %s', (file, command, flags: readonly string[] = []) => {
    const failing = aCriterion('x', { key: 'x', verdict: 'fail', source: { file, line: 1, column: 1 } });
    const lines = render('pretty', aReport([aGate([failing], { file })]), { flags }).split('\n');
    expect(lines.filter((line) => line.endsWith(` gatekeeper ${command}`))).toHaveLength(2);
  });

  test('one backend that is down is told once, with every criterion it left open', () => {
    const text = render('pretty', night);
    const body = text.slice(0, text.indexOf('exit 1'));
    expect(body.match(/did not answer/g)).toHaveLength(1);
    expect(body).toMatch(/ERROR +error-logs[\s\S]*ERROR +timeout-logs/);
  });
});

describe('json', () => {
  test('is the document as it is', () => {
    for (const report of Object.values(reports)) {
      if (report === hostile) continue;
      expect(JSON.parse(render('json', report))).toEqual(JSON.parse(JSON.stringify(report)));
    }
  });

  test('keeps every character of a hostile text, escaped', () => {
    expect(JSON.parse(render('json', hostile)).gates[0].criteria[0].reason.text).toBe(
      JSON.parse(JSON.stringify(hostile)).gates[0].criteria[0].reason.text,
    );
  });

  test('writes null for numbers that JSON does not have, and sorts keys that look like numbers', () => {
    const gate = aGate([
      aCriterion('x', {
        value: Number.NaN,
        bound: Number.POSITIVE_INFINITY,
        segment: { b: '1', 10: 'x', 9: 'y' },
      }),
    ]);
    const text = render('json', aReport([gate]));
    expect(text).toContain('"value": null');
    expect(text).toContain('"bound": null');
    expect(text.indexOf('"10": "x"')).toBeLessThan(text.indexOf('"9": "y"'));
  });

  test('ndjson is one object per line, the run last', () => {
    const lines = render('ndjson', night)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual([...Array(12).fill('criterion'), 'gate', 'run']);
    expect(lines[0]).toMatchObject({
      gate: 'storefront-canary',
      key: 'storefront-canary.checkout-slo[path=critical]',
    });
    expect(lines.at(-1)).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });
});

interface Case {
  name: string;
  classname: string;
  file: string;
  line: string;
  failure?: { type: string; message: string; text: string };
  error?: { type: string; message: string; text: string };
  skipped?: { message: string };
  'system-out'?: string;
}
function parseJunit(report: GateReport): { suites: Record<string, string>; cases: Case[] } {
  const xml = render('junit', report);
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    textNodeName: 'text',
    parseAttributeValue: false,
    isArray: (name) => name === 'testcase' || name === 'testsuite',
  });
  const { testsuites } = parser.parse(xml);
  return {
    suites: testsuites,
    cases: testsuites.testsuite.flatMap((suite: { testcase?: Case[] }) => suite.testcase ?? []),
  };
}

describe('junit', () => {
  test('is valid XML whatever the report, with a test case per criterion', () => {
    for (const report of Object.values(reports)) {
      const keys = report.gates.flatMap((gate) => gate.criteria);
      expect(parseJunit(report).cases.length).toBeGreaterThanOrEqual(keys.length);
    }
  });

  test('what is not decided is never green', () => {
    for (const code of Object.keys(REASONS) as ReasonCode[]) {
      for (const verdict of ['inconclusive', 'error', 'skipped', 'fail'] as const) {
        const criterion = aCriterion('x', { verdict, reason: { code, text: code } });
        const [test] = parseJunit(aReport([aGate([criterion])])).cases;
        expect(test?.failure ?? test?.error).toBeDefined();
        const [aside] = parseJunit(aReport([aGate([{ ...criterion, advisory: true }])])).cases;
        expect(aside?.skipped).toBeDefined();
      }
    }
  });

  test('marks follow the table', () => {
    const { cases, suites } = parseJunit(night);
    const of = (id: string): Case | undefined => cases.find(({ name }) => name.endsWith(id));
    expect(of('checkout-slo[path=critical]')?.failure?.type).toBe('threshold');
    expect(of('index-coverage')?.error?.type).toBe('inconclusive');
    expect(of('error-logs')?.error?.type).toBe('backend');
    expect(of('cache')).not.toHaveProperty('failure');
    expect(of('cache')?.['system-out']).toContain('WARN');
    expect(of('revenue-per-visit')?.skipped?.message).toContain('advisory');
    expect(suites).toMatchObject({ tests: '12', failures: '1', errors: '5', skipped: '1' });
  });

  test('the message stands in the element, too', () => {
    for (const { failure, error } of parseJunit(night).cases) {
      const mark = failure ?? error;
      if (mark !== undefined) expect(mark.text).toContain(mark.message);
    }
  });

  test('a gate that failed by policy alone has a red test case of its own', () => {
    const gate = aGate([aCriterion('x')], {
      verdict: 'fail',
      reason: { code: 'on-inconclusive', text: 'the window is full' },
    });
    const red = parseJunit(aReport([gate])).cases.filter(({ failure, error }) => failure ?? error);
    expect(red).toHaveLength(1);
    expect(red[0]?.failure?.message).toContain('the window is full');
  });

  test('place and class name', () => {
    expect(parseJunit(night).cases[0]).toMatchObject({
      classname: 'storefront-canary',
      name: 'storefront-canary.checkout-slo[path=critical]',
      file: 'gates/storefront.gate.yaml',
      line: '14',
    });
  });
});

describe('markdown', () => {
  test('begins with a marker that does not change with the outcome', () => {
    const marker = (report: GateReport): string => render('markdown', report).split('\n')[0] ?? '';
    expect(marker(perVerdict.pass)).toBe('<!-- gatekeeper:storefront-canary -->');
    expect(marker(perVerdict.fail)).toBe(marker(perVerdict.pass));
  });

  test('rows go fail, error, no data, warn; what is advisory goes last', () => {
    const rows = render('markdown', mixed).match(/^\| storefront.*$/gm) ?? [];
    const words = rows.map((row) => row.split(' | ')[1]?.replaceAll('*', ''));
    expect(words).toEqual([
      'FAIL (critical)',
      'ERROR',
      'ERROR',
      'NO DATA',
      'UNDECIDED',
      'SKIPPED',
      'WARN',
      'WARN (waived)',
      'WARN (degraded)',
      'FAIL (advisory)',
    ]);
  });

  test('rows of hostile text keep their seven cells, and notify nobody', () => {
    const text = render('markdown', hostile);
    const row = text.split('\n').find((line) => line.startsWith('| storefront')) ?? '';
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(8);
    const prose = text
      .replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
      .replace(/(`+)[^\n]*?[^`]\1(?!`)/g, '')
      .replace(/<summary>.*/g, '');
    expect(prose).not.toMatch(/@everyone(?!<\/code>)/);
    expect(prose).not.toMatch(/<script|\]\(javascript|\]\(https:\/\/tracker/);
  });

  test('10,000 criteria stay within 60,000 characters, and what is left out is counted', () => {
    const text = render('markdown', huge);
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toMatch(/and \d+ more criteria/);
    expect(text).toMatch(/\*\*FAIL\*\* 3334 failed, 6666 passed .* exit 1\n$/);
  });

  test('the job summary stays within 900 KiB in bytes', () => {
    const wide = {
      ...huge,
      gates: huge.gates.map((gate) => ({
        ...gate,
        criteria: gate.criteria.map((criterion) => ({ ...criterion, owner: '店舗の担当者'.repeat(10) })),
      })),
    };
    const text = summary(wide);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(900 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(800 * 1024);
    expect(summary(night)).toBe(render('markdown', night));
  });

  test('one monstrous text cannot break the budget', () => {
    const monster = 'x'.repeat(200_000);
    const gate = aGate(
      [
        aCriterion('x', {
          verdict: 'fail',
          reason: { code: 'threshold', text: monster },
          owner: monster,
          limit: monster,
          key: monster,
        }),
      ],
      {
        component: monster,
        runbook: `https://${monster}`,
        notes: [monster],
      },
    );
    expect(render('markdown', aReport([gate], { notes: [monster] })).length).toBeLessThanOrEqual(60_000);
  });
});

describe('github', () => {
  const commands = (report: GateReport): string[] =>
    render('github', report)
      .split('\n')
      .filter((line) => line.startsWith('::'));

  test('escapes data and properties', () => {
    const report = aReport([
      aGate([
        aCriterion('x', {
          verdict: 'fail',
          source: { file: 'a,b:c%.yaml', line: 3, column: 5 },
          reason: { code: 'threshold', text: '100% :, done' },
        }),
      ]),
    ]);
    const [line = ''] = commands(report);
    expect(line).toMatch(/^::error file=a%2Cb%3Ac%25\.yaml,line=3,col=5,title=FAIL storefront-canary\.x::/);
    expect(line).toContain(': 100%25 :, done%0A');
  });

  test('worst first, at most nine of a level and one that counts the rest', () => {
    const lines = commands(huge);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe(
      '::error title=and 3325 more::and 3325 more errors: the job summary and the report list them all',
    );
    const [first = ''] = commands(night);
    expect(first).toContain('title=FAIL storefront-canary.checkout-slo');
  });

  test('levels and titles follow the table', () => {
    const level = (verdict: keyof typeof perVerdict): string[] =>
      commands(perVerdict[verdict]).map((line) => line.replace(/file=.*?title=(\S+) .*/, '$1'));
    expect(level('pass')).toEqual([]);
    expect(level('warn')).toEqual(['::warning WARN']);
    expect(level('fail')).toEqual(['::error FAIL']);
    expect(level('inconclusive')).toEqual(['::warning INCONCLUSIVE', '::warning INCONCLUSIVE']);
    expect(level('error')).toEqual(['::error BACKEND']);
    expect(level('skipped')).toEqual(['::warning SKIPPED']);
  });

  test('messages are cut at 4,096 characters, never inside an escape', () => {
    const report = aReport([
      aGate([aCriterion('x', { verdict: 'fail', notes: [], runbook: '%'.repeat(9000) })]),
    ]);
    const [line = ''] = commands(report);
    const message = line.slice(line.indexOf('::', 2) + 2);
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(message).toMatch(/(?:%25)+\.\.\.$/);
  });
});
