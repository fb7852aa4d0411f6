import { posix } from 'node:path';
import type { BuildPlan } from '../builds/build-plan.ts';
import { frontendDockerfile } from '../builds/react/dockerfile.ts';
import { nginxConf } from '../builds/react/frontend-files.ts';
import { isInstallFile } from '../builds/react/install-files.ts';
import { foldersUp } from '../builds/react/locked-folder.ts';
import {
  choosePackageManager,
  isRead,
  lookedAt,
  PackageManagerProblem,
  type SourceFolder,
} from '../builds/react/package-manager.ts';
import { describeManager, type Packages, toPackages } from '../builds/react/packages.ts';
import { storeName } from '../builds/react/store-name.ts';
import { Failure } from '../failures.ts';
import type { SourceSnapshot } from '../git/git.ts';
import type { Plan } from '../runs/plan.ts';

/** The files that a React build is made of besides the source. */
export interface GeneratedFiles {
  /** Null where the source was not looked at, which decides on it. */
  readonly packageManager: string | null;
  readonly dockerfile: string;
  readonly nginxConf: string;
}

/** How the packages of an application are installed, and a sentence on it. */
export interface FoundPackages {
  readonly packages: Packages;
  readonly manager: string;
}

// Lock files of large workspaces.
const maximumMiB = 64;

/** Finds out what the build's own step will find. Throws `BuildFailed` where no package manager can be chosen; null for other builds. */
export async function findPackages(snapshot: SourceSnapshot, build: BuildPlan): Promise<FoundPackages | null> {
  if (build.kind !== 'react') return null;
  const manager = choose(await readFolders(snapshot, build.app), Number(build.nodeVersion));
  const installFiles = (await snapshot.filesBelow(manager.root)).filter(isInstallFile);
  const manifests = installFiles.filter((file) => posix.basename(file) === 'package.json');
  const texts = await snapshot.readFiles(manifests.map((file) => posix.join(manager.root, file)));
  return { packages: toPackages(manager, installFiles, [...texts.values()]), manager: describeManager(manager) };
}

/** The generated files of a React build, as far as they are known; null for other builds. */
export function generatedFiles(
  { build, source, namespace, image }: Plan,
  hasCertificates: boolean,
  found: FoundPackages | null,
): GeneratedFiles | null {
  if (build.kind !== 'react') return null;
  const store = storeName({ source: { repository: source.repository, namespace }, image });
  const hasRegistry = build.npmRegistry !== null;
  return {
    packageManager: found?.manager ?? null,
    dockerfile: frontendDockerfile({ packages: found?.packages ?? null, hasCertificates, hasRegistry, store }),
    nginxConf: nginxConf(build.port),
  };
}

async function readFolders(snapshot: SourceSnapshot, app: string): Promise<readonly SourceFolder[]> {
  const folders = foldersUp(app);
  const present = await snapshot.files(folders.flatMap((folder) => lookedAt.map((name) => posix.join(folder, name))));
  const paths = present.map(({ path }) => path);
  const texts = await snapshot.readFiles(
    paths.filter((path) => isRead(posix.basename(path))),
    maximumMiB,
  );
  return folders.map((folder) => ({
    path: folder,
    files: new Map(
      paths
        .filter((path) => posix.dirname(path) === folder)
        .map((path) => [posix.basename(path), texts.get(path) ?? '']),
    ),
  }));
}

function choose(folders: readonly SourceFolder[], nodeMajor: number) {
  try {
    return choosePackageManager(folders, nodeMajor);
  } catch (error) {
    if (!(error instanceof PackageManagerProblem)) throw error;
    throw new Failure('BuildFailed', `the build would fail: ${error.message}`);
  }
}
