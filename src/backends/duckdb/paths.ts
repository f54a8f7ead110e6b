import { isAbsolute, join } from 'node:path';

/** A name in the place of a table is a file by its ending alone: `trim('x' FROM 'a.b')` names none. */
const FILE = /\.(?:csv|tsv|txt|log|json|ndjson|jsonl|parquet)(?:\.(?:gz|zst))?$/i;
const IN_PLACE_OF_TABLE = /\b(?:from|join)\s*$/i;
const IN_READER = /\b(?:read_\w+|glob|sniff_csv|parquet_\w+|\w+_scan)\s*\(\s*\[?\s*(?:''\s*,\s*)*$/i;

/**
 * Makes file names in a statement start at the folder of the backend, where DuckDB would look in that of the process.
 *
 * @param root absolute
 */
export function pathRewriter(root: string): (text: string, codeBefore: string) => string {
  return (text, codeBefore) => {
    const path = text.slice(1, -1).replaceAll("''", "'");
    if (!text.startsWith("'") || !text.endsWith("'") || isAbsolute(path) || /^[\w+]+:\/\//.test(path))
      return text;
    const isFile = IN_READER.test(codeBefore) || (IN_PLACE_OF_TABLE.test(codeBefore) && FILE.test(path));
    return isFile ? sqlText(join(root, path)) : text;
  };
}

/** A text as a SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
