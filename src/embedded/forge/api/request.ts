import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Locked } from '../locks.ts';
import type { PullsDeps } from '../pulls.ts';
import { refreshPulls } from '../pulls.ts';
import type { PushWatch } from '../push-events.ts';
import type { Repository } from '../repositories.ts';
import type { Pull } from '../state.ts';
import { type Caller, type ForgeUser, hasRepoScope, identify, maySee } from '../users.ts';
import { ApiError, notFound } from './api-error.ts';

/** What the routes of the forge share. */
export interface ForgeDeps extends PullsDeps {
  readonly users: readonly ForgeUser[];
  readonly locked: Locked;
  readonly watch: PushWatch;
  /** Root of the forge's own pages, without a trailing slash. */
  readonly url: () => string;
}

/** A request for a repository that its caller may see; with the repository's lock held and its pull requests up to date. */
export interface RepositoryRequest {
  readonly repository: Repository;
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
}

/** Who calls; 401 for a token that is nobody's. */
export function callerOf({ users }: ForgeDeps, request: Request): Caller {
  const caller = identify(users, request.headers.authorization);
  if (caller.kind === 'unknown') throw new ApiError(401, { message: 'Bad credentials' });
  return caller;
}

/** The caller's user; 401 for nobody. */
export function userOf(caller: Caller): ForgeUser {
  if (caller.kind !== 'user') throw new ApiError(401, { message: 'Requires authentication' });
  return caller.user;
}

/** The caller's user if the token may change something; 404 for a classic token without the scope, 403 for one that may only read. */
export function writerOf(caller: Caller, scope: 'repo' | 'repo:status' = 'repo'): ForgeUser {
  const user = userOf(caller);
  if (!hasRepoScope(user) && !(scope === 'repo:status' && user.scopes?.includes(scope))) throw notFound();
  if (user.may !== 'read') return user;
  const kind = user.kind === 'app' ? 'integration' : 'personal access token';
  throw new ApiError(403, { message: `Resource not accessible by ${kind}` });
}

/** Makes a route of a repository: finds it, holds its lock, brings its pull requests up to date, and answers with what `handle` returns. */
export function repositoryRoute(
  deps: ForgeDeps,
  handle: (context: RepositoryRequest) => Promise<unknown>,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const caller = callerOf(deps, request);
    const name = `${parameter(request, 'owner')}/${parameter(request, 'repo')}`;
    const repository = await deps.repositories.find(name);
    if (repository === undefined || !maySee(caller, repository)) throw notFound();
    const answer = await deps.locked(name, async () => {
      await refreshPulls(deps, repository);
      return handle({ repository, caller, request, response });
    });
    if (answer === undefined) response.status(204).end();
    else response.json(answer);
  };
}

/** A pull request of the path's `number`, or 404. */
export function pullOf(deps: ForgeDeps, { repository, request }: RepositoryRequest): Pull {
  const number = Number(parameter(request, 'number'));
  const pull = deps.store.of(repository.name).pulls.find((candidate) => candidate.number === number);
  if (pull === undefined) throw notFound();
  return pull;
}

/** A parameter of the path, decoded; segments of a wildcard joined again. */
export function parameter(request: Request, name: string): string {
  const value: unknown = request.params[name];
  return Array.isArray(value) ? value.join('/') : String(value ?? '');
}

/** The request's body, or 422 that names what is missing or wrong. */
export function readBody<T>(schema: z.ZodType<T>, request: Request): T {
  const parsed = schema.safeParse(request.body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    request.body?.[String(issue.path[0])] === undefined
      ? `"${issue.path.join('.')}" wasn't supplied.`
      : `"${issue.path.join('.')}": ${issue.message}`,
  );
  throw new ApiError(422, { message: `Invalid request.\n\n${problems.join('\n')}` });
}

const Page = z.object({
  per_page: z.coerce.number().int().min(1).max(100).catch(30),
  page: z.coerce.number().int().min(1).catch(1),
});

/** The asked page of a list, with a `Link` header to the others. */
export function page<T>(request: Request, response: Response, url: string, items: readonly T[]): T[] {
  const { per_page: size, page: number } = Page.parse(request.query);
  const last = Math.max(1, Math.ceil(items.length / size));
  const to = (target: number, name: string): string => {
    const link = new URL(request.originalUrl, url);
    link.searchParams.set('page', String(target));
    return `<${link.href}>; rel="${name}"`;
  };
  const links = [
    ...(number > 1 ? [to(number - 1, 'prev'), to(1, 'first')] : []),
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
  ];
  if (links.length > 0) response.set('link', links.join(', '));
  return items.slice((number - 1) * size, number * size);
}
