import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { openRepository, type Repository } from '../openchoreo/repository/repository.ts';
import { createScan, isManifestPath } from '../openchoreo/repository/scan.ts';
import type { Unplaced } from '../openchoreo/repository/unplaced.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';

/** A GitOps repository that is checked out in a folder. */
export interface Tree {
  /** Absolute. */
  readonly root: string;
  readonly repository: Repository;
}

/**
 * Looks through the YAML files below a folder. Throws where the folder does not exist; what is unreadable in it is a warning. `read` gives
 * texts when they are asked for later, when some may have changed.
 */
export function readTree(root: string, read = (path: string): string => decodeText(readFileSync(path))): Tree {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('InvalidRun', `repo path does not exist: ${root} is no folder; correct --root-dir`);
  }
  const scan = createScan();
  const unread: Unplaced[] = [];
  for (const path of manifestPaths(root, '', unread)) {
    const text = tryTo(() => read(join(root, path)), path, unread);
    if (text !== undefined) scan.add(path, text);
  }
  // Read again when it is asked for, so that memory does not grow with the repository.
  const repository = openRepository(scan, { get: (path) => read(join(root, path)) });
  return { root, repository: { ...repository, unplaced: [...unread, ...repository.unplaced] } };
}

function* manifestPaths(root: string, folder: string, unread: Unplaced[]): Generator<string> {
  const entries = tryTo(() => readdirSync(join(root, folder), { withFileTypes: true }), folder, unread) ?? [];
  for (const entry of entries.sort(byName)) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // A folder counts when a file in it would.
    if (entry.isDirectory()) {
      if (isManifestPath(`${path}/x.yaml`)) yield* manifestPaths(root, path, unread);
    } else if (isManifestPath(path) && isFile(join(root, path), entry)) yield path;
  }
}

/** Links to files are followed, those to folders not; broken ones do not count. */
function isFile(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function tryTo<Value>(read: () => Value, path: string, unread: Unplaced[]): Value | undefined {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    unread.push({ file: path || '.', line: null, text: `cannot be read and is left out: ${reason}`, component: '' });
    return undefined;
  }
}

function byName(left: Dirent, right: Dirent): number {
  return left.name < right.name ? -1 : 1;
}
