import * as z from 'zod';
import { optional, strict } from '../contracts/schema.js';
import type { Incident } from '../model/backtest.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Span } from '../model/span.js';
import { type EpochMs, parseInstant } from '../model/time.js';
import { checkShape } from './shape.js';
import { placeAt, type SourceText } from './source.js';
import { parseYaml } from './yaml.js';

const text = z.string().min(1, 'an empty text says nothing');
const instant = z
  .string('an instant such as 2026-11-03T10:00:00Z is expected')
  .transform((written, context): EpochMs => {
    const ms = parseInstant(written);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: 'custom',
      message: `"${written}" is no instant\nwrite RFC 3339 with a zone, such as 2026-11-03T10:00:00Z`,
    });
    return z.NEVER;
  })
  .meta({ description: 'RFC 3339 with a zone.', examples: ['2026-11-03T10:00:00Z'] });

export const incidentsSchema = strict({
  incidents: z
    .array(
      strict({
        id: text.meta({ description: 'What "from-incident:" of a criterion names.', examples: ['INC-42'] }),
        about: optional(() => text, { description: 'What happened, in a sentence.' }),
        from: optional(() => instant, { description: 'When it began; a backtest needs it.' }),
        to: optional(() => instant, { description: 'When it was over; a backtest needs it.' }),
        gates: optional(() => z.array(text).min(1, 'list at least one gate'), {
          description: 'Gates that are meant to see it; all of them by default.',
        }),
      }),
    )
    .min(1, 'list at least one incident')
    .meta({ description: 'What happened, each with a name of its own.' }),
}).meta({
  description: 'Incidents that have been: what criteria guard against, and what a backtest looks for.',
});

/** One incident as it is listed; its times may be missing. */
export interface ListedIncident {
  readonly id: string;
  readonly about: string | null;
  readonly from: EpochMs | null;
  readonly to: EpochMs | null;
  readonly gates: readonly string[];
  readonly span: Span;
}

/** Reads a list of incidents, in YAML or, where its name ends in `.csv`, as `id,from,to,about`. */
export function readIncidents(source: SourceText): Result<readonly ListedIncident[]> {
  const listed = source.file.endsWith('.csv') ? fromCsv(source) : fromYaml(source);
  if (!listed.ok) return listed;
  const failures = listed.value.flatMap((incident, i): Failure[] => {
    const { id, from, to, span } = incident;
    const isTwice = listed.value.findIndex((other) => other.id === id) < i;
    const isBackwards = from !== null && to !== null && to <= from;
    return [
      ...(isTwice ? [trouble(span, `incident "${id}" is listed twice`, 'give each an id of its own')] : []),
      ...(isBackwards
        ? [trouble(span, `incident "${id}" ends before it begins`, 'swap "from" and "to"')]
        : []),
    ];
  });
  return failures.length > 0 ? failed(...failures) : listed;
}

/** The incidents with their times; trouble where one has none. */
export function timedIncidents(listed: readonly ListedIncident[]): Result<readonly Incident[]> {
  const failures: Failure[] = [];
  const incidents = listed.flatMap(({ id, about, from, to, gates, span }): Incident[] => {
    if (from !== null && to !== null) return [{ id, about, from, to, gates }];
    const missing = from === null ? 'from' : 'to';
    failures.push(trouble(span, `incident "${id}" has no "${missing}"`, 'a backtest needs both of its ends'));
    return [];
  });
  return failures.length > 0 ? failed(...failures) : ok(incidents);
}

function fromYaml(source: SourceText): Result<readonly ListedIncident[]> {
  const parsed = parseYaml(source);
  if (!parsed.ok) return parsed;
  const yaml = parsed.value;
  const shaped = checkShape(incidentsSchema, yaml, yaml.value);
  if (shaped.failures.length > 0 || shaped.value === undefined) return failed(...shaped.failures);
  return ok(
    shaped.value.incidents.map(({ id, about = null, from = null, to = null, gates = [] }, i) => ({
      id,
      about,
      from,
      to,
      gates,
      span: yaml.spanOf(['incidents', i, 'id']),
    })),
  );
}

function fromCsv({ file, text: written }: SourceText): Result<readonly ListedIncident[]> {
  const [head = '', ...lines] = written.split(/\r?\n/);
  const columns = cellsOf(head).map((each) => each.trim());
  if (!['id', 'from', 'to'].every((each) => columns.includes(each))) {
    const message = `${file} has the columns ${columns.join(', ')}, and id, from and to are needed`;
    return failed(trouble(placeAt(file, 1, 1), message, 'begin the file with the line "id,from,to,about"'));
  }
  const failures: Failure[] = [];
  const incidents = lines.flatMap((line, i): ListedIncident[] => {
    if (line.trim() === '') return [];
    const span = placeAt(file, i + 2, 1);
    const cells = cellsOf(line);
    const cell = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? '';
    const [from, to] = [parseInstant(cell('from')), parseInstant(cell('to'))];
    if (cell('id') === '' || from === undefined || to === undefined) {
      const mend = 'write it like INC-42,2026-11-03T10:00:00Z,2026-11-03T11:10:00Z,checkout down';
      failures.push(trouble(span, 'this line has no id, or no two instants', mend));
      return [];
    }
    const about = cell('about') === '' ? null : cell('about');
    return [{ id: cell('id'), about, from, to, gates: [], span }];
  });
  return failures.length > 0 ? failed(...failures) : ok(incidents);
}

/** Cells of a line; one in quotes may hold commas, and doubled quotes for one. */
function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

function trouble(span: Span, message: string, mend: string): Failure {
  return { code: 'gatefile.incident', message, span, mend };
}
