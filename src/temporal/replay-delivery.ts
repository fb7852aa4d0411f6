import type { Client } from '@temporalio/client';
import { deliveryWorkflowId, taskQueue } from './names.ts';
import { readInput } from './read-input.ts';

/**
 * Has a delivery handled again as it came, with the components that there are now; its runs are started by the same rules, so one
 * that ended well is only found. False where it is being handled right now. Throws where Temporal knows no such delivery.
 */
export async function replayDelivery(client: Client, id: string): Promise<boolean> {
  const workflowId = deliveryWorkflowId(id);
  const { memo = {}, status } = await client.workflow.getHandle(workflowId).describe();
  if (status.name === 'RUNNING') return false;
  const accepted = await readInput(client, workflowId);
  const { started: _started, skipped: _skipped, failed: _failed, ...told } = memo;
  await client.workflow.start('handleDelivery', {
    workflowId,
    taskQueue,
    args: [accepted],
    // Somebody else may have asked for the same at the same time.
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    memo: told,
  });
  return true;
}
