import { needsSource } from './needs-source.ts';
import type { PackageManager, PackageManagerName } from './package-manager.ts';

/** What the source of a frontend decides about installing its packages. */
export interface Packages {
  readonly manager: PackageManagerName;
  /** True where `PACKAGE_MANAGER` has to be installed first. */
  readonly installsManager: boolean;
  readonly isLocked: boolean;
  /** True where scripts of the manifests run at install, which may need any file: then the source is there before. */
  readonly sourceFirst: boolean;
}

/** What follows from the package manager, the files that it installs by, and the texts of each package.json among them. */
export function toPackages(
  { name, install, lockFile }: PackageManager,
  installFiles: readonly string[],
  manifests: readonly string[],
): Packages {
  return {
    manager: name,
    installsManager: install !== null,
    isLocked: lockFile !== null,
    sourceFirst: manifests.some(needsSource) || installFiles.some((file) => file.startsWith('.yarn/cache/')),
  };
}

/** Names the package manager and the lock file by which it installs. */
export function describeManager({ name, install, lockFile, root }: PackageManager): string {
  const by = lockFile === null ? 'without a lock file' : `by ${root === '.' ? '' : `${root}/`}${lockFile}`;
  return `${name}${install === null ? ' of the node image' : ` (${install})`} ${by}`;
}
