import { z } from 'zod';
import { Failure } from '../failures.ts';
import { apiAccess } from '../forges/api-access.ts';
import type { ForgeKind } from '../forges/forge-hosts.ts';
import type { ForgeRepository } from '../forges/repository-url.ts';
import type { AppOrigin } from '../secrets/credentials.ts';

/** What a forge's API said. */
export interface ForgeAnswer {
  readonly forge: ForgeKind;
  /** The GitHub App whose token asked. */
  readonly app?: AppOrigin;
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for anything else. */
  readonly body: unknown;
  /** Its `message` field, for people. */
  readonly message: string;
}

/** Sends one request about a repository, with a token; the path is below the repository's. */
export type AskForge = (
  token: string,
  request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object },
  signal: AbortSignal,
) => Promise<ForgeAnswer>;

const Refusal = z.union([
  z.object({ message: z.string() }),
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error),
  // GitLab has texts for each field.
  z
    .object({ message: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]) })
    .transform(({ message }) => ({ message: JSON.stringify(message) })),
]);

/** Asks the API of a repository's forge. Every answer is returned; no answer is `Unavailable`. */
export function createAskForge(
  repository: ForgeRepository,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): AskForge {
  const { kind, host } = repository;
  return async (token, { method, path, body }, signal) => {
    const { root, authorization } = apiAccess(repository, token);
    try {
      const response = await fetch(`${root}${path}`, {
        method,
        signal,
        redirect: 'manual',
        headers: {
          authorization,
          accept: 'application/json',
          'user-agent': 'slipway',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const parsed = parseJson(await response.text());
      const { status, headers } = response;
      return {
        forge: kind,
        status,
        headers,
        body: parsed,
        message: Refusal.safeParse(parsed).data?.message.slice(0, 200) ?? '',
      };
    } catch (cause) {
      signal.throwIfAborted();
      const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
      throw new Failure('Unavailable', `${host} was not reached (${reason}): check the host's name and the network`, {
        cause,
      });
    }
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
