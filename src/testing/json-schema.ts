import * as z from 'zod';
import { duration } from '../contracts/schema.js';
import { testFileSchema } from './schema.js';

const DURATION = String.raw`^(0|(\d+(\.\d+)?(ms|s|m|h|d|w))+)$`;

/** JSON Schema 2020-12 of *.gate.test.yaml, made of the zod schema that checks it. */
export function testJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(testFileSchema, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A schema of the input leaves out what a parsed string says of itself.
      const meta = z.globalRegistry.get(zodSchema);
      if (meta?.['examples'] !== undefined) Object.assign(jsonSchema, { examples: meta['examples'] });
      if (zodSchema === duration) Object.assign(jsonSchema, { pattern: DURATION });
    },
  });
  return { $schema, $id: 'test.schema.json', ...rest };
}
