import { Failure } from '../failures.ts';
import { apiUrl, type ForgeRepository } from '../forges/repository-url.ts';
import type { CredentialKey, FindCredential } from '../secrets/credentials.ts';
import { type AskForge, createAskForge, type ForgeAnswer } from './ask-forge.ts';

export interface TokenTools {
  readonly findCredential: FindCredential;
  readonly namespace: string;
  /** Throws `InvalidRun` or `NotAllowed` for a URL whose host must not be asked. */
  readonly parseUrl: (url: string) => ForgeRepository;
}

/** Asks a repository's forge with the token of a key, looked up at each call. Throws `SecretMissing`, `NotAllowed` before any is sent. */
export function askWithToken(
  { findCredential, namespace, parseUrl }: TokenTools,
  url: string,
  key: CredentialKey,
): (request: Parameters<AskForge>[1], signal: AbortSignal) => Promise<ForgeAnswer> {
  return async (request, signal) => {
    const ask = createAskForge(parseUrl(url));
    const credential = await findCredential(key, apiUrl(url), namespace);
    switch (credential.kind) {
      case 'token':
        return { ...(await ask(credential.token, request, signal)), ...(credential.app && { app: credential.app }) };
      case 'unbound':
        throw new Failure(
          'NotAllowed',
          `No ${key} is bound to ${credential.host}: name it in SLIPWAY_CREDENTIAL_HOSTS, or store a token made for it.`,
        );
      case 'missing':
        throw new Failure('SecretMissing', `There is no ${key}: store one at ${credential.places.join(' or ')}.`);
    }
  };
}

/** The same answer for whoever asks, asked for once. */
export function once<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let answer: Promise<T> | undefined;
  return (signal) => {
    answer ??= ask(signal);
    return answer;
  };
}
