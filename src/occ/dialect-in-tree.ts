import { type Dialect, dialectOf } from '../openchoreo/generate/dialect.ts';
import type { ReleaseOwner } from '../openchoreo/repository/entries-for-release.ts';
import type { Tree } from './tree.ts';

/** The dialect of a component; of one that the tree does not have yet, that of its neighbours. */
export function dialectInTree({ repository }: Tree, owner: ReleaseOwner): Dialect {
  const { namespace, project, component } = owner;
  const isKnown =
    repository.find('Component', { namespace, name: component }).length > 0 ||
    repository.find('Workload', { project, component }).length > 0;
  const neighbours = repository.find('Component', {});
  const neighbour = neighbours.find((entry) => entry.project === project) ?? neighbours[0];
  if (isKnown || !neighbour) return dialectOf(repository, owner);
  return dialectOf(repository, { ...neighbour, component: neighbour.name });
}
