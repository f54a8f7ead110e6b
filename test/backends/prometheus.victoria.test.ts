/** The backend against VictoriaMetrics: the same API with other errors, another look-back and another identity. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contracts/backend.js';
import { freePort, needs, type Running, startProcess, waitUntil } from '../support/processes.js';
import { ask, contextWith, failureOf, MINUTE, open, requestOf, windowTo } from './prometheus-support.js';

const to = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;
const window = windowTo(to);
const TARGET = 'job="shop",instance="a:1"';

function samples(
  name: string,
  labels: string,
  sinceS: number,
  untilS: number,
  value: (i: number) => number,
): string {
  const count = Math.floor((sinceS - untilS) / 15) + 1;
  return Array.from({ length: count }, (_, i) => {
    const time = to - (sinceS - 15 * i) * 1000 - 3000;
    return `${name}{${labels}} ${value(i)} ${time}`;
  }).join('\n');
}

describe.skipIf(!needs('victoria-metrics'))('against a real VictoriaMetrics', () => {
  let folder: string;
  let server: Running;
  let backend: Backend;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatekeeper-victoria-'));
    const address = `127.0.0.1:${await freePort()}`;
    const url = `http://${address}`;
    server = await startProcess('victoria-metrics', [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=${address}`,
      '-retentionPeriod=12',
      '-search.latencyOffset=0s',
      '-search.disableCache',
    ]);
    await waitUntil(
      async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok === true,
      'VictoriaMetrics',
    );
    const body = [
      samples('orders_total', `${TARGET},code="200"`, 3600, 0, (i) => 1000 + 7 * i),
      samples('orders_total', `${TARGET},code="500"`, 300, 0, (i) => 3 + i),
      samples('depth', `${TARGET},queue="dead"`, 3600, 120, (i) => i % 5),
      samples('up', TARGET, 3600, 0, () => 1),
      '',
    ].join('\n');
    await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body });
    await fetch(`${url}/internal/force_flush`);
    backend = open({ url });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const request = (source: unknown, more: Parameters<typeof requestOf>[1] = {}) =>
    requestOf(source, { window, ...more });
  const total = (values: readonly number[] = []): number => values.reduce((a, b) => a + b, 0);

  test('counters count exactly, a born one from 0', async () => {
    const old = await ask(backend, request({ counter: 'orders_total{code="200"}' }));
    expect(old.series[0]?.values).toEqual(Array(10).fill(28));
    const born = await ask(backend, request({ counter: 'orders_total{code="500"}' }));
    expect(total(born.series[0]?.values)).toBe(23);
  });

  test('queries by step stand at the ends of the steps', async () => {
    const { series, sampleIntervalMs } = await ask(
      backend,
      request('sum(increase(orders_total{code="200"}[{{step}}]))'),
    );
    expect(series[0]?.times).toHaveLength(10);
    expect(total(series[0]?.values)).toBe(280);
    expect(sampleIntervalMs).toBe(15_000);
  });

  test('a dead exporter shows its age', async () => {
    for (const query of ['depth{queue="dead"}', 'sum(depth)']) {
      const { series } = await ask(backend, request(query, { use: 'instant' }));
      expect([query, series[0]?.newest]).toEqual([query, to - 123_000]);
      const steps = await ask(backend, request(query, { use: 'steps' }));
      expect(steps.series[0]?.times.at(-1)).toBe(to - 2 * MINUTE);
    }
  });

  test('a query that it cannot run is the query’s fault, with its words', async () => {
    const failure = await failureOf(
      ask(backend, request('depth * on (job) orders_total', { use: 'instant' })),
    );
    expect(failure.code).toBe('backend.query');
    expect(failure.detail?.[0]).toBe('depth * on (job) orders_total');
    expect(failure.detail?.at(-1)).toMatch(/duplicate time series/);
  });

  test('it says what it is', async () => {
    expect((await backend.probe(contextWith())).identity).toBe('VictoriaMetrics');
  });
});
