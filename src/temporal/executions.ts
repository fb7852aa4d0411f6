import type { Client } from '@temporalio/client';

/** Is an execution still running, by the id of its first run, which survives resets? */
export async function isExecutionRunning({ workflow }: Pick<Client, 'workflow'>, execution: string): Promise<boolean> {
  const query = `WorkflowType = 'buildAndRelease' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of workflow.list({ query })) {
    const { raw } = await workflow.getHandle(workflowId).describe();
    if (raw.workflowExecutionInfo?.firstRunId === execution) return true;
  }
  return false;
}
