import { authorize } from './authorize.ts';
import { parseChallenge } from './challenge.ts';
import { canonicalHost, findRegistryCredential } from './docker-config.ts';
import { createSendHttp, type HttpRequest, type HttpResponse } from './http.ts';
import type { ImageRepository } from './registry.ts';

export interface RegistryOptions {
  /** `host[:port]` of the registries that may be asked by plain http; all others by https with checked certificates. */
  readonly httpHosts: readonly string[];
  /** PEM file with further certificate authorities; read at use. */
  readonly caFile?: string | undefined;
  /** Text of a docker `config.json` (secret `registry-auth`), or undefined where there is none; read at each challenge. */
  registryAuth(namespace: string): Promise<string | undefined>;
}

/** What a call needs. */
export type Access = 'pull' | 'pull,push' | 'pull,delete';

/** Sends a request to a path below a repository, with the credential that the registry asks for. Any answer is returned as it is. */
export type RegistryCall = (
  repository: ImageRepository,
  path: string,
  request: HttpRequest,
  access: Access,
) => Promise<HttpResponse>;

/** Makes the calls of one namespace; tokens are remembered for as long as it is used. */
export function createRegistryCall(
  { httpHosts, caFile, registryAuth }: RegistryOptions,
  namespace: string,
  signal: AbortSignal,
): RegistryCall {
  const send = createSendHttp({ httpHosts, caFile, signal });
  const authorizations = new Map<string, string>();

  return async (repository, path, request, access) => {
    const url = new URL(path, apiRoot(repository, httpHosts));
    const scope = `repository:${apiName(repository)}:${access}`;
    const memo = `${repository.registry} ${scope}`;
    const attempt = (authorization: string | undefined): Promise<HttpResponse> => {
      const isHome = url.origin === new URL(apiRoot(repository, httpHosts)).origin;
      const headers = authorization === undefined || !isHome ? {} : { authorization };
      return send(url, { ...request, headers: { ...request.headers, ...headers } });
    };
    const first = await attempt(authorizations.get(memo));
    const challenge = first.status === 401 ? parseChallenge(first.headers['www-authenticate']) : undefined;
    if (challenge === undefined) return first;
    const config = await registryAuth(namespace);
    const credential = config === undefined ? undefined : findRegistryCredential(config, repository);
    const authorization = await authorize(challenge, credential, repository, scope, send);
    if (authorization === undefined) return first;
    authorizations.set(memo, authorization);
    return attempt(authorization);
  };
}

function apiRoot(repository: ImageRepository, httpHosts: readonly string[]): string {
  const host = canonicalHost(repository.registry);
  const scheme = httpHosts.includes(host) ? 'http' : 'https';
  return `${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}/v2/${apiName(repository)}/`;
}

function apiName({ registry, name }: ImageRepository): string {
  return canonicalHost(registry) === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
}
