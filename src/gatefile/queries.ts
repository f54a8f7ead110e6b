import type { BackendType } from '../contracts/backend.js';
import type { Failure } from '../model/failure.js';
import { type FileContext, placeOf } from './context.js';
import { quote } from './issue-words.js';
import { failuresOf } from './issues.js';
import type { Path } from './yaml-file.js';

/**
 * Trouble of a query that is no plain text, by the schema of its backend. The backend checks it again when it is
 * bound, but knows no places: a misspelt key is named here, where it stands.
 */
export function queryTrouble(
  context: FileContext,
  type: BackendType | undefined,
  source: unknown,
  path: Path,
): readonly Failure[] {
  if (type === undefined || typeof source === 'string') return [];
  const parsed = type.querySchema.safeParse(source);
  if (parsed.success) return [];
  const { issues } = parsed.error;
  // A backend without counters has better words for them than "unknown key".
  const isCounter = issues.some(
    (issue) => issue.code === 'unrecognized_keys' && issue.keys.includes('counter'),
  );
  if (isCounter) return [];
  if (isMapping(source)) return failuresOf(issues, context.yaml, path, source);
  const [own = ''] = issues.map(({ message }) => message).filter((message) => !message.startsWith('Invalid'));
  const [message = '', mend] = own.split('\n');
  return [
    {
      code: 'gatefile.invalid',
      message: message === '' ? `a query is expected, not ${quote(source)}` : message,
      span: placeOf(context, path),
      ...(message === '' ? { mend: 'write it as a text, in quotes' } : mend !== undefined && { mend }),
    },
  ];
}

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
