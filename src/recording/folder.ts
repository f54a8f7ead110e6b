import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder and those above it. Node's own `recursive` never ends under a parent that is there and takes no folder,
 * such as /proc.
 *
 * @throws the system's error
 */
export function makeFolder(folder: string): void {
  if (fs.existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    // Made by another in the meantime.
    if (!fs.existsSync(folder)) throw error;
  }
}
