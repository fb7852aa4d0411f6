import { branchRef } from './addresses.ts';
import type { BareRepository } from './bare-repository.ts';
import { explainGit } from './explain-git.ts';
import type { PushAnswer } from './git.ts';

/** Head of a branch at the remote, or undefined. */
export async function remoteHead(repository: BareRepository, branch: string): Promise<string | undefined> {
  const ref = branchRef(branch);
  return (await repository.remoteRefs(ref)).get(ref);
}

/**
 * Pushes a commit to a branch whose head is `expected` (null: must not exist). What the push says does not decide: git repeats a request
 * whose answer was lost, and is refused because its own first one arrived. Throws what git's text means where the branch did not move.
 */
export async function pushCommit(
  repository: BareRepository,
  commit: string,
  branch: string,
  expected: string | null,
): Promise<PushAnswer> {
  const ref = branchRef(branch);
  const pushed = await repository.push([lease(ref, expected)], `${commit}:${ref}`);
  if (pushed.ok) return { kind: 'pushed' };
  const head = await remoteHead(repository, branch);
  if (head === commit) return { kind: 'pushed' };
  if (head !== undefined && head !== expected) return { kind: 'taken', head };
  throw explainGit(pushed.output, { ...repository.attempt, operation: 'write' });
}

/** Goes through a push up to the point where it would send something. Throws what git's text means. */
export async function checkPush(repository: BareRepository, commit: string): Promise<void> {
  const { ok, output } = await repository.push(['--dry-run', '--force'], `${commit}:${branchRef('slipway-check')}`);
  if (!ok) throw explainGit(output, { ...repository.attempt, operation: 'write' });
}

/** Deletes a remote branch if its head is that commit; true too where it is gone already, false where it is another one. */
export async function deleteRemoteBranch(repository: BareRepository, branch: string, commit: string): Promise<boolean> {
  const ref = branchRef(branch);
  const deleted = await repository.push([lease(ref, commit)], `:${ref}`);
  if (deleted.ok) return true;
  const head = await remoteHead(repository, branch);
  if (head === undefined) return true;
  if (head !== commit) return false;
  throw explainGit(deleted.output, { ...repository.attempt, operation: 'write' });
}

function lease(ref: string, expected: string | null): string {
  return `--force-with-lease=${ref}:${expected ?? ''}`;
}
