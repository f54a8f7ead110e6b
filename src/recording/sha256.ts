import { createHash } from 'node:crypto';

/** The hash that a manifest holds of each file. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
