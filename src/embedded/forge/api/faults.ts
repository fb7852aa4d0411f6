import type { RequestHandler } from 'express';
import { type ForgeUser, identify, stableId } from '../users.ts';
import { ApiError } from './api-error.ts';

/** A way to go wrong, as a test asks for it. */
export type ForgeFault =
  | { readonly kind: 'primaryLimit'; readonly resetsInSeconds: number }
  | { readonly kind: 'secondaryLimit'; readonly retryAfterSeconds: number | null }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Answers 200 with a page, as a login page of a proxy does. */
  | { readonly kind: 'page' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'hangUp' }
  /** Never answers. */
  | { readonly kind: 'silence' };

/** Asked for every request to the API; undefined lets it pass. */
export type FindFault = (request: {
  readonly method: string;
  readonly path: string;
  readonly login: string | null;
}) => ForgeFault | undefined;

const limit = 5000;
const hourMs = 3_600_000;

/** Puts rate-limit headers on every answer and makes the faults that are asked for. The limit itself only counts down. */
export function createGate(users: readonly ForgeUser[], findFault: FindFault): RequestHandler {
  const windows = new Map<string, { used: number; readonly resetsAt: number }>();

  return (request, response, next) => {
    const caller = identify(users, request.headers.authorization);
    const login = caller.kind === 'user' ? caller.user.login : null;
    const fault = findFault({ method: request.method, path: request.path, login });
    const known = windows.get(login ?? '');
    const window =
      known !== undefined && known.resetsAt > Date.now() ? known : { used: 0, resetsAt: Date.now() + hourMs };
    windows.set(login ?? '', window);
    if (request.path !== '/rate_limit') window.used = Math.min(limit, window.used + 1);
    const isExhausted = fault?.kind === 'primaryLimit';
    const resetsAt = isExhausted ? Date.now() + fault.resetsInSeconds * 1000 : window.resetsAt;
    const remaining = isExhausted ? 0 : limit - window.used;
    response.set({
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-used': String(limit - remaining),
      'x-ratelimit-reset': String(Math.ceil(resetsAt / 1000)),
      'x-ratelimit-resource': 'core',
      ...(caller.kind === 'user' &&
        caller.user.scopes !== undefined && { 'x-oauth-scopes': caller.user.scopes.join(', ') }),
    });
    switch (fault?.kind) {
      case undefined:
        return next();
      case 'primaryLimit':
        throw new ApiError(403, { message: `API rate limit exceeded for user ID ${stableId(login ?? '')}.` });
      case 'secondaryLimit': {
        const headers = fault.retryAfterSeconds === null ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
        throw new ApiError(
          403,
          { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
          headers,
        );
      }
      case 'answer':
        throw new ApiError(fault.status, { message: fault.message }, fault.headers);
      case 'page':
        response.type('html').send('<!doctype html><title>Sign in</title>');
        return;
      case 'hangUp':
        request.socket.destroy();
        return;
      case 'silence':
        return;
    }
  };
}
