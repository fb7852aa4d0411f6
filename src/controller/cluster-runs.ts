import type { KubeObject } from '../kubernetes/follow-objects.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import { ComponentWorkflowRunStatus } from '../openchoreo/kinds/component-workflow-run-status.ts';
import type { RunResources } from './reconcile.ts';
import type { RunResource } from './run-resource.ts';

/** The ComponentWorkflowRuns of a cluster. */
export interface ClusterRuns extends RunResources<RunResource> {
  find(namespace: string, name: string): Promise<KubeObject | undefined>;
  /** Does nothing where there is one of that name. Throws `ManifestInvalid` for what the definition refuses, or without the namespace. */
  create(object: NewRun): Promise<void>;
}

/** A ComponentWorkflowRun to be made. */
export interface NewRun {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

interface Change {
  readonly metadata?: { readonly finalizers: readonly string[] };
  readonly status?: object;
}

const resourceName = 'componentworkflowruns';

/** Merging leaves what is not named, so what is gone has to be. */
const emptyStatus = Object.fromEntries(Object.keys(ComponentWorkflowRunStatus.shape).map((field) => [field, null]));

/** Those of a cluster. Calls throw what a refusal means. */
export function createClusterRuns(connection: KubeConnection, signal: AbortSignal): ClusterRuns {
  const { send } = connection;
  // 404 and 409: it is gone, or has changed since it was read.
  const expected = [404, 409];
  const patch = async (resource: RunResource, part: '' | '/status', change: Change): Promise<void> => {
    const { namespace, name, resourceVersion } = resource;
    const body = { ...change, metadata: { ...change.metadata, resourceVersion } };
    const path = kubeCall('openchoreo', 'patch', `${resourceName}${part}`, namespace, name);
    await send({ ...path, method: 'PATCH', body, expected }, signal);
  };
  return {
    setFinalizers: (resource, finalizers) => patch(resource, '', { metadata: { finalizers } }),
    writeStatus: (resource, status) => patch(resource, '/status', { status: { ...emptyStatus, ...status } }),
    async remove({ namespace, name, uid }) {
      const path = kubeCall('openchoreo', 'delete', resourceName, namespace, name);
      await send({ ...path, method: 'DELETE', body: { preconditions: { uid } }, expected }, signal);
    },
    find: (namespace, name) =>
      getObject(connection, kubeCall('openchoreo', 'get', resourceName, namespace, name), signal),
    async create(object) {
      const path = kubeCall('openchoreo', 'create', resourceName, object.metadata.namespace);
      await send({ ...path, method: 'POST', body: object, expected: [409] }, signal);
    },
  };
}
