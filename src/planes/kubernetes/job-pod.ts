import type { V1PodSpec, V1Toleration } from '@kubernetes/client-node';
import type { JobParts } from './job-manifest.ts';
import type { PodContent } from './pod-content.ts';

/** A build on a node that is gone is given up after this; Kubernetes' own default is five minutes. */
const lostNodeSeconds = 60;

/** The pod of a build: where and for how long it runs, and what its kind puts into it. */
export function jobPod({ request, settings }: JobParts, content: PodContent): V1PodSpec {
  const { job } = request;
  return {
    restartPolicy: 'Never',
    // The pod's and not the Job's: waiting for quota or a node does not count.
    activeDeadlineSeconds: request.timeoutSeconds,
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(settings.userNamespaces && { hostUsers: false }),
    ...(job.serviceAccount !== null && { serviceAccountName: job.serviceAccount }),
    ...(job.imagePullSecrets.length > 0 && { imagePullSecrets: job.imagePullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(job.nodeSelector).length > 0 && { nodeSelector: { ...job.nodeSelector } }),
    tolerations: [...job.tolerations.map((toleration): V1Toleration => ({ ...toleration })), ...lostNode],
    securityContext: { fsGroup: content.group, fsGroupChangePolicy: 'OnRootMismatch' },
    initContainers: content.containers.slice(0, -1),
    containers: content.containers.slice(-1),
    volumes: [...content.volumes],
  };
}

const lostNode = ['not-ready', 'unreachable'].map(
  (state): V1Toleration => ({
    key: `node.kubernetes.io/${state}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: lostNodeSeconds,
  }),
);
