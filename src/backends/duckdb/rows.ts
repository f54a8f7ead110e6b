import type { DuckDBConnection } from '@duckdb/node-api';
import { BackendError } from '../../model/failure.js';
import type { RowCollector } from '../sql/answer.js';
import { plainStatement, type Statement } from '../sql/bind.js';
import type { Table } from '../sql/rows.js';
import { cellReader } from './cells.js';

type Driver = typeof import('@duckdb/node-api');

/** Rows of one SELECT. @throws BackendError for any other statement, and what the driver throws */
export async function rowsOf(
  connection: DuckDBConnection,
  driver: Driver,
  { sql, parameters }: Statement,
  collector: RowCollector,
): Promise<Table> {
  const prepared = await connection.prepare(sql);
  try {
    if (prepared.statementType !== driver.StatementType.SELECT) {
      throw new BackendError({
        code: 'backend.query',
        message: 'a gate only reads, and this statement is no SELECT',
        mend: 'write one SELECT, or WITH … SELECT',
      });
    }
    prepared.bind([...parameters]);
    const result = await prepared.stream();
    const cellOf = cellReader(driver);
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      for (const row of chunk.getRows()) collector.add(row.map(cellOf));
    return collector.table(result.columnNames());
  } finally {
    prepared.destroySync();
  }
}

/** The files that there are. @param paths a SQL list of paths and patterns */
export async function filesIn(
  paths: string,
  read: (statement: Statement) => Promise<Table>,
): Promise<readonly string[]> {
  const { rows } = await read(plainStatement(`SELECT file FROM glob(${paths})`));
  return rows.flatMap(([file]) => (typeof file === 'string' ? [file] : []));
}
