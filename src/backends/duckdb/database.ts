import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { BackendContext, Health, KnownCrawlers } from '../../contracts/backend.js';
import { RowCollector } from '../sql/answer.js';
import { plainStatement, type Statement } from '../sql/bind.js';
import { inTime } from '../sql/deadline.js';
import { loadDriver } from '../sql/driver.js';
import type { SqlAnswer } from '../sql/prepare.js';
import type { SqlSource } from '../sql/refusal.js';
import type { Table } from '../sql/rows.js';
import type { DnsProofs } from './dns.js';
import { duckdbFailure, withoutFiles } from './failure.js';
import { patternFunction, verifyFunction } from './functions.js';
import type { Verify } from './lists.js';
import { type LogCount, malformedRemarks } from './malformed.js';
import { PackedFiles, packedTexts } from './packed.js';
import { sqlText } from './paths.js';
import { filesIn, rowsOf } from './rows.js';
import { saidIn, unlistedWarnings } from './statement.js';
import type { FileTable } from './tables.js';

interface Site {
  readonly source: SqlSource;
  /** Absolute; all that may be read. */
  readonly folders: readonly string[];
  readonly tables: readonly FileTable[];
  /** Files with lists of addresses, by the name of the crawler. */
  readonly crawlers: Readonly<Record<string, string>>;
  readonly known: KnownCrawlers;
  /** Domains by crawler, and who is asked; undefined where lists alone decide. */
  readonly dns:
    | {
        readonly domains: Readonly<Record<string, readonly string[]>>;
        readonly servers: readonly string[];
      }
    | undefined;
}

type Driver = typeof import('@duckdb/node-api');

interface Opened {
  readonly driver: Driver;
  readonly instance: DuckDBInstance;
  /** Sees no table of ours, so that it tells the names in a statement and not what lies behind them. */
  readonly names: DuckDBConnection;
  /** Of which day the lists of crawlers are that a statement with these texts asks for. */
  readonly listNotes: (texts: ReadonlySet<string>) => readonly string[];
  readonly proofs: DnsProofs | undefined;
}

/** A database in memory for a whole run: opened with the first question, its tables made when a statement names them. */
export class Database {
  readonly #site: Site;
  #opened: Promise<Opened> | undefined;
  readonly #views = new Map<string, Promise<void>>();
  readonly #counts = new Map<string, Promise<LogCount>>();
  /** Two parts of a signal may read two columns of one statement, which is asked once. */
  readonly #tables = new Map<string, Promise<Table>>();
  readonly #packed: PackedFiles;

  constructor(site: Site) {
    this.#site = site;
    this.#packed = new PackedFiles(site.folders[0] ?? '/');
  }

