import { createHash } from 'node:crypto';
import type { BuildId } from '../build-plane.ts';

/** Name of a build's Job: the same for the same build on every worker. */
export function jobName({ execution, ordinal }: BuildId): string {
  return `slipway-${createHash('sha256').update(`${execution}/${ordinal}`).digest('hex').slice(0, 20)}`;
}

/** What tells a Job of this build from another one of the same name. */
export function buildMark({ execution, ordinal }: BuildId): string {
  return `${execution}/${ordinal}`;
}

/** Annotations of our Jobs. */
export const jobAnnotations = {
  /** `buildMark` of the build. */
  build: 'slipway.dev/build',
  workflowId: 'slipway.dev/workflow-id',
  /** Name of the Secret that the Job's pod mounts. */
  secret: 'slipway.dev/secret',
} as const;

/** Selects all Jobs of ours, in whichever namespace. */
export const ourJobs = 'app.kubernetes.io/managed-by=slipway,app.kubernetes.io/component=build';
