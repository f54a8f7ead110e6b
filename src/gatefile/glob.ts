import { globSync as search } from 'tinyglobby';

/** Files that match a pattern, sorted, relative to `cwd`. */
export function globSync(pattern: string, cwd: string): readonly string[] {
  return [...search(pattern, { cwd, ignore: ['**/node_modules/**'], expandDirectories: false })].sort();
}
