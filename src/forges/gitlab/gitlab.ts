import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { Accounts } from '../accounts.ts';
import type { CommitStatus, Forge, NewPullRequest, PullRequest } from '../forge.ts';
import { type ApiConnection, openJsonApi } from '../json-api.ts';
import { explain, messageOf } from './explain.ts';
import { addLabels, askReviewers } from './extras.ts';
import { isSameRepository, MergeRequest, toPullRequest } from './merge-request.ts';
import { explainMissing } from './missing.ts';

export interface GitlabOptions extends ApiConnection {
  /** Shared by all forges of a process. */
  readonly accounts: Accounts;
}

/** What we read of GitLab's comparison of two commits. */
const Comparison = z.object({
  diffs: z.array(z.object({ old_path: z.string(), new_path: z.string() })),
  // GitLab's word for a list that it cut.
  compare_timeout: z.boolean(),
});

const states = { pending: 'pending', success: 'success', failure: 'failed', error: 'failed' } as const;
const textLimit = 255;
const anything = z.unknown();

/** The forge of a project at GitLab, as its API v4 is documented; tried against an emulation only. Every call is one or a few requests. */
export function createGitlab({ accounts, ...connection }: GitlabOptions): Forge {
  const { repository, token } = connection;
  const api = openJsonApi(connection, {
    name: 'GitLab',
    pageSize: 'per_page=100',
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

  /** Newest first; pages move while merge requests come and go, so one may be listed twice. */
  async function list(doing: string, filter: Readonly<Record<string, string>>): Promise<MergeRequest[]> {
    const query = new URLSearchParams({ scope: 'all', order_by: 'created_at', sort: 'desc', ...filter });
    const merges = await api.list({ doing, path: `./merge_requests?${query}` }, z.array(MergeRequest));
    return [...new Map(merges.map((merge) => [merge.iid, merge])).values()].toSorted((a, b) => b.iid - a.iid);
  }

  async function ofHead(head: string, filter: Readonly<Record<string, string>>): Promise<PullRequest[]> {
    const found = await list(`look for merge requests of ${head}`, { source_branch: head, ...filter });
    const id = await ownId();
    return found.filter(isSameRepository).map((merge) => toPullRequest(merge, id));
  }

  async function createOrAdopt({ head, base, title, body }: NewPullRequest): Promise<PullRequest> {
    const doing = `open a merge request from ${head} to ${base}`;
    const fields = { source_branch: head, target_branch: base, title, description: body };
    const request = { doing, method: 'POST', path: './merge_requests', body: fields } as const;
    const answer = await api.ask(request);
    if (answer.status !== 409) {
      const missing = await explainMissing(api, request, answer, { head, base });
      if (missing !== undefined) throw missing;
      return toPullRequest(api.read(request, answer, MergeRequest), await ownId());
    }
    const [existing] = await ofHead(head, { target_branch: base, state: 'opened' });
    if (existing !== undefined) return existing;
    throw new Failure(
      'Contended',
      `${repository.host} says that a merge request from ${head} to ${base} exists in ${repository.owner}/${repository.name}, but none is open. It is tried again.`,
    );
  }

  return {
    async pullRequests(query) {
      if ('head' in query) return ofHead(query.head, { state: 'all' });
      const base = query.openAgainst;
      const open = await list(`list the merge requests against ${base}`, { target_branch: base, state: 'opened' });
      const id = await ownId();
      return open.map((merge) => toPullRequest(merge, id));
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
      const doing = `comment on merge request !${number}`;
      await api.call({ doing, method: 'POST', path: `./merge_requests/${number}/notes`, body: { body } }, anything);
    },

    async closePullRequest(number, body) {
      const doing = `close merge request !${number}`;
      const fields = { state_event: 'close', description: body };
      await api.call({ doing, method: 'PUT', path: `./merge_requests/${number}`, body: fields }, anything);
    },

    async setCommitStatus(commit, { state, context, description, url }: CommitStatus) {
      const doing = `set the status of commit ${commit.slice(0, 8)}`;
      const fields = { state: states[state], name: context, description: cut(description), target_url: link(url) };
      const request = { doing, method: 'POST', path: `./statuses/${commit}`, body: fields } as const;
      const answer = await api.ask(request);
      // It refuses the state that the status has already.
      if (answer.status === 400 && messageOf(answer.body).includes('Cannot transition status')) return;
      api.read(request, answer, anything);
    },

    async changedFiles(before, after) {
      const range = new URLSearchParams({ from: before, to: after, straight: 'true' });
      const request = { doing: 'compare two commits', path: `./repository/compare?${range}` };
      const answer = await api.ask(request);
      if (answer.status === 404) return null;
      const { diffs, compare_timeout: isCut } = api.read(request, answer, Comparison);
      return isCut ? null : [...new Set(diffs.flatMap(({ old_path: old, new_path: now }) => [old, now]))];
    },
  };
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length <= textLimit ? text : `${characters.slice(0, textLimit - 1).join('')}…`;
}

/** A longer address is refused, and a status without one is better than none. */
function link(url: string | null): string | undefined {
  return url === null || url.length > textLimit ? undefined : url;
}
