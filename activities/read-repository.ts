import { entriesForRelease, type ReleaseOwner } from '../src/openchoreo/repository/entries-for-release.ts';
import { openRepository, type Repository } from '../src/openchoreo/repository/repository.ts';
import { createBlobTexts } from './blob-texts.ts';
import { createKeptScans, type ScannedMirror } from './kept-scans.ts';

/** Shows a commit of the GitOps repository as far as a release of the component can reach. `use` must not wait: see `WithScan`. */
export type WithRepository = <T>(
  mirror: ScannedMirror,
  commit: string,
  owner: ReleaseOwner,
  use: (repository: Repository) => T,
) => Promise<T>;

/** About 100 MiB. */
const maximumFiles = 300_000;
const maximumCharacters = 8 * 2 ** 20;

/** Remembers what it has seen of the repositories of the last releases; what it gives is the same without that. */
export function createWithRepository(): WithRepository {
  const withScan = createKeptScans(maximumFiles);
  const readTexts = createBlobTexts(maximumCharacters);
  return async (mirror, commit, owner, use) => {
    const entries = await withScan(mirror, commit, (scan) => entriesForRelease(scan, owner));
    const texts = await readTexts(
      mirror,
      entries.map(({ version }) => version),
    );
    const versions = new Map(entries.map(({ path, version }) => [path, version]));
    const byPath = { get: (path: string) => texts.get(versions.get(path) ?? '') };
    return withScan(mirror, commit, (scan) => use(openRepository(scan, byPath)));
  };
}
