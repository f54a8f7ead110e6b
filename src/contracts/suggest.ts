/** Candidates of one word that are weighed letter by letter: a file may hold thousands of unknown names, and as many candidates. */
const MOST_WEIGHED = 100;

/** The candidate nearest to a misspelt word, or undefined when none is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let most = Math.max(1, Math.floor(word.length / 3));
  let weighed = 0;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > most) continue;
    const [a, b] = withoutCommonEnds(wanted, candidate.toLowerCase());
    let distance = atOnce(a, b);
    if (distance === undefined && most > 1 && weighed < MOST_WEIGHED) {
      distance = editDistance(a, b);
      weighed += 1;
    }
    if (distance === undefined || distance > most) continue;
    best = candidate;
    most = distance - 1;
  }
  return best;
}

/** What two words begin and end with alike costs nothing. */
function withoutCommonEnds(a: string, b: string): readonly [string, string] {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end))
    end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** The distance where it needs no table: one is empty, or one letter differs, or two are swapped. */
function atOnce(a: string, b: string): number | undefined {
  if (a === '' || b === '') return Math.max(a.length, b.length);
  if (a.length === 1 && b.length === 1) return 1;
  return a.length === 2 && b.length === 2 && a[0] === b[1] && a[1] === b[0] ? 1 : undefined;
}

/** Optimal string alignment distance: a swap of neighbours counts one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      }
      row.push(value);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