  /** Rows of one SELECT, and what was malformed in the logs that it names. @throws BackendError */
  async ask(statement: Statement, context: BackendContext): Promise<SqlAnswer> {
    return await this.#connected(
      statement,
      context,
      async (connection, { driver, names, listNotes, proofs }, over) => {
        const read = (each: Statement) => rowsOf(connection, driver, each, this.#collector(context));
        const asked = await this.#makeTables(connection, names, statement);
        const said = saidIn(statement.sql);
        const written = packedTexts(said.texts, this.#site.folders);
        const files: string[] = [];
        for (const paths of [...asked.map((each) => each.paths), ...(written === undefined ? [] : [written])])
          files.push(...(await filesIn(paths, read)));
        const key = JSON.stringify([statement.sql, statement.parameters]);
        const [table, cutOff] = await Promise.all([
          once(this.#tables, key, () => this.#proved(proofs, context, () => read(statement))),
          this.#packed.warnings(files, over),
        ]);
        const logs = asked.flatMap(({ name, log }) => (log === undefined ? [] : [{ name, ...log }]));
        const counts = await Promise.all(
          logs.map((log) => this.#countOnce(connection, driver, log, context)),
        );
        const remarks = malformedRemarks(counts);
        const named = new Set([...said.texts, ...statement.parameters]);
        const isVerified = logs.length > 0 && said.isOfVerified;
        const unknown = isVerified ? proofs?.unknown() : undefined;
        const isMinded = said.isOfUnknown;
        return {
          ...table,
          notes: [
            ...(remarks.notes ?? []),
            ...(isVerified ? listNotes(named) : []),
            ...(unknown !== undefined && isMinded ? [unknown] : []),
          ],
          // A statement that does not ask for what is not known would pass over it.
          warnings: [
            ...cutOff,
            ...(remarks.warnings ?? []),
            ...(unknown === undefined || isMinded ? [] : [unknown]),
            ...(logs.length > 0 && said.isOfCrawlers ? unlistedWarnings(this.#site.known, named) : []),
          ],
        };
      },
    );
  }

  /** Asks again until no address was unknown for want of asking about it. */
  async #proved(
    proofs: DnsProofs | undefined,
    context: BackendContext,
    ask: () => Promise<Table>,
  ): Promise<Table> {
    for (;;) {
      const lacking = proofs?.lacking;
      const table = await ask();
      if (proofs === undefined || proofs.lacking === lacking) return table;
      await proofs.settle(context, this.#site.dns?.servers ?? []);
    }
  }

  /** What it is, and how many files each table has; a table of none could answer nothing. @throws BackendError */
  async health(context: BackendContext): Promise<Health> {
    const select = plainStatement('SELECT version()');
    return await this.#connected(select, context, async (connection, { driver }) => {
      const read = (each: Statement) => rowsOf(connection, driver, each, this.#collector(context));
      const version = (await read(select)).rows[0]?.[0] ?? '';
      const notes: string[] = [];
      const empty: string[] = [];
      for (const { name, paths } of this.#site.tables) {
        const files = (await filesIn(paths, read)).length;
        notes.push(
          `table "${name}": ${files === 0 ? `no file in ${paths}` : files === 1 ? '1 file' : `${files} files`}`,
        );
        if (files === 0) empty.push(`"${name}"`);
      }
      if (empty.length > 0) throw withoutFiles(this.#site.source.backend, empty, notes);
      return { identity: `DuckDB ${version}`, newestAgeMs: null, notes };
    });
  }

  #collector({ maxBytes }: BackendContext): RowCollector {
    return new RowCollector(this.#site.source.backend, maxBytes);
  }

  async #connected<T>(
    statement: Statement,
    context: BackendContext,
    work: (connection: DuckDBConnection, opened: Opened, over: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { source, tables } = this.#site;
    const over = new AbortController();
    let connection: DuckDBConnection | undefined;
    const begin = async (): Promise<T> => {
      this.#opened ??= openIn(this.#site);
      const opened = await this.#opened;
      connection = await opened.instance.connect();
      try {
        return await work(connection, opened, over.signal);
      } finally {
        connection.closeSync();
        connection = undefined;
      }
    };
    try {
      return await inTime(source.backend, context, begin, () => {
        connection?.interrupt();
        over.abort();
      });
    } catch (error) {
      throw duckdbFailure(
        error,
        source,
        statement,
        tables.map(({ name }) => name),
      );
    }
  }

  /** Makes the tables that a statement names, each once; a table of no file troubles nobody who does not ask for it. */
  async #makeTables(
    connection: DuckDBConnection,
    names: DuckDBConnection,
    { sql }: Statement,
  ): Promise<readonly FileTable[]> {
    const found = new Set(namesIn(names, sql).map((name) => name.toLowerCase()));
    // Of a statement with COLUMNS('…') or UNPIVOT no names are told: then any word of it may be one.
    const all = found.size > 0 ? found : saidIn(sql).words;
    const named = this.#site.tables.filter(({ name }) => all.has(name.toLowerCase()));
    for (const { name, select } of named) {
      await once(
        this.#views,
        name,
        async () => void (await connection.run(`CREATE VIEW "${name}" AS ${select}`)),
      );
    }
    return named;
  }

  #countOnce(
    connection: DuckDBConnection,
    driver: Driver,
    { name, count, mostMalformed }: { readonly name: string } & NonNullable<FileTable['log']>,
    context: BackendContext,
  ): Promise<LogCount> {
    return once(this.#counts, name, async () => {
      const { rows } = await rowsOf(connection, driver, plainStatement(count), this.#collector(context));
      const [lines, malformed] = (rows[0] ?? []).map(Number);
      return { name, mostMalformed, lines: lines ?? 0, malformed: malformed ?? 0 };
    });
  }
}

/** Does a thing once for all that ask for it at the same time; what failed is tried again by the next. */
function once<T>(known: Map<string, Promise<T>>, name: string, begin: () => Promise<T>): Promise<T> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const begun = begin();
  known.set(name, begun);
  begun.catch(() => known.delete(name));
  return begun;
}

/** None for a statement that cannot be parsed: asking it says why. */
function namesIn(connection: DuckDBConnection, sql: string): readonly string[] {
  try {
    // Names are told of a statement without parameters alone.
    return connection.getTableNames(sql.replaceAll(/\$\d+/g, 'NULL'), false);
  } catch {
    return [];
  }
}

/** Nothing is loaded, written or reached outside the folders, and no statement can change that. */
async function openIn({ source, folders, crawlers, dns }: Site): Promise<Opened> {
  const name = '@duckdb/node-api';
  const driver = await loadDriver(source.backend, 'duckdb', name, () => import('@duckdb/node-api'));
  const instance = await driver.DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  // Loaded with the first question: a replay needs no addresses.
  const { listNotes, loadLists, verifierOf } = await import('./lists.js');
  const lists = await loadLists(crawlers, source.backend);
  const connection = await instance.connect();
  const inLists = verifierOf(lists);
  const proofs = dns === undefined ? undefined : new (await import('./dns.js')).DnsProofs(dns.domains);
  const verify: Verify = (crawler, address) => {
    const isListed = inLists(crawler, address);
    return isListed !== true && proofs?.knows(crawler) === true ? proofs.verify(crawler, address) : isListed;
  };
  connection.registerScalarFunction(verifyFunction(driver, verify));
  connection.registerScalarFunction(patternFunction(driver));
  const settings = [
    "SET temp_directory = ''",
    "SET TimeZone = 'UTC'",
    `SET allowed_directories = [${folders.map(sqlText).join(', ')}]`,
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ];
  const names = await instance.connect();
  await names.run("ATTACH ':memory:' AS elsewhere");
  await names.run('USE elsewhere');
  for (const setting of settings) await connection.run(setting);
  connection.closeSync();
  const notes = (texts: ReadonlySet<string>) => [
    ...listNotes(lists, texts),
    ...(proofs === undefined ? [] : ['addresses of crawlers that no list has were verified by DNS']),
  ];
  return { driver, instance, names, listNotes: notes, proofs };
}
