import type { GitopsMirror, TreeEntry } from '../src/git/git.ts';
import { createScan, isManifestPath, type RepositoryScan } from '../src/openchoreo/repository/scan.ts';

/**
 * Shows what a commit of a mirror holds. Repositories that were asked for last stay scanned and follow from commit to commit, so that a worker's
 * next release costs what changed. `use` must not wait, since the scan may be another commit's as soon as it is done.
 */
export type WithScan = <T>(mirror: ScannedMirror, commit: string, use: (scan: RepositoryScan) => T) => Promise<T>;

export type ScannedMirror = Pick<GitopsMirror, 'key' | 'files' | 'changes' | 'readBlobs'>;

interface KeptScan {
  readonly scan: RepositoryScan;
  commit: string;
}

/** So many texts are in memory at once. */
const slice = 2000;

/** Keeps scans of together at most so many files, and always the last one. */
export function createKeptScans(maximumFiles: number): WithScan {
  const kept = new Map<string, KeptScan>(); // the longest unused first
  const turns = new Map<string, Promise<unknown>>();

  const follow = async (mirror: ScannedMirror, commit: string): Promise<KeptScan> => {
    const known = kept.get(mirror.key);
    if (known?.commit === commit || (known && (await update(mirror, known, commit)))) return known;
    kept.delete(mirror.key);
    return { scan: await scanAll(mirror, commit), commit };
  };

  const keep = (key: string, scan: KeptScan): void => {
    kept.delete(key);
    kept.set(key, scan);
    let files = [...kept.values()].reduce((sum, { scan: { size } }) => sum + size, 0);
    for (const [
      oldest,
      {
        scan: { size },
      },
    ] of kept) {
      if (files <= maximumFiles || kept.size === 1) return;
      kept.delete(oldest);
      files -= size;
    }
  };

  return (mirror, commit, use) => {
    const { key } = mirror;
    const work = async () => {
      const found = await follow(mirror, commit);
      keep(key, found);
      return use(found.scan);
    };
    // Two commits at once would pull the scan to and fro.
    const mine = (turns.get(key) ?? Promise.resolve()).then(work);
    const done = () => {};
    turns.set(key, mine.then(done, done));
    return mine;
  };
}

/** False where the scan has to be made anew; then, and after a failure, it is what it was. */
async function update(mirror: ScannedMirror, known: KeptScan, commit: string): Promise<boolean> {
  const changes = await mirror.changes(known.commit, commit);
  // Names that are not UTF-8 may look the same without being so.
  if (!changes || changes.length > slice || changes.some(({ path }) => path.includes('\uFFFD'))) return false;
  const added: (readonly [entry: TreeEntry, text: string])[] = [];
  for await (const one of manifests(
    mirror,
    changes.flatMap(({ entry }) => entry ?? []),
  )) {
    added.push(one);
  }
  for (const { path } of changes) known.scan.remove(path);
  for (const [{ path, id }, text] of added) known.scan.add(path, text, id);
  known.commit = commit;
  return true;
}

async function scanAll(mirror: ScannedMirror, commit: string): Promise<RepositoryScan> {
  const scan = createScan();
  for await (const [{ path, id }, text] of manifests(mirror, await mirror.files(commit))) scan.add(path, text, id);
  return scan;
}

/** Manifests with their texts, a slice at a time. Equal files share a blob, so one text may stand for several paths. */
async function* manifests(mirror: ScannedMirror, entries: Iterable<TreeEntry>) {
  for (const some of slices(entries)) {
    const byId = Map.groupBy(some, ({ id }) => id);
    for await (const { id, text } of mirror.readBlobs([...byId.keys()])) {
      for (const entry of byId.get(id) ?? []) yield [entry, text] as const;
    }
  }
}

function* slices(entries: Iterable<TreeEntry>): Generator<readonly TreeEntry[]> {
  let some: TreeEntry[] = [];
  for (const entry of entries) {
    const { path, type, mode } = entry;
    if (type === 'blob' && mode !== '120000' && isManifestPath(path)) some.push(entry);
    if (some.length < slice) continue;
    yield some;
    some = [];
  }
  yield some;
}
