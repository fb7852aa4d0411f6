import { z } from 'zod';
import { Failure } from '../failures.ts';
import type { Challenge } from './challenge.ts';
import type { RegistryCredential } from './docker-config.ts';
import type { HttpRequest, SendHttp } from './http.ts';
import type { ImageRepository } from './registry.ts';
import { failureOf } from './response-failure.ts';

const TokenAnswer = z
  .object({ token: z.string().optional(), access_token: z.string().optional() })
  .transform(({ token, access_token }) => token ?? access_token);

/**
 * The Authorization header that answers a challenge, or undefined where that needs a credential and there is none.
 * A bearer token is asked for without a credential too: public repositories are read that way.
 */
export async function authorize(
  challenge: Challenge,
  credential: RegistryCredential | undefined,
  repository: ImageRepository,
  scope: string,
  send: SendHttp,
): Promise<string | undefined> {
  if (challenge.kind === 'basic') return credential?.kind === 'password' ? basic(credential) : undefined;
  const realm = realmOf(challenge.realm, repository);
  const { url, request } = tokenRequest(realm, challenge.service, scope, credential);
  const response = await send(url, request);
  if (response.status !== 200) throw failureOf(response, repository, 'get a token for');
  const token = TokenAnswer.safeParse(parseJson(response.bytes)).data;
  if (token === undefined)
    throw new Failure(
      'Unavailable',
      `The token server ${url.host} of ${repository.registry} answered without a token.`,
    );
  return `Bearer ${token}`;
}

function realmOf(realm: string, { registry }: ImageRepository): URL {
  const url = URL.parse(realm);
  if (url === null)
    throw new Failure('Unavailable', `The registry ${registry} names a token server that is not a URL.`);
  return url;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scope: string,
  credential: RegistryCredential | undefined,
): { url: URL; request: HttpRequest } {
  const parameters = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
  if (credential?.kind === 'identityToken') {
    parameters.set('grant_type', 'refresh_token');
    parameters.set('refresh_token', credential.token);
    parameters.set('client_id', 'slipway');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url: realm, request: { method: 'POST', headers, body: Buffer.from(parameters.toString()) } };
  }
  const url = new URL(realm);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return {
    url,
    request: { method: 'GET', headers: credential === undefined ? {} : { authorization: basic(credential) } },
  };
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
