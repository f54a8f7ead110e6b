/** Reads folders in the layout of the PetShop data, and writes the plain table that the gate reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Seconds that a row spans; its stamp is the beginning. */
export const ROW_S = 300;
const HEADER_ROWS = 4;

/** The nodes a gate of this shop looks at, by the names that the gate uses. */
const SERVICES: Readonly<Record<string, string>> = {
  PetSite: 'front',
  'PetSearch_AWS::ECS::Fargate': 'search',
  'payforadoption_AWS::ECS::Container': 'payment',
  'petlistadoptions_AWS::ECS::Fargate': 'listing',
  'petInfo_AWS::DynamoDB::Table': 'pets',
  'PetAdoptionStatusUpdater/prod_AWS::ApiGateway::Stage': 'status',
  'lambdastatusupdater_AWS::Lambda::Function': 'function',
};
const METRICS = ['requests:Sum', 'availability:Average', 'latency:Average', 'latency:p95'] as const;
type Metric = (typeof METRICS)[number];

/** One row: its beginning in unix seconds, and what each service said. */
export interface Row {
  readonly start: number;
  readonly services: ReadonlyMap<string, Partial<Record<Metric, number>>>;
}

/** One folder of the data. */
export interface Recorded {
  /** Relative to the data. */
  readonly name: string;
  /** The folder of its traffic level. */
  readonly level: string;
  readonly rows: readonly Row[];
}

export interface Fault extends Recorded {
  /** Unix seconds. */
  readonly injectedAt: number;
  readonly cause: string;
}

export interface Records {
  readonly faults: readonly Fault[];
  readonly normal: readonly Recorded[];
}

/**
 * Finds faults (folders with `target.json`) and normal operation (folders called `noissue`) at any depth.
 *
 * @throws for a folder that holds neither, or files in another layout
 */
export function readRecords(data: string): Records {
  const faults: Fault[] = [];
  const normal: Recorded[] = [];
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).sort();
  for (const file of files.filter((each) => basename(each) === 'metrics.csv')) {
    const folder = dirname(file);
    const rows = readRows(join(data, file));
    if (basename(folder) === 'noissue') {
      normal.push({ name: folder, level: dirname(folder), rows });
    } else if (files.includes(join(folder, 'target.json'))) {
      const target: unknown = JSON.parse(readFileSync(join(data, folder, 'target.json'), 'utf8'));
      faults.push({ name: folder, level: dirname(dirname(folder)), rows, ...targetOf(target, folder) });
    }
  }
  if (faults.length + normal.length === 0) {
    throw new Error(
      `${relative('.', data) || '.'} holds no folder with metrics.csv and target.json, nor "noissue"`,
    );
  }
  return { faults, normal };
}

function readRows(file: string): readonly Row[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  const [nodes = [], metrics = [], statistics = []] = lines.map((line) => line.split(','));
  const columns = nodes.flatMap((node, i) => {
    const service = SERVICES[node];
    const metric = METRICS.find((each) => each === `${metrics[i]}:${statistics[i]}`);
    return service === undefined || metric === undefined ? [] : [{ i, service, metric }];
  });
  return lines
    .slice(HEADER_ROWS)
    .map((line) => line.split(','))
    .map((cells) => {
      const services = new Map<string, Partial<Record<Metric, number>>>();
      for (const { i, service, metric } of columns) {
        const cell = cells[i] ?? '';
        if (cell !== '') services.set(service, { ...services.get(service), [metric]: Number(cell) });
      }
      return { start: Number(cells[0]), services };
    })
    .sort((a, b) => a.start - b.start);
}

function targetOf(target: unknown, folder: string): Pick<Fault, 'injectedAt' | 'cause'> {
  const at = valueAt(target, 'target', 'timestamp');
  if (typeof at !== 'number') throw new Error(`${folder}/target.json says no "target.timestamp"`);
  const node = valueAt(target, 'root_cause', 'node');
  const command = valueAt(target, 'metadata', 'reproducibility');
  const what = /'\/petstore\/([a-z]+)' --value '([^']*)'/.exec(JSON.stringify(command ?? ''));
  const service = typeof node === 'string' ? (SERVICES[node] ?? node) : 'unknown';
  return { injectedAt: at, cause: what === null ? service : `${service} ${what[1]} ${what[2]}` };
}

function valueAt(from: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), from);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Median number of requests at the front in a row. */
export function trafficOf({ rows }: Recorded): number {
  const requests = rows
    .flatMap((row) => row.services.get('front')?.['requests:Sum'] ?? [])
    .sort((a, b) => a - b);
  return requests[requests.length >> 1] ?? Number.NaN;
}

/**
 * The table of `gates/bench/petshop.yaml`. A row is stamped with its end; an empty cell is missing, never 0.
 *
 * @param rows with the beginning that each shall have
 */
export function tableOf(rows: readonly Row[]): string {
  const lines = ['time,service,requests,faults,latency,p95'];
  for (const { start, services } of rows) {
    for (const [service, said] of services) {
      const requests = said['requests:Sum'];
      const availability = said['availability:Average'];
      const faults =
        requests === undefined || availability === undefined
          ? undefined
          : Math.round(requests * (1 - availability / 100));
      const cells = [start + ROW_S, service, requests, faults, said['latency:Average'], said['latency:p95']];
      lines.push(cells.map((cell) => cell ?? '').join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}
