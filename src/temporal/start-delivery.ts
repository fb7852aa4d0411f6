import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type AcceptedDelivery, deliveryId } from '../webhooks/accepted-delivery.ts';
import { deliveryWorkflowId, taskQueue } from './names.ts';

/** `joined`: it was here before. `other-body`: another one with the same id was here before, so this one is refused. */
export type DeliveryStart = 'started' | 'joined' | 'other-body';

/**
 * Puts a delivery into the durable inbox, which is Temporal itself: it is handled once, however often it is delivered, and once
 * more only where handling it failed. Safe to repeat.
 */
export async function startDelivery(
  { workflow }: Pick<Client, 'workflow'>,
  accepted: AcceptedDelivery,
  bodyHash: string,
): Promise<DeliveryStart> {
  const { push, receivedAt } = accepted;
  const workflowId = deliveryWorkflowId(deliveryId(push));
  const [change] = push.changes;
  const start = (workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY') =>
    workflow.start('handleDelivery', {
      workflowId,
      taskQueue,
      args: [accepted],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy,
      staticSummary: `push to ${push.urls[0]}`,
      memo: {
        bodyHash,
        receivedAt,
        repository: push.urls[0] ?? '',
        branch: push.changes.length === 1 ? (change?.branch ?? null) : null,
        commit: push.changes.length === 1 ? (change?.after ?? null) : null,
        actor: push.actor,
      },
    });
  if (await startsAnew(() => start('REJECT_DUPLICATE'))) return 'started';
  const { memo, status } = await workflow.getHandle(workflowId).describe();
  // Also after a failure no other body may come under this id.
  if (memo?.['bodyHash'] !== bodyHash) return 'other-body';
  if (status.name === 'RUNNING' || status.name === 'COMPLETED') return 'joined';
  return (await startsAnew(() => start('ALLOW_DUPLICATE_FAILED_ONLY'))) ? 'started' : 'joined';
}

async function startsAnew(start: () => Promise<unknown>): Promise<boolean> {
  try {
    await start();
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
