import type { PreparedQuery } from '../contracts/backend.js';
import { askedOf, type Gate } from '../contracts/gate.js';
import type { Labels } from '../model/series.js';
import type { EpochMs } from '../model/time.js';

/** One question of a gate, by the words that a test names it with. */
export interface Target {
  readonly gate: string;
  readonly signal: string;
  readonly part: string;
  readonly arm: string;
  readonly segment: Labels | null;
  readonly query: PreparedQuery;
  /** Where the arm's window begins: the first value of a series stands one step later. */
  readonly origin: EpochMs;
  readonly stepMs: number;
}

/** Every question that the gates may ask, those of the past and of other windows included. */
export function targetsOf(gates: readonly Gate[]): readonly Target[] {
  return gates.flatMap((gate) =>
    gate.criteria.flatMap((criterion) =>
      askedOf(criterion).flatMap(({ questions }) =>
        questions.map(({ part, arm: asked, query }): Target => {
          const arm = armOf(gate, asked);
          return {
            gate: gate.id,
            signal: criterion.signal,
            part,
            arm: arm?.name ?? asked,
            segment: criterion.segment,
            query,
            origin: (arm ?? gate).window.from,
            stepMs: gate.window.stepMs,
          };
        }),
      ),
    ),
  );
}

/** The arm whose past or other window is asked for: `canary-earlier` is that of `canary`. */
function armOf(gate: Gate, asked: string): Gate['arms'][number] | undefined {
  const own = gate.arms.filter(({ name }) => asked === name || asked.startsWith(`${name}-`));
  return own.sort((a, b) => b.name.length - a.name.length)[0];
}

/** A segment as a test may name it: its values, joined by dots. */
export function segmentText(segment: Labels): string {
  return Object.values(segment).join('.');
}
