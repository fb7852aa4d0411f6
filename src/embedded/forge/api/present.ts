import type { CommitSummary } from '../git.ts';
import { defaultBranch, type Repository } from '../repositories.ts';
import type { Comment, Pull, Status } from '../state.ts';
import { type Caller, stableId } from '../users.ts';
import type { ForgeDeps } from './request.ts';

type Json = Readonly<Record<string, unknown>>;

/** A user in GitHub's shape. */
export function userJson(url: string, login: string): Json {
  const type = login.endsWith('[bot]') ? 'Bot' : 'User';
  return {
    login,
    id: stableId(login),
    type,
    site_admin: false,
    url: `${url}/api/v3/users/${login}`,
    html_url: `${url}/${login}`,
  };
}

/** A repository in GitHub's shape. */
export async function repositoryJson(deps: ForgeDeps, repository: Repository, caller: Caller): Promise<Json> {
  const mayPush = caller.kind === 'user' && caller.user.may !== 'read';
  return {
    ...repositorySummary(deps.url(), repository),
    default_branch: await defaultBranch(repository),
    has_issues: true,
    has_pull_requests: repository.pullRequests,
    archived: false,
    permissions: { admin: false, maintain: false, push: mayPush, triage: mayPush, pull: true },
  };
}

/** A pull request in GitHub's shape. */
export async function pullJson(deps: ForgeDeps, repository: Repository, pull: Pull): Promise<Json> {
  const url = deps.url();
  const fork =
    pull.head.repository === repository.name ? repository : await deps.repositories.find(pull.head.repository);
  const api = `${url}/api/v3/repos/${repository.name}`;
  return {
    id: stableId(`${repository.name}#${pull.number}`),
    number: pull.number,
    state: pull.state === 'open' ? 'open' : 'closed',
    title: pull.title,
    body: pull.body === '' ? null : pull.body,
    draft: false,
    locked: false,
    user: userJson(url, pull.author),
    url: `${api}/pulls/${pull.number}`,
    issue_url: `${api}/issues/${pull.number}`,
    html_url: pullPage(url, repository.name, pull.number),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.state === 'merged' ? pull.closedAt : null,
    merge_commit_sha: pull.mergeCommit,
    labels: pull.labels.map(labelJson),
    requested_reviewers: pull.reviewers.map((login) => userJson(url, login)),
    requested_teams: [],
    assignees: [],
    head: side(url, pull.head.repository, pull.head.branch, pull.head.commit, fork),
    base: side(url, repository.name, pull.base.branch, pull.base.commit, repository),
  };
}

/** Address of a pull request's page. */
export function pullPage(url: string, repository: string, number: number): string {
  return `${url}/${repository}/pull/${number}`;
}

/** A label in GitHub's shape. */
export function labelJson(name: string): Json {
  return { id: stableId(`label ${name}`), name, color: 'ededed', default: false, description: null };
}

/** A comment in GitHub's shape. */
export function commentJson(url: string, repository: string, number: number, comment: Comment): Json {
  return {
    id: comment.id,
    body: comment.body,
    user: userJson(url, comment.author),
    html_url: `${pullPage(url, repository, number)}#comment-${comment.id}`,
    issue_url: `${url}/api/v3/repos/${repository}/issues/${number}`,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
  };
}

/** A commit status in GitHub's shape. */
export function statusJson(url: string, status: Status): Json {
  return {
    id: status.id,
    state: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: userJson(url, status.author),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** A commit in GitHub's shape, without its files. */
export function commitJson(url: string, repository: string, summary: CommitSummary): Json {
  const person = { name: summary.author, date: summary.date };
  return {
    sha: summary.commit,
    html_url: `${url}/${repository}/commit/${summary.commit}`,
    commit: { message: summary.message, author: person, committer: person },
    parents: summary.parents.map((sha) => ({ sha })),
  };
}

function repositorySummary(url: string, { name, private: isPrivate }: Repository): Json {
  const [owner = '', short = ''] = name.split('/');
  return {
    id: stableId(name),
    name: short,
    full_name: name,
    owner: userJson(url, owner),
    private: isPrivate,
    visibility: isPrivate ? 'private' : 'public',
    url: `${url}/api/v3/repos/${name}`,
    html_url: `${url}/${name}`,
    clone_url: `${url}/${name}.git`,
  };
}

function side(url: string, name: string, ref: string, sha: string, repository: Repository | undefined): Json {
  const owner = name.split('/')[0] ?? '';
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: userJson(url, owner),
    repo: repository === undefined ? null : repositorySummary(url, repository),
  };
}
