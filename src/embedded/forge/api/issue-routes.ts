import { Router } from 'express';
import { z } from 'zod';
import { now } from '../pulls.ts';
import { validationFailed } from './api-error.ts';
import { commentJson, labelJson, pullJson } from './present.ts';
import {
  type ForgeDeps,
  page,
  pullOf,
  type RepositoryRequest,
  readBody,
  repositoryRoute,
  writerOf,
} from './request.ts';

const NewComment = z.object({ body: z.string().min(1) });
const Labels = z.object({ labels: z.array(z.union([z.string().min(1), z.object({ name: z.string().min(1) })])) });
const Reviewers = z.object({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
});

/** What GitHub keeps at the issue of a pull request: comments and labels. */
export function issueRoutes(deps: ForgeDeps): Router {
  const router = Router({ mergeParams: true });

  router.get(
    '/:number/comments',
    repositoryRoute(deps, async (context) => {
      const { number, comments } = pullOf(deps, context);
      return page(context.request, context.response, deps.url(), comments).map((comment) =>
        commentJson(deps.url(), context.repository.name, number, comment),
      );
    }),
  );

  router.post(
    '/:number/comments',
    repositoryRoute(deps, async (context) => {
      const author = writerOf(context.caller).login;
      const pull = pullOf(deps, context);
      const { body } = readBody(NewComment, context.request);
      const comment = { id: deps.store.nextId(), author, body, createdAt: now() };
      pull.comments.push(comment);
      await deps.store.save();
      context.response.status(201);
      return commentJson(deps.url(), context.repository.name, pull.number, comment);
    }),
  );

  router.get(
    '/:number/labels',
    repositoryRoute(deps, async (context) => pullOf(deps, context).labels.map(labelJson)),
  );

  router.post(
    '/:number/labels',
    repositoryRoute(deps, async (context) => {
      writerOf(context.caller);
      const pull = pullOf(deps, context);
      const names = readBody(Labels, context.request).labels.map((label) =>
        typeof label === 'string' ? label : label.name,
      );
      pull.labels = [...new Set([...pull.labels, ...names])];
      await deps.store.save();
      return pull.labels.map(labelJson);
    }),
  );
  return router;
}

/** Asks people for a review, as GitHub does: all of them, or nobody when one is no collaborator or the author. */
export function reviewerRoute(deps: ForgeDeps): ReturnType<typeof repositoryRoute> {
  return repositoryRoute(deps, async (context: RepositoryRequest) => {
    writerOf(context.caller);
    const pull = pullOf(deps, context);
    const { reviewers, team_reviewers: teams } = readBody(Reviewers, context.request);
    if (reviewers.includes(pull.author))
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: 'Review cannot be requested from pull request author.',
      });
    const isKnown = (login: string): boolean => deps.users.some((user) => user.login === login);
    if (teams.length > 0 || !reviewers.every(isKnown)) {
      const message = `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${context.repository.name} repository.`;
      throw validationFailed({ resource: 'PullRequest', code: 'custom', message });
    }
    pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])];
    await deps.store.save();
    context.response.status(201);
    return pullJson(deps, context.repository, pull);
  });
}
