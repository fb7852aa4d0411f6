import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** Whose a run's newest execution is. */
export interface RunOwner {
  /** UID of the ComponentWorkflowRun that started it; null where something else did. */
  readonly uid: string | null;
  readonly isRunning: boolean;
  /** Names the execution; that of a retry is another. */
  readonly execution: string;
}

/** Whose a run is, by its workflow id; null where Temporal knows none. */
export async function findOwner({ workflow }: Pick<Client, 'workflow'>, workflowId: string): Promise<RunOwner | null> {
  try {
    const { memo, status, runId } = await workflow.getHandle(workflowId).describe();
    const uid = memo?.['uid'];
    return { uid: typeof uid === 'string' ? uid : null, isRunning: status.name === 'RUNNING', execution: runId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
