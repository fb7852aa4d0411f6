import { branches, commitOf, countCommits, git, isAncestor } from './git.ts';
import { mergeInto } from './merge.ts';
import type { Repositories, Repository } from './repositories.ts';
import type { Pull, Store } from './state.ts';

export interface PullsDeps {
  readonly repositories: Repositories;
  readonly store: Store;
}

/** What a new pull request is refused for. */
export type OpenRefusal = 'base missing' | 'head missing' | 'exists' | 'no commits';

interface OpenRequest {
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly base: string;
  readonly head: { readonly repository: string; readonly branch: string };
}

/**
 * Brings the open pull requests of a repository up to what its branches say: their head follows the branch, a deleted branch closes
 * them, and a head that reached the base branch by a push makes them merged. To be called with the repository's lock held.
 */
export async function refreshPulls({ repositories, store }: PullsDeps, repository: Repository): Promise<void> {
  const open = store.of(repository.name).pulls.filter((pull) => pull.state === 'open');
  if (open.length === 0) return;
  const own = await branches(repository.folder);
  let changed = false;
  for (const pull of open) {
    const head = await headCommit(repositories, repository, own, pull.head);
    const base = own.get(pull.base.branch);
    if (head === pull.head.commit && base === pull.base.commit) continue;
    changed = true;
    pull.updatedAt = now();
    if (head === undefined || base === undefined) finish(pull, 'closed');
    else await follow(repositories, repository, pull, head, base);
  }
  if (changed) await store.save();
}

/** Opens a pull request or tells why not. To be called with the repository's lock held. */
export async function openPull(
  { repositories, store }: PullsDeps,
  repository: Repository,
  request: OpenRequest,
): Promise<Pull | OpenRefusal> {
  const state = store.of(repository.name);
  const own = await branches(repository.folder);
  const base = own.get(request.base);
  if (base === undefined) return 'base missing';
  const head = await headCommit(repositories, repository, own, request.head);
  if (head === undefined) return 'head missing';
  const { branch, repository: from } = request.head;
  const isSame = (pull: Pull): boolean =>
    pull.head.repository === from && pull.head.branch === branch && pull.base.branch === request.base;
  if (state.pulls.some((pull) => pull.state === 'open' && isSame(pull))) return 'exists';
  const number = state.nextNumber;
  await keepHead(repositories, repository, number, request.head, head);
  if ((await countCommits(repository.folder, base, head)) === 0) return 'no commits';
  const pull: Pull = {
    number,
    title: request.title,
    body: request.body,
    author: request.author,
    head: { repository: from, branch, commit: head },
    base: { branch: request.base, commit: base },
    state: 'open',
    createdAt: now(),
    updatedAt: now(),
    closedAt: null,
    mergedBy: null,
    mergeCommit: null,
    labels: [],
    reviewers: [],
    comments: [],
  };
  state.nextNumber = number + 1;
  state.pulls.push(pull);
  await store.save();
  return pull;
}

/** Merges an open pull request; tells whether the branches conflict or the base moved meanwhile. To be called with the repository's lock held. */
export async function mergePull(
  { store }: PullsDeps,
  repository: Repository,
  pull: Pull,
  by: string,
  method: 'merge' | 'squash',
): Promise<'merged' | 'conflict' | 'moved'> {
  const title =
    method === 'squash'
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${pull.head.repository.split('/')[0]}/${pull.head.branch}`;
  const message = method === 'squash' ? `${title}\n` : `${title}\n\n${pull.title}\n`;
  const result = await mergeInto(repository.folder, {
    base: pull.base,
    head: pull.head.commit,
    message,
    author: by,
    squash: method === 'squash',
  });
  if (result.kind !== 'merged') return result.kind;
  pull.mergedBy = by;
  pull.mergeCommit = result.commit;
  finish(pull, 'merged');
  await store.save();
  return 'merged';
}

/** Closes a pull request in memory; saving is the caller's. */
export function finish(pull: Pull, state: 'closed' | 'merged'): void {
  pull.state = state;
  pull.closedAt = now();
  pull.updatedAt = now();
}

/** RFC 3339, to the second, as GitHub writes times. */
export function now(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

async function follow(
  repositories: Repositories,
  repository: Repository,
  pull: Pull,
  head: string,
  base: string,
): Promise<void> {
  if (head !== pull.head.commit) {
    await keepHead(repositories, repository, pull.number, pull.head, head);
    pull.head.commit = head;
  }
  if (base !== pull.base.commit && (await isAncestor(repository.folder, head, base))) {
    pull.mergeCommit = base;
    finish(pull, 'merged');
  } else {
    pull.base.commit = base;
  }
}

async function headCommit(
  repositories: Repositories,
  repository: Repository,
  own: ReadonlyMap<string, string>,
  head: { readonly repository: string; readonly branch: string },
): Promise<string | undefined> {
  if (head.repository === repository.name) return own.get(head.branch);
  const fork = await repositories.find(head.repository);
  return fork === undefined ? undefined : commitOf(fork.folder, `refs/heads/${head.branch}`);
}

/** A ref of its own keeps the commits of a pull request when its branch is gone, and brings a fork's commits here. */
async function keepHead(
  repositories: Repositories,
  repository: Repository,
  number: number,
  head: { readonly repository: string; readonly branch: string },
  commit: string,
): Promise<void> {
  const ref = `refs/pull/${number}/head`;
  const fork = head.repository === repository.name ? undefined : await repositories.find(head.repository);
  if (fork === undefined) await git(repository.folder, ['update-ref', ref, commit]);
  else
    await git(repository.folder, [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      fork.folder,
      `+refs/heads/${head.branch}:${ref}`,
    ]);
}
