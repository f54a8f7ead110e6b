import type { BackendContext } from '../../../contracts/backend.js';
import type { Page } from '../../../model/page.js';
import type { Order } from './order.js';

/** The page after its scripts ran, or why it is not known. */
export async function renderPage(
  _url: string,
  _order: Order,
  _context: BackendContext,
  _isKept: (url: string) => boolean,
): Promise<Pick<Page, 'rendered' | 'renderTrouble'>> {
  return { renderTrouble: 'not rendered' };
}
