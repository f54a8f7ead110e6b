/** `{{name}}`: variables of the gate, its arms and its segments. */
import { describe, expect, test } from 'vitest';
import { expandPlaceholders, placeholdersIn } from '../../src/contracts/placeholders.js';
import { ok } from '../../src/model/failure.js';
import { gateOf, HEAD, type LoadOptions, load, troubleOf } from '../support/fake-backend.js';

/** A gate that asks `query`, with more at its top. */
const gate = (more: string, query: string): string =>
  `${HEAD}${more}criteria:\n  c:\n    value: '${query}'\n    pass: "<= 1"\n`;

async function queriesOf(text: string, options: LoadOptions = {}): Promise<readonly string[]> {
  const { criteria } = await gateOf(text, options);
  return criteria.flatMap(({ arms }) =>
    arms.flatMap(({ questions }) => questions.map(({ query }) => query.text)),
  );
}

describe('a variable', () => {
  test.each<{ name: string; more: string; query: string; is: string; options?: LoadOptions }>([
    { name: 'stands for its default', more: 'vars: { route: /pay }\n', query: 'q {{route}}', is: 'q /pay' },
    {
      name: 'written long, too',
      more: 'vars: { route: { default: /pay } }\n',
      query: 'q {{route}}',
      is: 'q /pay',
    },
    {
      name: 'may be a number or a truth',
      more: 'vars: { n: 5, yes: true }\n',
      query: '{{n}} {{yes}}',
      is: '5 true',
    },
    {
      name: 'may stand between spaces',
      more: 'vars: { route: /pay }\n',
      query: 'q {{ route }}',
      is: 'q /pay',
    },
    {
      name: 'is what --var says',
      more: 'vars: { route: /pay }\n',
      query: 'q {{route}}',
      is: 'q /cart',
      options: { vars: { route: '/cart' } },
    },
    {
      name: 'that is required is what --var says',
      more: 'vars: { route: { required: true } }\n',
      query: 'q {{route}}',
      is: 'q /cart',
      options: { vars: { route: '/cart' } },
    },
    {
      name: 'may be empty where it says so',
      more: 'vars: { route: { default: "", allow-empty: true } }\n',
      query: 'q{{route}}',
      is: 'q',
    },
    {
      name: 'of the arm stands for its value there',
      more: 'arms: { canary: { track: canary } }\n',
      query: 'q {{track}}',
      is: 'q canary',
    },
    {
      name: 'of an arm may hold one of the gate',
      more: 'vars: { name: shop }\narms: { canary: { job: "{{name}}-canary" } }\n',
      query: 'q {{job}}',
      is: 'q shop-canary',
    },
    {
      name: 'that is built in is the step, or the window',
      more: 'window: { for: 30m, step: 5m }\n',
      query: '{{step}} {{window}}',
      is: '5m 30m',
    },
  ])('$name', async ({ more, query, is, options }) => {
    expect(await queriesOf(gate(more, query), options)).toEqual([is]);
  });

  test('of both arms gives both their questions', async () => {
    const text = `${HEAD}arms: { a: { t: x }, b: { t: y } }\ncriteria: { c: { value: "q {{t}}", take: mean, pass: "<= baseline" } }\n`;
    expect(await queriesOf(text)).toEqual(['q x', 'q y']);
  });

  test('of a segment gives each its question', async () => {
    const text = `${HEAD}signals: { s: { value: "q {{path}}", segments: { path: [pay, cart] } } }\ncriteria: { s: { pass: "<= 1" } }\n`;
    expect(await queriesOf(text)).toEqual(['q pay', 'q cart']);
  });

  test('stands in titles, runbooks and components too', async () => {
    const text = `${HEAD}vars: { name: shop }\nabout: The {{name}}\nrunbook: http://wiki/{{name}}\ncomponent: "{{name}}-web"\ncriteria: { c: { value: q, about: "{{name}} queue", pass: "<= 1" } }\n`;
    const { about, runbook, component, criteria } = await gateOf(text);
    expect([about, runbook, component, criteria[0]?.about]).toEqual([
      'The shop',
      'http://wiki/shop',
      'shop-web',
      'shop queue',
    ]);
  });
});

