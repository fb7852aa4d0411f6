import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { nothingKnown, type RunResult, type RunStatus } from '../runs/status.ts';
import { type ExplainedFailure, waitForEnd } from './explain-failure.ts';
import { type RunSummary, summarizeRun } from './run-summary.ts';
import { type PendingStep, type RunHandle, viewRun } from './watch-run.ts';

/** All that can be known about a run's newest execution at once. */
export interface RunDescription extends RunSummary {
  /** Without steps where no worker answers. */
  readonly status: RunStatus;
  readonly pending: readonly PendingStep[];
  readonly withoutWorker: readonly string[];
  /** Of a run that ended well. */
  readonly result: RunResult | null;
  /** Of a run that did not. */
  readonly failure: ExplainedFailure | null;
}

/** What Temporal knows about a run by itself, by its workflow id; null where it knows none. */
export async function findRun({ workflow }: Pick<Client, 'workflow'>, workflowId: string): Promise<RunSummary | null> {
  return orNull(async () => summarizeRun(await workflow.getHandle(workflowId).describe()));
}

/**
 * Describes a run by its workflow id, also where no worker answers; null where Temporal knows none. `execution`: one that is
 * not the newest.
 */
export async function describeRun(
  { workflow }: Client,
  workflowId: string,
  execution?: string,
): Promise<RunDescription | null> {
  const handle: RunHandle = workflow.getHandle(workflowId, execution);
  return orNull(async () => {
    const execution = await handle.describe();
    const { status, pending, withoutWorker, closed } = await viewRun(handle, execution, nothingKnown);
    const end = closed ? await waitForEnd(handle) : null;
    return {
      ...summarizeRun(execution),
      status,
      pending,
      withoutWorker,
      result: end?.kind === 'ended' ? end.result : null,
      failure: end?.kind === 'failed' ? end.failure : null,
    };
  });
}

async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
