import { suggest } from '../contracts/suggest.js';
import type { Labels } from '../model/series.js';
import type { FileContext } from './context.js';
import { failuresOf } from './issues.js';
import { checkPolicies } from './policies.js';
import { type CriterionBlock, KIND_KEYS, type SegmentRule, segmentRuleSchema } from './schema.js';
import type { OpenSignal } from './signals.js';

/** Segments of a signal: every combination of its dimensions; a signal without has one, null. */
export function segmentsOf(open: OpenSignal): readonly (Labels | null)[] {
  let combined: readonly Labels[] = [{}];
  for (const [dimension, values] of Object.entries(open.segments)) {
    combined = combined.flatMap((labels) => values.map((value) => ({ ...labels, [dimension]: value })));
  }
  return Object.keys(open.segments).length === 0 ? [null] : combined;
}

/** `path=edge` or `path=edge,region=eu`; '' without segments. */
export function segmentKey(segment: Labels | null): string {
  return Object.entries(segment ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Overrides by segment key. A lone value names its segment when just one segment holds it. */
export function segmentRules(
  context: FileContext,
  block: CriterionBlock,
  open: OpenSignal,
  path: readonly string[],
): Map<string, SegmentRule> {
  const rules = new Map<string, SegmentRule>();
  const segments = segmentsOf(open).filter((segment) => segment !== null);
  for (const [name, written] of Object.entries(block.segments ?? {})) {
    if (Array.isArray(written)) {
      if (Object.hasOwn(open.segments, name) && KIND_KEYS.some((key) => block[key] !== undefined)) continue;
      const span = context.yaml.keySpanOf([...path, 'segments', name]);
      context.trouble.add({
        code: 'gatefile.invalid',
        message: `the values of segment "${name}" belong to the signal`,
        span,
        mend: 'list them under "signals:"; a criterion says "segments: { VALUE: { pass: … } }"',
      });
      continue;
    }
    const matches = segments.filter(
      (segment) => segmentKey(segment) === name || Object.values(segment).includes(name),
    );
    const [match] = matches;
    if (match === undefined || matches.length > 1) {
      const near = suggest(
        name,
        segments.flatMap((segment) => Object.values(segment)),
      );
      context.trouble.add({
        code: 'gatefile.unknown-name',
        message:
          match === undefined
            ? `"${name}" is no segment of signal "${open.id}"`
            : `"${name}" names more than one segment`,
        span: context.yaml.keySpanOf([...path, 'segments', name]),
        mend:
          near === undefined || matches.length > 1
            ? `segments are ${segments.map(segmentKey).join('; ') || 'none'}`
            : `did you mean "${near}"?`,
      });
      continue;
    }
    const parsed = segmentRuleSchema().safeParse(written);
    if (parsed.success) {
      const { data } = parsed;
      rules.set(segmentKey(match), data);
      if (data.on !== undefined || data.critical !== undefined || data.advisory !== undefined)
        checkPolicies(context, { ...block, ...data }, [...path, 'segments', name]);
    } else
      context.trouble.add(
        ...failuresOf(parsed.error.issues, context.yaml, [...path, 'segments', name], written),
      );
  }
  return rules;
}
