import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { CredentialKey } from '../../secrets/credentials.ts';
import type { Account, Accounts } from '../accounts.ts';
import { orWarning, splitReviewers } from '../extras.ts';
import type { CommitStatus, Forge, NewPullRequest, PullRequest } from '../forge.ts';
import type { ForgeRepository } from '../repository-url.ts';
import { Comparison, changedFilesOf } from './changed-files.ts';
import { isAlreadyOpen, toFailure } from './errors.ts';
import { isAuthor, isSameRepository, Pull, toPullRequest } from './pull.ts';

export interface GithubOptions {
  readonly repository: ForgeRepository;
  readonly token: string;
  /** Key of that token, for messages. */
  readonly key: CredentialKey;
  /** Shared by all forges of a process. */
  readonly accounts: Accounts;
  /** Slug of the GitHub App whose installation token this is, when known. */
  readonly appSlug: string | null;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

const requestTimeoutMs = 30_000;
const descriptionLimit = 140;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The forge of a repository at GitHub. Every call is one or a few requests; none is repeated here, because Temporal repeats. */
export function createGithub({ repository, token, key, accounts, appSlug, fetch, signal }: GithubOptions): Forge {
  const { host, api, owner, name: repo } = repository;
  const octokit = new Octokit({
    auth: token,
    baseUrl: api,
    userAgent: 'slipway',
    log: silent,
    request: {
      fetch: (input: string, init: RequestInit) =>
        fetch(input, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]) }),
    },
  });

  async function call<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      signal.throwIfAborted();
      throw toFailure(error, { doing, host, repository: `${owner}/${repo}`, key, token });
    }
  }

  function read<T>(schema: z.ZodType<T>, data: unknown): T {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new Failure(
      'Unavailable',
      `${host} answered, but not as GitHub's API does. Check that ${api} is a GitHub API and no proxy or login page.`,
      { cause: parsed.error },
    );
  }

  async function ownAccount(): Promise<Account> {
    const known = accounts.find(api, token);
    if (known !== undefined) return known;
    const account = await call('ask whose token it is', askAccount);
    accounts.remember(api, token, account);
    return account;
  }

  async function askAccount(): Promise<Account> {
    try {
      const { data } = await octokit.rest.users.getAuthenticated();
      return { kind: 'user', id: read(z.object({ id: z.number() }), data).id };
    } catch (error) {
      if (isForbiddenToApps(error)) return { kind: 'app' };
      throw error;
    }
  }

  async function withOwnership(pulls: readonly Pull[]): Promise<PullRequest[]> {
    const account = pulls.some(isSameRepository) ? await ownAccount() : undefined;
    return pulls.map((pull) =>
      toPullRequest(pull, account !== undefined && isSameRepository(pull) && isAuthor(account, appSlug, pull.user)),
    );
  }

  async function listPulls(
    doing: string,
    filter: { head: string; state: 'all' | 'open' } | { base: string; state: 'open' },
  ): Promise<Pull[]> {
    const query = { owner, repo, sort: 'created', direction: 'desc', per_page: 100, ...filter } as const;
    return read(z.array(Pull), await call(doing, () => octokit.paginate(octokit.rest.pulls.list, query)));
  }

  /** Servers differ in which filters they obey, so each is applied here again. */
  async function pullsOfHead(branch: string, state: 'all' | 'open'): Promise<Pull[]> {
    const pulls = await listPulls(`look for pull requests of ${branch}`, { head: `${owner}:${branch}`, state });
    return pulls.filter(
      (pull) => pull.head.ref === branch && isSameRepository(pull) && (state === 'all' || pull.state === 'open'),
    );
  }

  async function createOrAdopt({ head, base, title, body }: NewPullRequest): Promise<PullRequest> {
    try {
      const { data } = await call(`open a pull request from ${head} to ${base}`, () =>
        octokit.rest.pulls.create({ owner, repo, head, base, title, body }),
      );
      const pull = read(Pull, data);
      if (pull.user !== null) accounts.remember(api, token, { kind: 'user', id: pull.user.id });
      return toPullRequest(pull, true);
    } catch (error) {
      if (!(error instanceof Failure) || !isAlreadyOpen(error.cause)) throw error;
      const [existing] = await withOwnership(
        (await pullsOfHead(head, 'open')).filter((pull) => pull.base.ref === base),
      );
      if (existing !== undefined) return existing;
      throw new Failure(
        'Contended',
        `${host} says that a pull request from ${head} to ${base} exists in ${owner}/${repo}, but none is open. It is tried again.`,
      );
    }
  }

  async function addLabels({ number }: PullRequest, { labels }: NewPullRequest): Promise<readonly string[]> {
    if (labels.length === 0) return [];
    const target = { owner, repo, issue_number: number, labels: [...labels] };
    return orWarning(async () => {
      await call(`add the labels ${labels.join(', ')}`, () => octokit.rest.issues.addLabels(target));
      return [];
    });
  }

  async function askReviewers({ number }: PullRequest, { reviewers }: NewPullRequest): Promise<readonly string[]> {
    if (reviewers.length === 0) return [];
    const { people, teams } = splitReviewers(reviewers);
    const target = { owner, repo, pull_number: number, reviewers: [...people], team_reviewers: [...teams] };
    return orWarning(async () => {
      await call(`ask ${reviewers.join(', ')} for a review`, () => octokit.rest.pulls.requestReviewers(target));
      return [];
    });
  }

  return {
    async pullRequests(query) {
      if ('head' in query) return withOwnership(await pullsOfHead(query.head, 'all'));
      const pulls = await listPulls(`list the pull requests against ${query.openAgainst}`, {
        base: query.openAgainst,
        state: 'open',
      });
      return withOwnership(pulls.filter((pull) => pull.base.ref === query.openAgainst && pull.state === 'open'));
    },

    async openPullRequest(request) {
      const pullRequest = await createOrAdopt(request);
      return {
        pullRequest,
        warnings: [...(await addLabels(pullRequest, request)), ...(await askReviewers(pullRequest, request))],
      };
    },

    async comment(number, body) {
      await call(`comment on pull request #${number}`, () =>
        octokit.rest.issues.createComment({ owner, repo, issue_number: number, body }),
      );
    },

    async closePullRequest(number, body) {
      await call(`close pull request #${number}`, () =>
        octokit.rest.pulls.update({ owner, repo, pull_number: number, state: 'closed', body }),
      );
    },

    async setCommitStatus(commit, { state, context, description, url }: CommitStatus) {
      const status = { state, context, description: cut(description), ...(url !== null && { target_url: url }) };
      await call(`set the status of commit ${commit.slice(0, 8)}`, () =>
        octokit.rest.repos.createCommitStatus({ owner, repo, sha: commit, ...status }),
      );
    },

    async changedFiles(before, after) {
      // One commit is enough: the files come with the first page, whatever its size.
      const range = { owner, repo, basehead: `${before}...${after}`, page: 1, per_page: 1 };
      try {
        const { data } = await call('compare two commits', () => octokit.rest.repos.compareCommitsWithBasehead(range));
        return changedFilesOf(read(Comparison, data));
      } catch (error) {
        if (error instanceof Failure && error.type === 'SourceNotFound') return null;
        throw error;
      }
    },
  };
}

function isForbiddenToApps(error: unknown): boolean {
  return (
    error instanceof Error &&
    'status' in error &&
    error.status === 403 &&
    /not accessible by integration/i.test(error.message)
  );
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length <= descriptionLimit ? text : `${characters.slice(0, descriptionLimit - 1).join('')}…`;
}
