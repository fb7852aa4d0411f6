const atRoot: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  '.pnpmfile.cjs',
  'bun.lock',
  'bun.lockb',
  'bunfig.toml',
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
]);
const foldersAtRoot = ['.yarn/releases/', '.yarn/plugins/', '.yarn/patches/', '.yarn/cache/', 'patches/'];

/** Do package managers read this file of a workspace, by its path from the workspace's root, when they install? */
export function isInstallFile(file: string): boolean {
  return (
    atRoot.has(file) || /(?:^|\/)package\.json$/.test(file) || foldersAtRoot.some((folder) => file.startsWith(folder))
  );
}
