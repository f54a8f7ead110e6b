import type { DuckDBValue } from '@duckdb/node-api';
import { formatInstant } from '../../model/time.js';
import type { Cell } from '../sql/rows.js';

type Driver = typeof import('@duckdb/node-api');

/** Reads DuckDB's values as cells: wide numbers and decimals keep their digits, times are in UTC. */
export function cellReader(driver: Driver): (value: DuckDBValue) => Cell {
  return (value) => {
    if (value === null || typeof value === 'number' || typeof value === 'string') return value;
    const isTime =
      value instanceof driver.DuckDBTimestampTZValue || value instanceof driver.DuckDBTimestampValue;
    // Infinite times have no place on a clock.
    if (isTime && value.isFinite) return formatInstant(Number(value.micros / 1000n));
    return String(value);
  };
}
