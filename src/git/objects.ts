import { Failure } from '../failures.ts';
import { isTreePath } from './addresses.ts';
import type { BareRepository } from './bare-repository.ts';
import type { TreeEntry } from './git.ts';

/** Reads the output of `ls-tree -z`. `latin1` keeps the bytes of names that are not UTF-8. */
export function parseTree(output: Buffer, encoding: 'utf8' | 'latin1' = 'utf8'): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const line of output.toString(encoding).split('\0')) {
    const tab = line.indexOf('\t');
    if (tab < 0) continue;
    const [mode, type, id] = line.slice(0, tab).split(' ');
    if (mode && id && (type === 'blob' || type === 'tree' || type === 'commit')) {
      entries.push({ path: line.slice(tab + 1), mode, type, id });
    }
  }
  return entries;
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

async function listed(
  repository: BareRepository,
  commit: string,
  paths: readonly string[],
): Promise<readonly TreeEntry[]> {
  const possible = paths.filter(isTreePath);
  if (possible.length === 0) return [];
  return parseTree(await repository.read(['ls-tree', '-z', '--full-tree', commit, '--', ...possible]));
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
  if (code !== 0)
    throw new Failure('Unavailable', `git cat-file failed on this worker: ${stderr.trim().slice(0, 400)}`);
}

/** Fetches objects by id in one request; git's own lazy way is one for each. */
export async function fetchObjects(repository: BareRepository, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await repository.fetch(ids, { negotiate: false });
}
