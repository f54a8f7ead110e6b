// @ts-check
/** Judges this repository's gates from recorded answers, with no network, and says what to try next. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = ['bin/gatekeeper.js', 'check', 'gates', '--replay', 'fixtures/healthy'];

// The sets were recorded with values of their own; what is exported for a real shop would stand over them.
const { SHOP_URL, ACCESS_LOGS, PREFERRED_PAGES, PROMETHEUS_URL, ...env } = process.env;

console.log(`$ node ${command.join(' ')}\n`);
const { status, error } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
if (error !== undefined) throw error;

console.log(`
Try next:

  # the same gates on a canary that is broken in each of them: exit 1, what is wrong and who is to be called
  node bin/gatekeeper.js check gates --replay fixtures/regressed

  # what one of its criteria asks, and how it is judged
  node bin/gatekeeper.js explain 'checkout-completion.checkout-not-worse[path=edge]'

  # the same gates on your Prometheus, your shop and its access logs
  PROMETHEUS_URL=http://127.0.0.1:9090 SHOP_URL=https://shop.example ACCESS_LOGS=/var/log/nginx node bin/gatekeeper.js check gates`);
process.exitCode = status ?? 1;
