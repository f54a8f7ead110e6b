import { counted } from '../../contracts/counted.js';
import type { BacktestCriterion, BacktestGate, BacktestReport } from '../../model/backtest.js';
import { parseInstant } from '../../model/time.js';
import { alarmsText, delayText, incidentsText, moveTexts, rateText, undecidedText } from './words.js';

/** Width of a strip in units of its own; looks share a unit where there are more. */
const STRIP = 720;
const ROW_HEIGHT = 18;
/** Worst first: a unit shows the worst of its looks. */
const SHADES: readonly (readonly [string, string])[] = [
  ['fail', '#c5221f'],
  ['error', '#7b4b94'],
  ['inconclusive', '#9aa0a6'],
  ['skipped', '#9aa0a6'],
  ['warn', '#e8a317'],
  ['pass', '#2e7d32'],
];

/** A backtest as one page: no script, no network; every verdict is a word beside its colour. */
export function htmlBacktest(report: BacktestReport): string {
  const { from, to, every, looks, gates, incidents, notes, mode } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>backtest ${text(from)} to ${text(to)}</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; display: block; }
code { font-size: .92em; }
.legend span { display: inline-block; margin-right: 1rem; }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; }
</style>
</head>
<body>
<h1>Backtest</h1>
<p>${text(from)} to ${text(to)}, every ${text(every)}: ${counted(looks, 'look')}; source ${mode}${report.recordedAt === null ? '' : `, recorded ${text(report.recordedAt)}`}; gatekeeper ${text(report.tool.version)}</p>
<p class="legend">${SHADES.filter(([word]) => word !== 'skipped')
    .map(([word, color]) => `<span><i style="background:${color}"></i>${word}</span>`)
    .join('')}<span>bar above: an incident</span></p>
${incidentTable(report)}
${gates.map((gate) => gateSection(gate, report)).join('\n')}
${notes.map((note) => `<p>${text(note)}</p>`).join('\n')}
${incidents.length === 0 ? '<p>No incidents were given: no alarm is known to be right.</p>' : ''}
</body>
</html>
`;
}

function incidentTable({ incidents, gates }: BacktestReport): string {
  if (incidents.length === 0) return '';
  const rows = incidents.map(({ id, about, from, to }) => {
    const seen = gates.map((gate) => {
      const found = gate.incidents.find((each) => each.id === id);
      return `<td>${found === undefined ? '' : `${found.outcome} ${delayText(found.delaySeconds)}`}</td>`;
    });
    return `<tr><td>${text(id)}</td><td>${text(about ?? '')}</td><td>${text(from)}</td><td>${text(to)}</td>${seen.join('')}</tr>`;
  });
  const heads = gates.map(({ id }) => `<th>${text(id)}</th>`).join('');
  return `<h2>Incidents</h2>
<table><tr><th>incident</th><th>what</th><th>from</th><th>to</th>${heads}</tr>
${rows.join('\n')}
</table>`;
}

function gateSection(gate: BacktestGate, report: BacktestReport): string {
  const caught = incidentsText(gate);
  const moves = gate.criteria.flatMap((criterion) => {
    const texts = moveTexts(criterion);
    return texts.length === 0
      ? []
      : [
          `<dt><code>${text(criterion.key)}</code></dt>${texts.map((each) => `<dd>${text(each)}</dd>`).join('')}`,
        ];
  });
  return `<section>
<h2>${text(gate.id)}</h2>
<p>${text([alarmsText(gate), undecidedText(gate), caught].filter((each) => each !== '').join('; '))}; window ${text(gate.window.for)}</p>
<table><tr><th>criterion</th><th>limit</th><th class="number">fail</th><th class="number">false alarms</th><th class="number">a week</th><th class="number">undecided</th></tr>
${gate.criteria.map((criterion) => criterionRows(criterion, report)).join('\n')}
</table>
${moves.length === 0 ? '' : `<h3>Limits to move</h3><dl>${moves.join('\n')}</dl>`}
</section>`;
}

function criterionRows(criterion: BacktestCriterion, report: BacktestReport): string {
  const { key, limit, counts, alarms, undecided, advisory } = criterion;
  return `<tr><td><code>${text(key)}</code>${advisory ? ' (advisory)' : ''}</td><td>${text(limit)}</td><td class="number">${counts.fail}</td><td class="number">${alarms.false}</td><td class="number">${rateText(alarms.perWeek)}</td><td class="number">${Math.round(undecided * 1000) / 10} %</td></tr>
<tr><td colspan="6">${stripOf(criterion, report)}</td></tr>`;
}

/** Looks from left to right, in the colour of the worst verdict that shares a place; incidents as bars above. */
function stripOf({ key, verdicts }: BacktestCriterion, { incidents, from, to }: BacktestReport): string {
  const [begin, end] = [instantOf(from), instantOf(to)];
  const places = Math.min(STRIP, Math.max(1, verdicts.length));
  const width = STRIP / places;
  const worst = Array.from({ length: places }, (_, i) => {
    const first = Math.floor((i * verdicts.length) / places);
    const last = Math.max(first + 1, Math.floor(((i + 1) * verdicts.length) / places));
    const here = new Set(verdicts.slice(first, last));
    return SHADES.findIndex(([word]) => [...here].some((verdict) => (verdict ?? 'skipped') === word));
  });
  const bars: string[] = [];
  for (let i = 0; i < places; ) {
    let length = 1;
    while (worst[i + length] === worst[i] && i + length < places) length += 1;
    const color = SHADES[worst[i] ?? 0]?.[1] ?? '#9aa0a6';
    bars.push(
      `<rect x="${fixed(i * width)}" y="6" width="${fixed(length * width)}" height="12" fill="${color}"/>`,
    );
    i += length;
  }
  const marks = incidents.map((incident) => {
    const at = (written: string): number =>
      Math.min(1, Math.max(0, (instantOf(written) - begin) / Math.max(1, end - begin))) * STRIP;
    const left = at(incident.from);
    return `<rect x="${fixed(left)}" y="0" width="${fixed(Math.max(2, at(incident.to) - left))}" height="4" fill="#1a73e8"><title>${text(incident.id)}</title></rect>`;
  });
  return `<svg viewBox="0 0 ${STRIP} ${ROW_HEIGHT}" role="img" aria-label="verdicts of ${text(key)} over time">${bars.join('')}${marks.join('')}</svg>`;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}

function text(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function instantOf(written: string): number {
  return parseInstant(written) ?? 0;
}
