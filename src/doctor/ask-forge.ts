import { z } from 'zod';
import { Failure } from '../failures.ts';
import type { ForgeKind } from '../forges/forge-hosts.ts';
import type { ForgeRepository } from '../forges/repository-url.ts';

/** What a forge's API said. */
export interface ForgeAnswer {
  readonly forge: ForgeKind;
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for anything else. */
  readonly body: unknown;
  /** Its `message` field, for people. */
  readonly message: string;
}

/** Sends one request about a repository, with a token; the path is below `/repos/<owner>/<name>`. */
export type AskForge = (
  token: string,
  request: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object },
  signal: AbortSignal,
) => Promise<ForgeAnswer>;

const Refusal = z.object({ message: z.string() });

/** Asks the API of a repository's forge. Every answer is returned; no answer is `Unavailable`. */
export function createAskForge(
  { kind, api, host, owner, name }: ForgeRepository,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): AskForge {
  return async (token, { method, path, body }, signal) => {
    try {
      const response = await fetch(`${api}/repos/${owner}/${name}${path}`, {
        method,
        signal,
        redirect: 'manual',
        headers: {
          authorization: `Bearer ${token}`,
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
