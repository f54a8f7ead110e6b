import type { Across, Observed } from '../../contracts/signal.js';
import { type Labels, labelsText } from '../../model/series.js';

const SHOWN = 5;

/** The trouble of several series where one is meant: lists them and says how to choose. */
export function manySeries(part: string, labels: readonly Labels[]): Observed {
  const shown = labels.slice(0, SHOWN).map((each) => `  ${labelsText(each)}`);
  const more = labels.length > SHOWN ? [`  and ${labels.length - SHOWN} more`] : [];
  return {
    state: 'unusable',
    failure: {
      code: 'backend.answer-shape',
      message: `"${part}" answered ${labels.length} series where one is meant`,
      detail: [...shown, ...more],
      mend: 'say how they become one with "across: worst | sum | mean | each", or narrow the query',
    },
  };
}

/** True when several series may be added without `across`. */
export function mayPool(across: Across | undefined, isAdditive: boolean): boolean {
  return across === 'sum' || across === 'mean' || (across === undefined && isAdditive);
}
