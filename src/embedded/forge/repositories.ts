import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, runGit } from './git.ts';

/** What is special about a repository. One that only lies in the folder is public and has nothing special. */
export interface RepositorySettings {
  /** `owner/name`. */
  readonly name: string;
  readonly private?: boolean;
  /** Branches that a push may make but not change. */
  readonly protectedBranches?: readonly string[];
  /** False: pull requests are turned off. */
  readonly pullRequests?: boolean;
}

export interface Repository {
  readonly name: string;
  /** The bare repository. */
  readonly folder: string;
  readonly private: boolean;
  readonly pullRequests: boolean;
}

/** The bare repositories of a forge. */
export interface Repositories {
  /** A repository by `owner/name`, or undefined where there is none. */
  find(name: string): Promise<Repository | undefined>;
  all(): Promise<Repository[]>;
  /** Makes a repository where there is none and applies the settings; safe to repeat. */
  ensure(settings: RepositorySettings): Promise<Repository>;
}

const namePattern = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/** Where a forge keeps the bare repository `owner/name`; one that is put there is served at once. */
export function repositoryFolder(forgeFolder: string, name: string): string {
  if (!namePattern.test(name) || name.endsWith('.git'))
    throw new Error(`A repository is named owner/name, not ${JSON.stringify(name)}.`);
  return join(repositoriesFolder(forgeFolder), `${name}.git`);
}

/** The folder that holds all bare repositories of a forge. */
export function repositoriesFolder(forgeFolder: string): string {
  return join(forgeFolder, 'repositories');
}

/** Opens the repositories in a forge's folder. */
export function createRepositories(forgeFolder: string): Repositories {
  const settings = new Map<string, RepositorySettings>();

  function describe(name: string): Repository {
    const own = settings.get(name);
    return {
      name,
      folder: repositoryFolder(forgeFolder, name),
      private: own?.private ?? false,
      pullRequests: own?.pullRequests ?? true,
    };
  }

  return {
    async find(name) {
      if (!namePattern.test(name) || name.endsWith('.git')) return undefined;
      const repository = describe(name);
      return (await isFolder(repository.folder)) ? repository : undefined;
    },

    async all() {
      const root = repositoriesFolder(forgeFolder);
      await mkdir(root, { recursive: true });
      const owners = await readdir(root);
      const found = await Promise.all(
        owners.map(async (owner) => (await readdir(join(root, owner))).map((name) => `${owner}/${name}`)),
      );
      return found
        .flat()
        .filter((name) => name.endsWith('.git') && namePattern.test(name.slice(0, -4)))
        .map((name) => describe(name.slice(0, -4)))
        .sort((a, b) => a.name.localeCompare(b.name));
    },

    async ensure(own) {
      settings.set(own.name, own);
      const repository = describe(own.name);
      if (!(await isFolder(repository.folder))) {
        await mkdir(repository.folder, { recursive: true });
        await git(repository.folder, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
      }
      await protect(repository.folder, own.protectedBranches ?? []);
      return repository;
    },
  };
}

/** Name of the branch that HEAD points to. */
export async function defaultBranch({ folder }: Repository): Promise<string> {
  return (await git(folder, ['symbolic-ref', '--short', 'HEAD'])).trim();
}

const updateHook = `#!/bin/sh
# Arguments: ref, old commit, new commit. Making a branch is allowed, changing a protected one is not.
[ "$2" = 0000000000000000000000000000000000000000 ] && exit 0
for branch in $(git config --get-all forge.protected); do
  if [ "$1" = "refs/heads/$branch" ]; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
  fi
done
exit 0
`;

async function protect(folder: string, protectedBranches: readonly string[]): Promise<void> {
  await git(folder, ['config', 'receive.hideRefs', 'refs/pull']);
  await runGit(folder, ['config', '--unset-all', 'forge.protected']);
  for (const branch of protectedBranches) await git(folder, ['config', '--add', 'forge.protected', branch]);
  if (protectedBranches.length === 0) return;
  const hook = join(folder, 'hooks', 'update');
  await mkdir(join(folder, 'hooks'), { recursive: true });
  await writeFile(hook, updateHook);
  await chmod(hook, 0o755);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
