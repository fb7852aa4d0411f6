import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** Asks a run to end; it cleans up first, which takes a moment. False where Temporal knows that none of that id runs. Safe to repeat. */
export async function cancelRun(
  { workflow }: Pick<Client, 'workflow'>,
  workflowId: string,
  execution?: string,
): Promise<boolean> {
  try {
    await workflow.getHandle(workflowId, execution).cancel();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
