import type { SqlAnswer } from '../sql/prepare.js';

/** How many lines a log has, and how many of them could not be read. */
export interface LogCount {
  readonly name: string;
  readonly lines: number;
  readonly malformed: number;
  /** Share above which the log is no evidence. */
  readonly mostMalformed: number;
}

/** A few malformed lines are told; more than the share that was allowed make what was read no evidence. */
export function malformedRemarks(counts: readonly LogCount[]): Pick<SqlAnswer, 'notes' | 'warnings'> {
  const found = counts.filter(({ malformed }) => malformed > 0);
  const isTooMany = ({ lines, malformed, mostMalformed }: LogCount) => malformed > lines * mostMalformed;
  return {
    notes: found.filter((count) => !isTooMany(count)).map(words),
    warnings: found
      .filter(isTooMany)
      .map(
        (count) => `${words(count)}; at most ${percent(count.mostMalformed)} may be: is its "format" right?`,
      ),
  };
}

function words({ name, lines, malformed }: LogCount): string {
  return `log "${name}": ${grouped(malformed)} of ${grouped(lines)} lines ${malformed === 1 ? 'is' : 'are'} malformed (${percent(malformed / lines)})`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}
