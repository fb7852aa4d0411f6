import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto'; // CommonJS whose names Node does not see
import { searchAttributeNames } from './names.ts';

const { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;
const recentMs = 2 * 60_000;

/** Does the namespace exist? Throws where the server does not answer or refuses. */
export async function namespaceExists({ workflowService }: Connection, namespace: string): Promise<boolean> {
  try {
    await workflowService.describeNamespace({ namespace });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 5) return false;
    throw error;
  }
}

/** Those of our search attributes that the namespace lacks. */
export async function missingSearchAttributes(
  { operatorService }: Connection,
  namespace: string,
): Promise<readonly string[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  return searchAttributeNames.filter((name) => !(name in (customAttributes ?? {})));
}

/** Identities of the workers that asked a task queue for work within the last two minutes. */
export async function recentPollers(
  { workflowService }: Connection,
  namespace: string,
  queue: string,
  tasks: 'workflows' | 'activities',
): Promise<readonly string[]> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: tasks === 'workflows' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  // The server lists them for minutes after they have gone.
  const isRecent = (seconds: number): boolean => Date.now() - seconds * 1000 < recentMs;
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) =>
    identity && isRecent(Number(lastAccessTime?.seconds ?? 0)) ? [identity] : [],
  );
}
