import type { GitopsMirror, TreeEntry } from '../src/git/git.ts';
import { entriesForRelease, type ReleaseOwner } from '../src/openchoreo/repository/entries-for-release.ts';
import { openRepository, type Repository } from '../src/openchoreo/repository/repository.ts';
import { createScan, isManifestPath } from '../src/openchoreo/repository/scan.ts';

/** Looks through a commit of the GitOps repository; parses only what a release of the component needs. */
export async function readRepository(mirror: GitopsMirror, commit: string, owner: ReleaseOwner): Promise<Repository> {
  const manifests = (await mirror.files(commit)).filter(({ path, mode }) => isManifestPath(path) && mode !== '120000');
  const scan = createScan();
  for await (const { path, text } of texts(mirror, manifests)) scan.add(path, text);
  const needed = new Set(entriesForRelease(scan, owner).map(({ path }) => path));
  const found = new Map<string, string>();
  for await (const { path, text } of texts(
    mirror,
    manifests.filter(({ path }) => needed.has(path)),
  )) {
    found.set(path, text);
  }
  return openRepository(scan, found);
}

/** Equal files share a blob, so one text may stand for several paths. */
async function* texts(mirror: GitopsMirror, entries: readonly TreeEntry[]) {
  const pathsById = Map.groupBy(entries, ({ id }) => id);
  for await (const { id, text } of mirror.readBlobs([...pathsById.keys()])) {
    for (const { path } of pathsById.get(id) ?? []) yield { path, text };
  }
}
