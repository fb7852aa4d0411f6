import { Failure } from '../failures.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';

const name = 'componentworkflowruns.openchoreo.dev';

/**
 * Checks that the kind is ours alone in this cluster, and gives what names the cluster. Throws `ManifestInvalid` where it is not
 * installed, `NotAllowed` where it is OpenChoreo's, whose own controller would build everything a second time.
 */
export async function checkDefinition(connection: KubeConnection, signal: AbortSignal): Promise<string> {
  const call = kubeCall('definitions', 'get', 'customresourcedefinitions', undefined, name);
  const found = await getObject(connection, call, signal);
  if (found === undefined) {
    const text = `The cluster has no CustomResourceDefinition ${name}: kubectl apply -k deploy/crds`;
    throw new Failure('ManifestInvalid', text);
  }
  const { labels } = found.metadata;
  if (isPlainObject(labels) && labels['app.kubernetes.io/managed-by'] === 'slipway') return found.metadata.uid;
  const text = `The CustomResourceDefinition ${name} is not the one of deploy/crds, so OpenChoreo's controller may reconcile these resources and build everything a second time. Take OpenChoreo's build plane away and kubectl apply -k deploy/crds, or start runs in another way.`;
  throw new Failure('NotAllowed', text);
}
