import * as z from 'zod';
import { type BackendContext, defineBackend } from '../contracts/backend.js';
import { placeholdersIn } from '../contracts/placeholders.js';
import { optional, strict, stringOrSecret } from '../contracts/schema.js';
import { type Failure, failed, ok, type Result } from '../model/failure.js';
import type { Server } from './prometheus/api.js';
import { healthOf } from './prometheus/health.js';
import { maskOf } from './prometheus/mask.js';
import { isPlain, loadGrammar } from './prometheus/parse.js';
import { questionOf, type Source } from './prometheus/questions.js';
import { addressOf, type Endpoint, endpointNotes, endpointShape, rootedIn } from './shared/endpoint.js';

const TENANT_HEADER = 'X-Scope-OrgID';

const config = strict({
  ...endpointShape,
  tenant: optional(() => stringOrSecret, { description: `Short for the header ${TENANT_HEADER}.` }),
})
  .refine(({ tenant, headers = {} }) => tenant === undefined || !Object.keys(headers).some(isTenantHeader), {
    path: ['tenant'],
    error: `"tenant" and the header ${TENANT_HEADER} say the same: give one of them`,
  })
  .meta({ description: 'Prometheus, or what speaks its API: Thanos, Mimir, Cortex, VictoriaMetrics.' });

const query = strict({
  counter: z.string('a selector is expected').min(1, 'a selector is expected').meta({
    description: 'A selector of a counter, such as requests_total{code="500"}: read raw, counted exactly.',
  }),
});

/** Prometheus and all that answers its query API. */
export const prometheus = defineBackend({
  type: 'prometheus',
  about: 'Prometheus, Thanos, Mimir, Cortex, VictoriaMetrics: PromQL over HTTP',
  config,
  query,
  open: (block, { id, folder }) => {
    const endpoint = rootedIn(folder, endpointOf(block));
    const mask = maskOf(endpoint);
    const serverIn = (context: BackendContext): Server => ({ id, endpoint, context, mask });
    return {
      address: addressOf(endpoint),
      prepare: (request) => {
        const source = sourceOf(request.source);
        if (!source.ok) return source;
        const question = questionOf(source.value, request);
        if (!question.ok) return question;
        const { text, concrete, notes, fetch } = question.value;
        const { use, window } = request;
        return ok({
          backend: id,
          key: JSON.stringify([id, use, source.value.kind, concrete, window.from, window.to, window.stepMs]),
          text,
          use,
          window,
          counting: source.value.kind === 'counter' ? 'counter' : 'extrapolated',
          notes: [...endpointNotes(endpoint), ...notes],
          fetch: (context) => fetch(serverIn(context)),
        });
      },
      ready: async (parts, isRaw) => {
        if (!parts.every((part) => isPlainCounter(part, isRaw))) await loadGrammar();
      },
      probe: (context) => healthOf(serverIn(context)),
    };
  },
});

/** Whether a part stays a plain selector whatever its variables are: what is not raw cannot leave its literal. */
function isPlainCounter(part: unknown, isRaw: (variable: string) => boolean): boolean {
  const source = sourceOf(part);
  if (!source.ok || source.value.kind !== 'counter') return false;
  const { text } = source.value;
  return isPlain(text) && !placeholdersIn(text).some(({ name }) => isRaw(name));
}

function endpointOf({ tenant, ...endpoint }: z.output<typeof config>): Endpoint {
  if (tenant === undefined) return endpoint;
  return { ...endpoint, headers: { ...endpoint.headers, [TENANT_HEADER]: tenant } };
}

function isTenantHeader(name: string): boolean {
  return name.toLowerCase() === TENANT_HEADER.toLowerCase();
}

function sourceOf(source: unknown): Result<Source> {
  if (typeof source === 'string') return ok({ kind: 'query', text: source });
  const parsed = query.safeParse(source);
  if (parsed.success) return ok({ kind: 'counter', text: parsed.data.counter });
  const failures = parsed.error.issues.map(({ message }): Failure => {
    const [first = message, mend] = message.split('\n');
    return {
      code: 'gatefile.invalid',
      message: first,
      mend: mend ?? 'write a PromQL query, or { counter: SELECTOR }',
    };
  });
  return failed(...failures);
}
