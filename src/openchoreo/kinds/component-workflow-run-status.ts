import { z } from 'zod';

const Time = z.iso.datetime({ offset: true });
const text = z.string();

/** One statement about a run, in the form of all Kubernetes resources. */
export const RunCondition = z.object({
  type: text,
  status: z.enum(['True', 'False', 'Unknown']),
  reason: text,
  message: text,
  lastTransitionTime: Time,
});
export type RunCondition = z.infer<typeof RunCondition>;

/** One step of a run. */
export const RunTask = z.object({
  name: text,
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Skipped', 'Error']),
  startedAt: Time.optional(),
  completedAt: Time.optional(),
  message: text.optional().describe('What it is about, waits for, or failed of.'),
});
export type RunTask = z.infer<typeof RunTask>;

/** What the status of a ComponentWorkflowRun says: OpenChoreo's fields, and from `phase` on ours. */
export const ComponentWorkflowRunStatus = z.object({
  conditions: z
    .array(RunCondition)
    .optional()
    .describe('WorkflowRunning, WorkflowCompleted, WorkflowSucceeded and WorkflowFailed, as OpenChoreo has them.')
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
  startedAt: Time.optional().describe('When its run began.'),
  completedAt: Time.optional().describe('When its run was over.'),
  tasks: z.array(RunTask).optional().describe('The steps, in order.'),
  imageStatus: z.object({ image: text }).optional().describe('The image, by its digest.'),
  phase: z
    .enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled', 'Superseded'])
    .optional()
    .describe('Where it is.'),
  outcome: z
    .enum(['released', 'unchanged', 'superseded', 'failed', 'cancelled', 'terminated', 'timed-out'])
    .optional()
    .describe('How it ended.'),
  commit: text.optional().describe('The commit that is built, in full.'),
  release: text.optional().describe('The ComponentRelease.'),
  binding: text.optional().describe('The ReleaseBinding.'),
  environment: text.optional().describe('The environment that it is released to.'),
  branch: text.optional().describe('The branch of the GitOps repository that proposes the release.'),
  pullRequest: z.object({ number: z.int(), url: text }).optional().describe('What proposes the release.'),
  failure: z
    .object({ type: text, step: text.optional(), message: text })
    .optional()
    .describe('Why it failed and what to do.'),
  warnings: z.array(text).optional().describe('What somebody should look at, though it did not fail.'),
  workflow: z.object({ id: text, execution: text }).optional().describe('The workflow in Temporal.'),
});
export type ComponentWorkflowRunStatus = z.infer<typeof ComponentWorkflowRunStatus>;
