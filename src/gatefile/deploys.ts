import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Deploy } from '../model/rollouts.js';
import { parseInstant } from '../model/time.js';
import { placeAt, type SourceText } from './source.js';

/**
 * Reads when releases began to take traffic: an instant a line, and what the release is called; `#` begins a remark.
 * Oldest first, whatever the order of the lines.
 */
export function readDeploys({ file, text }: SourceText): Result<readonly Deploy[]> {
  const failures: Failure[] = [];
  const lines = new Map<number, number>();
  const deploys = text.split(/\r?\n/).flatMap((line, i): Deploy[] => {
    const [written = '', ...words] = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/[\s,]+/);
    if (written === '') return [];
    const span = placeAt(file, i + 1, 1);
    const since = parseInstant(written);
    if (since === undefined) {
      const mend = 'begin the line like 2026-11-03T10:20:00Z v1.4.2';
      failures.push({ code: 'usage', message: `"${written}" is no instant`, span, mend });
      return [];
    }
    const before = lines.get(since);
    if (before !== undefined) {
      const mend = 'leave one of the two out';
      failures.push({ code: 'usage', message: `this instant stands in line ${before}, too`, span, mend });
    }
    lines.set(since, i + 1);
    return [{ id: words.length === 0 ? null : words.join(' '), since }];
  });
  if (failures.length > 0) return failed(...failures);
  if (deploys.length > 0) return ok(deploys.sort((a, b) => a.since - b.since));
  const mend = 'write one a line, such as 2026-11-03T10:20:00Z v1.4.2';
  return failed({ code: 'usage', message: `${file} lists no rollout`, span: placeAt(file, 1, 1), mend });
}
