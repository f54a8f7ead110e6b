import type { FoundSignal } from './detect.js';
import { startOf } from './starts.js';

/** A gate for one product of the catalogue, named like it. */
export interface Proposal {
  readonly product: string;
  readonly signals: readonly FoundSignal[];
}

/** What the gates of a folder say beside their signals. */
export interface Surroundings {
  /** The backend to name; undefined where there is one alone. */
  readonly backend: string | undefined;
  /** Path of the published schemas from the folder of the gates; undefined where they are not installed. */
  readonly schemas: string | undefined;
}

/** One gate per product, of the signals that have a limit to begin with. */
export function proposalsOf(found: readonly FoundSignal[]): readonly Proposal[] {
  const products = new Map<string, FoundSignal[]>();
  for (const signal of found) {
    const [product = ''] = signal.name.split('/');
    if (startOf(signal.name) !== undefined) products.set(product, [...(products.get(product) ?? []), signal]);
  }
  return [...products].map(([product, signals]) => ({ product, signals }));
}

export function gateText({ product, signals }: Proposal, { backend, schemas }: Surroundings): string {
  const isEmptyNeeded = signals.some(({ parameters }) => parameters.some(({ value }) => value === ''));
  return lines(
    schemas !== undefined && `# yaml-language-server: $schema=${schemas}/gate.schema.json`,
    `gate: ${product}`,
    `about: What ${product} tells of a release`,
    isEmptyNeeded && [
      'vars:',
      '  # No series was seen with the label; an empty value matches those without it.',
      '  none: { default: "", allow-empty: true, about: Stands for a label that is not there }',
    ],
    'window: { for: 30m, step: 1m, settle: 1m }',
    'signals:',
    signals.flatMap((signal) => signalLines(signal, backend)),
    '# The limits are a start, not a recommendation: look at a healthy day with "gatekeeper check", and set them by that.',
    'criteria:',
    signals.map(({ name }) => criterionLine(name)),
  );
}

function signalLines({ name, parameters }: FoundSignal, backend: string | undefined): readonly string[] {
  const given = parameters.map(({ name: key, value }) => `${key}: ${JSON.stringify(value || '{{none}}')}`);
  return [
    `  ${idOf(name)}:`,
    ...(backend === undefined ? [] : [`    backend: ${backend}`]),
    `    use: catalog/${name}`,
    ...parameters.flatMap(({ name: key, about, others }) =>
      others.length === 0 ? [] : [`    # ${key}: ${about}. Seen as well: ${listed(others)}.`],
    ),
    ...(given.length === 0 ? [] : [`    with: { ${given.join(', ')} }`]),
  ];
}

const MOST_LISTED = 5;

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MOST_LISTED).map((value) => JSON.stringify(value));
  const more = values.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

function criterionLine(name: string): string {
  const { take, pass = '' } = startOf(name) ?? {};
  return `  ${idOf(name)}: { ${take === undefined ? '' : `take: ${take}, `}pass: "${pass}" }`;
}

const idOf = (name: string): string => name.split('/').at(-1) ?? name;

/** The configuration that names the server. */
export function configText(url: string, schemas: string | undefined): string {
  return lines(
    schemas !== undefined && `# yaml-language-server: $schema=${schemas}/config.schema.json`,
    'backends:',
    `  metrics: { type: prometheus, url: ${JSON.stringify(`\${PROMETHEUS_URL:-${url}}`)} }`,
    '',
    '# Recorded sets: gatekeeper check --record fixtures/healthy, then --replay healthy.',
    'fixtures: fixtures',
  );
}

/** Steps of a job, as GitHub Actions and those who took its form read them. */
export const CI_STEPS: readonly string[] = [
  '- run: npx --no-install gatekeeper validate',
  '- run: npx --no-install gatekeeper test --coverage',
  '- run: npx --no-install gatekeeper check --since "$DEPLOYED_AT" --report junit:gate.xml',
  '  env:',
  `    PROMETHEUS_URL: \${{ secrets.PROMETHEUS_URL }}`,
  `    DEPLOYED_AT: \${{ needs.deploy.outputs.at }}   # when the release began to take traffic, RFC 3339`,
];

function lines(...parts: readonly (string | readonly string[] | false)[]): string {
  return `${parts.flatMap((part) => (part === false ? [] : part)).join('\n')}\n`;
}
