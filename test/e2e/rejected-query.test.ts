/** A query that Prometheus rejects, as the real program shows it to people: in any width, and in ASCII. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runGatekeeper } from '../support/binary.js';
import { type HostileServer, startHostileServer } from '../support/hostile-server.js';
import { removeSandboxes, type Sandbox, sandbox } from '../support/sandbox.js';
import { toldBy } from './told.js';

const QUICK = ['--at', '2026-01-01T00:00:00Z', '--retries', '0'];

let server: HostileServer;
let place: Sandbox;
/** Answers that wait until a question of ours was answered; undefined: none waits. */
let waiting: (() => void)[] | undefined;

beforeAll(async () => {
  server = await startHostileServer({
    handle: (seen, response) => {
      const query = new URL(seen.url, 'http://x').searchParams.get('query') ?? '';
      // The first question mark is what it does not like; without one, the fifth character.
      const place = query.includes('?') ? query.indexOf('?') + 1 : 5;
      const error = `invalid parameter "query": 1:${place}: parse error: unexpected character: '?'`;
      const answer = (): void =>
        void response.writeHead(400).end(JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
      const isOurs = /^(?:label_replace|max\(count_over_time)/.test(query);
      if (waiting === undefined || isOurs || query.includes(' or ')) answer();
      else waiting.push(answer);
      // Long enough for the other answer to be read first.
      if (isOurs)
        response.on('finish', () => setTimeout(() => waiting?.splice(0).forEach((each) => void each()), 100));
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
                         gatekeeper explain shop.queue x.gate.yaml

      ⊘ ERROR  1 error  exit 2
          blocked by         shop.queue: the server "metrics" rejected the query sum(queue) invalid
                             parameter "query": 1:5: parse error: unexpected character: '?'
          next               mend the query; what the server says stands below it
                             gatekeeper explain shop.queue x.gate.yaml"
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
        x.gate.yaml

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
        next gatekeeper explain shop.queue
          x.gate.yaml"
    `);
  });

  test.each([
    ['a value', '{ value: "sum(queue)", unit: messages }', 'sum(queue)'],
    [
      'a count',
      "{ ratio: { bad: 'sum(increase(b[{{step}}]))', total: 'sum(increase(t[{{step}}]))' } }",
      'sum(increase(b[1m]))',
    ],
  ])('the own query, of %s, though a question of ours is refused first', async (_, signal, shown) => {
    const limit = signal.includes('ratio') ? '5%' : '5 messages';
    const gate = gateOf('')
      .replace(/queue: .*/, `queue: ${signal}`)
      .replace('5 messages', limit);
    await place.write({ 'x.gate.yaml': gate });
    waiting = [];
    const { stdout } = await runGatekeeper(['check', 'x.gate.yaml', ...QUICK], { cwd: place.folder });
    waiting = undefined;
    expect(stdout.replaceAll(/^ */gm, '')).toContain(`${shown}\n^\n`);
    expect(stdout).not.toMatch(/gatekeeper_selector|count_over_time/);
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
                         gatekeeper explain shop.queue x.gate.yaml

      E ERROR  1 error  exit 2
          blocked by         shop.queue: the server "metrics" rejected the
                             query
                             …http_requests_total{path="/checkout",region="eu-west-1"}[5m]))
                             / sum(rate(x_total{path="/a?b"}[5m])) invalid
                             parameter "query": 1:100: parse error:
                             unexpected character: '?'
          next               mend the query; what the server says stands
                             below it
                             gatekeeper explain shop.queue x.gate.yaml"
    `);
  });
});
