import type { BacktestTrack, Incident, IncidentOutcome } from '../../model/backtest.js';
import { type EpochMs, formatInstant } from '../../model/time.js';
import { VERDICTS, type Verdict } from '../../model/verdict.js';
import type { Window } from '../../model/window.js';
import type { Cell } from './walk.js';

const WEEK_MS = 604_800_000;
const SHOWN_ALARMS = 20;

/** One look of a gate: when, over which window, and the incidents that the window touches. */
export interface LookAt {
  readonly instant: EpochMs;
  readonly window: Window;
  readonly incidents: readonly Incident[];
}

type Cells = readonly (Pick<Cell, 'verdict' | 'reason'> | undefined)[];

/** True where an incident's time and the window have an instant in common. */
export function touches({ from, to }: Window, incident: Incident): boolean {
  return incident.from <= to && incident.to > from;
}

/** A run of looks that fail, one after the other. */
interface Episode {
  readonly first: number;
  readonly last: number;
  readonly isFalse: boolean;
}

/** Runs of failing looks; a run is false where no window of it touches an incident. */
export function episodesOf(
  looks: readonly LookAt[],
  isFailing: (look: number) => boolean,
): readonly Episode[] {
  const episodes: Episode[] = [];
  let first: number | undefined;
  for (let look = 0; look <= looks.length; look += 1) {
    const fails = look < looks.length && isFailing(look);
    if (fails) first ??= look;
    if (fails || first === undefined) continue;
    const isFalse = looks.slice(first, look).every(({ incidents }) => incidents.length === 0);
    episodes.push({ first, last: look - 1, isFalse });
    first = undefined;
  }
  return episodes;
}

export function perWeek(count: number, looks: readonly LookAt[], everyMs: number): number {
  return looks.length === 0 ? 0 : count / ((looks.length * everyMs) / WEEK_MS);
}

/** Counts what one gate or criterion said over all looks. */
export function trackOf(
  cells: Cells,
  looks: readonly LookAt[],
  everyMs: number,
  incidents: readonly Incident[],
): BacktestTrack {
  const counts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, cells.filter((cell) => cell?.verdict === verdict).length]),
  ) as Record<Verdict, number>;
  const undecided = cells.filter((cell) => !isDecided(cell));
  const alarms = episodesOf(looks, (look) => cells[look]?.verdict === 'fail').filter(
    ({ isFalse }) => isFalse,
  );
  return {
    counts,
    undecided: looks.length === 0 ? 0 : undecided.length / looks.length,
    reasons: reasonsOf(undecided),
    alarms: {
      false: alarms.length,
      perWeek: perWeek(alarms.length, looks, everyMs),
      longest: alarms
        .toSorted((a, b) => b.last - b.first - (a.last - a.first))
        .slice(0, SHOWN_ALARMS)
        .map(({ first, last }) => ({
          from: formatInstant(looks[first]?.instant ?? 0),
          to: formatInstant(looks[last]?.instant ?? 0),
          looks: last - first + 1,
        })),
    },
    incidents: incidents.map((incident) => outcomeOf(incident, cells, looks)),
  };
}

/** A series that is not there is as undecided as one without data. */
function isDecided(cell: Cells[number]): boolean {
  return cell?.verdict === 'pass' || cell?.verdict === 'warn' || cell?.verdict === 'fail';
}

function reasonsOf(cells: Cells): BacktestTrack['reasons'] {
  const looks = new Map<string, number>();
  for (const cell of cells) {
    const code = cell === undefined ? 'absent' : (cell.reason ?? cell.verdict);
    looks.set(code, (looks.get(code) ?? 0) + 1);
  }
  return [...looks]
    .map(([code, count]) => ({ code, looks: count }))
    .sort((a, b) => b.looks - a.looks || (a.code < b.code ? -1 : 1));
}

function outcomeOf(incident: Incident, cells: Cells, looks: readonly LookAt[]): IncidentOutcome {
  const { id } = incident;
  const touching = looks.flatMap((look, i) => (look.incidents.includes(incident) ? [i] : []));
  const caught = touching.find((look) => cells[look]?.verdict === 'fail');
  if (caught !== undefined) {
    const delayMs = Math.max(0, (looks[caught]?.instant ?? 0) - incident.from);
    return { id, outcome: 'caught', delaySeconds: delayMs / 1000 };
  }
  const outcome =
    touching.length === 0 ? 'unseen' : touching.some((look) => isDecided(cells[look])) ? 'missed' : 'blind';
  return { id, outcome, delaySeconds: null };
}
