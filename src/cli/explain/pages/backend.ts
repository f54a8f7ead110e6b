import type { FailureCode } from '../../../model/failure.js';
import type { Page } from '../page.js';

/** Trouble with a backend: the verdict is `error`, never pass. */
export const backendPages: Readonly<Record<Extract<FailureCode, `backend.${string}`>, Page>> = {
  'backend.unreachable': {
    means: 'No connection: refused, reset or without a route, after all tries.',
    why: 'An unanswered question is no answer; exit 4 says that another try may help.',
    mend: 'Check its url, and that it can be reached from where gatekeeper runs: VPN, firewall, proxy variables.',
    example: ['gatekeeper doctor'],
  },
  'backend.dns': {
    means: 'The host name in the url could not be resolved.',
    why: 'Nobody was asked.',
    mend: 'Check the spelling of the host, and the name service where gatekeeper runs.',
  },
  'backend.tls': {
    means:
      'No trusted connection: the certificate has expired, is for another name, or comes from an unknown authority.',
    why: 'Whoever stands in between could answer with a pass.',
    mend: 'Renew it, or name the authority. "insecure-skip-verify" is noted in every report.',
    example: ['tls: { ca: certs/internal-ca.pem, server-name: metrics.internal }'],
  },
  'backend.timeout': {
    means: 'It did not answer in time, after all tries.',
    why: 'A slow answer is not a good one; a run without a deadline would hold the pipeline.',
    mend: 'Ask for less (fewer series, a shorter window, a longer step), or give it more time.',
    example: ['gatekeeper check --backend-timeout 60s'],
  },
  'backend.auth': {
    means: 'It refused the credentials (401, 403), or the proxy did (407).',
    why: 'Trying again would not help, so it is asked once.',
    mend: 'Check "auth" or "headers" of the backend, and that the secret is the one for this address.',
    example: ['auth: { bearer: { env: METRICS_TOKEN } }'],
  },
  'backend.not-found': {
    means: 'It knows no such address (404).',
    why: 'Another service may answer there; its answer would not be about the release.',
    mend: 'Check the url and its path: for Prometheus, the part before /api/v1.',
  },
  'backend.rate-limited': {
    means: 'It answers no more for now (429), after all tries.',
    why: 'A part of the answers is no whole verdict.',
    mend: 'Ask less at once, or later.',
    example: ['gatekeeper check --concurrency 2 --retries 5'],
  },
  'backend.server-error': {
    means: 'It answered with an error of its own (5xx), after all tries.',
    why: 'A backend in trouble is often in trouble together with the release that it watches.',
    mend: 'Look at its state, then try again.',
  },
  'backend.redirect': {
    means: 'It redirects without end, to another scheme, or with a method that must not be repeated.',
    why: 'Credentials are not carried to another server.',
    mend: 'Give the final address as its url.',
  },
  'backend.rejected': {
    means: 'It rejected the request with another 4xx.',
    why: 'The request would be rejected again, so it is not repeated.',
    mend: 'Read what it said, below the message; check the query and the url.',
  },
  'backend.malformed': {
    means: 'Its answer was cut, is not in the expected format, or comes from something else.',
    why: 'A login page with status 200 is no measurement.',
    mend: 'See what stands at the address: a proxy, a login, another service.',
    example: ['gatekeeper doctor'],
  },
  'backend.too-large': {
    means: 'The answer is larger than the limit, decompressed.',
    why: 'A runaway answer would take the pipeline down with it.',
    mend: 'Ask for fewer series, a shorter window or a longer step; let the backend add up: sum by (…) (…).',
  },
  'backend.exec': {
    means: 'A command could not be started, or ended with another code than 0.',
    why: 'What a failed command printed is not trusted.',
    mend: 'Run it by hand from the same folder. Only PATH, HOME, LANG, TZ and what "pass-env" and "env" name reach it.',
    example: [
      'tool: { type: exec, command: [psql], pass-env: [PGHOST], env: { PGPASSWORD: { env: DB_PASSWORD } } }',
    ],
  },
  'backend.file': {
    means: 'A file that a signal reads is not there or cannot be read.',
    why: 'An export that was not written is no data, and certainly no zero.',
    mend: 'Check "path" in the signal, "folder" on the backend, and whether the job before has written it.',
  },
  'backend.driver': {
    means: 'The package that speaks to this type of backend is not installed, or not for this machine.',
    why: 'DuckDB and the drivers of SQL servers are large and seldom needed, so they are installed where they are used.',
    mend: 'Install the package that the message names, beside gatekeeper.',
    example: ['npm install @duckdb/node-api'],
  },
  'backend.query': {
    means: 'The server rejected the query as invalid, or answered 400 or 422; its message stands below.',
    why: 'The gate is at fault and not the server: exit 2, and no retry.',
    mend: 'Mend the query; try it where the server has a console.',
  },
  'backend.answer-shape': {
    means:
      'The answer is well formed and not what the signal needs: several series for one, no times, no "le", no counter.',
    why: 'Picking one of several series would judge by chance.',
    mend: 'Say how series become one, or narrow the query.',
    example: ['across: sum', 'across: worst'],
  },
  'backend.deadline': {
    means: 'The whole run took longer than --timeout.',
    why: 'What was not asked is not judged; a breach that was found stays a breach. Such a run records nothing.',
    mend: 'Give it more time, or find out which backend is slow.',
    example: ['gatekeeper check --timeout 20m', 'gatekeeper doctor'],
  },
  'backend.interrupted': {
    means: 'The run was stopped by SIGINT or SIGTERM before the question was answered.',
    why: 'A cancelled job has no verdict; its exit code is 130 or 143.',
    mend: 'Run it again. A second signal ends it at once.',
  },
};
