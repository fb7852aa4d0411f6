import type { WorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';
import { readDeliveryWorkflowId } from './names.ts';

/** A delivery as lists show it. Times are ISO 8601. */
export interface DeliverySummary {
  /** `<provider>/<id>`. */
  readonly id: string;
  readonly state: 'handling' | 'handled' | 'failed';
  readonly repository: string;
  /** Null where it is about several branches. */
  readonly branch: string | null;
  readonly commit: string | null;
  readonly actor: string | null;
  readonly receivedAt: string;
  readonly handledAt: string | null;
  /** How many components it started, skipped, and could not start; null until it is handled. */
  readonly counts: { readonly started: number; readonly skipped: number; readonly failed: number } | null;
}

const text = z.string().nullish().catch(null);
const Memo = z.object({
  repository: z.string().catch(''),
  branch: text,
  commit: text,
  actor: text,
  receivedAt: text,
});
const Counts = z.object({ started: z.number(), skipped: z.number(), failed: z.number() });

type Execution = Pick<WorkflowExecutionInfo, 'workflowId' | 'status' | 'startTime' | 'closeTime' | 'memo'>;

/** What Temporal's list knows of a delivery. */
export function summarizeDelivery(execution: Execution): DeliverySummary {
  const { workflowId, status, startTime, closeTime, memo = {} } = execution;
  const { repository, branch, commit, actor, receivedAt } = Memo.parse(memo);
  return {
    id: readDeliveryWorkflowId(workflowId),
    state: status.name === 'RUNNING' ? 'handling' : status.name === 'COMPLETED' ? 'handled' : 'failed',
    repository,
    branch: branch ?? null,
    commit: commit ?? null,
    actor: actor ?? null,
    receivedAt: receivedAt ?? startTime.toISOString(),
    handledAt: closeTime?.toISOString() ?? null,
    counts: Counts.safeParse(memo).data ?? null,
  };
}
