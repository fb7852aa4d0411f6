import { z } from 'zod';
import type { KubeObject } from '../kubernetes/follow-objects.ts';
import { isRenderedRun, readRenderedRun } from '../runs/rendered-run.ts';
import { readArguments } from '../runs/template-arguments.ts';
import { ArgoStatus } from './argo-status.ts';
import { ourFinalizer, type RunResource } from './run-resource.ts';

/** Says which of several Argo controllers a Workflow is for. */
export const instanceLabel = 'workflows.argoproj.io/controller-instanceid';

/** Names the execution that a Workflow's status is of. */
export const executionAnnotation = 'slipway.dev/execution';

/** A Workflow that OpenChoreo has made, as the controller reads it. */
export interface WorkflowResource extends RunResource<ArgoStatus> {
  /** Secrets that its arguments name, by the argument. */
  readonly secrets: ReadonlyMap<SecretArgument, string>;
  readonly createdAt: string;
  /** `Terminate` or `Stop`, where somebody asked for it. */
  readonly shutdown: string | null;
}

const secretArguments = ['source-git-secret', 'gitops-git-secret'] as const;
type SecretArgument = (typeof secretArguments)[number];

const Seconds = z.number().optional();
const Read = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().default('Workflow'),
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    creationTimestamp: z.string().default(''),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    workflowTemplateRef: z.looseObject({ name: z.string().optional() }).default({}),
    shutdown: z.string().default(''),
    ttlStrategy: z
      .looseObject({ secondsAfterCompletion: Seconds, secondsAfterSuccess: Seconds, secondsAfterFailure: Seconds })
      .default({}),
  }),
  status: ArgoStatus.catch({}).default({}),
});

/** Reads one. Throws for an object that is none. */
export function readWorkflow(object: KubeObject): WorkflowResource {
  const { metadata, spec, status, kind, apiVersion } = Read.parse(object);
  const { name, namespace, uid, resourceVersion, annotations, finalizers } = metadata;
  const { secondsAfterCompletion, secondsAfterSuccess, secondsAfterFailure } = spec.ttlStrategy;
  const seconds = (status.phase === 'Succeeded' ? secondsAfterSuccess : secondsAfterFailure) ?? secondsAfterCompletion;
  const { ttlStrategy: _, shutdown: __, ...own } = spec;
  const run = { apiVersion, kind, metadata: { name, namespace, annotations: ours(annotations) }, spec: own };
  const execution = annotations[executionAnnotation];
  const { arguments: found } = readArguments(run, null);
  return {
    namespace,
    name,
    of: runOf(run),
    uid,
    resourceVersion,
    isDeleted: metadata.deletionTimestamp !== undefined,
    finalizers,
    ttlMs: seconds === undefined ? null : seconds * 1000,
    adopts: null,
    status: { ...status, execution },
    execution,
    completedAt: status.finishedAt,
    isStopped: spec.shutdown !== '',
    run,
    secrets: new Map(
      secretArguments.flatMap((argument) => {
        const secret = found.get(argument)?.value;
        return secret ? [[argument, secret]] : [];
      }),
    ),
    createdAt: metadata.creationTimestamp,
    shutdown: spec.shutdown === '' ? null : spec.shutdown,
  };
}

/**
 * True for a Workflow that is ours to execute: it names one of our flows, it is for our instance, and nobody else has begun it.
 */
export function isOurs(object: KubeObject, flows: ReadonlySet<string>, instanceId: string | null): boolean {
  const read = Read.safeParse(object);
  if (!read.success || !isRenderedRun({ kind: read.data.kind })) return false;
  const { metadata, spec, status } = read.data;
  if (metadata.finalizers.includes(ourFinalizer)) return true;
  if (!flows.has(spec.workflowTemplateRef.name ?? '')) return false;
  if ((metadata.labels[instanceLabel] ?? null) !== instanceId) return false;
  return status.phase === undefined || metadata.annotations[executorAnnotation] !== undefined;
}

/** On a Workflow whose status is ours. */
export const executorAnnotation = 'slipway.dev/executor';

/** One whose arguments do not fit gets a namespace that no run has: it is refused when it is to start. */
function runOf(workflow: { readonly metadata: { readonly name: string } }): WorkflowResource['of'] {
  try {
    const { namespace, name } = readRenderedRun(workflow, null);
    return { namespace, name };
  } catch {
    return { namespace: '', name: workflow.metadata.name };
  }
}

const ours = (annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(annotations).filter(
      ([name]) => name.startsWith('slipway.dev/') && name !== executionAnnotation && name !== executorAnnotation,
    ),
  );
