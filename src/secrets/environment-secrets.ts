import { checkSecretName, isNamespace, secretValue } from './secret-name.ts';
import type { SecretOwners, SecretSource } from './secret-source.ts';

/**
 * Secrets as environment variables: the key `gitops-token` is `SLIPWAY_SECRET_GITOPS_TOKEN`, for the namespace `team-a`
 * `SLIPWAY_SECRET_TEAM_A__GITOPS_TOKEN`, for the host `git.my-company.com` `SLIPWAY_SECRET_GITOPS_TOKEN_GIT_MY___COMPANY_COM`.
 */
export function createEnvironmentSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): SecretSource & SecretOwners {
  const own = (key: string, namespace: string): string => `SLIPWAY_SECRET_${upper(namespace)}__${keyName(key)}`;
  const general = (key: string): string => `SLIPWAY_SECRET_${keyName(key)}`;
  const readFirst = async (keys: readonly string[], namespace: string): Promise<string | undefined> => {
    checkSecretName(namespace, ...keys);
    return [...keys.map((key) => own(key, namespace)), ...keys.map(general)]
      .map((name) => secretValue(environment[name]))
      .find((value) => value !== undefined);
  };
  return {
    places(key, namespace) {
      checkSecretName(key, namespace);
      return [own(key, namespace), general(key)];
    },
    readFirst,
    read: (key, namespace) => readFirst([key], namespace),
    async all(key) {
      checkSecretName(key);
      const global = secretValue(environment[general(key)]);
      const owned = Object.entries(environment).flatMap(([variable, text]) => {
        const [, owner = '', name] = /^SLIPWAY_SECRET_([A-Z0-9_]+?)__([A-Z0-9_]+)$/.exec(variable) ?? [];
        const namespace = owner.toLowerCase().replaceAll('_', '-');
        const value = secretValue(text);
        return name === keyName(key) && value !== undefined && isNamespace(namespace) ? [{ namespace, value }] : [];
      });
      return [...(global === undefined ? [] : [{ namespace: null, value: global }]), ...owned];
    },
  };
}

/** What follows the first dot is a host, whose dashes must differ from dots: else the token of a.b.com would go to a-b.com. */
function keyName(key: string): string {
  const [name = '', ...host] = key.split('.');
  return [upper(name), ...host.map((label) => upper(label.replaceAll('-', '___')))].join('_');
}

const upper = (text: string): string => text.replaceAll(/[.-]/g, '_').toUpperCase();
