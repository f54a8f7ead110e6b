import type { Backend, Variables } from '../contracts/backend.js';
import { suggest } from '../contracts/suggest.js';
import { ok } from '../model/failure.js';
import { addAt, type FileContext } from './context.js';
import { failuresOf } from './issues.js';
import { refuseOpenSecrets } from './open-secrets.js';
import { expandBlock } from './variables.js';

/** Two files may call two servers by one name: their questions are two, though every word is the same. */
function ofFile(backend: Backend, file: string): Backend {
  return {
    ...backend,
    prepare: (request) => {
      const prepared = backend.prepare(request);
      return prepared.ok ? ok({ ...prepared.value, key: `${file} ${prepared.value.key}` }) : prepared;
    },
  };
}

/** Opens every backend of a file; trouble is reported at its place. */
export async function openBackends(
  context: FileContext,
  blocks: Readonly<Record<string, { type: string }>> | undefined,
  variables: Variables,
): Promise<Map<string, Backend>> {
  const opened = new Map<string, Backend>();
  for (const [id, block] of Object.entries(blocks ?? {})) {
    const path = ['backends', id];
    const { type, ...written } = block;
    refuseOpenSecrets(context, path);
    const lookup = context.request.plugins.backends;
    const loading = lookup.load(type);
    if (loading === undefined) {
      const near = suggest(type, lookup.ids);
      addAt(
        context,
        [...path, 'type'],
        [
          {
            code: 'gatefile.unknown-name',
            message: `"${type}" is no backend type`,
            mend: near === undefined ? `types are ${lookup.ids.join(', ')}` : `did you mean "${near}"?`,
          },
        ],
      );
      context.brokenBackends.add(id);
      continue;
    }
    const config = expandBlock(context, written, variables, path);
    const result = (await loading).open(config, { id, folder: context.yaml.folder });
    if (result.ok) opened.set(id, ofFile(result.backend, context.yaml.file));
    else {
      context.brokenBackends.add(id);
      context.trouble.add(...failuresOf(result.issues, context.yaml, path, config));
    }
  }
  return opened;
}
