import * as z from 'zod';
import { optional, strict } from '../../../contracts/schema.js';
import { type Check, defineCheck, quoted } from './check.js';

const pattern = z.string().superRefine((text, context) => {
  try {
    new RegExp(text, 'u');
  } catch {
    context.addIssue({
      code: 'custom',
      message: `"${text}" is no regular expression\nescape its special characters`,
    });
  }
});
const schema = strict({
  matches: optional(() => pattern, {
    description: 'A regular expression that it must match.',
    examples: [' - Shop$'],
  }),
});

/** Not empty; as the list says; matching a pattern. */
function textCheck(id: 'title' | 'h1' | 'description', about: string): Check {
  return defineCheck({
    id,
    about,
    columns: [id],
    of: 'html',
    schema,
    find: ({ html, expected }, { matches }) => {
      const found = id === 'h1' ? (html?.h1 ?? []) : [html?.[id] ?? ''];
      const texts = found.filter((text) => text !== '');
      if (texts.length === 0) return [{ what: 'missing', detail: `no ${id}, or an empty one` }];
      const wanted = expected[id];
      if (wanted !== undefined && !texts.includes(wanted))
        return [{ what: 'other', detail: `the ${id} is ${quoted(texts)}, "${wanted}" is expected` }];
      if (matches === undefined || texts.some((text) => new RegExp(matches, 'u').test(text))) return [];
      return [{ what: 'other', detail: `the ${id} ${quoted(texts)} does not match ${matches}` }];
    },
  });
}

export const title = textCheck('title', 'there is a title');
export const h1 = textCheck('h1', 'there is a main heading');
export const description = textCheck('description', 'there is a meta description');
