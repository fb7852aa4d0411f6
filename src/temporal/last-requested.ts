import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { QueueState, Requested } from '../runs/queue.ts';
import { automaticRunPrefix } from '../runs/run-name.ts';
import { queueWorkflowId, runWorkflowId } from './names.ts';

interface Named {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
}

/**
 * What a component's queue was last asked for: by a push or sweep, else by a person; null where its queue knows of nothing. Throws
 * where no worker answers.
 */
export async function lastRequested({ workflow }: Pick<Client, 'workflow'>, named: Named): Promise<Requested | null> {
  let state: QueueState;
  try {
    state = await workflow.getHandle(queueWorkflowId(named)).query<QueueState>('queueState');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  const requested = Object.values(state.lastRequested).toSorted((a, b) => b.at - a.at);
  // A person may have asked for another environment.
  return requested.find(({ trigger }) => trigger !== 'manual') ?? requested[0] ?? null;
}

/**
 * The workflow id of an automatic run of this commit that is under way or began at `since` or later (milliseconds since 1970), or
 * undefined. It may not have asked its queue yet, or have failed before it could.
 */
export async function findAutomaticRun(
  { workflow }: Pick<Client, 'workflow'>,
  { namespace, component }: Omit<Named, 'project'>,
  commit: string,
  since: number,
): Promise<string | undefined> {
  const prefix = runWorkflowId(namespace, automaticRunPrefix(component, commit));
  if (!/^[\w./-]+$/.test(prefix)) return undefined;
  for await (const run of workflow.list({ query: `WorkflowId STARTS_WITH '${prefix}'`, pageSize: 100 })) {
    if (run.status.name === 'RUNNING' || run.startTime.getTime() >= since) return run.workflowId;
  }
  return undefined;
}
