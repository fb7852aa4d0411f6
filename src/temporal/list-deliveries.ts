import type { Client } from '@temporalio/client';
import { type DeliverySummary, summarizeDelivery } from './delivery-summary.ts';

/** The deliveries that Temporal remembers, newest first. One shows up a moment after it came. */
export async function* listDeliveries({ workflow }: Pick<Client, 'workflow'>): AsyncGenerator<DeliverySummary> {
  for await (const execution of workflow.list({ query: "WorkflowType = 'handleDelivery'", pageSize: 100 })) {
    yield summarizeDelivery(execution);
  }
}
