import type { Condition } from '../../model/limit.js';

/** Into how many parts at most a condition splits its budget. */
export function finestPart(condition: Condition): number {
  switch (condition.kind) {
    case 'compare':
      return 1;
    case 'between':
      return 2;
    case 'all':
    case 'any':
      return condition.conditions.length * Math.max(...condition.conditions.map(finestPart));
  }
}

/** Whether two arms that do not overlap at all could reach a one-sided chance this small. */
export function isReachable(n: number, m: number, level: number): boolean {
  return smallestChance(n, m) <= level;
}

/** The smallest size of two equal arms that can reach it. */
export function fewestPerArm(level: number): number {
  let n = 1;
  while (!isReachable(n, n, level)) n += 1;
  return n;
}

/** One in as many as there are ways to choose the ranks of one arm. */
function smallestChance(n: number, m: number): number {
  let chance = 1;
  for (let i = 1; i <= Math.min(n, m) && chance > Number.MIN_VALUE; i += 1) {
    chance *= i / (Math.max(n, m) + i);
  }
  return chance;
}
