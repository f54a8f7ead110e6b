import path from 'node:path';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Recorded } from './form.js';
import { MANIFEST_FILE, type Manifest } from './manifest.js';
import { secretIn, withoutSecrets } from './redact.js';
import type { RecordedSet } from './set.js';
import { listed, place, print, writeFailure } from './write.js';

/** Shorter values stand in queries by chance. */
const SHORTEST = 3;

/** Files of a set that hold what looks like a credential. */
export function secretsIn(set: RecordedSet): readonly Failure[] {
  return [...set.texts].flatMap(([name, text]): Failure[] => {
    const found = secretIn(text);
    if (found === undefined) return [];
    return [
      {
        code: 'recording.secret',
        message: `${set.folder}/${name} holds what looks like ${found}`,
        mend: `gatekeeper fixture redact ${set.folder} cuts it out; take it for known wherever it was pushed`,
      },
    ];
  });
}

/**
 * Cuts credentials, and the values of some labels, out of a set that is recorded already; whole, or not at all.
 *
 * Series stay apart: each value of a label has a number of its own. Questions are left alone, since a set is found by
 * them: one that holds what is to be cut out is trouble.
 *
 * @param labels names whose values are personal
 * @returns how many values were cut out
 */
export async function redactSet(
  set: RecordedSet,
  cwd: string,
  labels: readonly string[],
): Promise<Result<{ readonly redactions: number }>> {
  const names = namesOfValues(set, labels);
  const failures = questionsWith(set, names);
  if (failures.length > 0) return failed(...failures);
  let redactions = 0;
  const clean = (text: string): string => {
    const left = withoutSecrets(text);
    if (left !== text) redactions += 1;
    return left;
  };
  const files = new Map<string, string>();
  for (const [key, recorded] of set.answers) {
    const before = redactions;
    const cleaned = cleanAnswer(recorded, clean, (label, value) => {
      const name = names.get(label)?.get(value);
      if (name !== undefined) redactions += 1;
      return name ?? clean(value);
    });
    const name = set.find(key);
    if (name !== undefined && redactions > before) files.set(name, print(cleaned));
  }
  if (files.size === 0) return ok({ redactions: 0 });
  const hashes = listed(new Map([...set.texts, ...files]));
  const listedBefore = Object.keys(set.manifest.files ?? {});
  const manifest: Manifest = {
    ...set.manifest,
    redactions: (set.manifest.redactions ?? 0) + redactions,
    files: Object.fromEntries(listedBefore.map((name) => [name, hashes[name] ?? ''])),
  };
  try {
    await place(path.resolve(cwd, set.folder), new Map([...files, [MANIFEST_FILE, print(manifest)]]));
  } catch (error) {
    return failed(writeFailure(set.folder, error));
  }
  return ok({ redactions });
}

/** What each value of a label is called instead, by label; numbered in the order of the values. */
function namesOfValues(
  set: RecordedSet,
  labels: readonly string[],
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  return new Map(
    labels.map((label) => {
      const values = new Set(
        [...set.answers.values()].flatMap(({ response }) =>
          (response?.series ?? []).flatMap((series) => series.labels[label] ?? []),
        ),
      );
      const plain = [...values].filter((value) => !value.startsWith('<REDACTED:')).sort();
      return [label, new Map(plain.map((value, i) => [value, `<REDACTED:${label}-${i + 1}>`]))];
    }),
  );
}

function questionsWith(
  set: RecordedSet,
  names: ReadonlyMap<string, ReadonlyMap<string, string>>,
): readonly Failure[] {
  const values = [...names.values()].flatMap((each) => [...each.keys()]);
  return [...set.answers].flatMap(([key, { match }]): Failure[] => {
    const value = values.find((each) => each.length >= SHORTEST && match.query.includes(each));
    const what = secretIn(match.query) ?? (value === undefined ? undefined : 'a value that is to be cut out');
    if (what === undefined) return [];
    return [
      {
        code: 'recording.secret',
        message: `the question of ${set.folder}/${set.find(key)} itself holds ${what}: without it nothing would find the answer`,
        mend: 'keep it out of the query, or declare it as { env: NAME }, and record the set again',
      },
    ];
  });
}

function cleanAnswer(
  recorded: Recorded,
  clean: (text: string) => string,
  cleanLabel: (label: string, value: string) => string,
): Recorded {
  const { response, error } = recorded;
  return {
    ...recorded,
    ...(response !== undefined && {
      response: {
        ...response,
        ...(response.warnings !== undefined && { warnings: response.warnings.map(clean) }),
        series: response.series.map((series) => ({
          ...series,
          labels: Object.fromEntries(
            Object.entries(series.labels).map(([label, value]) => [label, cleanLabel(label, value)]),
          ),
        })),
      },
    }),
    ...(error !== undefined && {
      error: {
        ...error,
        message: clean(error.message),
        ...(error.mend !== undefined && { mend: clean(error.mend) }),
        ...(error.detail !== undefined && { detail: error.detail.map(clean) }),
      },
    }),
  };
}
