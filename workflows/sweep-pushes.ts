import type { Duration } from '@temporalio/common';
import { proxyActivities, sleep, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { readDeliveryWorkflowId } from '../src/temporal/names.ts';
import type { DeliveryVerdict } from '../src/webhooks/accepted-delivery.ts';
import { type Heads, missedTwice, type SweepResult, settle } from '../src/webhooks/sweep.ts';
import { steps } from './proxies.ts';

/** Runs requested by one activity. */
const BATCH = 100;

const { findMissedPushes } = proxyActivities<Activities>({
  startToCloseTimeout: '30m',
  scheduleToCloseTimeout: '1h', // the next sweep comes soon
  heartbeatTimeout: '8s',
});

/**
 * What a schedule starts now and then: looks whether branches have moved without a webhook's telling, and asks for the runs that are
 * missing. Each begins with the heads that the last one ended with.
 */
export async function sweepPushes({ wait = '1m' }: { readonly wait?: Duration } = {}): Promise<SweepResult> {
  const { workflowId, lastResult } = workflowInfo();
  const last: Heads = (lastResult as SweepResult | undefined)?.heads ?? {};
  const first = await findMissedPushes({ heads: last, only: null });
  let { heads, skips, omitted, notes } = first;
  const verdicts: DeliveryVerdict[] = [];
  if (first.missed.length > 0) {
    // A webhook may be on its way, or its run on the way to its queue.
    await sleep(wait, { summary: 'a webhook may be on its way' });
    const only = [...new Set(first.missed.map(({ key }) => key))];
    const second = await findMissedPushes({ heads: pick(last, only), only });
    const missed = missedTwice(first.missed, second.missed);
    const receivedAt = new Date().toISOString();
    const sweep = readDeliveryWorkflowId(workflowId);
    for (let at = 0; at < missed.length; at += BATCH) {
      verdicts.push(...(await steps.requestMissedRuns({ sweep, receivedAt, missed: missed.slice(at, at + BATCH) })));
    }
    heads = settle({ ...heads, ...second.heads }, second, verdicts);
    // What was missing only at first has been asked for meanwhile.
    const looked = new Set(second.skips.map(({ component }) => component));
    skips = [...skips.filter(({ component }) => !looked.has(component)), ...second.skips];
    omitted += second.omitted;
    notes = [...notes, ...second.notes];
    if (verdicts.length > 0)
      upsertMemo(
        memoOf(
          missed.map(({ repository }) => repository),
          verdicts,
        ),
      );
  }
  verdicts.push(...skips);
  return { paths: { complete: true, count: 0, notes }, verdicts, omitted, heads };
}

/** What lists of deliveries show of it. */
function memoOf(repositories: readonly string[], verdicts: readonly DeliveryVerdict[]) {
  const count = (outcome: DeliveryVerdict['outcome']) => verdicts.filter((one) => one.outcome === outcome).length;
  const [repository = '', ...others] = new Set(repositories);
  const [first, ...rest] = verdicts;
  const alone =
    first !== undefined && rest.every(({ commit, branch }) => commit === first.commit && branch === first.branch);
  return {
    repository: others.length === 0 ? repository : `${others.length + 1} repositories`,
    branch: alone ? first.branch : null,
    commit: alone ? first.commit : null,
    started: count('start'),
    failed: count('failed'),
    skipped: count('skip'),
  };
}

const pick = (heads: Heads, keys: readonly string[]): Heads =>
  Object.fromEntries(Object.entries(heads).filter(([key]) => keys.includes(key)));
