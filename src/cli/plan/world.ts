import { counted } from '../../contracts/counted.js';
import type { Gate } from '../../contracts/gate.js';
import type { Loaded } from '../../gatefile/load.js';
import { backendLines } from '../inventory/gates.js';
import { type Row, rowsText } from '../page/page.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Backends and environment: who would be asked, and what was read to know. */
export function worldPlan(loaded: Loaded, env: Env): readonly string[] {
  return [
    ...backendLines(loaded.backends),
    ...(loaded.environment.length === 0
      ? []
      : ['environment', ...rowsText(environmentRows(loaded, env), 1), '']),
  ];
}

/** `12 questions, 10 distinct`. */
export function questionCount(gates: readonly Gate[]): string {
  const keys = gates.flatMap((gate) => [
    ...gate.criteria.flatMap(({ arms, earlier }) =>
      [...arms, ...(earlier === null ? [] : [earlier])].flatMap(({ questions }) =>
        questions.map(({ query }) => query.key),
      ),
    ),
    ...gate.unlisted.map(({ query }) => query.key),
  ]);
  return `${counted(keys.length, 'question')}, ${new Set(keys).size} distinct`;
}

/** Names that were read; a value only where it is no secret. */
function environmentRows({ environment, plainEnvironment, secrets }: Loaded, env: Env): readonly Row[] {
  const secret = new Set(secrets.map(({ name }) => name));
  return environment.map((name): Row => {
    if (secret.has(name)) return [name, 'set, a secret'];
    const value = plainEnvironment[name];
    if (value !== undefined) return [name, JSON.stringify(value)];
    return [
      name,
      env[name] === undefined || env[name] === '' ? 'not set: the default stands' : 'set, not shown',
    ];
  });
}
