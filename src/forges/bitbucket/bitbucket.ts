import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { Account, Accounts } from '../accounts.ts';
import type { CommitStatus, Forge, NewPullRequest, PullRequest } from '../forge.ts';
import { type ApiConnection, encodePath, openJsonApi } from '../json-api.ts';
import { changedFiles } from './changed-files.ts';
import { explain } from './explain.ts';
import { listValues } from './pages.ts';
import { isAuthor, isSameRepository, Pull, toPullRequest } from './pull.ts';
import { askReviewers } from './reviewers.ts';
import type { WholeCommits } from './whole-commits.ts';

export interface BitbucketOptions extends ApiConnection {
  /** These two are shared by all forges of a process. */
  readonly accounts: Accounts;
  readonly wholeCommits: WholeCommits;
}

const states = { pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED', error: 'STOPPED' } as const;
const everyState = 'state=OPEN&state=MERGED&state=DECLINED&state=SUPERSEDED';
const keyLimit = 40;
const textLimit = 255;
const anything = z.unknown();

/** The forge of a repository at Bitbucket Cloud, as its API 2.0 is documented; tried against an emulation only. Every call is one or a few requests. */
export function createBitbucket({ accounts, wholeCommits, ...connection }: BitbucketOptions): Forge {
  const { repository, token } = connection;
  const { api: apiRoot, owner, name } = repository;
  const api = openJsonApi(connection, { name: 'Bitbucket', pageSize: 'pagelen=50', explain });
  const pulls = (doing: string, query: string) => {
    const path = `./pullrequests?pagelen=50&sort=-created_on&${query}`;
    return listValues(api, repository, { doing, path }, z.array(Pull));
  };

  async function account(): Promise<Account> {
    const known = accounts.find(apiRoot, token);
    if (known !== undefined) return known;
    const request = { doing: 'ask whose token it is', path: '/user' };
    const answer = await api.ask(request);
    // A repository's access token may not ask.
    const found: Account =
      answer.status === 403
        ? { kind: 'app' }
        : { kind: 'user', id: api.read(request, answer, z.object({ uuid: z.string() })).uuid };
    accounts.remember(apiRoot, token, found);
    return found;
  }

  async function convert(pull: Pull): Promise<PullRequest> {
    if (!isSameRepository(pull)) return toPullRequest(pull, '', false);
    const digits = pull.source.commit?.hash;
    const commit = digits === undefined ? '' : await wholeCommits.find(api, repository, digits);
    return toPullRequest(pull, commit, isAuthor(await account(), pull.author));
  }

  async function convertAll(found: readonly Pull[]): Promise<PullRequest[]> {
    const unique = [...new Map(found.map((pull) => [pull.id, pull])).values()];
    const converted: PullRequest[] = [];
    for (const pull of unique) converted.push(await convert(pull));
    return converted.toSorted((a, b) => b.number - a.number);
  }

  async function ofHead(head: string, filter: string): Promise<Pull[]> {
    const q = encodeURIComponent(`source.branch.name = ${JSON.stringify(head)}`);
    const found = await pulls(`look for pull requests of ${head}`, `q=${q}&${filter}`);
    return found.filter((pull) => pull.source.branch.name === head && isSameRepository(pull));
  }

  async function createOrAdopt({ head, base, title, body }: NewPullRequest): Promise<PullRequest> {
    // Bitbucket would change the one that is open, and its reviewers.
    const open = await ofHead(head, 'state=OPEN');
    const existing = open.find(({ destination }) => destination.branch.name === base);
    if (existing !== undefined) return convert(existing);
    const doing = `open a pull request from ${head} to ${base}`;
    const [source, destination] = [{ branch: { name: head } }, { branch: { name: base } }];
    const fields = { title: title.slice(0, textLimit), description: body, source, destination };
    const request = { doing, method: 'POST', path: './pullrequests', body: fields } as const;
    const answer = await api.ask(request);
    if (answer.status === 400) {
      for (const [branch, fix] of [
        [base, 'the base branch does not exist: check the branch that the run names for the GitOps repository'],
        [head, `${head} does not exist any more: run it again`],
      ] as const) {
        const { status } = await api.ask({ doing, path: `./refs/branches/${encodePath(branch)}` });
        if (status === 404) throw new Failure('SourceNotFound', `Could not ${doing} in ${owner}/${name}: ${fix}.`);
      }
    }
    const pull = api.read(request, answer, Pull);
    if (pull.author) accounts.remember(apiRoot, token, { kind: 'user', id: pull.author.uuid });
    return convert(pull);
  }

  return {
    async pullRequests(query) {
      if ('head' in query) return convertAll(await ofHead(query.head, everyState));
      const base = query.openAgainst;
      const q = encodeURIComponent(`destination.branch.name = ${JSON.stringify(base)}`);
      const open = await pulls(`list the pull requests against ${base}`, `q=${q}&state=OPEN`);
      return convertAll(open.filter((pull) => pull.destination.branch.name === base));
    },

    async openPullRequest(request) {
      const pullRequest = await createOrAdopt(request);
      const warnings = [
        ...(request.labels.length === 0
          ? []
          : [`Could not add the labels ${request.labels.join(', ')}: Bitbucket's pull requests have none.`]),
        ...(await askReviewers(api, repository, pullRequest.number, request.reviewers)),
      ];
      return { pullRequest, warnings };
    },

    async comment(number, body) {
      const doing = `comment on pull request #${number}`;
      const content = { content: { raw: body } };
      await api.call({ doing, method: 'POST', path: `./pullrequests/${number}/comments`, body: content }, anything);
    },

    async closePullRequest(number, body) {
      const doing = `decline pull request #${number}`;
      const path = `./pullrequests/${number}`;
      const read = () => api.call({ doing, path }, Pull);
      const { state, title, reviewers } = await read();
      if (state !== 'OPEN') return;
      const fields = { title, description: body, reviewers: reviewers.map(({ uuid }) => ({ uuid })) };
      for (const request of [
        { doing, method: 'PUT', path, body: fields },
        { doing, method: 'POST', path: `${path}/decline` },
      ] as const) {
        const answer = await api.ask(request);
        // Once it is over it cannot be changed, and somebody may have been faster.
        if (answer.status === 400 && (await read()).state !== 'OPEN') return;
        api.read(request, answer, anything);
      }
    },

    async setCommitStatus(commit, { state, context, description, url }: CommitStatus) {
      const doing = `set the status of commit ${commit.slice(0, 8)}`;
      const body = {
        key: keyOf(context),
        name: context.slice(0, textLimit),
        state: states[state],
        description: description.slice(0, textLimit),
        // It must have one.
        url: url ?? `https://${repository.host}/${owner}/${name}/commits/${commit}`,
      };
      await api.call({ doing, method: 'POST', path: `./commit/${commit}/statuses/build`, body }, anything);
    },

    changedFiles: (before, after) => changedFiles(api, repository, before, after),
  };
}

/** A status is known by its key, which has 40 characters at most. */
function keyOf(context: string): string {
  if (context.length <= keyLimit) return context;
  const hash = createHash('sha256').update(context).digest('hex').slice(0, 8);
  return `${context.slice(0, keyLimit - 9)}-${hash}`;
}
