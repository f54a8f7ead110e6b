import type { HttpResponse } from '../../contracts/http.js';
import { BackendError } from '../../model/failure.js';
import { type AnswerSource, describeFound } from '../shared/found.js';

/**
 * The JSON of an answer.
 *
 * @throws BackendError `backend.malformed`, which tells a login page from broken JSON
 */
export function jsonOf(answer: HttpResponse, source: AnswerSource): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    // The parser's own message quotes the text, unmasked.
    throw new BackendError({
      code: 'backend.malformed',
      ...whatCame(answer, source),
      attempts: answer.attempts,
    });
  }
}

function whatCame({ body, headers }: HttpResponse, source: AnswerSource) {
  const name = `backend "${source.backend}"`;
  const text = body.trim();
  if (text === '') {
    return { message: `${name} answered nothing, not JSON`, mend: 'check the path of the query' };
  }
  const found = describeFound(text, source.mask);
  if (headers['content-type']?.includes('html') === true || /^<(?:!doctype|html)/i.test(text)) {
    return {
      message: `${name} answered HTML, not JSON`,
      mend: `this is often a sign-in page: check the url and auth of ${name}, and the path of the query`,
      detail: [`it begins with ${found}`],
    };
  }
  const isBroken = text.startsWith('{') || text.startsWith('[');
  return {
    message: `${name} answered ${isBroken ? 'broken JSON' : 'text that is no JSON'}`,
    mend: isBroken
      ? `look at what stands between ${name} and here: it may cut answers short`
      : 'check the path of the query',
    detail: [`it begins with ${found}`],
  };
}
