/** Logging commands as the agent of Azure Pipelines reads them. */
import { describe, expect, test } from 'vitest';
import { azure } from '../../src/reporters/azure.js';
import { aCriterion, aGate, aReport, hostile, PLAIN, perVerdict } from '../support/reports.js';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a line as the agent does: the first `##vso[` anywhere, up to the first `]`; then the escapes. */
function parse(line: string): Command | undefined {
  const start = line.indexOf('##vso[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  const [name = '', ...rest] = line.slice(start + '##vso['.length, end).split(' ');
  const pairs = rest
    .join(' ')
    .split(';')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), unescaped(pair.slice(at + 1))] as const;
    });
  return { name, properties: Object.fromEntries(pairs), message: unescaped(line.slice(end + 1)) };
}

function unescaped(text: string): string {
  const plain = text.replaceAll('%3B', ';').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return plain.replaceAll('%5D', ']').replaceAll('%AZP25', '%');
}

function commandsIn(text: string): readonly Command[] {
  return text.split('\n').flatMap((line) => parse(line) ?? []);
}

const failing = aCriterion('checkout', {
  verdict: 'fail',
  reason: { code: 'threshold', text: 'does not hold: >= 97%' },
  value: 0.5,
  source: { file: 'gates/a;b]c%d.gate.yaml', line: 7, column: 3 },
});

describe('azure', () => {
  test('an issue stands at the line of its criterion, with the reason as its code', () => {
    const [command] = commandsIn(azure.render(aReport([aGate([failing])]), PLAIN));
    expect(command?.name).toBe('task.logissue');
    expect(command?.properties).toEqual({
      type: 'error',
      sourcepath: 'gates/a;b]c%d.gate.yaml',
      linenumber: '7',
      columnnumber: '3',
      code: 'threshold',
    });
    expect(command?.message).toMatch(/^FAIL storefront-canary\.checkout is 50 %, needs >= 97 %/);
    expect(command?.message).toContain('\nowner: @payments-web');
  });

  test('per cent signs, semicolons, brackets and line breaks are escaped as the agent reads them', () => {
    const [line] = azure.render(aReport([aGate([failing])]), PLAIN).split('\n');
    expect(line).toContain('sourcepath=gates/a%3Bb%5Dc%AZP25d.gate.yaml;');
    expect(line).toContain('is 50 %AZP25, needs');
    expect(line).toContain('%0Aowner: ');
    expect(line).not.toContain('%25');
  });

  test.each([
    ['pass', []],
    ['warn', ['task.logissue', 'task.complete']],
    ['fail', ['task.logissue']],
    ['error', ['task.logissue']],
  ] as const)('%s: %j', (verdict, names) => {
    const commands = commandsIn(azure.render(perVerdict[verdict], PLAIN));
    expect([...new Set(commands.map(({ name }) => name))]).toEqual(names);
  });

  test('a task that exits 0 without a pass turns yellow, and only then', () => {
    const yellow = { name: 'task.complete', properties: { result: 'SucceededWithIssues' }, message: '' };
    const reported = (exitCode: number) => commandsIn(azure.render({ ...perVerdict.fail, exitCode }, PLAIN));
    expect(reported(0).at(-1)).toEqual(yellow);
    expect(reported(1)).not.toContainEqual(yellow);
    expect(commandsIn(azure.render({ ...perVerdict.warn, exitCode: 5 }, PLAIN))).not.toContainEqual(yellow);
  });

  test('advisory failures are warnings', () => {
    const blocking = aCriterion('other');
    const report = aReport([aGate([blocking, { ...failing, advisory: true }])]);
    expect(commandsIn(azure.render(report, PLAIN))[0]?.properties['type']).toBe('warning');
  });

  test('worst first, at most nine of a level and one that counts the rest', () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ ...failing, key: `g.c${i}`, id: `c${i}` }));
    const issues = commandsIn(azure.render(aReport([aGate(many)]), PLAIN));
    expect(issues).toHaveLength(10);
    expect(issues.at(-1)?.message).toMatch(/^and 16 more: and 16 more errors/);
  });

  test('words of others make no command: every command is ours and starts its line', () => {
    for (const line of azure.render(hostile, PLAIN).split('\n')) {
      if (/##\[|##vso\[/i.test(line)) {
        expect(line).toMatch(/^##vso\[task\.(?:logissue type=(?:error|warning);|complete result=)/);
        expect(line.match(/##(?:vso)?\[/gi)).toHaveLength(1);
      }
    }
  });

  test('a long message is cut, and never inside an escape', () => {
    const text = '%'.repeat(5000);
    const long = { ...failing, reason: { code: 'threshold' as const, text } };
    const [line = ''] = azure.render(aReport([aGate([long])]), PLAIN).split('\n');
    const message = line.slice(line.indexOf(']') + 1);
    expect(message.length).toBeLessThanOrEqual(4096);
    expect(message.replaceAll('%AZP25', '').replaceAll('%0A', '')).not.toContain('%');
  });
});
