import type { Client } from '@temporalio/client';

/** What the newest execution of a workflow was started with. Throws where Temporal knows no such workflow. */
export async function readInput({ workflowService, options }: Client, workflowId: string): Promise<unknown> {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return payload ? options.loadedDataConverter.payloadConverter.fromPayload(payload) : undefined;
}
