import type { WorkflowClient } from '@temporalio/client';
import proto from '@temporalio/proto'; // CommonJS whose names Node does not see

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;

/** A worker asks for work at least once a minute; the server goes on to list it for five after its death. */
const FRESH_MS = 75_000;

/** Does a worker poll this task queue, or did within the last minute or so? */
export async function isPolled(
  { workflowService, options }: Pick<WorkflowClient, 'workflowService' | 'options'>,
  taskQueue: string,
  kind: 'workflow' | 'activity',
): Promise<boolean> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace: options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: kind === 'workflow' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  return pollers.some(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < FRESH_MS);
}
