import { upsertMemo } from '@temporalio/workflow';
import type { AcceptedDelivery, DeliveryResult, DeliveryVerdict } from '../src/webhooks/accepted-delivery.ts';
import type { Push } from '../src/webhooks/delivery.ts';
import { steps } from './proxies.ts';

/** Runs requested by one activity: a handful of events for hundreds of components. */
const BATCH = 100;

/** One delivery: decides which components it starts, starts them, and keeps the verdicts as its result. */
export async function handleDelivery(accepted: AcceptedDelivery): Promise<DeliveryResult> {
  const { starts, skips, paths, omitted } = await steps.judgeDelivery(accepted);
  const push = withoutPaths(accepted.push);
  const verdicts: DeliveryVerdict[] = [];
  for (let at = 0; at < starts.length; at += BATCH) {
    const { receivedAt } = accepted;
    verdicts.push(...(await steps.requestRuns({ push, receivedAt, starts: starts.slice(at, at + BATCH) })));
  }
  verdicts.push(...skips.map((verdict) => ({ ...verdict, run: null })));
  const count = (outcome: DeliveryVerdict['outcome']) => verdicts.filter((one) => one.outcome === outcome).length;
  upsertMemo({ started: count('start'), failed: count('failed'), skipped: count('skip') + omitted });
  return { paths, verdicts, omitted };
}

/** What is decided already need not be told again. */
function withoutPaths(push: Push): Push {
  return { ...push, changes: push.changes.map((one) => ({ ...one, paths: { ...one.paths, list: [] } })) };
}
