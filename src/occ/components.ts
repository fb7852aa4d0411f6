import type { Tree } from './tree.ts';

/** Project and name of the tree's components, of one project or of all, by their path. */
export function componentsOf(
  { repository }: Tree,
  project: string | undefined,
): readonly { readonly project: string; readonly component: string }[] {
  return repository
    .find('Component', project === undefined ? {} : { project })
    .map(({ project: owner, name }) => ({ project: owner, component: name }));
}
