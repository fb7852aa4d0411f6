import { isTreePath } from './addresses.ts';
import { type BareRepository, failedHere } from './bare-repository.ts';
import type { TreeChange, TreeEntry } from './git.ts';

/** Reads the output of `ls-tree -z`, an entry at a time. `latin1` keeps the bytes of names that are not UTF-8. */
export function* parseTree(output: Buffer, encoding: 'utf8' | 'latin1' = 'utf8'): Generator<TreeEntry> {
  // Each text is made from its own bytes: a part of one large text would keep all of it in memory.
  for (let at = 0, end = output.indexOf(0); end >= 0; at = end + 1, end = output.indexOf(0, at)) {
    const tab = output.indexOf(9, at);
    // mode, blank, type, blank, id
    const id = output.toString('latin1', output.indexOf(32, at + 7) + 1, tab);
    yield treeEntry(output.toString(encoding, tab + 1, end), output.toString('latin1', at, at + 6), id);
  }
}

/** Reads the output of `diff-tree -z --raw --full-index` without renames. */
export function parseChanges(output: Buffer): readonly TreeChange[] {
  const changes: TreeChange[] = [];
  const fields = output.toString('utf8').split('\0');
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const path = fields[at + 1] ?? '';
    const [, mode = '', , id = '', status] = (fields[at] ?? '').split(' ');
    changes.push({ path, entry: status === 'D' ? undefined : treeEntry(path, mode, id) });
  }
  return changes;
}

const modes = new Map([
  ['040000', 'tree'],
  ['160000', 'commit'],
  ['120000', 'blob'],
  ['100644', 'blob'],
  ['100755', 'blob'],
] as const);

function treeEntry(path: string, mode: string, id: string): TreeEntry {
  // The constant texts, so that many entries share them.
  for (const [known, type] of modes) if (known === mode) return { path, mode: known, type, id };
  return { path, mode, type: 'blob', id };
}

/** The object at a path of a commit, or undefined where there is none or a symbolic link leads there; `.` is the root. */
export async function entryAt(
  repository: BareRepository,
  commit: string,
  path: string,
): Promise<TreeEntry | undefined> {
  if (path !== '.') return (await listed(repository, commit, [path])).find((entry) => entry.path === path);
  const id = (await repository.read(['rev-parse', '--verify', `${commit}^{tree}`])).toString('utf8').trim();
  return { path, mode: '040000', type: 'tree', id };
}

/** The regular files among these paths of a commit. */
export async function filesAt(
  repository: BareRepository,
  commit: string,
  paths: ReadonlySet<string>,
): Promise<readonly TreeEntry[]> {
  const entries = await listed(repository, commit, [...paths]);
  // A folder and a file below it, asked for together, bring the folder's other files along.
  return entries.filter(({ path, type, mode }) => paths.has(path) && type === 'blob' && mode !== '120000');
}

/** Paths of the regular files anywhere below a folder of a commit, relative to it; none where it is no folder. */
export async function filesBelow(
  repository: BareRepository,
  commit: string,
  folder: string,
): Promise<readonly string[]> {
  const entry = await entryAt(repository, commit, folder);
  if (entry?.type !== 'tree') return [];
  const output = await repository.read(['ls-tree', '-r', '-z', '--full-tree', entry.id]);
  return [...parseTree(output)]
    .filter(({ type, mode }) => type === 'blob' && mode !== '120000')
    .map(({ path }) => path);
}

async function listed(
  repository: BareRepository,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  const possible = paths.filter(isTreePath);
  if (possible.length === 0) return [];
  return [...parseTree(await repository.read(['ls-tree', '-z', '--full-tree', commit, '--', ...possible]))];
}

/** An object of `cat-file --batch`; without bytes where the repository does not hold it. */
export interface BatchObject {
  readonly id: string;
  readonly bytes: Buffer | undefined;
}

/** Reads the output of `cat-file --batch` as it comes, holding one object at a time. */
export async function* parseBatch(chunks: AsyncIterable<Buffer>): AsyncGenerator<BatchObject> {
  let rest: Buffer = Buffer.alloc(0);
  let wanted = 0; // bytes that the object at the front needs before it is worth looking
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    rest = Buffer.concat(held);
    let at = 0;
    for (;;) {
      const line = rest.indexOf(10, at);
      wanted = 0;
      if (line < 0) break;
      const [id = '', type, length] = rest.toString('latin1', at, line).split(' ');
      const end = type === 'missing' ? line + 1 : line + 1 + Number(length) + 1;
      wanted = end - at;
      if (end > rest.length) break;
      yield { id, bytes: type === 'missing' ? undefined : rest.subarray(line + 1, end - 1) };
      at = end;
    }
    held = [rest.subarray(at)];
    size = rest.length - at;
  }
}

/** Objects by id, in their order. */
export async function* readObjects(repository: BareRepository, ids: readonly string[]): AsyncGenerator<BatchObject> {
  if (ids.length === 0) return;
  const { output, end } = repository.stream(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''));
  yield* parseBatch(output);
  const { code, stderr } = await end;
  if (code !== 0) throw failedHere('cat-file', stderr);
}

/** Fetches objects by id in one request; git's own lazy way is one for each. */
export async function fetchObjects(repository: BareRepository, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await repository.fetch(ids, { negotiate: false });
}

/** Paths that differ between two commits that are here. */
export async function diffPaths(repository: BareRepository, from: string, to: string): Promise<readonly string[]> {
  const output = await repository.read(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return output.toString('utf8').split('\0').filter(Boolean);
}
