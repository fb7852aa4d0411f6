import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { Accounts } from '../accounts.ts';
import type { Forge, NewPullRequest, PullRequest } from '../forge.ts';
import { type ApiConnection, encodePath, openJsonApi } from '../json-api.ts';
import { changedFiles } from './changed-files.ts';
import { explain } from './explain.ts';
import { addLabels, askReviewers } from './extras.ts';
import { explainMissing } from './missing.ts';
import { isSameRepository, Pull, toPullRequest } from './pull.ts';

export interface GiteaOptions extends ApiConnection {
  /** Shared by all forges of a process. */
  readonly accounts: Accounts;
}

const anything = z.unknown();

const isHead = (pull: Pull, head: string) => pull.head.label === head && isSameRepository(pull);

/** The forge of a repository at a Gitea (tried with 1.26). Every call is one or a few requests. */
export function createGitea({ accounts, ...connection }: GiteaOptions): Forge {
  const { repository, token } = connection;
  const api = openJsonApi(connection, {
    name: 'Gitea',
    pageSize: 'limit=50',
    explain,
  });

  async function ownId(): Promise<number> {
    const known = accounts.find(repository.api, token);
    if (known?.kind === 'user') return Number(known.id);
    const request = { doing: 'ask whose token it is', path: '/user' };
    const { id } = await api.call(request, z.object({ id: z.number() }));
    accounts.remember(repository.api, token, { kind: 'user', id });
    return id;
  }

  async function toPullRequests(pulls: readonly Pull[]): Promise<PullRequest[]> {
    const id = await ownId();
    return pulls.map((pull) => toPullRequest(pull, id)).toSorted((a, b) => b.number - a.number);
  }

  /** Pages move while pull requests come and go, so one may be listed twice; older Giteas do not obey the filter. */
  async function openPulls(doing: string, base: string | null): Promise<Pull[]> {
    const path = `./pulls?state=open${base === null ? '' : `&base_branch=${encodeURIComponent(base)}`}`;
    const pulls = await api.list({ doing, path }, z.array(Pull));
    const once = [...new Map(pulls.map((pull) => [pull.number, pull])).values()];
    return once.filter((pull) => base === null || pull.base.ref === base);
  }

  /** Gitea has no look-up by head over all states, and listing all would cost more with each release. */
  async function pullsOfHead(head: string, base: string | null): Promise<Pull[]> {
    const doing = `look for pull requests of ${head}`;
    if (base === null) return (await openPulls(doing, null)).filter((pull) => isHead(pull, head));
    const path = `./pulls/${encodeURIComponent(base)}/${encodePath(head)}`;
    const known = await api.ask({ doing, path });
    if (known.status === 404) return [];
    const one = api.read({ doing, path }, known, Pull);
    const open = one.state === 'open' ? [] : await openPulls(doing, base);
    return [one, ...open].filter((pull) => isHead(pull, head));
  }

  async function createOrAdopt({ head, base, title, body }: NewPullRequest): Promise<PullRequest> {
    const doing = `open a pull request from ${head} to ${base}`;
    const request = { doing, method: 'POST', path: './pulls', body: { head, base, title, body } } as const;
    const answer = await api.ask(request);
    if (answer.status === 404) throw await explainMissing(api, request, { head, base });
    if (answer.status !== 409) return toPullRequest(api.read(request, answer, Pull), await ownId());
    const existing = (await openPulls(doing, base)).find((pull) => isHead(pull, head));
    if (existing !== undefined) return toPullRequest(existing, await ownId());
    throw new Failure(
      'Contended',
      `${repository.host} says that a pull request from ${head} to ${base} exists in ${repository.owner}/${repository.name}, but none is open. It is tried again.`,
    );
  }

  return {
    async pullRequests(query) {
      if ('head' in query) return toPullRequests(await pullsOfHead(query.head, query.base));
      const base = query.openAgainst;
      return toPullRequests(await openPulls(`list the pull requests against ${base}`, base));
    },

    async openPullRequest(request) {
      const pullRequest = await createOrAdopt(request);
      const warnings = [
        ...(await addLabels(api, pullRequest.number, request.labels)),
        ...(await askReviewers(api, pullRequest.number, request.reviewers)),
      ];
      return { pullRequest, warnings };
    },

    async comment(number, body) {
      const doing = `comment on pull request #${number}`;
      await api.call({ doing, method: 'POST', path: `./issues/${number}/comments`, body: { body } }, anything);
    },

    async closePullRequest(number, body) {
      const doing = `close pull request #${number}`;
      const request = { doing, method: 'PATCH', path: `./pulls/${number}`, body: { state: 'closed', body } } as const;
      const answer = await api.ask(request);
      const isMerged = answer.status === 412 && /already merged/.test(JSON.stringify(answer.body));
      if (!isMerged) api.read(request, answer, anything);
    },

    async setCommitStatus(commit, { state, context, description, url }) {
      const doing = `set the status of commit ${commit.slice(0, 8)}`;
      const body = { state, context, description, ...(url !== null && { target_url: url }) };
      const request = { doing, method: 'POST', path: `./statuses/${commit}`, body } as const;
      const answer = await api.ask(request);
      // Gitea answers 500 for a commit that it has not.
      if (answer.status === 500)
        await api.call({ doing, path: `./git/commits/${commit}?stat=false&files=false` }, anything);
      api.read(request, answer, anything);
    },

    changedFiles: (before, after) => changedFiles(api, before, after),
  };
}
