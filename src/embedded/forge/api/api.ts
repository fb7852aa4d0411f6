import express, { type ErrorRequestHandler, Router } from 'express';
import { ApiError, notFound } from './api-error.ts';
import { commitRoutes } from './commit-routes.ts';
import { createGate, type FindFault } from './faults.ts';
import { issueRoutes, reviewerRoute } from './issue-routes.ts';
import { repositoryJson, userJson } from './present.ts';
import { pullRoutes } from './pull-routes.ts';
import { callerOf, type ForgeDeps, repositoryRoute, userOf } from './request.ts';

/** The REST API, to be mounted at `/api/v3`. */
export function createApi(deps: ForgeDeps, findFault: FindFault): Router {
  const router = Router();
  router.use(createGate(deps.users, findFault));
  router.use(express.json({ limit: '1mb' }));

  router.get('/user', (request, response) => {
    const user = userOf(callerOf(deps, request));
    if (user.kind === 'app') throw new ApiError(403, { message: 'Resource not accessible by integration' });
    response.json(userJson(deps.url(), user.login));
  });

  router.get('/rate_limit', (_request, response) => {
    const header = (name: string): number => Number(response.getHeader(`x-ratelimit-${name}`));
    const core = {
      limit: header('limit'),
      used: header('used'),
      remaining: header('remaining'),
      reset: header('reset'),
    };
    response.json({ resources: { core }, rate: core });
  });

  const repository = '/repos/:owner/:repo';
  router.get(
    repository,
    repositoryRoute(deps, (context) => repositoryJson(deps, context.repository, context.caller)),
  );
  router.post(`${repository}/pulls/:number/requested_reviewers`, reviewerRoute(deps));
  router.use(`${repository}/pulls`, pullRoutes(deps));
  router.use(`${repository}/issues`, issueRoutes(deps));
  router.use(repository, commitRoutes(deps));

  router.use(() => {
    throw notFound();
  });
  router.use(answerError);
  return router;
}

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const refusal =
    error instanceof ApiError
      ? error
      : isBadJson(error)
        ? new ApiError(400, { message: 'Problems parsing JSON' })
        : new ApiError(500, { message: 'Server Error' });
  response.status(refusal.status).set(refusal.headers).json(refusal.body);
};

function isBadJson(error: unknown): boolean {
  return error instanceof SyntaxError && 'body' in error;
}
