import { chmod, mkdir, rm } from 'node:fs/promises';
import { cloneExitCode } from '../../builds/engine-trouble.ts';
import { exitCodes } from '../../builds/exit-codes.ts';
import { readSourceAuthorization } from '../../builds/source-authorization.ts';
import { checkRepositoryUrl } from '../../git/addresses.ts';
import { gitEnvironment } from '../../git/environment.ts';
import { removeSshLogin, writeSshLogin } from '../../git/ssh.ts';
import { buildPaths, type StepContext } from './step-context.ts';

/** Fetches the one commit and lays out its files, without `.git`. The credential (see `sourceAuthorization`) reaches the fetching git alone, and an SSH key is a file for that long. Says the exit code. */
export async function cloneSource(context: StepContext, credential: string | undefined): Promise<number> {
  const { folder, request, run } = context;
  const { repository, commit } = request.source;
  const paths = buildPaths(folder);
  const url = checkRepositoryUrl(repository, {
    httpHosts: request.sourceHttpHosts,
    allowFile: request.allowFileSources,
  });
  const settings = { caFile: request.caFile };
  const login = readSourceAuthorization(credential);
  const local = { ...gitEnvironment(paths.git, settings), GIT_INDEX_FILE: paths.index, GIT_WORK_TREE: paths.source };
  // A build needs every file, so the fetch says `--no-filter`.
  const remote = gitEnvironment(paths.git, settings, { remote: { url, ...login }, filter: 'blob:none' });
  // A pod whose node restarted begins again, in the same volume.
  for (const each of [paths.git, paths.source]) {
    await rm(each, { recursive: true, force: true });
    await mkdir(each);
    // Not the group that a pod's volume hands on to new folders: the image would have it.
    await chmod(each, 0o755);
  }
  const ref = 'refs/slipway/source';
  if ((await run(['git', 'init', '--quiet', '--bare'], gitEnvironment(paths.git, settings))) !== 0)
    return exitCodes.clone.network;
  const fetch = [
    'git',
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-filter',
    '--no-tags',
    '--no-write-fetch-head',
    url,
    `${commit}:${ref}`,
  ] as const;
  if (login.ssh !== undefined) await writeSshLogin(paths.git, login.ssh);
  const fetched = await run(fetch, remote);
  await removeSshLogin(paths.git);
  if (fetched !== 0) return cloneExitCode(await context.output());
  // From the index and not by `git archive`: the repository's export-ignore and export-subst are not meant for builds.
  if ((await run(['git', 'read-tree', ref], local)) !== 0) return exitCodes.clone.network;
  if ((await run(['git', 'checkout-index', '--all', '--force'], local)) !== 0) return exitCodes.clone.network;
  await rm(paths.git, { recursive: true, force: true });
  await rm(paths.index, { force: true });
  return 0;
}
