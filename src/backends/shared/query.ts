import type * as z from 'zod';
import { type Failure, failed, ok, type Result } from '../../model/failure.js';

/** Checks a part of a signal against a backend's own schema; every trouble at once, without spans. */
export function parseQuery<S extends z.ZodType>(schema: S, source: unknown): Result<z.output<S>> {
  if (isCounter(source)) {
    return failed({
      code: 'gatefile.query',
      message: '"counter" needs a backend that keeps raw counter samples, which this one does not',
      mend: 'write a query that gives what was counted in each step',
    });
  }
  const parsed = schema.safeParse(source);
  return parsed.success
    ? ok(parsed.data)
    : failed(...parsed.error.issues.flatMap((issue) => failuresOf(issue, [], source)));
}

function isCounter(source: unknown): boolean {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, 'counter');
}

type Path = readonly PropertyKey[];

function failuresOf(issue: z.core.$ZodIssue, above: Path, source: unknown): readonly Failure[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union') {
    return nearestBranch(issue.errors).flatMap((inner) => failuresOf(inner, path, source));
  }
  const name = path.map(String).join('.');
  if (issue.code === 'invalid_type' && path.length > 0 && valueAt(source, path) === undefined) {
    return [
      { code: 'gatefile.missing-key', message: `"${name}" is missing`, mend: `add "${name}:" to the query` },
    ];
  }
  // `strict` joins the messages of several unknown keys with form feeds, and message and mend with a line break.
  return issue.message.split('\f').map((text) => {
    const [message = '', mend] = text.split('\n');
    return {
      code: issue.code === 'unrecognized_keys' ? 'gatefile.unknown-key' : 'gatefile.query',
      message: path.length === 0 ? message : `${name}: ${message}`,
      ...(mend === undefined ? {} : { mend }),
    };
  });
}

function valueAt(source: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
    source,
  );
}

/** The branch that went furthest in: its trouble is what the writer meant. */
function nearestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const isDeep = (issues: readonly z.core.$ZodIssue[]) =>
    issues.every((issue) => issue.code !== 'invalid_type' || issue.path.length > 0);
  return branches.find(isDeep) ?? branches[0] ?? [];
}
