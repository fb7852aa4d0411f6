import { posix } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';
import { staleBunRanges } from './bun-lock.ts';

/** The package managers that a frontend may use; both yarns differ in nearly everything. */
export type PackageManagerName = 'npm' | 'yarn-classic' | 'yarn-berry' | 'pnpm' | 'bun';

/** A folder between the application and the repository's root: path, and what `lookedAt` names there, with the texts where `isRead`. */
export interface SourceFolder {
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
}

/** How an application's packages are installed. */
export interface PackageManager {
  readonly name: PackageManagerName;
  /** What `npm install --global` gets, such as `pnpm@9.15.9`; null where the node image has it. */
  readonly install: string | null;
  /** Folder that holds the lock file and is the build's context: the application's own or a workspace's root. */
  readonly root: string;
  readonly lockFile: string | null;
  readonly warnings: readonly string[];
}

/** Why no package manager could be chosen: for the user, with what to do. */
export class PackageManagerProblem extends Error {
  override readonly name = 'PackageManagerProblem';
}

const lockFiles = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'yarn.lock': 'yarn',
  'pnpm-lock.yaml': 'pnpm',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
} as const;
type Family = (typeof lockFiles)[keyof typeof lockFiles];

/** Names of the files in which package managers keep the versions they chose. */
export const lockFileNames: readonly string[] = Object.keys(lockFiles);

/** The files of each folder that decide. */
export const lookedAt: readonly string[] = ['package.json', ...lockFileNames];

/** Does the text of such a file decide, and not its presence alone? */
export function isRead(name: string): boolean {
  return ['package.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'].includes(name);
}

const Manifest = z.looseObject({ packageManager: z.string().optional() });
const Named = /^(npm|yarn|pnpm|bun)@(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:\+sha\d+\.[0-9a-f]+)?$/;

/**
 * Chooses by the `packageManager` field, then by the nearest lock file, from the application's folder up to the repository's
 * root. Throws `PackageManagerProblem` where there is no package.json, or where field and lock files disagree.
 */
export function choosePackageManager(folders: readonly SourceFolder[], nodeMajor: number): PackageManager {
  const [app] = folders;
  if (!app?.files.has('package.json')) {
    throw new PackageManagerProblem(
      `there is no package.json in the folder ${app?.path ?? '.'}. Check the component's appPath: it must be the folder of the application.`,
    );
  }
  const locked = folders.find(({ files }) => lockFilesIn(files).length > 0);
  const root = locked ?? app;
  const upToRoot = folders.slice(0, folders.indexOf(root) + 1);
  const named = upToRoot.map(readNamed).find((one) => one !== undefined);
  const found = locked === undefined ? [] : lockFilesIn(locked.files);
  const families = [...new Set(found.map((name) => lockFiles[name]))];
  const fits = found.find((name) => named === undefined || lockFiles[name] === named.family);
  if (named === undefined && families.length > 1) {
    throw new PackageManagerProblem(
      `the folder ${root.path} has lock files of several package managers (${found.join(', ')}). Remove those that are not used, or name one in the field packageManager of package.json.`,
    );
  }
  if (named !== undefined && found.length > 0 && fits === undefined) {
    throw new PackageManagerProblem(
      `package.json names ${named.family}@${named.version} in packageManager, but the lock file in the folder ${root.path} is ${found.join(', ')}. Make the lock file with ${named.family}, or correct packageManager.`,
    );
  }
  const lockFile = fits ?? null;
  const family = named?.family ?? families[0] ?? 'npm';
  const text = lockFile === null ? '' : (root.files.get(lockFile) ?? '');
  const chosen = resolve(family, named?.version, text, nodeMajor);
  if (lockFile === 'bun.lock') refuseStale(upToRoot.flatMap((folder) => staleRangesOf(folder, root, text)));
  return { ...chosen, root: root.path, lockFile, warnings: lockFile === null ? [unlockedWarning(app.path)] : [] };
}

