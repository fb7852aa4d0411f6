import { Failure } from '../failures.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import type { WorkflowResource } from './argo-workflow.ts';

/**
 * A function that looks for the Secrets that a Workflow's arguments name, and says for which it waits; null for none. After
 * `limitSeconds` a run begins without the source's, as public sources need none, and without the GitOps repository's it throws `SecretMissing`.
 */
export function createWaitForSecrets(connection: KubeConnection, limitSeconds: number, signal: AbortSignal) {
  return async function waitForSecrets({ namespace, secrets, createdAt }: WorkflowResource): Promise<string | null> {
    const until = Date.parse(createdAt) + limitSeconds * 1000;
    const isOver = Date.now() > until;
    for (const [argument, name] of secrets) {
      if (isOver && argument === 'source-git-secret') continue;
      const call = kubeCall('core', 'get', 'secrets', namespace, name);
      if ((await getObject(connection, call, signal)) !== undefined) continue;
      const what = `the Secret ${namespace}/${name} that the argument ${argument} names`;
      if (!isOver) return `waits for ${what}, until ${new Date(until).toISOString()}`;
      const advice = `Look at its ExternalSecret (kubectl describe externalsecret -n ${namespace} ${name}), or take the argument out of the ComponentWorkflow.`;
      throw new Failure('SecretMissing', `After ${limitSeconds} s there is no sign of ${what}. ${advice}`);
    }
    return null;
  };
}
