import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import type { Repository } from '../repository/repository.ts';
import type { Unplaced } from '../repository/unplaced.ts';

/** Documents that count for nothing and are the component's own: it names them, they stand in its folder, or in a file that its release reads. */
export function unplacedOf(
  repository: Repository,
  { namespace, component }: ReleaseOwner,
  readPaths: ReadonlySet<string> = new Set(),
): readonly Unplaced[] {
  // A folder of that name is the component's; any other may hold those of many.
  const folders = repository
    .find('Component', { namespace, name: component })
    .map(({ path }) => path.slice(0, path.lastIndexOf('/') + 1))
    .filter((folder) => folder === `${component}/` || folder.endsWith(`/${component}/`));
  return repository.unplaced.filter(
    (one) =>
      one.component === component || readPaths.has(one.file) || folders.some((folder) => one.file.startsWith(folder)),
  );
}
