import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dialect } from '../openchoreo/generate/dialect.ts';
import type { ReleaseOwner } from '../openchoreo/repository/entries-for-release.ts';
import { requireSafeName } from './scope.ts';
import type { Tree } from './tree.ts';

/** Folders of a component's releases and bindings. */
export type Folder = 'releases' | 'release-bindings';

/**
 * Where the original tool puts a component's new files when nobody says: beside one of the kind, else below the Component, up to v0.16
 * under another name where that folder exists; undefined where there is no Component. Absolute.
 */
export function resolvedDirectory(
  { root, repository }: Tree,
  { namespace, project, component }: ReleaseOwner,
  folder: Folder,
  dialect: Dialect,
): string | undefined {
  const kind = folder === 'releases' ? 'ComponentRelease' : 'ReleaseBinding';
  const existing = repository.find(kind, { project, component }).at(-1);
  if (existing) return join(root, dirname(existing.path));
  const owner = repository.find('Component', { namespace, name: component }).at(-1);
  if (!owner) return undefined;
  const own = join(root, dirname(owner.path), folder);
  return dialect !== 'v1.2' && existsSync(own) ? `${own}-${component}` : own;
}

/** Where they go where there is no Component either. */
export function defaultDirectory({ root }: Tree, { project, component }: ReleaseOwner, folder: Folder): string {
  requireSafeName('project', project);
  return join(root, 'projects', project, 'components', component, folder);
}
