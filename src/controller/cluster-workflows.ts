import type { KubeObject } from '../kubernetes/follow-objects.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import { executionAnnotation, executorAnnotation, type WorkflowResource } from './argo-workflow.ts';
import type { RunResources } from './reconcile.ts';

/** The Argo Workflows of a cluster. */
export interface ClusterWorkflows extends RunResources<WorkflowResource> {
  find(namespace: string, name: string): Promise<KubeObject | undefined>;
}

/** Those of a cluster. Calls throw what a refusal means. */
export function createClusterWorkflows(connection: KubeConnection, signal: AbortSignal): ClusterWorkflows {
  // 404 and 409: it is gone, or has changed since it was read.
  const expected = [404, 409];
  const patch = async ({ namespace, name, resourceVersion }: WorkflowResource, change: Change): Promise<void> => {
    const body = { ...change, metadata: { ...change.metadata, resourceVersion } };
    const call = kubeCall('argo', 'patch', 'workflows', namespace, name);
    await connection.send({ ...call, method: 'PATCH', body, expected }, signal);
  };
  return {
    setFinalizers: (workflow, finalizers) => patch(workflow, { metadata: { finalizers } }),
    writeStatus(workflow, { execution, ...status }) {
      const { phase = 'Pending', finishedAt } = status;
      const metadata = {
        // What argo list and OpenChoreo select by.
        labels: {
          'workflows.argoproj.io/phase': phase,
          'workflows.argoproj.io/completed': String(finishedAt !== undefined),
        },
        annotations: { [executorAnnotation]: 'true', ...(execution && { [executionAnnotation]: execution }) },
      };
      // Merging leaves what is not named, so what is gone has to be.
      const gone = Object.fromEntries(Object.keys(workflow.status.nodes ?? {}).map((id) => [id, null]));
      const nodes = status.nodes && { ...gone, ...status.nodes };
      const empty = { finishedAt: null, message: null, progress: null };
      return patch(workflow, { metadata, status: { ...empty, ...status, nodes } });
    },
    async remove({ namespace, name, uid }) {
      const call = kubeCall('argo', 'delete', 'workflows', namespace, name);
      await connection.send({ ...call, method: 'DELETE', body: { preconditions: { uid } }, expected }, signal);
    },
    find: (namespace, name) => getObject(connection, kubeCall('argo', 'get', 'workflows', namespace, name), signal),
  };
}

/** Argo's kind has its status in the object itself. */
interface Change {
  readonly metadata?: object;
  readonly status?: object;
}
