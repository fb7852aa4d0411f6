import { Router } from 'express';
import { z } from 'zod';
import { branches, mergeBase } from '../git.ts';
import { finish, mergePull, now, openPull } from '../pulls.ts';
import type { Pull } from '../state.ts';
import { ApiError, validationFailed } from './api-error.ts';
import { changedFiles } from './changed-files.ts';
import { pullJson } from './present.ts';
import {
  type ForgeDeps,
  page,
  pullOf,
  type RepositoryRequest,
  readBody,
  repositoryRoute,
  writerOf,
} from './request.ts';

const NewPull = z.object({
  title: z.string().min(1),
  head: z.string().min(1),
  base: z.string().min(1),
  body: z.string().nullish(),
});
const PullChange = z
  .object({ title: z.string().min(1), body: z.string().nullable(), state: z.enum(['open', 'closed']) })
  .partial();
const Merge = z.object({ sha: z.string(), merge_method: z.enum(['merge', 'squash', 'rebase']) }).partial();
const Filter = z.object({
  state: z.enum(['open', 'closed', 'all']).catch('open'),
  head: z.string().optional().catch(undefined),
  base: z.string().optional().catch(undefined),
  direction: z.enum(['asc', 'desc']).catch('desc'),
});

/** Pull requests: list, open, read, change, files, merge. */
export function pullRoutes(deps: ForgeDeps): Router {
  const router = Router({ mergeParams: true });
  const route = (handle: (context: RepositoryRequest) => Promise<unknown>) =>
    repositoryRoute(deps, async (context) => {
      if (!context.repository.pullRequests)
        throw new ApiError(410, { message: 'Pull requests are disabled for this repository.' });
      return handle(context);
    });

  router.get(
    '/',
    route((context) => list(deps, context)),
  );
  router.post(
    '/',
    route((context) => create(deps, context)),
  );
  router.get(
    '/:number',
    route((context) => show(deps, context)),
  );
  router.patch(
    '/:number',
    route((context) => change(deps, context)),
  );
  router.get(
    '/:number/files',
    route((context) => files(deps, context)),
  );
  router.put(
    '/:number/merge',
    route((context) => merge(deps, context)),
  );
  return router;
}

async function list(deps: ForgeDeps, { repository, request, response }: RepositoryRequest): Promise<unknown> {
  const { state, head, base, direction } = Filter.parse(request.query);
  const found = deps.store.of(repository.name).pulls.filter(
    (pull) =>
      (state === 'all' || (state === 'open') === (pull.state === 'open')) &&
      (base === undefined || pull.base.branch === base) &&
      // GitHub ignores a head without an owner.
      (head === undefined ||
        !head.includes(':') ||
        `${pull.head.repository.split('/')[0]}:${pull.head.branch}` === head),
  );
  const sorted = found.toSorted((a, b) => (direction === 'asc' ? a.number - b.number : b.number - a.number));
  return Promise.all(page(request, response, deps.url(), sorted).map((pull) => pullJson(deps, repository, pull)));
}

async function create(deps: ForgeDeps, { repository, caller, request, response }: RepositoryRequest): Promise<unknown> {
  const author = writerOf(caller).login;
  const { title, head, base, body } = readBody(NewPull, request);
  const [owner = '', name = ''] = repository.name.split('/');
  const [from, branch] = head.includes(':')
    ? [head.slice(0, head.indexOf(':')), head.slice(head.indexOf(':') + 1)]
    : [owner, head];
  const opened = await openPull(deps, repository, {
    title,
    body: body ?? '',
    author,
    base,
    head: { repository: `${from}/${name}`, branch },
  });
  switch (opened) {
    case 'base missing':
      throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    case 'head missing':
      throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'invalid' });
    case 'exists':
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: `A pull request already exists for ${from}:${branch}.`,
      });
    case 'no commits':
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: `No commits between ${base} and ${branch}`,
      });
    default:
      response.status(201);
      return details(deps, repository, opened);
  }
}

async function show(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  return details(deps, context.repository, pullOf(deps, context));
}

async function change(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  writerOf(context.caller);
  const pull = pullOf(deps, context);
  const { title, body, state } = readBody(PullChange, context.request);
  if (state === 'open' && pull.state !== 'open') await reopen(context.repository.folder, pull);
  if (state === 'closed' && pull.state === 'open') finish(pull, 'closed');
  if (title !== undefined) pull.title = title;
  if (body !== undefined) pull.body = body ?? '';
  pull.updatedAt = now();
  await deps.store.save();
  return details(deps, context.repository, pull);
}

async function reopen(folder: string, pull: Pull): Promise<void> {
  if (pull.state === 'merged')
    throw validationFailed({
      resource: 'PullRequest',
      field: 'state',
      code: 'invalid',
      message: 'state cannot be changed. The pull request is merged.',
    });
  if (!(await branches(folder)).has(pull.head.branch)) {
    throw validationFailed({
      resource: 'PullRequest',
      field: 'state',
      code: 'invalid',
      message: `state cannot be changed. The ${pull.head.branch} branch has been deleted.`,
    });
  }
  pull.state = 'open';
  pull.closedAt = null;
}

async function files(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  const { head, base } = pullOf(deps, context);
  const { folder } = context.repository;
  const changed = await changedFiles(folder, await mergeBase(folder, base.commit, head.commit), head.commit);
  return page(context.request, context.response, deps.url(), changed);
}

async function merge(deps: ForgeDeps, context: RepositoryRequest): Promise<unknown> {
  const by = writerOf(context.caller).login;
  const pull = pullOf(deps, context);
  const { sha, merge_method: method = 'merge' } = readBody(Merge, context.request);
  if (method === 'rebase') throw new ApiError(405, { message: 'Rebase merges are not allowed on this repository.' });
  if (pull.state !== 'open') throw new ApiError(405, { message: 'Pull Request is not mergeable' });
  if (sha !== undefined && sha !== pull.head.commit)
    throw new ApiError(409, { message: 'Head branch was modified. Review and try the merge again.' });
  await deps.watch.prepare(context.repository);
  const merged = await mergePull(deps, context.repository, pull, by, method);
  if (merged === 'conflict') throw new ApiError(405, { message: 'Pull Request is not mergeable' });
  if (merged === 'moved')
    throw new ApiError(409, { message: 'Base branch was modified. Review and try the merge again.' });
  await deps.watch.announce(context.repository, by);
  return { sha: pull.mergeCommit, merged: true, message: 'Pull Request successfully merged' };
}

async function details(deps: ForgeDeps, repository: RepositoryRequest['repository'], pull: Pull): Promise<unknown> {
  return {
    ...(await pullJson(deps, repository, pull)),
    merged: pull.state === 'merged',
    mergeable: null,
    comments: pull.comments.length,
  };
}