const isLockFile = (name: string): name is keyof typeof lockFiles => Object.hasOwn(lockFiles, name);
const lockFilesIn = (files: ReadonlyMap<string, string>): readonly (keyof typeof lockFiles)[] =>
  [...files.keys()].filter(isLockFile).toSorted();

function readNamed({ path, files }: SourceFolder): { readonly family: Family; readonly version: string } | undefined {
  const text = files.get('package.json');
  if (text === undefined) return undefined;
  const manifest = Manifest.safeParse(parseJson(text));
  if (!manifest.success)
    throw new PackageManagerProblem(`package.json in the folder ${path} is not a JSON object. Correct it.`);
  const { packageManager } = manifest.data;
  if (packageManager === undefined) return undefined;
  const [, family, version] = Named.exec(packageManager) ?? [];
  if (version === undefined) {
    throw new PackageManagerProblem(
      `packageManager in package.json of the folder ${path} must be npm, yarn, pnpm or bun with a whole version, such as pnpm@9.15.9.`,
    );
  }
  return { family: family as Family, version };
}

/** Versions for those who name none: the newest that reads the lock file and runs on that Node. */
function resolve(
  family: Family,
  version: string | undefined,
  lock: string,
  nodeMajor: number,
): Pick<PackageManager, 'name' | 'install'> {
  switch (family) {
    case 'npm':
      return { name: 'npm', install: version === undefined ? null : `npm@${version}` };
    case 'bun':
      return { name: 'bun', install: `bun@${version ?? '1.2.15'}` };
    case 'pnpm':
      return { name: 'pnpm', install: `pnpm@${version ?? pnpmFor(lock, nodeMajor)}` };
    default: {
      const isClassic = version === undefined ? lock !== '' && !lock.includes('__metadata:') : version.startsWith('1.');
      if (isClassic) return { name: 'yarn-classic', install: `yarn@${version ?? '1.22.22'}` };
      return { name: 'yarn-berry', install: `@yarnpkg/cli-dist@${version ?? berryFor(lock, nodeMajor)}` };
    }
  }
}

/** A frozen install accepts no lock file of another generation. */
function berryFor(lock: string, nodeMajor: number): string {
  const [, written = nodeMajor < 18 ? 6 : 8] = /^__metadata:\s+version: (\d+)/m.exec(lock) ?? [];
  if (Number(written) < 8) return '3.8.7';
  refuseOldNode(nodeMajor, 'yarn.lock is of Yarn 4');
  return '4.9.1';
}

function pnpmFor(lock: string, nodeMajor: number): string {
  const [, written = nodeMajor < 18 ? 6 : 9] = /^lockfileVersion:\s*'?(\d+)/m.exec(lock) ?? [];
  if (Number(written) < 6) return '7.33.7';
  if (Number(written) < 9) return '8.15.9';
  refuseOldNode(nodeMajor, 'pnpm-lock.yaml is of pnpm 9');
  return '9.15.9';
}

function refuseOldNode(nodeMajor: number, what: string): void {
  if (nodeMajor >= 18) return;
  throw new PackageManagerProblem(
    `${what} or newer, which does not run on Node ${nodeMajor}. Set react.nodeVersion (parameter node-version) to 18 or newer.`,
  );
}

function staleRangesOf({ path, files }: SourceFolder, root: SourceFolder, lock: string): readonly string[] {
  return staleBunRanges(lock, posix.relative(root.path, path), files.get('package.json') ?? '');
}

/** A frozen install of bun lets a changed range pass when the locked version still fits it. */
function refuseStale(packages: readonly string[]): void {
  if (packages.length === 0) return;
  throw new PackageManagerProblem(
    `bun.lock does not fit package.json any more (${packages.join(', ')}). Run "bun install" and commit bun.lock.`,
  );
}

/** What is to be said of an application without a lock file in its folder or above it. */
export function unlockedWarning(app: string): string {
  return `there is no lock file for ${app === '.' ? 'the application' : app}: each build takes the newest packages that fit, so two builds of one commit may differ. Commit a lock file`;
}
