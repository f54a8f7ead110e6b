import type { Variable, Variables } from '../contracts/backend.js';
import { BUILT_INS, expandPlaceholders } from '../contracts/placeholders.js';
import { type Failure, ok } from '../model/failure.js';
import { addAt, type FileContext, placeOf } from './context.js';
import type { VariableBlock } from './schema.js';
import type { Path } from './yaml-file.js';

const ALLOW_EMPTY = ', or write "allow-empty: true"';

/** Values of `vars:` with `--var` laid over them; trouble is reported, never guessed away. */
export function resolveVars(
  context: FileContext,
  blocks: Readonly<Record<string, VariableBlock>> | undefined,
): Map<string, Variable> {
  const values = new Map<string, Variable>();
  for (const [name, block] of Object.entries(blocks ?? {})) {
    const given = context.request.vars.get(name);
    const value = given ?? block.default;
    const span = context.yaml.keySpanOf(['vars', name]);
    if (BUILT_INS.includes(name)) {
      context.trouble.add({
        code: 'gatefile.variable',
        message: `"${name}" is a built-in name`,
        span,
        mend: 'choose another name',
      });
    } else if (value === undefined) {
      if (context.isMisspelt(['vars', name])) continue;
      const message = `variable "${name}" has no value`;
      context.trouble.add({
        code: 'gatefile.variable',
        message,
        span,
        mend: `give it with --var ${name}=VALUE${block.required ? '' : ', or a default here'}`,
      });
    } else if (value === '' && !block['allow-empty']) {
      context.trouble.add(
        emptyVariable(name, given === undefined ? 'its default' : '--var', span, ALLOW_EMPTY),
      );
    }
    values.set(name, { value: value ?? '', isRaw: block.raw });
  }
  return values;
}

function emptyVariable(
  name: string,
  where: string,
  span: ReturnType<typeof placeOf>,
  alternative = '',
): Failure {
  return {
    code: 'gatefile.empty-variable',
    message: `variable "${name}" is empty (from ${where})`,
    span,
    mend: `{${name}=""} would match every series without the label; give a value${alternative}`,
  };
}

/** Refuses a name that two of vars, arms, segments and parameters define: which one was meant cannot be told. */
export function addVariables(
  context: FileContext,
  into: Map<string, Variable>,
  more: Readonly<Record<string, string>>,
  what: string,
  path: Path,
): void {
  for (const [name, value] of Object.entries(more)) {
    const span = placeOf(context, [...path, name]);
    if (into.has(name) || BUILT_INS.includes(name)) {
      context.trouble.add({
        code: 'gatefile.duplicate-name',
        message: `${what} defines "${name}", which ${BUILT_INS.includes(name) ? 'is built in' : 'is defined elsewhere in the gate'}`,
        span,
        mend: 'rename one of the two',
      });
    }
    if (value === '') context.trouble.add(emptyVariable(name, what, span));
    into.set(name, { value, isRaw: false });
  }
}

/** Expands `{{name}}` in a plain text such as a title or a link. */
export function expandText(context: FileContext, text: string, variables: Variables, path: Path): string {
  const expanded = expandPlaceholders(text, variables, (value) => ok(value));
  if (expanded.ok) return expanded.value;
  addAt(context, path, expanded.failures);
  return text;
}

/** Expands `{{name}}` in every string of a block. Objects that are no plain mappings, such as secrets, are kept. */
export function expandBlock(context: FileContext, block: unknown, variables: Variables, path: Path): unknown {
  if (typeof block === 'string') return expandText(context, block, variables, path);
  if (Array.isArray(block))
    return block.map((item, i) => expandBlock(context, item, variables, [...path, i]));
  if (typeof block !== 'object' || block === null || Object.getPrototypeOf(block) !== Object.prototype)
    return block;
  return Object.fromEntries(
    Object.entries(block).map(([key, item]) => [key, expandBlock(context, item, variables, [...path, key])]),
  );
}
