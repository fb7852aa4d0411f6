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
  try {
    await workflow.start('handleDelivery', {
      workflowId,
      taskQueue,
      args: [accepted],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
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
    return 'started';
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await workflow.getHandle(workflowId).describe();
    return memo?.['bodyHash'] === bodyHash ? 'joined' : 'other-body';
  }
}
