import { Failure } from '../failures.ts';
import { nearNames } from '../runs/near-names.ts';
import { branchRef, checkRepositoryUrl, hostOf, isFullSha, isShortSha, repositoryName } from './addresses.ts';
import { type BareRepository, withFreshRepository } from './bare-repository.ts';
import type { PartialFilter } from './environment.ts';
import type { Relation, Remote, SourceRepositories, WantedCommit } from './git.ts';
import { diffPaths } from './objects.ts';
import { readRanges } from './read-ranges.ts';
import type { GitSettings } from './settings.ts';
import { readSnapshot } from './source-snapshot.ts';

/** Source repositories below the settings' folder; nothing of them stays after a use. */
export function createSourceRepositories(settings: GitSettings): SourceRepositories {
  const fresh = <T>(
    remote: Remote,
    signal: AbortSignal,
    filter: PartialFilter,
    use: (repository: BareRepository) => Promise<T>,
  ): Promise<T> => {
    checkRepositoryUrl(remote.url, settings);
    return withFreshRepository({ remote, credential: 'git-token', settings, signal, filter }, use);
  };

  return {
    withCommit: (remote, wanted, signal, use) =>
      fresh(remote, signal, 'blob:none', async (repository) => {
        const commit = await resolveCommit(repository, wanted, (inHistory) =>
          fresh(remote, signal, 'tree:0', inHistory),
        );
        await fetchCommit(repository, wanted, commit);
        return use(await readSnapshot(repository, commit));
      }),

    relation: async (remote, commit, other, signal) => {
      if (commit === other) return 'same';
      if (!isFullSha(commit) || !isFullSha(other)) return 'unrelated';
      return fresh(remote, signal, 'tree:0', async (history) => {
        if (!(await tryFetch(history, [commit, other]))) return 'unrelated';
        return compare(history, commit, other);
      });
    },

    changedPaths: async (remote, before, after, signal) =>
      fresh(remote, signal, 'blob:none', async (repository) => {
        await repository.fetch([before, after], { depth: 1 });
        return diffPaths(repository, before, after);
      }),

    heads: async (remote, branches, signal) =>
      fresh(remote, signal, 'blob:none', async (repository) => {
        const refs = await repository.remoteRefs(...branches.map(branchRef));
        return new Map(branches.flatMap((branch) => withHead(branch, refs.get(branchRef(branch)))));
      }),

    ranges: async (remote, befores, after, signal) =>
      fresh(remote, signal, 'blob:none', (repository) => readRanges(repository, befores, after)),
  };
}

const withHead = (branch: string, head: string | undefined): readonly (readonly [string, string])[] =>
  head === undefined ? [] : [[branch, head]];

/** Lends an empty repository for commits without their trees. */
type WithHistory = <T>(use: (history: BareRepository) => Promise<T>) => Promise<T>;

async function resolveCommit(
  repository: BareRepository,
  wanted: WantedCommit,
  withHistory: WithHistory,
): Promise<string> {
  const { branch, commit, allowUnreachable } = wanted;
  // Where any commit will do, nothing is to be asked; the fetch asks the remote with the run's credential anyway.
  if (commit !== null && allowUnreachable && isFullSha(commit)) return commit;
  const head = await findHead(repository, branch);
  if (commit === null || commit === head) return head;
  if (!isFullSha(commit) && !isShortSha(commit)) {
    throw new Failure('InvalidRun', `${JSON.stringify(commit)} is no commit; write 7 to 40 hexadecimal digits`);
  }
  return withHistory(async (history) => {
    const ref = branchRef(branch);
    await history.fetch([`${ref}:${ref}`]);
    const { code, stdout, stderr } = await history.run(['rev-parse', '--verify', `${commit}^{commit}`]);
    const id = stdout.toString('utf8').trim();
    if (code === 0 && (await isAncestor(history, id, ref))) return id;
    const problem = /ambiguous/.test(stderr) ? 'means several commits' : 'is not a commit';
    throw new Failure(
      'SourceNotFound',
      `${commit} ${problem} of branch ${branch} of ${describe(repository)}, whose head is ${head.slice(0, 12)}; name a commit of that branch, or let the ComponentWorkflow allow others`,
    );
  });
}

async function findHead(repository: BareRepository, branch: string): Promise<string> {
  const ref = branchRef(branch);
  const head = (await repository.remoteRefs(ref)).get(ref);
  if (head !== undefined) return head;
  const prefix = 'refs/heads/';
  const refs = await repository.remoteRefs(`${prefix}*`);
  const branches = [...refs.keys()].filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
  const near = nearNames(branch, branches);
  const hint =
    branches.length === 0
      ? 'it has no branches at all: push one'
      : near.length > 0
        ? `did you mean ${near.join(', ')}?`
        : `it has ${branches.slice(0, 5).join(', ')}${branches.length > 5 ? ' and others' : ''}`;
  throw new Failure('SourceNotFound', `${describe(repository)} has no branch ${branch}; ${hint}`);
}

/** Brings the commit and its trees. A server that gives no commit by its id gives the branch, with all of its trees. */
async function fetchCommit(repository: BareRepository, { branch }: WantedCommit, commit: string): Promise<void> {
  if (await tryFetch(repository, [commit], 1)) return;
  await repository.fetch([branchRef(branch)]);
  if ((await repository.run(['cat-file', '-e', `${commit}^{commit}`])).code === 0) return;
  throw new Failure(
    'SourceNotFound',
    `${describe(repository)} has no commit ${commit}, or does not give it; name one of branch ${branch}`,
  );
}

async function tryFetch(repository: BareRepository, ids: readonly string[], depth?: number): Promise<boolean> {
  try {
    await repository.fetch(ids, depth === undefined ? {} : { depth });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.type === 'SourceNotFound') return false;
    throw error;
  }
}

async function compare(history: BareRepository, commit: string, other: string): Promise<Relation> {
  if (await isAncestor(history, commit, other)) return 'ancestor';
  return (await isAncestor(history, other, commit)) ? 'descendant' : 'unrelated';
}

async function isAncestor(history: BareRepository, older: string, newer: string): Promise<boolean> {
  return (await history.run(['merge-base', '--is-ancestor', older, newer])).code === 0;
}

function describe({ attempt: { remote } }: BareRepository): string {
  return `${repositoryName(remote.url)} on ${hostOf(remote.url)}`;
}
