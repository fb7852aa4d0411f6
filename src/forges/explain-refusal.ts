import { Failure } from '../failures.ts';
import { type Attempt, oneLine, secondsHeader } from './attempt.ts';
import type { ForgeKind } from './forge-hosts.ts';
import type { ApiAnswer } from './json-api.ts';
import { neededScope } from './needed-scope.ts';

/** What a forge said with its refusal, read from its own shape of answers. */
export interface Refusal {
  readonly kind: ForgeKind;
  readonly message: string;
  /** Where the message says that a rule forbids it and no right would help: what to do about that. */
  readonly rule?: string | undefined;
  /** When the forge says by its own header to come back. */
  readonly waitMs?: number | undefined;
}

/** What a refusal means by its status. The failure's message never holds the token. */
export function explainRefusal({ status, headers }: ApiAnswer, refusal: Refusal, attempt: Attempt): Failure {
  const message = oneLine(refusal.message, attempt.token);
  const said = message === '' ? '' : ` It said: ${message}`;
  const what = `Could not ${attempt.doing} in ${attempt.repository} at ${attempt.host}`;
  const key = `the token of ${attempt.key}`;
  const scope = neededScope[refusal.kind][attempt.key];
  const waitMs = secondsHeader(headers.get('retry-after')) ?? refusal.waitMs;
  const fail = (type: Failure['type'], text: string, retryAfterMs?: number): Failure =>
    new Failure(type, `${what}: ${text}${said}`, { ...(retryAfterMs !== undefined && { retryAfterMs }) });

  if (status >= 500) {
    return fail('Unavailable', `${attempt.host} answered ${status}. It is tried again.`, waitMs);
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
      return refusal.rule === undefined
        ? fail(
            'AccessDenied',
            `${key} may not do that at ${attempt.host}. It needs ${scope}, and its account the right to write to this repository.`,
          )
        : fail('PolicyRejected', refusal.rule);
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
        waitMs ?? 60_000,
      );
    default:
      return fail(
        'PolicyRejected',
        `${attempt.host} refused it with ${status}. Change what it names, then retry the run.`,
      );
  }
}
