/** Series as one line of bars. */

const BARS = '\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588';
const ASCII_BARS = '.:-=+*%#';
/** As in the notation. */
const GAP = '_';
const WIDEST = 60;

export type Drawn = readonly (number | null)[];

/** Lines of equal scale, so that the bars of two arms can be compared. */
export function drawTogether(series: readonly Drawn[], ascii: boolean): readonly string[] {
  const cut = series.map(condense);
  const all = cut.flat().filter((value): value is number => value !== null && Number.isFinite(value));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const bars = ascii ? ASCII_BARS : BARS;
  const barOf = (value: number | null): string => {
    if (value === null) return GAP;
    if (!Number.isFinite(value)) return '?';
    // Where nothing moves, bars of half the height say so.
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? '?';
  };
  return cut.map((each) => `${each.map(barOf).join('')}  ${rangeOf(each)}`);
}

/** The mean of neighbours, where there are more steps than columns. */
function condense(series: Drawn): Drawn {
  if (series.length <= WIDEST) return series;
  const size = Math.ceil(series.length / WIDEST);
  return Array.from({ length: Math.ceil(series.length / size) }, (_, i) => {
    const held = series.slice(i * size, (i + 1) * size).filter((value) => value !== null);
    return held.length === 0 ? null : held.reduce((sum, value) => sum + value, 0) / held.length;
  });
}

function rangeOf(series: Drawn): string {
  const held = series.filter((value) => value !== null);
  if (held.length === 0) return 'nothing';
  const [low, high] = [Math.min(...held), Math.max(...held)];
  return low === high ? short(low) : `${short(low)} to ${short(high)}`;
}

/** Four digits say enough beside a bar. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
