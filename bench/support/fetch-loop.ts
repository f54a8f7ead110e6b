/** Asks for so many pages through the door that a probe uses, keeps nothing of them, and prints how many ms that took. */
import { openFetcher } from '../../src/cli/wire.js';

const [, , url = '', pages = '', connections = ''] = process.argv;
const fetcher = await openFetcher();
const { signal } = new AbortController();
let next = 0;

const start = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, worker));
process.stdout.write(String(performance.now() - start));
// Connections are kept alive: nothing else waits.
process.exit();

async function worker(): Promise<void> {
  while (next < Number(pages)) {
    const page = `${url}/p/${next}`;
    next += 1;
    const answer = await fetcher.fetch(
      {
        url: page,
        headers: { 'user-agent': fetcher.userAgent, 'accept-encoding': 'gzip, deflate, br' },
        hosts: [new URL(url).host],
        isPrivateAllowed: true,
        perSecond: 1_000_000,
        connections: Number(connections),
        timeoutMs: 10_000,
        maxBytes: 1024 * 1024,
      },
      signal,
    );
    if (answer.state !== 'answered' || answer.status !== 200) throw new Error(JSON.stringify(answer));
  }
}
