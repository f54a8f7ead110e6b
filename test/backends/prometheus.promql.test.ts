import { describe, expect, test } from 'vitest';
import { caretAt, offsetNamedBy } from '../../src/backends/prometheus/caret.js';
import { expand } from '../../src/backends/prometheus/expand.js';
import { failuresOf, open, prepared, requestOf, unwrap, variables, windowTo } from './prometheus-support.js';

const backend = open({ url: 'http://127.0.0.1:1' });

describe('a variable in a query', () => {
  const inside: [why: string, template: string, value: string, expected: string][] = [
    ['a plain word', 'up{job="{{v}}"}', 'shop', 'up{job="shop"}'],
    ['a double quote in double quotes', 'up{job="{{v}}"}', 'a"} or up{x="', 'up{job="a\\"} or up{x=\\""}'],
    ['a single quote in double quotes stays', 'up{job="{{v}}"}', "o'neil", 'up{job="o\'neil"}'],
    ['a single quote in single quotes', "up{job='{{v}}'}", "o'neil", "up{job='o\\'neil'}"],
    ['a double quote in single quotes stays', "up{job='{{v}}'}", 'a"b', "up{job='a\"b'}"],
    ['a backslash', 'up{job="{{v}}"}', 'a\\b', 'up{job="a\\\\b"}'],
    ['a backslash in backticks stays', 'up{job=`{{v}}`}', 'a\\b"c', 'up{job=`a\\b"c`}'],
    ['a line break', 'up{job="{{v}}"}', 'a\nb', 'up{job="a\\u000ab"}'],
    ['a dot in a regex', 'up{job=~"{{v}}"}', 'a.b', 'up{job=~"a\\\\.b"}'],
    ['a dot in a negated regex', 'up{job!~"{{v}}"}', 'a.b', 'up{job!~"a\\\\.b"}'],
    ['a dot in a regex in backticks', 'up{job=~`{{v}}.*`}', 'a.b', 'up{job=~`a\\.b.*`}'],
    [
      'all of RE2',
      'up{job=~`{{v}}`}',
      '.+*?()|[]{}^$\\',
      'up{job=~`\\.\\+\\*\\?\\(\\)\\|\\[\\]\\{\\}\\^\\$\\\\`}',
    ],
    ['a dot in an equality', 'up{job="{{v}}"}', 'a.b', 'up{job="a.b"}'],
    ['a regex behind a comment', 'up{job=~ # "x"\n "{{v}}"}', 'a.b', 'up{job=~ "a\\\\.b"}'],
    ['an escaped quote before it', 'up{job="\\"{{v}}"}', 'x', 'up{job="\\"x"}'],
    ['several in one literal', 'up{job="{{v}}-{{ v }}"}', 'x', 'up{job="x-x"}'],
    ['a value that looks like a placeholder', 'up{job="{{v}}"}', '{{step}}', 'up{job="{{step}}"}'],
  ];
  test.each(inside)('%s', (_, template, value, expected) => {
    expect(unwrap(expand(template, variables({ v: value })))).toBe(expected);
  });

  const refused: [why: string, template: string, value: string, message: RegExp, mend: RegExp][] = [
    [
      'outside literals',
      'up{job="x"} > {{v}}',
      '1',
      /"\{\{v\}\}" stands outside a string literal/,
      /raw: true/,
    ],
    ['as a metric name', '{{v}}_total', 'x', /outside a string literal/, /put it in quotes/],
    ['in a grouping', 'sum by ({{v}}) (up)', 'x', /outside a string literal/, /raw: true/],
    ['in a comment', 'up # "{{v}}"', 'x', /outside a string literal/, /raw: true/],
    ['between two literals', 'up{a="x",{{v}}="y"}', 'x', /outside a string literal/, /raw: true/],
    ['with a backtick in backticks', 'up{job=`{{v}}`}', 'a`b', /holds a backtick/, /double quotes/],
    ['of another name', 'up{job="{{w}}"}', 'x', /"\{\{w\}\}" names no variable/, /did you mean "\{\{v\}\}"/],
  ];
  test.each(refused)('is refused %s', (_, template, value, message, mend) => {
    const [failure] = failuresOf(expand(template, variables({ v: value })));
    expect(failure?.message).toMatch(message);
    expect(failure?.mend).toMatch(mend);
  });

  test('marked raw may stand anywhere', () => {
    const raw = new Map([['by', { value: 'le, path', isRaw: true }]]);
    expect(unwrap(expand('sum by ({{by}}) (x)', raw))).toBe('sum by (le, path) (x)');
  });

  test('white space and comments outside literals do not matter, those inside do', () => {
    const text = ' sum( # all\n  increase(x{a="b  # c"}[1m])\n)  ';
    expect(unwrap(expand(text, new Map()))).toBe('sum( increase(x{a="b  # c"}[1m]) )');
  });

  test('an open literal is named with a caret', () => {
    expect(failuresOf(expand('up{job="x}', new Map()))).toEqual([
      {
        code: 'gatefile.query',
        message: 'a string literal is opened with " and not closed',
        mend: 'close it with "',
        detail: ['up{job="x}', '       ^'],
      },
    ]);
  });
});

