import { createHash } from 'node:crypto';
import type { SourceSnapshot, TreeEntry } from '../../src/git/git.ts';

export type SourceFiles = Readonly<Record<string, string>>;

/** A commit with these files; a folder's id depends on all below it, as git's does. */
export function snapshotOf(files: SourceFiles): SourceSnapshot {
  const entry = async (path: string): Promise<TreeEntry | undefined> => {
    const below = Object.entries(files).filter(([name]) => path === '.' || name.startsWith(`${path}/`));
    const content = files[path] ?? below;
    const id = createHash('sha1').update(JSON.stringify(content)).digest('hex');
    if (files[path] !== undefined) return { path, mode: '100644', type: 'blob', id };
    return below.length > 0 ? { path, mode: '040000', type: 'tree', id } : undefined;
  };
  return {
    commit: 'c'.repeat(40),
    subject: 'Change',
    author: 'Someone',
    committedAt: 1,
    entry,
    files: async (paths) =>
      (await Promise.all(paths.map(entry))).flatMap((found) => (found?.type === 'blob' ? [found] : [])),
    filesBelow: async (folder) =>
      Object.keys(files).flatMap((file) => {
        if (folder === '.') return [file];
        return file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [];
      }),
    readFiles: async (paths) =>
      new Map(paths.flatMap((path) => (files[path] === undefined ? [] : [[path, files[path]]]))),
  };
}
