import type { z } from 'zod';
import { parseJson } from '../builds/parse-json.ts';
import { Failure } from '../failures.ts';
import type { CredentialKey } from '../secrets/credentials.ts';
import { apiAccess } from './api-access.ts';
import { type Attempt, notReached } from './attempt.ts';
import type { ForgeRepository } from './repository-url.ts';

/** What every forge is opened with. */
export interface ApiConnection {
  readonly repository: ForgeRepository;
  readonly token: string;
  /** Key of that token, for messages. */
  readonly key: CredentialKey;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

/** In what one REST API differs from the others. */
export interface ApiStyle {
  /** Its name in messages, such as `Gitea`. */
  readonly name: string;
  /** Query that asks for pages of the most items. */
  readonly pageSize: string;
  /** What a refusal means; must not repeat the token. */
  explain(answer: ApiAnswer, attempt: Attempt): Failure;
}

export interface ApiRequest {
  /** Continues "could not …" in messages. */
  readonly doing: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API's root, or below the repository where it begins with `.`. */
  readonly path: string;
  readonly body?: object;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined for anything else. */
  readonly body: unknown;
}

/** A REST API. Each throws `Unavailable` where no answer comes, and the signal's reason once that is aborted. */
export interface JsonApi {
  /** Sends a request; any answer is returned. */
  ask(request: ApiRequest): Promise<ApiAnswer>;
  /** An answer in its shape; throws what a refusal means. */
  read<T>(request: ApiRequest, answer: ApiAnswer, shape: z.ZodType<T>): T;
  /** Sends a request and reads its answer. */
  call<T>(request: ApiRequest, shape: z.ZodType<T>): Promise<T>;
  /** Every item of a list whose pages have numbers and a `Link` to the next one. */
  list<T>(request: ApiRequest, shape: z.ZodType<T[]>): Promise<T[]>;
}

const requestTimeoutMs = 30_000;

/** Opens the API of a repository's forge with a token. No request is repeated here, because Temporal repeats. */
export function openJsonApi({ repository, token, key, fetch, signal }: ApiConnection, style: ApiStyle): JsonApi {
  const { host, api, owner, name } = repository;
  const { root, authorization, secret } = apiAccess(repository, token);
  const attempt = ({ doing }: ApiRequest): Attempt => ({
    doing,
    host,
    repository: `${owner}/${name}`,
    key,
    token: secret,
  });

  const ask: JsonApi['ask'] = async (request) => {
    const { method = 'GET', path, body } = request;
    const address = path.startsWith('.') ? `${root}${path.slice(1)}` : `${api}${path}`;
    try {
      const response = await fetch(address, {
        method,
        // The token is for this host only, and a moved repository is an answer.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
        headers: {
          authorization,
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

  function read<T>(request: ApiRequest, answer: ApiAnswer, shape: z.ZodType<T>): T {
    if (answer.status >= 300) throw style.explain(answer, attempt(request));
    const parsed = shape.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw new Failure(
      'Unavailable',
      `${host} answered, but not as ${style.name}'s API does. Check that ${api} is ${style.name}'s API and no proxy or login page.`,
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
        const answer = await ask({ ...request, path: `${request.path}${separator}${style.pageSize}&page=${page}` });
        items.push(...read(request, answer, shape));
        if (!answer.headers.get('link')?.includes('rel="next"')) return items;
      }
    },
  };
}

/** The path of something whose name may have slashes, such as a branch: each part is encoded, the slashes stay. */
export function encodePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
