import type { Failure } from '../model/failure.js';
import { type FileContext, placeOf } from './context.js';
import { SECRET_KEY, SECRET_NAME } from './secret-places.js';
import type { Path } from './yaml-file.js';

const PASSWORD_IN_URL = /^https?:\/\/[^/@\s]*:([^/@\s]+)@/i;

/**
 * Finds secrets that stand in a backend's block in plain text, and refuses them.
 *
 * They are masked from then on: a message quotes its line, and a CI keeps its logs. What holds `${NAME}` is written
 * nowhere, and passes.
 */
export function refuseOpenSecrets(context: FileContext, path: Path): void {
  const written = path.reduce<unknown>(
    (node, step) =>
      typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[step] : undefined,
    context.yaml.value,
  );
  walk(written, path, (text, at) => {
    const key = String(at.at(-1));
    const inUrl = PASSWORD_IN_URL.exec(text)?.[1];
    if (inUrl !== undefined) {
      context.secrets.push({ name: 'password', value: inUrl });
      context.trouble.add(
        trouble(
          context,
          at,
          'a password stands in the URL',
          'auth: { basic: { username: NAME, password: { env: NAME } } }',
        ),
      );
    } else if (SECRET_KEY.test(key)) context.secrets.push({ name: key, value: text });
    else if (SECRET_NAME.test(key)) {
      context.secrets.push({ name: key, value: text });
      context.trouble.add(
        trouble(context, at, `"${key}" holds its secret in plain text`, `${key}: { env: NAME }`),
      );
    }
  });
}

function trouble(context: FileContext, path: Path, message: string, instead: string): Failure {
  return { code: 'gatefile.secret', message, span: placeOf(context, path), mend: `write ${instead}` };
}

/** Every text that is no reference to the environment, with its path. */
function walk(node: unknown, path: Path, visit: (text: string, path: Path) => void): void {
  if (typeof node === 'string') {
    if (!node.includes('${')) visit(node, path);
    return;
  }
  if (typeof node !== 'object' || node === null || isReference(node)) return;
  for (const [key, item] of Object.entries(node)) walk(item, [...path, key], visit);
}

/** `{ env: NAME }` and `{ file: path }`. */
function isReference(node: object): boolean {
  const [key, ...others] = Object.keys(node);
  return others.length === 0 && (key === 'env' || key === 'file');
}
