import type { PreparedQuery } from '../contracts/backend.js';
import type { TakeContext } from '../contracts/take.js';
import { type EpochMs, formatDuration } from '../model/time.js';

/** What a recorded answer is found by: never a host, a header or an absolute instant. */
export interface Match {
  readonly backend: string;
  readonly use: string;
  readonly query: string;
  /** Ends of the window, relative to the instant of evaluation. */
  readonly from: string;
  readonly to: string;
  readonly step: string;
}

export function matchOf(query: PreparedQuery, asOf: EpochMs): Match {
  return {
    backend: query.backend,
    use: query.use,
    query: query.text,
    from: formatDuration(query.window.from - asOf),
    to: formatDuration(query.window.to - asOf),
    step: formatDuration(query.window.stepMs),
  };
}

export function matchKey(match: Match): string {
  return JSON.stringify([match.backend, match.use, match.query, match.from, match.to, match.step]);
}

/** File names that an answer may stand under, the plainest first; later ones tell apart what shares a name. */
export function fileNames(context: TakeContext, query: PreparedQuery): readonly string[] {
  const segment = context.segment === null ? [] : [context.segment];
  const plain = [context.signal, context.part, context.arm, ...segment];
  const name = (parts: readonly string[]): string =>
    `${safe(query.backend)}/${parts.map(safe).join('.')}.yaml`;
  return [name(plain), name([...plain, query.use]), name([...plain, query.use, context.gate])];
}

/** Segment values come from users and become file names. */
function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^$/, '_');
}
