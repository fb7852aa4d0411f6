import type { Client } from '@temporalio/client';
import { type DeliverySummary, summarizeDelivery } from './delivery-summary.ts';

const query = "WorkflowType IN ('handleDelivery', 'sweepPushes')";

/** The deliveries that Temporal remembers, newest first, and the sweeps that were of use or failed. One shows up a moment after it came. */
export async function* listDeliveries({ workflow }: Pick<Client, 'workflow'>): AsyncGenerator<DeliverySummary> {
  for await (const execution of workflow.list({ query, pageSize: 100 })) {
    const summary = summarizeDelivery(execution);
    if (execution.type === 'handleDelivery' || summary.state === 'failed' || summary.counts !== null) yield summary;
  }
}
