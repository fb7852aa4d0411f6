import { Failure } from '../failures.ts';
import { isTreePath } from './addresses.ts';
import type { BareRepository } from './bare-repository.ts';
import type { TreeEntry } from './git.ts';
import { parseTree } from './objects.ts';
import { writeObject } from './write-object.ts';

/**
 * Id of the tree of a commit with files written, or removed where the text is null; writes blobs and trees along these paths only.
 * A folder without files is gone, as always in git. Throws `InvalidRun` for a path that no tree can hold.
 */
export async function writeTree(
  repository: BareRepository,
  commit: string,
  changes: ReadonlyMap<string, string | null>,
): Promise<string> {
  const impossible = [...changes.keys()].find((path) => !isTreePath(path));
  if (impossible !== undefined) {
    throw new Failure('InvalidRun', `${JSON.stringify(impossible)} is no path inside a repository`);
  }
  // Names as bytes, since a folder's other files may have names that are not UTF-8.
  const asBytes = [...changes].map(([path, text]) => [Buffer.from(path).toString('latin1'), text] as const);
  const written = await writeFolder(repository, await readFolders(repository, commit, changes.keys()), '', asBytes);
  return written ?? makeTree(repository, []);
}

type Change = readonly [path: string, text: string | null];

/** What stands in a folder now; its path ends in `/`, that of the root is empty. */
type ReadFolder = (folder: string) => readonly TreeEntry[];

/** Reads the root and all folders above these paths by two processes, however deep the paths are. */
async function readFolders(repository: BareRepository, commit: string, paths: Iterable<string>): Promise<ReadFolder> {
  const folders = new Set([...paths].flatMap(foldersAbove));
  const list = async (...more: readonly string[]): Promise<readonly TreeEntry[]> => [
    ...parseTree(await repository.read(['ls-tree', '-z', '--full-tree', ...more]), 'latin1'),
  ];
  const [top, below] = await Promise.all([list(commit), folders.size > 0 ? list('-t', commit, '--', ...folders) : []]);
  const entries = [...top, ...below.filter(({ path }) => path.includes('/'))];
  const byFolder = Map.groupBy(entries, ({ path }) => path.slice(0, path.lastIndexOf('/') + 1));
  return (folder) => (byFolder.get(folder) ?? []).map((entry) => ({ ...entry, path: entry.path.slice(folder.length) }));
}

function foldersAbove(path: string): readonly string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}

async function writeFolder(
  repository: BareRepository,
  readFolder: ReadFolder,
  folder: string,
  changes: readonly Change[],
): Promise<string | undefined> {
  const entries = new Map(readFolder(folder).map((entry) => [entry.path, entry]));
  for (const [name, inside] of Map.groupBy(changes, ([path]) => path.split('/', 1)[0] ?? '')) {
    const changed = await writeEntry(repository, readFolder, `${folder}${name}`, entries.get(name), inside);
    if (changed === undefined) entries.delete(name);
    else entries.set(name, changed);
  }
  return entries.size === 0 ? undefined : makeTree(repository, [...entries.values()]);
}

async function writeEntry(
  repository: BareRepository,
  readFolder: ReadFolder,
  place: string,
  old: TreeEntry | undefined,
  changes: readonly Change[],
): Promise<TreeEntry | undefined> {
  const name = place.slice(place.lastIndexOf('/') + 1);
  const below = changes.flatMap(([path, text]) =>
    path.length > name.length ? [[path.slice(name.length + 1), text] as const] : [],
  );
  const file = changes.find(([path]) => path === name);
  // A file that goes where a folder comes is only that folder; both at once can't be.
  if (below.length > 0 && (file === undefined || file[1] === null)) {
    const removesOnly = below.every(([, text]) => text === null);
    if (old?.type !== 'tree' && removesOnly) return file === undefined ? old : undefined;
    const id = await writeFolder(repository, readFolder, `${place}/`, below);
    return id === undefined ? undefined : { path: name, mode: '040000', type: 'tree', id };
  }
  if (below.length > 0) {
    throw new Failure('InvalidRun', `${JSON.stringify(name)} can't be a file and a folder at once`);
  }
  const text = file?.[1] ?? null;
  if (text === null) return old?.type === 'tree' ? old : undefined;
  const mode = old?.mode === '100755' ? '100755' : '100644';
  return { path: name, mode, type: 'blob', id: await writeObject(repository.folder, 'blob', Buffer.from(text)) };
}

async function makeTree(repository: BareRepository, entries: readonly TreeEntry[]): Promise<string> {
  const sorted = entries
    .map(({ path, mode, type, id }) => ({
      id,
      head: `${mode.replace(/^0/, '')} ${path}\0`,
      order: nameToSort(path, type),
    }))
    .sort((left, right) => (left.order < right.order ? -1 : 1));
  const content = Buffer.alloc(sorted.reduce((sum, { head, id }) => sum + head.length + id.length / 2, 0));
  let at = 0;
  for (const { head, id } of sorted) {
    at += content.write(head, at, 'latin1');
    at += content.write(id, at, 'hex');
  }
  return writeObject(repository.folder, 'tree', content);
}

/** Git sorts a folder as if its name ended in a slash. */
function nameToSort(name: string, type: TreeEntry['type']): string {
  return type === 'tree' ? `${name}/` : name;
}
