import type { Backend, Variable } from '../contracts/backend.js';
import type { Arm } from '../contracts/gate.js';
import type { Labels } from '../model/series.js';
import type { PreparedTake, RuleBlock } from './rules.js';
import type { CriterionBlock, OwnersBlock, SegmentRule } from './schema.js';
import type { OpenSignal } from './signals.js';
import type { WindowSettings } from './window.js';

/** What the criteria of one gate have in common. */
export interface GateParts {
  readonly id: string;
  readonly component: string | null;
  readonly owners: OwnersBlock;
  readonly runbook: string | null;
  readonly vars: ReadonlyMap<string, Variable>;
  readonly arms: readonly Arm[];
  readonly settings: WindowSettings;
  readonly isWindowFull: boolean;
  readonly isSince: boolean;
  readonly falseAlarm: number;
  readonly falsePass: number;
  readonly signals: ReadonlyMap<string, OpenSignal>;
  readonly backends: ReadonlyMap<string, Backend>;
}

/** One segment of a criterion, before it is bound to its queries. */
export interface SegmentInput {
  readonly id: string;
  readonly block: RuleBlock &
    Pick<
      CriterionBlock,
      | 'about'
      | 'kayenta'
      | 'across'
      | 'at-most'
      | 'weight'
      | 'fallback'
      | 'dependency'
      | 'burn'
      | 'anomaly'
      | 'blocking'
      | 'from-incident'
    >;
  readonly open: OpenSignal;
  readonly take: PreparedTake;
  readonly segment: Labels | null;
  readonly own: SegmentRule;
}