describe('what is prepared', () => {
  test('the text keeps from and to symbolic, the key does not', () => {
    const request = requestOf('sum(increase(x{track="{{track}}"}[{{step}}])) * ({{to}} - {{from}}) / 600', {
      variables: variables({ track: 'canary' }),
    });
    const query = prepared(backend, request);
    expect(query.text).toBe('sum(increase(x{track="canary"}[1m])) * ({{to}} - {{from}}) / 600');
    expect(JSON.parse(query.key)).toEqual([
      'metrics',
      'counts',
      'query',
      'sum(increase(x{track="canary"}[1m])) * (1700000040 - 1699999440) / 600',
      1_699_999_440_000,
      1_700_000_040_000,
      60_000,
    ]);
  });

  test('what differs in white space alone is one question', () => {
    const [one, other] = ['sum(\n  increase(x[1m]))', 'sum( increase(x[1m]))'].map((source) =>
      prepared(backend, requestOf(source)),
    );
    expect(one?.key).toBe(other?.key);
  });

  test('a selector whose age cannot be asked is remarked on', () => {
    const request = requestOf('foo offset 1h + bar / {__name__=~"a|b"}', { use: 'instant' });
    expect(prepared(backend, request).notes).toEqual([
      'the age of the data behind foo cannot be asked',
      'the age of the data behind {__name__=~"a|b"} cannot be asked',
    ]);
  });
});

describe('a query that counts', () => {
  const good = [
    'sum(increase(x[{{step}}]))',
    'sum(increase(x[60s]))',
    'sum by (le) (increase(x_bucket[1m]))',
    'sum(increase(a[1m])) + sum(increase(b[1m]))',
    'sum(increase(a[1m])) or sum(increase(b[1m]))',
    'sum(sum_over_time(per_minute[{{step}}]))',
    'sum(increase(a[1m]) * on (pod) group_left (track) pod_info)',
  ];
  test.each(good)('%s is taken', (source) => {
    expect(failuresOf(backend.prepare(requestOf(source)))).toEqual([]);
  });

  const MADE_UP = 'a made-up value stands in for absent data';
  const bad: [source: string, message: string, mend: RegExp, caret: number][] = [
    ['sum(increase(x[5m]))', 'the range [5m] is not the step (1m)', /\[\{\{step\}\}\]/, 15],
    ['sum(rate(x[1m]))', 'rate() yields no count', /increase\(…\[\{\{step\}\}\]\)/, 4],
    ['sum(irate(x[1m]))', 'irate() yields no count', /increase/, 4],
    ['deriv(x[1m])', 'deriv() yields no count', /increase/, 0],
    ['delta(x[1m])', 'delta() yields no count', /increase/, 0],
    ['idelta(x[1m])', 'idelta() yields no count', /increase/, 0],
    ['sum(increase(x[1m])) or vector(0)', MADE_UP, /bad-absent: zero/, 21],
    ['sum(increase(x[1m])) or on() vector(0)', MADE_UP, /drop it/, 21],
    ['sum(increase(x[1m])) or (vector(0))', MADE_UP, /drop it/, 21],
    ['sum(increase(x[1m])) or on() (0 * sum(up))', MADE_UP, /drop it/, 21],
    ['sum(increase(x[1m]) or y * 0)', MADE_UP, /drop it/, 20],
    ['sum(x)', 'this is a running total, not what was counted in a step', /counter: … \}, or increase/, 0],
    ['increase(x[1m] offset 5m)', 'a moved selector counts another time than the step', /shift/, 9],
    ['increase(x[1m] @ 100)', 'a moved selector counts another time than the step', /shift/, 9],
    ['sum_over_time(x[1m:10s])', 'a subquery counts the same events more than once', /increase/, 14],
    ['x[1m]', 'a range of samples is not one value', /function around it/, 0],
  ];
  test.each(bad)('%s is refused: %s', (source, message, mend, caret) => {
    const failures = failuresOf(backend.prepare(requestOf(source)));
    expect(failures.map((failure) => failure.message)).toEqual([message]);
    expect(failures[0]?.code).toBe('gatefile.query');
    expect(failures[0]?.mend).toMatch(mend);
    expect(failures[0]?.detail).toEqual([source, `${' '.repeat(caret)}^`]);
  });

  test('all that is wrong is said at once', () => {
    const failures = failuresOf(backend.prepare(requestOf('sum(rate(x[5m])) or vector(0)')));
    expect(failures).toHaveLength(3);
  });
});

