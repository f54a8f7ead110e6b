// @ts-check
/**
 * Who may import whom. This file is the architecture in a form that fails: each wall says why it stands and what to do
 * instead. Run it with `npm run lint`, or alone with `node test/house/cruise.mjs`.
 *
 *   floor 3  cli                                                    sees everything; only cli/wire.ts sees registries
 *   floor 2  gatefile backends signals judges engine recording testing importers reporters http      never see one another
 *   floor 1  contracts                                              what can be plugged in; sees model
 *   floor 0  model, stats                                           see nothing
 */

const ROOMS = 'gatefile|backends|signals|judges|engine|recording|testing|importers|reporters|http';
/** Rooms that hold one plug-in per file, listed in their registry.ts. */
const PLUGIN_ROOMS = 'backends|signals|judges|importers|reporters';

/**
 * A package or a Node module that may be imported through some files only.
 *
 * @param {string} name
 * @param {{what: string, through: string[], comment: string}} door  regular expressions, without anchors for packages
 */
function door(name, { what, through, comment }) {
  return {
    name: `door-${name}`,
    severity: 'error',
    comment,
    from: { path: '^src/', pathNot: through.map((path) => `^src/${path}`) },
    to: { path: what },
  };
}

/** @param {string} names */
const npm = (names) => `(^|/)node_modules/(${names})/`;
/** @param {string} names */
const node = (names) => `^(node:)?(${names})(/|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      severity: 'error',
      comment:
        'Two files that need each other are one concern cut in the wrong place, and whichever loads first sees the other ' +
        'half-made. Move what both need one floor down, or into a third file.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'slab-sees-nothing',
      severity: 'error',
      comment:
        'model/ is what can be written as JSON and stats/ is maths on numbers; the verdict must not depend on anything that ' +
        'can change under it. Hand the value in as an argument, or put the code one floor up.',
      from: { path: '^src/(model|stats)/' },
      to: { pathNot: '^src/$1/' },
    },
    {
      name: 'contracts-see-model',
      severity: 'error',
      comment:
        'A contract is one page that the author of a plug-in reads; an implementation behind it would be loaded by every ' +
        'plug-in. Describe the shape here and put the code into a room.',
      from: { path: '^src/contracts/' },
      to: { pathNot: ['^src/(contracts|model)/', npm('zod')] },
    },
    {
      name: 'room-sees-no-room',
      severity: 'error',
      comment:
        'Rooms are taken out, replaced and tested alone. Shared nouns go to model/, shared verbs to contracts/, shared maths ' +
        'to stats/; what must meet is handed over in cli/wire.ts.',
      from: { path: `^src/(${ROOMS})/` },
      to: { path: '^src/', pathNot: '^src/(contracts|model|stats|$1)/' },
    },
    {
      name: 'no-new-room',
      severity: 'error',
      comment:
        'A folder that no wall knows is a hole in all of them. Add it to ROOMS above, and to src/README.md.',
      from: { path: '^src/', pathNot: `^src/(model|stats|contracts|cli|${ROOMS})/` },
      to: {},
    },
    {
      name: 'registry-by-wire',
      severity: 'error',
      comment:
        'A registry names every plug-in of its room; whoever imports it can reach all of them. cli/wire.ts passes it on as a ' +
        'Lookup (contracts/lookup.ts): take that as a parameter.',
      from: { path: '^src/', pathNot: '^src/cli/wire\\.ts$' },
      to: { path: '^src/[^/]+/registry\\.ts$' },
    },
    {
      name: 'plugin-sees-no-plugin',
      severity: 'error',
      comment:
        'A plug-in that leans on another cannot be changed alone. Shared work moves to contracts/, stats/ or a named folder ' +
        'in the same room (backends/prometheus/matrix.ts), which any plug-in of the room may import.',
      from: { path: `^src/(${PLUGIN_ROOMS})/`, pathNot: `^src/(${PLUGIN_ROOMS})/registry\\.ts$` },
      to: { path: '^src/$1/[^/]+\\.ts$' },
    },
    {
      name: 'src-sees-src',
      severity: 'error',
      comment: 'What ships must not need what does not ship. Move it into src/.',
      from: { path: '^src/' },
      to: { path: '^(test|bench|tools|bin|gates|fixtures|dist)/' },
    },
    {
      name: 'no-dev-package',
      severity: 'error',
      comment:
        'The package is not there for who installs gatekeeper. Move it to "dependencies", or do without.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-riddle',
      severity: 'error',
      comment:
        'The import leads nowhere. Mend the path (with .js at its end), or install the package. Optional drivers that may be ' +
        'absent are listed in tools/build.mjs as external, and here.',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^(@duckdb/node-api|pg|mysql2)(/|$)' },
    },
    {
      name: 'lazy-through-own-file',
      severity: 'error',
      comment:
        '`await import("zod")` bundles all of it, locales and all, and of a CommonJS package (yaml) the bundle sees only ' +
        '`default`. Import it in a file of ours, by name, and `await import()` that file.',
      from: { path: '^src/' },
      to: { path: npm('yaml|zod'), dynamic: true },
    },
    door('http', {
      what: npm('axios|proxy-from-env|https-proxy-agent|http-proxy-agent'),
      through: ['http/'],
      comment:
        'An AxiosError printed as it is carries keys and passwords; http/client.ts turns it into a Failure of chosen, masked ' +
        'fields. Ask for the Http of contracts/http.ts.',
    }),
    door('sockets', {
      what: node('http|https|http2|net|tls|dns|dgram'),
      through: ['http/', 'backends/sql/tls\\.ts$'],
      comment:
        'Retry, deadline, proxy, TLS and masking have one home. Ask for the Http of contracts/http.ts; whom a driver of SQL ' +
        'trusts is told in backends/sql/tls.ts.',
    }),
    door('yaml', {
      what: npm('yaml'),
      through: ['gatefile/', 'importers/', 'recording/', 'signals/crawl/source/baseline\\.ts$'],
      comment:
        'Text becomes a checked model at the edge, with its positions; behind the edge there is no text.',
    }),
    door('terminal', {
      what: npm('commander|ora'),
      through: ['cli/'],
      comment:
        'Arguments and spinners belong to the command line; the rest must run under a test or another shell unchanged. Take ' +
        'a parameter, or report progress through a callback.',
    }),
    door('chalk', {
      what: npm('chalk'),
      through: ['cli/', 'reporters/pretty\\.ts$', 'reporters/pretty/'],
      comment: 'Machine formats must never hold escape codes. Colour comes to a reporter as Style.',
    }),
    door('fs', {
      what: node('fs'),
      through: [
        'cli/',
        'gatefile/',
        'recording/',
        'backends/file\\.ts$',
        'backends/file/',
        'backends/sql/tls\\.ts$',
        'backends/duckdb/lists\\.ts$',
        'backends/duckdb/packed\\.ts$',
        'http/tls\\.ts$',
        // Lists of pages, and pages recorded before a release.
        'signals/list/file\\.ts$',
        'signals/crawl/source/baseline\\.ts$',
        'signals/crawl/source/render\\.ts$',
      ],
      comment:
        'What reads or writes files cannot be replayed. Return text and let cli/ write it, or take text.',
    }),
    door('child-process', {
      what: node('child_process|cluster|worker_threads'),
      // A browser that a gate names, for pages that scripts change.
      through: ['backends/exec\\.ts$', 'backends/exec/', 'signals/crawl/source/browser\\.ts$'],
      comment:
        'Running a program is the most dangerous thing a gate file can ask for, so it has one place to review.',
    }),
    door('process', {
      what: node('process|os|tty|readline'),
      // Only `kill` reaches a process group: a command is ended with its children, and so is a browser.
      through: ['cli/', 'backends/exec/', 'signals/crawl/source/browser\\.ts$'],
      comment: 'Environment, streams and the machine are read once in cli/ and handed down.',
    }),
    door('clock', {
      what: node('timers|perf_hooks'),
      through: ['cli/wire\\.ts$'],
      comment: 'Time comes in as a Clock (contracts/clock.ts): a test that sleeps is a bug.',
    }),
  ],
  options: {
    // The packages themselves are not our concern, but the arrows that lead to them are.
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    // A type is an arrow, too: a room that knows another room's types cannot be taken out.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
};
