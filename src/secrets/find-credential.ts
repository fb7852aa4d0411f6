import type { Credential, CredentialKey, FindCredential } from './credentials.ts';
import type { SecretSource } from './secret-source.ts';

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
 * Finds tokens so that none goes to a host it is not for: `<key>.<host>` (a port after `_`) is bound to that host, the plain
 * key to the configured ones. A `status-token` that is missing is replaced by the `git-token`.
 */
export function createFindCredential({ secrets, hosts = ['github.com'] }: CredentialSettings): FindCredential {
  const bound = new Set(hosts.map((host) => host.toLowerCase()));
  return async (key, url, namespace): Promise<Credential> => {
    const { host } = new URL(url);
    const names = fallbacks[key].flatMap((one) => {
      const ofHost = `${one}.${host.replaceAll(/[^\w.-]/g, '_')}`;
      return bound.has(host) ? [ofHost, one] : [ofHost];
    });
    for (const name of names) {
      const token = await secrets.read(name, namespace);
      if (token !== undefined) return { kind: 'token', token };
    }
    if (!bound.has(host)) return { kind: 'unbound', host };
    return { kind: 'missing', places: names.flatMap((name) => secrets.places(name, namespace)) };
  };
}
