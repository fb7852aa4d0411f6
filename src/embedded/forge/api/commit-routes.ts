import { Router } from 'express';
import { z } from 'zod';
import { branches, commitOf, log, noCommit, runGit } from '../git.ts';
import { now, refreshPulls } from '../pulls.ts';
import type { Status } from '../state.ts';
import { ApiError, notFound, validationFailed } from './api-error.ts';
import { compareCommits } from './compare-route.ts';
import { commitJson, statusJson } from './present.ts';
import {
  type ForgeDeps,
  page,
  parameter,
  type RepositoryRequest,
  readBody,
  repositoryRoute,
  writerOf,
} from './request.ts';

const NewStatus = z.object({
  state: z.enum(['pending', 'success', 'failure', 'error']),
  context: z.string().max(255).default('default'),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});

/** Branches, refs, commits and their statuses. */
export function commitRoutes(deps: ForgeDeps): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/branches/*branch',
    repositoryRoute(deps, (context) => showBranch(deps, context)),
  );
  router.get(
    '/git/ref/heads/*branch',
    repositoryRoute(deps, (context) => showRef(context)),
  );
  router.delete(
    '/git/refs/heads/*branch',
    repositoryRoute(deps, (context) => deleteRef(deps, context)),
  );
  router.post(
    '/statuses/:sha',
    repositoryRoute(deps, (context) => createStatus(deps, context)),
  );
  router.get(
    '/compare/*basehead',
    repositoryRoute(deps, (context) => compareCommits(deps, context)),
  );
  router.get(
    '/commits/:ref',
    repositoryRoute(deps, (context) => showCommit(deps, context)),
  );
  router.get(
    '/commits/:ref/statuses',
    repositoryRoute(deps, (context) => listStatuses(deps, context)),
  );
  router.get(
    '/commits/:ref/status',
    repositoryRoute(deps, (context) => combinedStatus(deps, context)),
  );
  return router;
}

/** The newest status of each context of a commit, newest first. */
export function latestStatuses(statuses: readonly Status[], commit: string): Status[] {
  const newestFirst = statuses.filter((status) => status.commit === commit).toReversed();
  return newestFirst.filter(
    (status, index) => newestFirst.findIndex(({ context }) => context === status.context) === index,
  );
}

async function showBranch(deps: ForgeDeps, { repository, request }: RepositoryRequest): Promise<unknown> {
  const name = parameter(request, 'branch');
  const commit = (await branches(repository.folder)).get(name);
  if (commit === undefined) throw new ApiError(404, { message: 'Branch not found' });
  const [summary] = await log(repository.folder, commit, 1);
  if (summary === undefined) throw notFound();
  const isProtected = (await runGit(repository.folder, ['config', '--get-all', 'forge.protected'])).stdout
    .split('\n')
    .includes(name);
  return { name, commit: commitJson(deps.url(), repository.name, summary), protected: isProtected };
}

async function showRef({ repository, request }: RepositoryRequest): Promise<unknown> {
  const name = parameter(request, 'branch');
  const sha = (await branches(repository.folder)).get(name);
  if (sha === undefined) throw notFound();
  return { ref: `refs/heads/${name}`, object: { type: 'commit', sha } };
}

async function deleteRef(deps: ForgeDeps, { repository, caller, request }: RepositoryRequest): Promise<undefined> {
  const { login } = writerOf(caller);
  const name = parameter(request, 'branch');
  const commit = (await branches(repository.folder)).get(name);
  if (commit === undefined) throw new ApiError(422, { message: 'Reference does not exist' });
  await deps.watch.prepare(repository);
  const deleted = await runGit(repository.folder, ['update-ref', '-d', `refs/heads/${name}`, commit]);
  if (deleted.code !== 0) throw new ApiError(409, { message: 'Reference cannot be updated' });
  await refreshPulls(deps, repository);
  await deps.watch.announce(repository, login);
  return undefined;
}

async function createStatus(
  deps: ForgeDeps,
  { repository, caller, request, response }: RepositoryRequest,
): Promise<unknown> {
  const author = writerOf(caller, 'repo:status').login;
  const sha = parameter(request, 'sha');
  const { state, context, description, target_url: targetUrl } = readBody(NewStatus, request);
  const commit = /^[0-9a-f]{40}$/.test(sha) && sha !== noCommit ? await commitOf(repository.folder, sha) : undefined;
  if (commit === undefined) throw new ApiError(422, { message: `No commit found for SHA: ${sha}` });
  if (description && Array.from(description).length > 140) {
    throw validationFailed({
      resource: 'Status',
      code: 'custom',
      field: 'description',
      message: 'description is too long (maximum is 140 characters)',
    });
  }
  const status = {
    id: deps.store.nextId(),
    commit,
    state,
    context,
    description: description ?? null,
    targetUrl: targetUrl ?? null,
    author,
    createdAt: now(),
  };
  deps.store.of(repository.name).statuses.push(status);
  await deps.store.save();
  response.status(201);
  return statusJson(deps.url(), status);
}

async function commitFor({ repository, request }: RepositoryRequest): Promise<string> {
  const ref = parameter(request, 'ref');
  const commit = await commitOf(repository.folder, ref);
  if (commit === undefined) throw new ApiError(422, { message: `No commit found for SHA: ${ref}` });
  return commit;
}

async function showCommit(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  const [summary] = await log(context.repository.folder, await commitFor(context), 1);
  if (summary === undefined) throw notFound();
  return commitJson(deps.url(), context.repository.name, summary);
}

async function listStatuses(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  const commit = await commitFor(context);
  const all = deps.store.of(context.repository.name).statuses.filter((status) => status.commit === commit);
  return page(context.request, context.response, deps.url(), all.toReversed()).map((status) =>
    statusJson(deps.url(), status),
  );
}

async function combinedStatus(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  const sha = await commitFor(context);
  const statuses = latestStatuses(deps.store.of(context.repository.name).statuses, sha);
  const has = (...states: readonly string[]): boolean => statuses.some((status) => states.includes(status.state));
  const state = has('failure', 'error') ? 'failure' : statuses.length === 0 || has('pending') ? 'pending' : 'success';
  return {
    state,
    sha,
    total_count: statuses.length,
    statuses: statuses.map((status) => statusJson(deps.url(), status)),
  };
}
