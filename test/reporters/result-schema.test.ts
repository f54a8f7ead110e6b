/** The published schema and the documents that are printed say the same. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { loadResultSchema, reporters } from '../../src/reporters/registry.js';
import { PLAIN, perVerdict, reports } from '../support/reports.js';

const { resultSchema, resultJsonSchema } = await loadResultSchema();
const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(
  resultJsonSchema(),
);

describe.each(Object.entries(reports))('%s', (_, report) => {
  test('is read back as it was written', () => {
    expect(resultSchema.parse(report)).toEqual(report);
  });

  test('is valid by the published schema as the json format prints it', async () => {
    const json = await reporters.load('json');
    validate(JSON.parse(json?.render(report, PLAIN) ?? ''));
    expect(validate.errors).toBeNull();
  });
});

test('a later version may add keys', () => {
  expect(resultSchema.safeParse({ ...perVerdict.pass, later: 1 }).success).toBe(true);
  expect(validate({ ...perVerdict.pass, later: 1 })).toBe(true);
});

test.each([
  ['a verdict that nobody knows', { verdict: 'ok' }],
  ['a run that was skipped', { verdict: 'skipped' }],
  ['a number that JSON does not have', { exitCode: Number.NaN }],
  ['a missing gate list', { gates: undefined }],
])('%s is refused', (_, change) => {
  expect(resultSchema.safeParse({ ...perVerdict.pass, ...change }).success).toBe(false);
});

test('is of JSON Schema 2020-12 and describes what it holds', () => {
  const schema = resultJsonSchema();
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'gatekeeper result',
  });
  expect(JSON.stringify(schema).match(/"description"/g)?.length).toBeGreaterThan(60);
});
