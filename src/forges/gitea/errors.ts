import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { type Attempt, oneLine, secondsHeader } from '../attempt.ts';
import { neededScope } from '../needed-scope.ts';

const Refusal = z.object({ message: z.string() });

/** What Gitea's refusal means. The message never holds the token. */
export function explainRefusal(
  { status, headers, body }: { readonly status: number; readonly headers: Headers; readonly body: unknown },
  attempt: Attempt,
): Failure {
  const message = oneLine(Refusal.safeParse(body).data?.message ?? '', attempt.token);
  const said = message === '' ? '' : ` It said: ${message}`;
  const what = `Could not ${attempt.doing} in ${attempt.repository} at ${attempt.host}`;
  const key = `the token of ${attempt.key}`;
  const scope = `the scopes ${neededScope.gitea[attempt.key]}`;
  const retryAfterMs = secondsHeader(headers.get('retry-after'));
  const fail = (type: Failure['type'], text: string, wait?: number): Failure =>
    new Failure(type, `${what}: ${text}${said}`, { ...(wait !== undefined && { retryAfterMs: wait }) });

  if (status >= 500) {
    return fail('Unavailable', `${attempt.host} answered ${status}. It is tried again.`, retryAfterMs);
  }
  if (status >= 300 && status < 400) {
    return fail('SourceNotFound', 'it has moved, and redirects are not followed. Write its new URL.');
  }
  switch (status) {
    case 401:
      return fail(
        'AccessDenied',
        `${attempt.host} does not accept ${key}; it has expired or was revoked. Store a new one with ${scope}.`,
      );
    case 403:
      return /blocked/i.test(message)
        ? fail('PolicyRejected', 'the owner of the repository has blocked this account. Let it be unblocked.')
        : fail(
            'AccessDenied',
            `${key} may not do that at ${attempt.host}. It needs ${scope}, and its account the right to write to this repository.`,
          );
    case 404:
      return fail(
        'SourceNotFound',
        `it does not exist, or ${key} cannot see it (${attempt.host} answers 404 for both). Check the URL, that pull requests are turned on, and that the token has ${scope}.`,
      );
    case 409:
      return fail('Contended', 'somebody changed the same thing at the same time. It is tried again.');
    case 423:
      return fail('PolicyRejected', 'the repository is archived. Unarchive it, or name another one.');
    case 429:
      return fail(
        'RateLimited',
        `${attempt.host} limits how often ${key} may call. It goes on by itself.`,
        retryAfterMs ?? 60_000,
      );
    default:
      return fail(
        'PolicyRejected',
        `${attempt.host} refused it with ${status}. Change what it names, then retry the run.`,
      );
  }
}
