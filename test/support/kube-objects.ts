import { Job, KubeEvent, Pod } from '../../src/planes/kubernetes/api/kube-objects.ts';

const madeAt = '2026-11-22T10:00:00Z';

interface JobChanges {
  readonly suspend?: boolean;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly failed?: { readonly reason: string; readonly message: string };
}

/** A Job as the API server tells it. */
export function aJob({ suspend = false, deletionTimestamp, annotations = {}, failed }: JobChanges = {}): Job {
  return Job.parse({
    metadata: {
      name: 'slipway-1',
      namespace: 'builds',
      uid: 'uid-of-job',
      creationTimestamp: madeAt,
      annotations,
      ...(deletionTimestamp && { deletionTimestamp }),
    },
    spec: { suspend, backoffLimit: 0 },
    status: failed ? { failed: 1, conditions: [{ type: 'Failed', status: 'True', ...failed }] } : {},
  });
}

interface PodChanges {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly object[];
  /** Containers by name, in their order: what the kubelet says of their state. */
  readonly containers?: Readonly<Record<string, object>>;
}

/** A Job's pod as the API server tells it; the last container is the main one. */
export function aPod({ containers = {}, conditions, ...status }: PodChanges = {}): Pod {
  const statuses = Object.entries(containers).map(([name, state]) => ({ name, state, image: 'builder', ready: false }));
  return Pod.parse({
    metadata: { name: 'slipway-1-abcde', uid: 'uid-of-pod', creationTimestamp: madeAt },
    spec: { nodeName: 'node-1' },
    status: {
      phase: 'Pending',
      conditions: conditions ?? [{ type: 'PodScheduled', status: 'True', lastTransitionTime: madeAt }],
      initContainerStatuses: statuses.slice(0, -1),
      containerStatuses: statuses.slice(-1),
      ...status,
    },
  });
}

/** An event about the Job. */
export function anEvent(reason: string, message: string, lastTimestamp = madeAt): KubeEvent {
  return KubeEvent.parse({ reason, message, lastTimestamp, metadata: { creationTimestamp: madeAt } });
}
