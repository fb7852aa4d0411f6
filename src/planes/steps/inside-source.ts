import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where a path of the repository really is; undefined where it is missing or, through symbolic links too, outside. */
export async function insideSource(
  source: string,
  relative: string,
): Promise<{ path: string; isFolder: boolean } | undefined> {
  try {
    const root = await realpath(source);
    const found = await realpath(path.resolve(root, relative));
    if (found !== root && !found.startsWith(root + path.sep)) return undefined;
    return { path: found, isFolder: (await stat(found)).isDirectory() };
  } catch {
    return undefined;
  }
}
