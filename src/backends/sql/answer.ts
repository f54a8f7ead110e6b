import { BackendError } from '../../model/failure.js';
import type { Cell, Table } from './rows.js';

/** More rows than that are no evidence of one window: the server should add them up. */
export const MOST_ROWS = 200_000;

/** Rows of one answer, which may not grow past the limits of a run. */
export class RowCollector {
  readonly #rows: (readonly Cell[])[] = [];
  readonly #backend: string;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(backend: string, maxBytes: number) {
    this.#backend = backend;
    this.#maxBytes = maxBytes;
  }

  /** @throws BackendError with `backend.too-large` */
  add(row: readonly Cell[]): void {
    for (const cell of row) this.#bytes += typeof cell === 'string' ? cell.length : 8;
    if (this.#rows.length >= MOST_ROWS) throw this.#tooLarge(`${MOST_ROWS} rows`);
    if (this.#bytes > this.#maxBytes) throw this.#tooLarge(`${this.#maxBytes} bytes`);
    this.#rows.push(row);
  }

  table(columns: readonly string[]): Table {
    return { columns, rows: this.#rows };
  }

  #tooLarge(limit: string): BackendError {
    return new BackendError({
      code: 'backend.too-large',
      message: `"${this.#backend}" answered more than ${limit}`,
      mend: 'let the statement count and add up, by step: GROUP BY; and keep it to {{from}} and {{to}}',
    });
  }
}
