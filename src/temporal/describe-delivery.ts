import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import type { RunResult } from '../runs/status.ts';
import type { DeliveryResult, DeliveryVerdict } from '../webhooks/accepted-delivery.ts';
import { type DeliverySummary, summarizeDelivery } from './delivery-summary.ts';
import { explainFailure } from './explain-failure.ts';
import { deliveryWorkflowId, runWorkflowId } from './names.ts';
import { type RunOutcome, summarizeRun } from './run-summary.ts';

/** A verdict, and how the run stands that it started. */
export interface DescribedVerdict extends DeliveryVerdict {
  readonly runOutcome: RunOutcome | null;
}

/** All that is known of a delivery. */
export interface DeliveryDescription extends DeliverySummary {
  /** How the changed paths became known, where the payload leaves some out. */
  readonly notes: readonly string[];
  /** Null while it is being handled. */
  readonly verdicts: readonly DescribedVerdict[] | null;
  /** Skipped components beyond those that are listed. */
  readonly omitted: number;
  /** Why it could not be handled. */
  readonly failure: { readonly type: string; readonly message: string } | null;
}

/** Runs that are looked at side by side, and at all. */
const AT_ONCE = 20;
const MOST_RUNS = 500;

/** Describes a delivery by `<provider>/<id>`; null where Temporal knows none. */
export async function describeDelivery(client: Client, id: string): Promise<DeliveryDescription | null> {
  const handle = client.workflow.getHandle<() => Promise<DeliveryResult>>(deliveryWorkflowId(id));
  let execution: WorkflowExecutionDescription;
  try {
    execution = await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  const summary = summarizeDelivery(execution);
  const open = { ...summary, notes: [], verdicts: null, omitted: 0, failure: null };
  if (summary.state === 'handling') return open;
  try {
    const { paths, verdicts, omitted } = await handle.result();
    return { ...open, notes: paths.notes, verdicts: await withOutcomes(client, verdicts), omitted };
  } catch (error) {
    const { type, message } = explainFailure(error);
    return { ...open, failure: { type, message } };
  }
}

async function withOutcomes(client: Client, verdicts: readonly DeliveryVerdict[]): Promise<DescribedVerdict[]> {
  const described: DescribedVerdict[] = [];
  const looked = verdicts.filter(({ run }) => run !== null).slice(0, MOST_RUNS);
  const skipped = verdicts.filter((verdict) => !looked.includes(verdict));
  for (let at = 0; at < looked.length; at += AT_ONCE) {
    described.push(...(await Promise.all(looked.slice(at, at + AT_ONCE).map((one) => withOutcome(client, one)))));
  }
  return [...described, ...skipped.map((verdict) => ({ ...verdict, runOutcome: null }))];
}

async function withOutcome({ workflow }: Client, verdict: DeliveryVerdict): Promise<DescribedVerdict> {
  const [namespace = '', name = ''] = verdict.run?.split('/') ?? [];
  const handle = workflow.getHandle<() => Promise<RunResult>>(runWorkflowId(namespace, name));
  try {
    const execution = await handle.describe();
    const { outcome: runOutcome } = summarizeRun(execution);
    const result = execution.status.name === 'COMPLETED' ? await handle.result() : null;
    if (!result?.superseded) return { ...verdict, runOutcome };
    // What the component's queue found out later is the answer to why nothing was released.
    const { by, reason } = result.superseded;
    return { ...verdict, outcome: 'skip', reason, detail: `its run gave way to ${by}`, runOutcome };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...verdict, runOutcome: null };
    throw error;
  }
}
