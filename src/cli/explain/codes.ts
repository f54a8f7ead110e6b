import { FAILURE_CODES, type FailureCode } from '../../model/failure.js';
import { REASONS, type ReasonClass, type ReasonCode } from '../../model/reason.js';
import { unreachable } from '../../model/unreachable.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { type Row, rowsText, wrap } from '../page/page.js';
import type { Page } from './page.js';
import { backendPages } from './pages/backend.js';
import { exitPages } from './pages/exit-codes.js';
import { gatefilePages } from './pages/gatefile.js';
import { gatetestPages } from './pages/gatetest.js';
import { otherPages } from './pages/other.js';
import { reasonPages } from './pages/reasons.js';

const failurePages: Readonly<Record<FailureCode, Page>> = {
  ...gatefilePages,
  ...backendPages,
  ...gatetestPages,
  ...otherPages,
};

/** Every code that has a page. */
export const CODES: readonly string[] = [...FAILURE_CODES, ...Object.keys(REASONS)];

/** The page of a failure code, a reason code, or the name of an exit code; undefined for any other word. */
export function codePage(code: string, width: number): readonly string[] | undefined {
  if (isFailureCode(code)) return pageText(code, exitOfFailure(code), failurePages[code], width);
  if (isReasonCode(code)) return pageText(code, exitOfReason(REASONS[code]), reasonPages[code], width);
  const named = Object.entries(EXIT).find(([name]) => name === code);
  return named === undefined ? undefined : exitPage(String(named[1]), width);
}

/** The page of an exit code; undefined for a number that gatekeeper never exits with. */
export function exitPage(number: string, width: number): readonly string[] | undefined {
  const code = Object.values(EXIT).find((each) => String(each) === number);
  if (code === undefined) return undefined;
  const { name, ...page } = exitPages[code];
  return pageText(`exit ${code}   ${name}`, null, page, width);
}

function pageText(title: string, exit: string | null, page: Page, width: number): readonly string[] {
  const inside = width - 'example'.length - 4;
  const rows: readonly Row[] = [
    ['means', wrap(page.means, inside)],
    ['why', wrap(page.why, inside)],
    ['mend', wrap(page.mend, inside)],
    ...(page.example === undefined ? [] : [['example', page.example] as const]),
    ...(exit === null ? [] : [['exit', exit] as const]),
  ];
  return [title, ...rowsText(rows, 1)];
}

function isFailureCode(code: string): code is FailureCode {
  return FAILURE_CODES.some((each) => each === code);
}

function isReasonCode(code: string): code is ReasonCode {
  return Object.hasOwn(REASONS, code);
}

function exitOfFailure(code: FailureCode): string {
  if (code === 'backend.interrupted') return `${EXIT.sigint} or ${EXIT.sigterm}`;
  const isGateAtFault =
    code === 'backend.query' || code === 'backend.answer-shape' || code === 'backend.driver';
  return String(code.startsWith('backend.') && !isGateAtFault ? EXIT.backend : EXIT.config);
}

function exitOfReason(cause: ReasonClass): string | null {
  const exits = (code: ExitCode): string => `${code}, on a blocking criterion and where nothing is worse`;
  switch (cause) {
    case 'breach':
      return `${EXIT.fail}, or ${EXIT.pass} where it only warns`;
    case 'no-data':
    case 'evidence':
      return exits(EXIT.inconclusive);
    case 'backend':
    case 'deadline':
      return exits(EXIT.backend);
    case 'query':
      return exits(EXIT.config);
    case 'interrupted':
      return `${EXIT.sigint} or ${EXIT.sigterm}`;
    case 'policy':
      return null;
    default:
      return unreachable(cause);
  }
}
