import type { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { CredentialKey } from '../../secrets/credentials.ts';
import { type Attempt, notReached } from '../attempt.ts';
import type { ForgeRepository } from '../repository-url.ts';
import { explainRefusal } from './errors.ts';

export interface GiteaConnection {
  readonly repository: ForgeRepository;
  readonly token: string;
  /** Key of that token, for messages. */
  readonly key: CredentialKey;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

export interface GiteaRequest {
  /** Continues "could not …" in messages. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** Below the API's root, or below the repository where it begins with `.`. */
  readonly path: string;
  readonly body?: object;
}

export interface GiteaAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for anything else. */
  readonly body: unknown;
}

/** Gitea's REST API. Each throws `Unavailable` where no answer comes, and the signal's reason once that is aborted. */
export interface GiteaApi {
  /** Sends a request; any answer is returned. */
  ask(request: GiteaRequest): Promise<GiteaAnswer>;
  /** An answer in its shape; throws what a refusal means. */
  read<T>(request: GiteaRequest, answer: GiteaAnswer, shape: z.ZodType<T>): T;
  /** Sends a request and reads its answer. */
  call<T>(request: GiteaRequest, shape: z.ZodType<T>): Promise<T>;
  /** Every item of a list, page after page. */
  list<T>(request: GiteaRequest, shape: z.ZodType<T[]>): Promise<T[]>;
}

const requestTimeoutMs = 30_000;

/** Opens the API of a repository's Gitea with a token. No request is repeated here, because Temporal repeats. */
export function openGiteaApi({ repository, token, key, fetch, signal }: GiteaConnection): GiteaApi {
  const { host, api, owner, name } = repository;
  const attempt = ({ doing }: GiteaRequest): Attempt => ({ doing, host, repository: `${owner}/${name}`, key, token });

  const ask: GiteaApi['ask'] = async (request) => {
    const { method = 'GET', path, body } = request;
    const below = path.startsWith('.') ? `/repos/${owner}/${name}${path.slice(1)}` : path;
    try {
      const response = await fetch(`${api}${below}`, {
        method,
        // The token is for this host only, and a moved repository is an answer.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
        headers: {
          authorization: `token ${token}`,
          accept: 'application/json',
          'user-agent': 'slipway',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, body: parseJson(await response.text()) };
    } catch (error) {
      signal.throwIfAborted();
      throw notReached(error instanceof Error ? error : new Error(String(error)), attempt(request));
    }
  };

  function read<T>(request: GiteaRequest, answer: GiteaAnswer, shape: z.ZodType<T>): T {
    if (answer.status >= 300) throw explainRefusal(answer, attempt(request));
    const parsed = shape.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw new Failure(
      'Unavailable',
      `${host} answered, but not as Gitea's API does. Check that ${api} is Gitea's API and no proxy or login page.`,
      { cause: parsed.error },
    );
  }

  return {
    ask,
    read,
    call: async (request, shape) => read(request, await ask(request), shape),
    async list(request, shape) {
      const items = [];
      for (let page = 1; ; page += 1) {
        const separator = request.path.includes('?') ? '&' : '?';
        const answer = await ask({ ...request, path: `${request.path}${separator}limit=50&page=${page}` });
        items.push(...read(request, answer, shape));
        if (!answer.headers.get('link')?.includes('rel="next"')) return items;
      }
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
