import { branchRef, checkRepositoryUrl } from './addresses.ts';
import { withFreshRepository } from './bare-repository.ts';
import type { Remote } from './git.ts';
import type { GitSettings } from './settings.ts';

/** Asks a remote for the head of a branch by `ls-remote`; undefined where there is none. Throws what the mirrors throw. */
export async function askHead(
  remote: Remote,
  credential: 'git-token' | 'gitops-token',
  branch: string,
  settings: GitSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  checkRepositoryUrl(remote.url, settings);
  const ref = branchRef(branch);
  const options = { remote, credential, settings, signal, filter: 'blob:none' } as const;
  return withFreshRepository(options, async (repository) => (await repository.remoteRefs(ref)).get(ref));
}
