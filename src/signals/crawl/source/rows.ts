import { suggest } from '../../../contracts/suggest.js';
import { type Failure, failed, ok, type Result } from '../../../model/failure.js';
import { readCsvList } from '../../list/csv.js';
import { type AddressRules, listedAddress } from '../../probing/addresses.js';
import { COLUMNS } from '../expect.js';

/** One page to ask for. */
export interface Row {
  readonly url: string;
  readonly listed: string;
  readonly expected: Readonly<Record<string, string>>;
}

/** What a list is read under. */
export interface ListRules extends AddressRules {
  readonly most: number;
}

/** More trouble than this is the same trouble again. */
const MOST_TROUBLE = 10;

interface Written {
  readonly cells: Readonly<Record<string, string>>;
  readonly place: (column: string) => Pick<Failure, 'span' | 'path'>;
}

/** Pages of a list in the gate file. */
export function rowsOfList(
  list: readonly Readonly<Record<string, string>>[],
  rules: ListRules,
): Result<readonly Row[]> {
  return rowsOf(
    list.map((cells, i) => ({ cells, place: (column) => ({ path: ['urls', i, column] }) })),
    rules,
  );
}

/** Pages of a CSV file, whose first line names its columns. */
export function rowsOfCsv(text: string, file: string, rules: ListRules): Result<readonly Row[]> {
  const rows = readCsvList(text, file, refuseColumn);
  return rows.ok ? rowsOf(rows.value, rules) : rows;
}

function refuseColumn(name: string): Failure | undefined {
  if (COLUMNS.includes(name)) return undefined;
  const near = suggest(name, COLUMNS);
  return {
    code: 'gatefile.unknown-key',
    message: `unknown column "${name}"`,
    mend: near === undefined ? `columns are ${COLUMNS.join(', ')}` : `did you mean "${near}"?`,
  };
}

function rowsOf(list: readonly Written[], rules: ListRules): Result<readonly Row[]> {
  if (list.length > rules.most)
    return failed({
      code: 'gatefile.invalid',
      message: `the list has ${list.length} pages, at most ${rules.most} are allowed`,
      path: ['urls'],
      mend: 'shorten it, or raise "at-most"',
    });
  const failures: Failure[] = [];
  const seen = new Set<string>();
  const rows = list.flatMap(({ cells, place }): readonly Row[] => {
    const { url: listed = '', ...expected } = cells;
    const refuse = (column: string, message: string, mend: string): void => {
      failures.push({ code: 'gatefile.invalid', message, ...place(column), mend });
    };
    const read = readRow(listed, expected, rules, refuse);
    if (read !== undefined && seen.has(read.url))
      refuse('url', `"${listed}" is listed twice`, 'list it once');
    if (read !== undefined) seen.add(read.url);
    return read === undefined ? [] : [read];
  });
  return failures.length > 0 ? failed(...failures.slice(0, MOST_TROUBLE)) : ok(rows);
}

function readRow(
  listed: string,
  expected: Readonly<Record<string, string>>,
  rules: ListRules,
  refuse: (column: string, message: string, mend: string) => void,
): Row | undefined {
  const address = listedAddress(listed, rules);
  if (address.state === 'refused') {
    refuse('url', address.message, address.mend);
    return undefined;
  }
  const checked = Object.entries(expected).map(([column, value]) => {
    const read = readCell(column, value);
    if (read === undefined) refuse(column, `"${value}" is no ${column}`, CELLS[column]?.mend ?? '');
    return [column, read ?? value] as const;
  });
  return { url: address.url, listed, expected: Object.fromEntries(checked) };
}

const YES_OR_NO = { values: /^(?:yes|no)$/, mend: 'write yes or no' };
const CELLS: Readonly<Record<string, { readonly values: RegExp; readonly mend: string }>> = {
  status: { values: /^[2-5]\d\d$/, mend: 'write a status such as 200, 301 or 404' },
  price: { values: /^\d+(?:\.\d+)?$/, mend: 'write a number such as 19.90' },
  index: YES_OR_NO,
  crawl: YES_OR_NO,
  sitemap: YES_OR_NO,
};

function readCell(column: string, value: string): string | undefined {
  const rule = CELLS[column];
  if (rule === undefined) return value;
  const word =
    rule === YES_OR_NO
      ? value
          .replace(/^true$/i, 'yes')
          .replace(/^false$/i, 'no')
          .toLowerCase()
      : value;
  return rule.values.test(word) ? word : undefined;
}
