import type { V1Secret } from '@kubernetes/client-node';
import type { Job } from './api/kube-objects.ts';
import type { JobSecrets } from './job-manifest.ts';
import { secretKeys } from './pod-content.ts';

/** The Secret of a Job, which goes with it; `more` are entries that are too large for the Job itself. */
export function jobSecret(
  job: Job,
  name: string,
  secrets: JobSecrets,
  more: Readonly<Record<string, string>> = {},
): V1Secret {
  const { uid, name: jobName, namespace } = job.metadata;
  const given = [
    [secretKeys.sourceAuthorization, secrets.sourceAuthorization],
    [secretKeys.registryAuth, secrets.registryAuth],
    [secretKeys.authorities, secrets.authorities],
    ...Object.entries(more),
  ] as const;
  const data = given.flatMap(([key, value]) =>
    value === undefined ? [] : [[key, Buffer.from(value).toString('base64')]],
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    immutable: true,
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'slipway' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: jobName, uid }],
    },
    data: Object.fromEntries(data),
  };
}
