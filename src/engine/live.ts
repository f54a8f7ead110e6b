import type { BackendContext } from '../contracts/backend.js';
import { pageSchema } from '../contracts/page.js';
import type { SecretStore } from '../contracts/secrets.js';
import type { TakeMeasurement } from '../contracts/take.js';
import { BackendError, type Failure } from '../model/failure.js';
import type { Page } from '../model/page.js';
import type { Answer } from '../model/series.js';

/**
 * Asks the backend. The one place that catches what a fetch throws: trouble with a backend becomes a failed
 * measurement; anything else is a bug and goes on up.
 */
export function liveTake(
  context: BackendContext,
  secrets: Pick<SecretStore, 'mask' | 'isEmpty'>,
): TakeMeasurement {
  const { mask } = secrets;
  return async (query) => {
    const start = context.clock.monotonic();
    const durationMs = (): number => Math.round(context.clock.monotonic() - start);
    if (context.signal.aborted) return { state: 'failed', failure: reasonOf(context.signal), durationMs: 0 };
    try {
      const answer = await query.fetch(context);
      // Ten thousand pages are not looked through for nothing.
      const told = secrets.isEmpty ? answer : maskedAnswer(answer, mask);
      return { state: 'taken', answer: told, durationMs: durationMs() };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return { state: 'failed', failure: masked(error.failure, mask), durationMs: durationMs() };
    }
  };
}

function reasonOf(signal: AbortSignal): Failure {
  return signal.reason instanceof BackendError
    ? signal.reason.failure
    : { code: 'backend.interrupted', message: 'the run was stopped' };
}

function masked(failure: Failure, mask: (text: string) => string): Failure {
  return {
    ...failure,
    message: mask(failure.message),
    ...(failure.mend !== undefined && { mend: mask(failure.mend) }),
    ...(failure.detail && { detail: failure.detail.map(mask) }),
  };
}

/** A server may echo what it was sent. Masked here, before a reporter escapes, wraps or cuts a secret into what no mask knows. */
function maskedAnswer(answer: Answer, mask: (text: string) => string): Answer {
  return {
    ...answer,
    series: answer.series.map((each) => ({
      ...each,
      labels: Object.fromEntries(Object.entries(each.labels).map(([name, value]) => [name, mask(value)])),
    })),
    ...(answer.pages && { pages: answer.pages.map((page) => maskedPage(page, mask)) }),
    ...(answer.warnings && { warnings: answer.warnings.map(mask) }),
    ...(answer.notes && { notes: answer.notes.map(mask) }),
  };
}

function maskedPage(page: Page, mask: (text: string) => string): Page {
  const text = JSON.stringify(page);
  // Nearly every page: to check each of ten thousand again would take a second.
  return mask(text) === text ? page : pageSchema().parse(maskedTexts(page, mask));
}

function maskedTexts(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((each) => maskedTexts(each, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskedTexts(each, mask)]));
}
