import { checkSecretName, isNamespace, secretValue } from './secret-name.ts';
import type { SecretOwners, SecretSource } from './secret-source.ts';

/**
 * Secrets as environment variables: the key `gitops-token` is `SLIPWAY_SECRET_GITOPS_TOKEN`, for the namespace `team-a`
 * `SLIPWAY_SECRET_TEAM_A__GITOPS_TOKEN`, for the host `git.my-company.com` `SLIPWAY_SECRET_GITOPS_TOKEN_GIT_MY___COMPANY_COM`.
 */
export function createEnvironmentSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): SecretSource & SecretOwners {
  const places = (key: string, namespace: string): readonly string[] => {
    checkSecretName(key, namespace);
    return [`SLIPWAY_SECRET_${upper(namespace)}__${keyName(key)}`, `SLIPWAY_SECRET_${keyName(key)}`];
  };
  return {
    places,
    async read(key, namespace) {
      return places(key, namespace)
        .map((name) => secretValue(environment[name]))
        .find((value) => value !== undefined);
    },
    async all(key) {
      checkSecretName(key);
      const general = secretValue(environment[`SLIPWAY_SECRET_${keyName(key)}`]);
      const own = Object.entries(environment).flatMap(([variable, text]) => {
        const [, owner = '', name] = /^SLIPWAY_SECRET_([A-Z0-9_]+?)__([A-Z0-9_]+)$/.exec(variable) ?? [];
        const namespace = owner.toLowerCase().replaceAll('_', '-');
        const value = secretValue(text);
        return name === keyName(key) && value !== undefined && isNamespace(namespace) ? [{ namespace, value }] : [];
      });
      return [...(general === undefined ? [] : [{ namespace: null, value: general }]), ...own];
    },
  };
}

/** What follows the first dot is a host, whose dashes must differ from dots: else the token of a.b.com would go to a-b.com. */
function keyName(key: string): string {
  const [name = '', ...host] = key.split('.');
  return [upper(name), ...host.map((label) => upper(label.replaceAll('-', '___')))].join('_');
}

const upper = (text: string): string => text.replaceAll(/[.-]/g, '_').toUpperCase();
