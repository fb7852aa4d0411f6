import { commitOf, countCommits, log, mergeBase } from '../git.ts';
import { notFound } from './api-error.ts';
import { changedFiles } from './changed-files.ts';
import { commitJson } from './present.ts';
import { type ForgeDeps, page, parameter, type RepositoryRequest } from './request.ts';

/** GitHub lists no more files, and these with the first page of commits only. */
const filesListed = 300;

/** Answers what `head` has that `base` has not, for `/compare/base...head`. */
export async function compareCommits(
  deps: ForgeDeps,
  { repository, request, response }: RepositoryRequest,
): Promise<unknown> {
  const { folder, name } = repository;
  const [base = '', head = ''] = parameter(request, 'basehead').split('...');
  const [from, to] = [await commitOf(folder, base), await commitOf(folder, head)];
  if (from === undefined || to === undefined) throw notFound();
  const [ahead, behind] = [await countCommits(folder, from, to), await countCommits(folder, to, from)];
  const commits = (await log(folder, `${from}..${to}`, Math.max(1, ahead))).toReversed();
  const files = await changedFiles(folder, await mergeBase(folder, from, to), to);
  return {
    status: ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: page(request, response, deps.url(), commits).map((commit) => commitJson(deps.url(), name, commit)),
    files: files.slice(0, filesListed),
  };
}
