import { z } from 'zod';
import type { KubeObject } from '../kubernetes/follow-objects.ts';
import { ComponentWorkflowRunStatus } from '../openchoreo/kinds/component-workflow-run-status.ts';
import { ttlMs } from './ttl.ts';

/** Keeps a resource until its run is over. */
export const ourFinalizer = 'slipway.dev/run';

/** Names the execution that a resource was made for. */
export const adoptsAnnotation = 'slipway.dev/execution';

/** A resource that stands for a run, as the controller reads it. */
export interface RunResource<Status = ComponentWorkflowRunStatus> {
  readonly namespace: string;
  readonly name: string;
  /** Namespace and name of its run. */
  readonly of: { readonly namespace: string; readonly name: string };
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isDeleted: boolean;
  readonly finalizers: readonly string[];
  /** How long it is kept after its run, in milliseconds; null for as long as nobody deletes it. */
  readonly ttlMs: number | null;
  /** The execution of a run that was there before its resource; null for a resource that starts its run. */
  readonly adopts: string | null;
  readonly status: Status;
  /** The execution that its status is of. */
  readonly execution: string | undefined;
  /** When its run was over. */
  readonly completedAt: string | undefined;
  /** True where it asks for the end of its run. */
  readonly isStopped: boolean;
  /** What its run is started with. */
  readonly run: unknown;
}

const Read = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ ttlAfterCompletion: z.string().nullish() }),
  // One that somebody else wrote counts as none: what really is, Temporal says.
  status: ComponentWorkflowRunStatus.catch({}).default({}),
});

/** Reads one. Throws for an object that is none. */
export function readRunResource(object: KubeObject): RunResource {
  const { apiVersion, kind, metadata, spec, status } = Read.parse(object);
  const { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, labels, annotations } = metadata;
  // kubectl keeps the whole manifest in this one.
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...others } = annotations;
  return {
    namespace,
    name,
    of: { namespace, name },
    uid,
    resourceVersion,
    isDeleted: deletionTimestamp !== undefined,
    finalizers,
    ttlMs: ttlMs(spec.ttlAfterCompletion ?? ''),
    adopts: annotations[adoptsAnnotation] ?? null,
    status,
    execution: status.workflow?.execution,
    completedAt: status.completedAt,
    isStopped: false,
    run: { apiVersion, kind, metadata: { name, namespace, labels, annotations: others }, spec },
  };
}
