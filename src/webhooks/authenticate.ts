import { isHookUuid } from './bitbucket.ts';
import type { Headers, ProviderName } from './delivery.ts';
import { providers } from './read-delivery.ts';
import type { SignedRequest } from './signature.ts';

/** A secret that a provider may sign with. */
export interface WebhookSecret {
  /** Whose it is; null for the one of the whole installation. */
  readonly namespace: string | null;
  readonly value: string;
}

/** The namespaces whose components a delivery may start: those, or all but those. */
export type Scope = { readonly only: readonly string[] } | { readonly allBut: readonly string[] };

export interface Authentication {
  readonly scope: Scope;
  /** Something for the operator's log. */
  readonly warning: string | null;
}

interface AuthenticateOptions {
  /** Accepts Bitbucket's webhooks by their UUID too. */
  readonly hookUuid?: boolean;
}

/**
 * Which namespaces a request may speak for, or undefined where none of the secrets fits. A namespace with a secret of its own
 * listens to that one alone. Several secrets of one namespace are fine: so they are exchanged.
 */
export function authenticate(
  name: ProviderName,
  request: SignedRequest,
  secrets: readonly WebhookSecret[],
  { hookUuid = false }: AuthenticateOptions = {},
): Authentication | undefined {
  const { verify } = providers[name];
  const usable = secrets.filter(({ value }) => value !== '');
  const signed = usable.filter(({ value }) => verify(request, value));
  if (signed.length > 0) return { scope: scopeOf(signed, usable), warning: null };
  if (name !== 'bitbucket' || !hookUuid) return undefined;
  const known = usable.filter(({ value }) => isHookUuid(request.headers, value));
  if (known.length === 0) return undefined;
  const warning =
    'a delivery of Bitbucket was accepted by the UUID of its webhook, which is no secret: anybody who knows it can start builds. Give the webhook a secret and switch this mode off';
  return { scope: scopeOf(known, usable), warning };
}

/** Is there anything that `authenticate` could compare? Told by the headers alone, so that no body need be read before. */
export function isSigned(
  name: ProviderName,
  headers: Headers,
  { hookUuid = false }: AuthenticateOptions = {},
): boolean {
  return providers[name].isSigned(headers) || (name === 'bitbucket' && hookUuid && Boolean(headers['x-hook-uuid']));
}

/** May a delivery with this scope start components of the namespace? */
export function isInScope(scope: Scope, namespace: string): boolean {
  return 'only' in scope ? scope.only.includes(namespace) : !scope.allBut.includes(namespace);
}

function scopeOf(signed: readonly WebhookSecret[], all: readonly WebhookSecret[]): Scope {
  const own = namespacesOf(signed);
  if (!signed.some(({ namespace }) => namespace === null)) return { only: own };
  return { allBut: namespacesOf(all).filter((namespace) => !own.includes(namespace)) };
}

const namespacesOf = (secrets: readonly WebhookSecret[]): readonly string[] => [
  ...new Set(secrets.flatMap(({ namespace }) => namespace ?? [])),
];
