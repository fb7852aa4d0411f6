import { z } from 'zod';
import type { KubeObject } from '../kubernetes/follow-objects.ts';
import { ComponentWorkflowRunStatus } from '../openchoreo/kinds/component-workflow-run-status.ts';

/** Keeps a resource until its run is over. */
export const ourFinalizer = 'slipway.dev/run';

/** Names the execution that a resource was made for. */
export const adoptsAnnotation = 'slipway.dev/execution';

/** What the controller reads of a ComponentWorkflowRun. */
export interface RunResource {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly isDeleted: boolean;
  readonly finalizers: readonly string[];
  readonly ttl: string;
  /** The execution of a run that was there before its resource; null for a resource that starts its run. */
  readonly adopts: string | null;
  readonly status: ComponentWorkflowRunStatus;
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
    uid,
    resourceVersion,
    isDeleted: deletionTimestamp !== undefined,
    finalizers,
    ttl: spec.ttlAfterCompletion ?? '',
    adopts: annotations[adoptsAnnotation] ?? null,
    status,
    run: { apiVersion, kind, metadata: { name, namespace, labels, annotations: others }, spec },
  };
}
