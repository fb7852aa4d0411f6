import { Failure } from '../failures.ts';
import type { CredentialKey, FindSshLogin, FindStored } from './credentials.ts';
import type { NamedSecrets, SecretSource } from './secret-source.ts';

interface CredentialSettings {
  readonly secrets: SecretSource;
  /** `host[:port]` that the general keys are bound to. */
  readonly hosts?: readonly string[];
}

const fallbacks: Readonly<Record<CredentialKey, readonly CredentialKey[]>> = {
  'git-token': ['git-token'],
  'gitops-token': ['gitops-token'],
  'status-token': ['status-token', 'git-token'],
};

/**
 * Finds credentials so that none goes to a host it is not for: `<key>.<host>` (a port after `_`) is bound to that host, the plain
 * key to the configured ones. A namespace's own keys go before all global ones, and of each the host's before the plain one. A
 * `status-token` that is missing is replaced by the `git-token`, and a token that is missing by a GitHub App.
 */
export function createFindCredential(settings: CredentialSettings): FindStored {
  const look = createLook(settings);
  return async (key, url, namespace, secretRef) => {
    const found = look(url, namespace, secretRef);
    for (const one of fallbacks[key]) {
      const token = await found.read(one);
      if (token !== undefined) return { kind: 'token', token };
    }
    const places = fallbacks[key].flatMap(found.places);
    const [id, privateKey] = [await found.read('github-app-id'), await found.read('github-app-private-key')];
    if (id !== undefined && privateKey !== undefined) return { kind: 'app', app: { id, privateKey }, places };
    return found.isBound ? { kind: 'missing', places } : { kind: 'unbound', host: found.host };
  };
}

/** Finds what SSH needs by the same rules, under `git-ssh-key` and `git-known-hosts`. */
export function createFindSshLogin(settings: CredentialSettings): FindSshLogin {
  const look = createLook(settings);
  return async (url, namespace, secretRef) => {
    const found = look(url, namespace, secretRef);
    const [privateKey, knownHosts] = [await found.read('git-ssh-key'), await found.read('git-known-hosts')];
    if (privateKey !== undefined && knownHosts !== undefined) return { kind: 'ssh', login: { privateKey, knownHosts } };
    if (!found.isBound) return { kind: 'unbound', host: found.host };
    const keys = [
      ...(privateKey === undefined ? ['git-ssh-key'] : []),
      ...(knownHosts === undefined ? ['git-known-hosts'] : []),
    ];
    return { kind: 'missing', keys, places: keys.flatMap(found.places) };
  };
}

/** Runs that name a Secret where there are none are refused before; this is for a setting that was changed meanwhile. */
function namedSecrets(secrets: SecretSource, secretRef: string): NamedSecrets {
  const named = secrets.named?.(secretRef);
  if (named !== undefined) return named;
  const text = `The Secret ${secretRef} cannot be read: SLIPWAY_SECRETS is not kubernetes:<namespace>.`;
  throw new Failure('NotAllowed', text);
}

function createLook({ secrets, hosts = ['github.com'] }: CredentialSettings) {
  const bound = new Set(hosts.map((host) => host.toLowerCase()));
  return (url: string, namespace: string, secretRef?: string) => {
    const source = secretRef === undefined ? secrets : namedSecrets(secrets, secretRef);
    const host = new URL(url).host.toLowerCase().replace(/^(.*):22$/, url.startsWith('ssh:') ? '$1' : '$&');
    const isBound = bound.has(host);
    const names = (key: string): readonly string[] => {
      const ofHost = `${key}.${host.replaceAll(/[^\w.-]/g, '_')}`;
      return isBound ? [ofHost, key] : [ofHost];
    };
    return {
      host,
      isBound,
      read: (key: string) => source.readFirst(names(key), namespace),
      places: (key: string) => names(key).flatMap((name) => source.places(name, namespace)),
    };
  };
}
