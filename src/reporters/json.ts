import { defineReporter } from '../contracts/reporter.js';
import { sortedJson } from './words/json.js';

/** The document as it is: every criterion, passes included, numbers raw. */
export const json = defineReporter({
  id: 'json',
  about: 'the whole result document, for programs',
  extension: 'json',
  render: (report) => `${sortedJson(report, 2)}\n`,
});