describe('a question by its use', () => {
  const cases: [
    use: 'instant' | 'steps' | 'counts' | 'buckets' | 'raw' | 'unlisted',
    source: unknown,
    message: RegExp,
  ][] = [
    ['instant', 'x[5m]', /a range of samples is not one value/],
    ['steps', '"text"', /a string is not a number/],
    ['instant', { counter: 'x' }, /\{ counter: x \} counts, and numbers are wanted here/],
    ['raw', { counter: 'x' }, /numbers are wanted here/],
    ['raw', 'rate(x[5m])', /more than a plain selector/],
    ['counts', { counter: 'increase(x[1m])' }, /"increase\(x\[1m\]\)" is more than a plain selector/],
    ['counts', { counter: 'x offset 5m' }, /more than a plain selector/],
    ['counts', { counter: 'x[5m]' }, /more than a plain selector/],
    ['buckets', { counter: 'sum(x)' }, /more than a plain selector/],
    ['counts', { countr: 'x' }, /unknown key "countr"|a selector is expected/],
    ['counts', 7, /./],
    ['unlisted', 'increase(x[1m])', /cannot be asked for/],
    ['unlisted', { counter: 'x{path=~"{{path}}"}' }, /cannot be asked for/],
    ['unlisted', { counter: 'x{path="a{{path}}"}' }, /cannot be asked for/],
    ['unlisted', { counter: '{__name__=~"x|y",path="{{path}}"}' }, /cannot be asked for/],
    ['unlisted', { counter: 'x{path="{{path}}",other="{{path}}"}' }, /cannot be asked for/],
    ['steps', 'rate(x', /the query ends too early/],
    ['steps', 'x y', /the query is no PromQL/],
    ['steps', 'median_over_time(x[5m])', /"median_over_time" is no PromQL function/],
    ['steps', '', /the query ends too early/],
  ];
  test.each(cases)('%s of %j is refused', (use, source, message) => {
    const segment = { variable: 'path', listed: ['a'] };
    const [failure] = failuresOf(
      backend.prepare(requestOf(source, { use, segment, variables: variables({ path: 'a' }) })),
    );
    expect(failure?.message).toMatch(message);
    expect(failure?.mend).toBeTruthy();
  });

  test('a syntax error has the query and a caret', () => {
    const [failure] = failuresOf(backend.prepare(requestOf('sum(rate(x[1m])) by', { use: 'steps' })));
    expect(failure?.detail).toEqual(['sum(rate(x[1m])) by', '                   ^']);
  });

  test('seen asks for each selector once, over the look-back', () => {
    const request = requestOf('sum(increase(a[1m])) / (sum(increase(b{c="d"}[1m])) + sum(increase(a[1m])))', {
      use: 'seen',
      lookbackMs: 7 * 86_400_000,
    });
    expect(prepared(backend, request).text).toBe(
      'label_replace(count(last_over_time(a[7d])), "gatekeeper_selector", "0", "", "") or ' +
        'label_replace(count(last_over_time(b{c="d"}[7d])), "gatekeeper_selector", "1", "", "")',
    );
  });

  test('unlisted asks for the values outside the list', () => {
    const request = requestOf(
      { counter: 'x_total{a="b", path="{{ path }}", t="{{track}}"}' },
      {
        use: 'unlisted',
        window: windowTo(1_700_000_040_000, 30),
        segment: { variable: 'path', listed: ['a.b', 'c"d'] },
        variables: variables({ path: 'a.b', track: 'canary' }),
      },
    );
    expect(prepared(backend, request).text).toBe(
      'sum by (path) (increase(x_total{a="b", path!~"a\\\\.b|c\\"d", t="canary"}[30m])) > 0',
    );
  });
});

describe('a caret', () => {
  test('stands under its place in a long line', () => {
    const query = `${'a'.repeat(200)}!${'b'.repeat(200)}`;
    const [line = '', caret = ''] = caretAt(query, 200);
    expect(line.length).toBeLessThan(105);
    expect(line[caret.indexOf('^')]).toBe('!');
  });
  test('stands in its own line of several', () => {
    expect(caretAt('ab\ncd\nef', 4)).toEqual(['cd', ' ^']);
  });
  const places: [message: string, query: string, offset: number | undefined][] = [
    ['1:7: parse error: unclosed left parenthesis', 'rate(x', 6],
    ['invalid parameter "query": 1:3: parse error: x', 'rate(x', 2],
    // Prometheus counts bytes.
    ['1:10: parse error: x', 'a{b="é"} +', 8],
    ['2:1: parse error: x', 'a\nb', 2],
    ['9:1: parse error: x', 'a\nb', undefined],
    ['many-to-many matching not allowed', 'a * b', undefined],
    ['at 10:30 the store went away', 'a * b', undefined],
  ];
  test.each(places)('%s', (message, query, offset) => {
    expect(offsetNamedBy(message, query)).toBe(offset);
  });
});
