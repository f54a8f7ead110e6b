import fs from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../model/failure.js';
import { makeFolder } from '../recording/folder.js';

export interface NewFile {
  /** Path below the folder. */
  readonly name: string;
  readonly text: string;
}

/** What became of a file: new, left as it was, or not to be written. */
export interface Written {
  readonly name: string;
  readonly isNew: boolean;
  readonly failure?: Failure;
}

/** Writes files that are not there yet; one that is there is left alone, whatever it holds. */
export async function writeNew(folder: string, files: readonly NewFile[]): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const { name, text } of files) {
    const file = path.join(folder, name);
    try {
      makeFolder(path.dirname(file));
      // Fails on what is there: a look beforehand could be overtaken.
      await fs.writeFile(file, text, { flag: 'wx' });
      written.push({ name, isNew: true });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isThere = code === 'EEXIST';
      const failure: Failure = {
        code: 'report.write',
        message: `${name} could not be written: ${code ?? message}`,
        mend: 'check the folder and its permissions, or give another one',
      };
      written.push({ name, isNew: false, ...(!isThere && { failure }) });
    }
  }
  return written;
}
