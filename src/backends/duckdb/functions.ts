import type { DuckDBScalarFunction } from '@duckdb/node-api';
import type { Verify } from './lists.js';
import { PATTERN, VERIFY } from './logs.js';
import { patternOf } from './pattern.js';

type Driver = typeof import('@duckdb/node-api');

/** `VERIFY(crawler, client)`, for views of logs. */
export function verifyFunction(driver: Driver, verify: Verify): DuckDBScalarFunction {
  return driver.DuckDBScalarFunction.create({
    name: VERIFY,
    parameterTypes: [driver.VARCHAR, driver.VARCHAR],
    returnType: driver.BOOLEAN,
    mainFunction: (_, chunk, output) => {
      const clients = chunk.getColumnValues(1);
      chunk.getColumnValues(0).forEach((crawler, i) => {
        const client = clients[i];
        const isText = typeof crawler === 'string' && typeof client === 'string';
        output.setItem(i, isText ? verify(crawler, client) : null);
      });
      output.flush();
    },
  });
}

/** `PATTERN(url)`, for views of logs. */
export function patternFunction(driver: Driver): DuckDBScalarFunction {
  return driver.DuckDBScalarFunction.create({
    name: PATTERN,
    parameterTypes: [driver.VARCHAR],
    returnType: driver.VARCHAR,
    mainFunction: (_, chunk, output) => {
      chunk.getColumnValues(0).forEach((url, i) => {
        output.setItem(i, typeof url === 'string' ? patternOf(url) : null);
      });
      output.flush();
    },
  });
}
