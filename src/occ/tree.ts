import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failures.ts';
import { openRepository, type Repository } from '../openchoreo/repository/repository.ts';
import { createScan, isManifestPath } from '../openchoreo/repository/scan.ts';

/** A GitOps repository that is checked out in a folder. */
export interface Tree {
  /** Absolute. */
  readonly root: string;
  readonly repository: Repository;
  /** What could not be read, with file and line. */
  readonly warnings: readonly string[];
}

/** Looks through the YAML files below a folder. Throws where the folder does not exist; what is unreadable in it is a warning. */
export function readTree(root: string): Tree {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure('InvalidRun', `repo path does not exist: ${root} is no folder; correct --root-dir`);
  }
  const scan = createScan();
  const warnings: string[] = [];
  for (const path of manifestPaths(root, '', warnings)) {
    const text = tryTo(() => readFileSync(join(root, path), 'utf8'), path, warnings);
    if (text !== undefined) scan.add(path, text);
  }
  // Read again when it is asked for, so that memory does not grow with the repository.
  const repository = openRepository(scan, { get: (path) => readFileSync(join(root, path), 'utf8') });
  return { root, repository, warnings: [...warnings, ...scan.unreadable] };
}

function* manifestPaths(root: string, folder: string, warnings: string[]): Generator<string> {
  const entries = tryTo(() => readdirSync(join(root, folder), { withFileTypes: true }), folder, warnings) ?? [];
  for (const entry of entries.sort(byName)) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // A folder counts when a file in it would.
    if (entry.isDirectory()) {
      if (isManifestPath(`${path}/x.yaml`)) yield* manifestPaths(root, path, warnings);
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

function tryTo<Value>(read: () => Value, path: string, warnings: string[]): Value | undefined {
  try {
    return read();
  } catch (error) {
    warnings.push(`${path || '.'}: cannot be read and is left out: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

function byName(left: Dirent, right: Dirent): number {
  return left.name < right.name ? -1 : 1;
}
