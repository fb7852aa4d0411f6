import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { CredentialKey } from '../../secrets/credentials.ts';
import { type Attempt, notReached, oneLine, secondsHeader } from '../attempt.ts';
import { neededScope } from '../needed-scope.ts';

const Refusal = z.object({
  message: z.string().catch(''),
  errors: z
    .array(
      z.union([
        z.object({ field: z.string().optional(), code: z.string().optional(), message: z.string().optional() }),
        z.string(),
      ]),
    )
    .catch([]),
});
type Refusal = z.infer<typeof Refusal>;

/** What a failed call to GitHub means; anything that is no failed call comes back as it is. The message never holds the token. */
export function toFailure(error: unknown, attempt: Attempt): unknown {
  if (!isHttpError(error)) return error;
  return error.response === undefined ? notReached(error, attempt) : answered(error, error.response.headers, attempt);
}

/** Did GitHub refuse a new pull request because there is one for that head and base? */
export function isAlreadyOpen(error: unknown): boolean {
  if (!isHttpError(error) || error.status !== 422) return false;
  return refusalOf(error).errors.some(
    (problem) => typeof problem !== 'string' && /already exists/i.test(problem.message ?? ''),
  );
}

/** What Octokit throws for a refused request, and for one that got no answer (then without `response`). */
interface HttpError extends Error {
  readonly status: number;
  readonly response?: { readonly headers: Headers; readonly data: unknown };
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && error.name === 'HttpError' && 'status' in error;
}

type Headers = Readonly<Record<string, string | number | undefined>>;

function answered(error: HttpError, headers: Headers, attempt: Attempt): Failure {
  const { status } = error;
  const refusal = refusalOf(error);
  const said = quote(refusal, attempt.token);
  const where = `${attempt.repository} at ${attempt.host}`;
  const what = `Could not ${attempt.doing} in ${where}`;
  const key = `the token of ${attempt.key}`;
  const fail = (type: Failure['type'], message: string, retryAfterMs?: number): Failure =>
    new Failure(type, message, { cause: error, ...(retryAfterMs !== undefined && { retryAfterMs }) });

  const wait = status === 403 || status === 429 ? rateLimitMs(status, refusal.message, headers) : undefined;
  if (wait !== undefined) {
    return fail(
      'RateLimited',
      `${what}: ${attempt.host} limits how often ${key} may call. It goes on in ${Math.ceil(wait / 1000)} s by itself.${said}`,
      wait,
    );
  }
  switch (status) {
    case 401:
      return fail(
        'AccessDenied',
        `${what}: ${attempt.host} does not accept ${key}; it has expired or was revoked. Store a new one with ${neededScope.github[attempt.key]}.${said}`,
      );
    case 403:
      return isPolicy(refusal.message)
        ? fail(
            'PolicyRejected',
            `${what}: a rule of the repository or its owner forbids it. Change the rule, or let this account bypass it.${said}`,
          )
        : fail(
            'AccessDenied',
            `${what}: ${key} may not do that at ${attempt.host}. It needs ${neededScope.github[attempt.key]} for this repository.${permissionHint(headers)}${said}`,
          );
    case 404:
      return lacksRepoScope(headers, attempt.key)
        ? fail(
            'AccessDenied',
            `${what}: ${key} has not the scope for it. It needs ${neededScope.github[attempt.key]}.${said}`,
          )
        : fail(
            'SourceNotFound',
            `${what}: it does not exist, or ${key} cannot see it (${attempt.host} answers 404 for both). Check the URL, and that the token has ${neededScope.github[attempt.key]} for this repository.${said}`,
          );
    case 409:
      return fail('Contended', `${what}: somebody changed the same thing at the same time. It is tried again.${said}`);
    case 410:
      return fail(
        'PolicyRejected',
        `${what}: the repository has this turned off. Turn on pull requests and issues in its settings.${said}`,
      );
    case 422:
      return fail(
        missingBranch(refusal) ? 'SourceNotFound' : 'PolicyRejected',
        `${what}: ${attempt.host} refused it.${invalidHint(refusal)}${said}`,
      );
    default:
      if (status >= 500)
        return fail(
          'Unavailable',
          `${what}: ${attempt.host} answered ${status}. It is tried again.${said}`,
          secondsHeader(headers['retry-after']),
        );
      return fail(
        'PolicyRejected',
        `${what}: ${attempt.host} refused it with ${status}. Check the repository's settings and the URL.${said}`,
      );
  }
}

/** Milliseconds to wait when the answer is about a rate limit. Secondary limits without a header: a minute, as GitHub asks. */
function rateLimitMs(status: number, message: string, headers: Headers): number | undefined {
  const retryAfter = secondsHeader(headers['retry-after']);
  if (retryAfter !== undefined) return retryAfter;
  if (String(headers['x-ratelimit-remaining']) === '0' && headers['x-ratelimit-reset'] !== undefined) {
    // The server's own clock, because ours may differ from it.
    const sent = Date.parse(String(headers['date'] ?? ''));
    const now = Number.isNaN(sent) ? Date.now() : sent;
    const reset = Number(headers['x-ratelimit-reset']) * 1000;
    return Number.isFinite(reset) ? Math.max(1000, reset - now + 1000) : 60_000;
  }
  return status === 429 || /secondary rate limit|abuse detection|rate limit exceeded/i.test(message)
    ? 60_000
    : undefined;
}

function isPolicy(message: string): boolean {
  return /protected branch|rule violation|ruleset|archived|read-only|disabled|blocked|policy|suspended/i.test(message);
}

function permissionHint(headers: Headers): string {
  const needed = headers['x-accepted-github-permissions'];
  const sso = headers['x-github-sso'];
  if (sso !== undefined)
    return ' The organization uses single sign-on: authorize the token for it in the token settings.';
  return needed ? ` The server asks for ${String(needed).slice(0, 100)}.` : '';
}

/** Classic tokens tell their scopes; without `repo` a 404 says nothing about the repository. */
function lacksRepoScope(headers: Headers, key: CredentialKey): boolean {
  const scopes = headers['x-oauth-scopes'];
  if (scopes === undefined) return false;
  const held = String(scopes)
    .split(',')
    .map((scope) => scope.trim());
  return !held.includes('repo') && !(key === 'status-token' && held.includes('repo:status'));
}

function missingBranch(refusal: Refusal): boolean {
  const missing = (field: string): boolean =>
    refusal.errors.some(
      (problem) => typeof problem !== 'string' && problem.field === field && problem.code === 'invalid',
    );
  return missing('base') || missing('head') || /no commit found/i.test(refusal.message);
}

function invalidHint(refusal: Refusal): string {
  const fields = refusal.errors.flatMap((problem) =>
    typeof problem !== 'string' && problem.code === 'invalid' ? [problem.field] : [],
  );
  if (fields.includes('base'))
    return ' The base branch does not exist: check the branch that the run names for the GitOps repository.';
  if (fields.includes('head')) return ' The branch to merge does not exist any more: run it again.';
  if (/no commit found/i.test(refusal.message)) return ' The commit is not in this repository.';
  return ' Change what it names, then retry the run.';
}

function refusalOf(error: HttpError): Refusal {
  return Refusal.catch({ message: '', errors: [] }).parse(error.response?.data);
}

function quote({ message, errors }: Refusal, token: string): string {
  const details = errors.map((problem) =>
    typeof problem === 'string'
      ? problem
      : (problem.message ?? [problem.field, problem.code].filter(Boolean).join(' ')),
  );
  const text = oneLine([message, ...details].filter(Boolean).join('; '), token);
  return text === '' ? '' : ` It said: ${text}`;
}
