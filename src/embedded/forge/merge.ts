import { git, runGit } from './git.ts';

interface MergeRequest {
  readonly base: { readonly branch: string; readonly commit: string };
  readonly head: string;
  readonly message: string;
  readonly author: string;
  readonly squash: boolean;
}

type MergeResult = { readonly kind: 'merged'; readonly commit: string } | { readonly kind: 'conflict' | 'moved' };

/** Merges a commit into a branch of a bare repository, without a working copy; the branch moves only if it is where the request says. */
export async function mergeInto(
  folder: string,
  { base, head, message, author, squash }: MergeRequest,
): Promise<MergeResult> {
  const merged = await runGit(folder, ['merge-tree', '--write-tree', base.commit, head]);
  if (merged.code === 1) return { kind: 'conflict' };
  if (merged.code !== 0)
    throw new Error(`git merge-tree ended with ${merged.code ?? 'a signal'}: ${merged.stderr.trim()}`);
  const tree = merged.stdout.trim();
  const parents = squash ? ['-p', base.commit] : ['-p', base.commit, '-p', head];
  const commit = (
    await git(folder, ['commit-tree', tree, ...parents], { input: message, environment: identity(author) })
  ).trim();
  const moved = await runGit(folder, ['update-ref', `refs/heads/${base.branch}`, commit, base.commit]);
  return moved.code === 0 ? { kind: 'merged', commit } : { kind: 'moved' };
}

function identity(login: string): Record<string, string> {
  const email = `${login}@users.noreply.forge.invalid`;
  return { GIT_AUTHOR_NAME: login, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: login, GIT_COMMITTER_EMAIL: email };
}
