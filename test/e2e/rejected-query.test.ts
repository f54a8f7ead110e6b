/** A query that Prometheus rejects, as the real program shows it to people: in any width, and in ASCII. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

const QUICK = ['--at', '2026-01-01T00:00:00Z', '--retries', '0'];

let server: HostileServer;
let place: Sandbox;

beforeAll(async () => {
  server = await startHostileServer({
    handle: (seen, response) => {
      const query = new URL(seen.url, 'http://x').searchParams.get('query') ?? '';
      // The first question mark is what it does not like; without one, the fifth character.
      const place = query.includes('?') ? query.indexOf('?') + 1 : 5;
      const error = `invalid parameter "query": 1:${place}: parse error: unexpected character: '?'`;
      response.writeHead(400).end(JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
      return true;
    },
  });
  place = await sandbox();
});
afterAll(async () => {
  await server.close();
  await removeSandboxes();
});

function gateOf(query: string): string {
  return `gate: shop
backends:
  metrics: { type: prometheus, url: "${server.url}" }
signals:
  queue: { value: '${query}', unit: messages }
criteria:
  queue: { pass: "<= 5 messages" }
`;
}

describe('a rejected query is shown with the words of the server, and the caret under its place', () => {
  const LONG =
    'sum(rate(http_requests_total{path="/checkout",region="eu-west-1"}[5m])) / sum(rate(x_total{path="/a?b"}[5m]))';
  const told = async (query: string, args: readonly string[], columns: string): Promise<string> => {
    await place.write({ 'x.gate.yaml': gateOf(query) });
    const env = { XDG_CACHE_HOME: place.folder, COLUMNS: columns };
    const result = await runGatekeeper(['check', 'x.gate.yaml', ...QUICK, ...args], {
      cwd: place.folder,
      env,
    });
    return toldBy(result, { [server.url]: 'http://server' });
  };

  test('to people', async () => {
    expect(await told('sum(queue)', [], '100')).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      gatekeeper VERSION   shop   x.gate.yaml
      window 2025-12-31 23:49Z-23:59Z (10m, step 1m)   source=live
      note  the deploy time was not given: the window starts at 2025-12-31T23:49:00Z, wherever the deploy
            was

        ERROR  queue   no value   limit <= 5 messages   n 0 of 1 needed
               why       the server "metrics" rejected the query
                         sum(queue)
                             ^
                         invalid parameter "query": 1:5: parse error: unexpected character: '?'
               evidence  point; n 0 of 1 needed; no sample seen
               query     value: sum(queue)
               spec      x.gate.yaml:7
               next      mend the query; what the server says stands below it
                         gatekeeper explain shop.queue

      ⊘ ERROR  1 error  exit 2
          blocked by         shop.queue: the server "metrics" rejected the query sum(queue) invalid
                             parameter "query": 1:5: parse error: unexpected character: '?'
          next               mend the query; what the server says stands below it
                             gatekeeper explain shop.queue"
    `);
  });

  test('in 40 columns, of a query that is longer', async () => {
    expect(await told(LONG, [], '40')).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      shop
      2025-12-31 23:49Z-23:59Z  10m  step 1m
      note the deploy time was not given: the
      window starts at 2025-12-31T23:49:00Z,
      wherever the deploy was
      ERROR queue
        no value  limit <= 5 messages
        n 0 of 1 needed
        the server "metrics" rejected the
        query
          …sum(rate(x_total{path="/a?b"}[5m]))
                                    ^
          invalid parameter "query": 1:100:
          parse error: unexpected character:
          '?'
        next mend the query; what the server
        says stands below it
        next gatekeeper explain shop.queue

      ⊘ ERROR  1 error  exit 2
        blocked by shop.queue: the server
          "metrics" rejected the query
          …http_requests_total{path="/checkout",region="eu-west-1"}[5m]))
          /
          sum(rate(x_total{path="/a?b"}[5m]))
          invalid parameter "query": 1:100:
          parse error: unexpected character:
          '?'
        next mend the query; what the server
          says stands below it
        next gatekeeper explain shop.queue"
    `);
  });

  test('in ASCII alone', async () => {
    expect(await told(LONG, ['--ascii'], '70')).toMatchInlineSnapshot(`
      "exit 2
      --- stdout
      gatekeeper VERSION   shop   x.gate.yaml
      window 2025-12-31 23:49Z-23:59Z (10m, step 1m)   source=live
      note  the deploy time was not given: the window starts at
            2025-12-31T23:49:00Z, wherever the deploy was

        ERROR  queue   no value   limit <= 5 messages   n 0 of 1 needed
               why       the server "metrics" rejected the query
                         ...-1"}[5m])) / sum(rate(x_total{path="/a?b"}[5m]))
                                                                  ^
                         invalid parameter "query": 1:100: parse error:
                         unexpected character: '?'
               evidence  point; n 0 of 1 needed; no sample seen
               query     value: sum(rate(http_req...total{path="/a?b"}[5m]))
               spec      x.gate.yaml:7
               next      mend the query; what the server says stands below
                         it
                         gatekeeper explain shop.queue

      E ERROR  1 error  exit 2
          blocked by         shop.queue: the server "metrics" rejected the
                             query
                             …http_requests_total{path="/checkout",region="eu-west-1"}[5m]))
                             / sum(rate(x_total{path="/a?b"}[5m])) invalid
                             parameter "query": 1:100: parse error:
                             unexpected character: '?'
          next               mend the query; what the server says stands
                             below it
                             gatekeeper explain shop.queue"
    `);
  });
});
