import type { SecretOwners } from '../secrets/secret-source.ts';
import type { Check } from './check.ts';

/** May the Secrets of a cluster be read? Those that are not there are no mistake. */
export function checkClusterSecrets(secrets: SecretOwners, general: string, namespaces: readonly string[]): Check {
  return {
    name: 'secrets',
    async run() {
      const owners = await secrets.all('gitops-token');
      const text = `Secrets of ${[general, ...namespaces].join(', ')} can be read`;
      if (owners.length > 0) return { state: 'ok', text };
      const fix = `store it as key gitops-token of the Secret ${general}/slipway-secrets`;
      return { state: 'warn', text: `${text}, but none has a gitops-token`, fix };
    },
  };
}