describe('trouble with variables', () => {
  test.each<{ name: string; more: string; query: string; is: string; options?: LoadOptions }>([
    { name: 'an empty default', more: 'vars: { r: "" }\n', query: 'q{{r}}', is: 'gatefile.empty-variable' },
    {
      name: 'an empty --var',
      more: 'vars: { r: a }\n',
      query: 'q{{r}}',
      is: 'gatefile.empty-variable',
      options: { vars: { r: '' } },
    },
    {
      name: 'an empty value of an arm',
      more: 'arms: { a: { r: "" } }\n',
      query: 'q{{r}}',
      is: 'gatefile.empty-variable',
    },
    {
      name: 'an empty value of a segment',
      more: 'signals: { s: { value: "q {{p}}", segments: { p: [""] } } }\n',
      query: 'q',
      is: '',
    },
    {
      name: 'no value',
      more: 'vars: { r: { required: true } }\n',
      query: 'q{{r}}',
      is: 'variable "r" has no value',
    },
    {
      name: 'no value and no default',
      more: 'vars: { r: { about: x } }\n',
      query: 'q{{r}}',
      is: 'variable "r" has no value',
    },
    { name: 'a built-in name', more: 'vars: { step: 5m }\n', query: 'q', is: 'built' },
    {
      name: 'a built-in name in an arm',
      more: 'arms: { a: { window: x } }\n',
      query: 'q',
      is: 'gatefile.duplicate-name',
    },
    {
      name: 'a name that two define',
      more: 'vars: { track: x }\narms: { a: { track: y } }\n',
      query: 'q',
      is: 'gatefile.duplicate-name',
    },
    {
      name: 'a name that nothing defines',
      more: 'vars: { route: x }\n',
      query: 'q {{rout}}',
      is: '{{rout}}',
    },
    {
      name: 'a name that only the other gate defines',
      more: '',
      query: 'q {{route}}',
      is: 'gatefile.variable',
    },
    {
      name: 'a --var that no gate defines',
      more: '',
      query: 'q',
      is: '--var routr',
      options: { vars: { routr: 'x' } },
    },
    {
      name: 'arms that define different ones',
      more: 'arms: { a: { x: 1 }, b: { y: 1 } }\n',
      query: 'q',
      is: 'gatefile.variable',
    },
  ])('$name', async ({ more, query, is, options }) => {
    const found = await troubleOf(gate(more, query), options);
    if (is === '') expect(found).toEqual([]);
    else expect(found.join('\n')).toContain(is);
  });

  test('an empty value of a segment that is judged', async () => {
    const text = `${HEAD}signals: { s: { value: "q {{p}}", segments: { p: [""] } } }\ncriteria: { s: { pass: "<= 1" } }\n`;
    expect((await troubleOf(text)).join('\n')).toContain('gatefile.empty-variable');
  });

  test('a segment that a variable of the gate has the name of', async () => {
    const text = `${HEAD}vars: { p: x }\nsignals: { s: { value: "q {{p}}", segments: { p: [a] } } }\ncriteria: { s: { pass: "<= 1" } }\n`;
    expect((await troubleOf(text)).join('\n')).toContain('gatefile.duplicate-name');
  });

  test('a misspelt name is told the nearest', async () => {
    const { failures } = await load(gate('vars: { route: x }\n', 'q {{rout}}'));
    expect(failures.map(({ mend }) => mend)).toContain('did you mean "{{route}}"?');
  });
});

test('a recording may bring variables that a gate has no more', async () => {
  const { failures } = await load(gate('', 'q'), { vars: { old: 'x' }, givenVars: new Set() });
  expect(failures).toEqual([]);
});

describe('placeholders', () => {
  test('are found with their offsets', () => {
    expect(placeholdersIn('a {{b}} {{ c }}{{}} {d} {{e')).toEqual([
      { name: 'b', offset: 2 },
      { name: 'c', offset: 8 },
      { name: '', offset: 15 },
    ]);
  });

  test('are escaped where they stand, unless they are raw', () => {
    const variables = new Map([
      ['a', { value: 'x"y', isRaw: false }],
      ['b', { value: 'x"y', isRaw: true }],
    ]);
    const expanded = expandPlaceholders('{{a}} {{b}}', variables, (value, offset, name) =>
      ok(`${name}@${offset}:${JSON.stringify(value)}`),
    );
    expect(expanded).toEqual({ ok: true, value: 'a@0:"x\\"y" x"y' });
  });

  test('a value that looks like one is not read again', () => {
    const variables = new Map([['a', { value: '{{a}}', isRaw: true }]]);
    expect(expandPlaceholders('{{a}}', variables, ok)).toEqual({ ok: true, value: '{{a}}' });
  });

  test('all that are unknown are told at once', () => {
    const expanded = expandPlaceholders('{{a}} {{b}}', new Map(), ok);
    expect(expanded.ok ? 0 : expanded.failures.length).toBe(2);
  });
});
