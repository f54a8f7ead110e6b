import { defineReporter } from '../contracts/reporter.js';
import { cleaned } from './words/clean.js';
import { COMMENT_BUDGET, commentOf } from './words/comment.js';

/** A comment on a pull request, edited in place by its hidden marker. */
export const markdown = defineReporter({
  id: 'markdown',
  about: 'a comment for a pull request, or a job summary',
  extension: 'md',
  render: (report) => commentOf(cleaned(report), COMMENT_BUDGET),
});
