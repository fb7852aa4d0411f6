import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunResult, RunStatus } from '../runs/status.ts';

/** A run as it stands: its own status, and what only Temporal knows. */
export interface RunView {
  readonly status: RunStatus;
  readonly pending: readonly PendingStep[];
  /** Temporal's word for how it ended, such as `COMPLETED` or `FAILED`; null while it runs. */
  readonly closed: string | null;
}

/** A step that Temporal is about to try, or tries, for the how-manieth time. */
export interface PendingStep {
  readonly step: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly lastFailure: string | null;
}

type RunHandle = WorkflowHandle<(run: unknown) => Promise<RunResult>>;

const nothingYet: RunStatus = {
  steps: [],
  component: null,
  commit: null,
  image: null,
  pullRequest: null,
  waiting: null,
  warnings: [],
};
const QUERY_MS = 2_000;

/** Follows a run until it is over; the last view is the final one. While no worker answers, the last known status stands. */
export async function* watchRun(handle: RunHandle, { pollMs = 250 } = {}): AsyncGenerator<RunView> {
  let status = nothingYet;
  for (;;) {
    const { status: execution, raw } = await handle.describe();
    status = await Promise.race([
      handle.query<RunStatus>('status').catch(() => status),
      sleep(QUERY_MS, status, { ref: false }),
    ]);
    const closed = execution.name === 'RUNNING' ? null : execution.name;
    const pending = (raw.pendingActivities ?? []).map(({ activityType, attempt, lastFailure }) => ({
      step: activityType?.name ?? '',
      attempt: attempt ?? 1,
      lastFailure: lastFailure?.message ?? null,
    }));
    yield { status, pending, closed };
    if (closed) return;
    await sleep(pollMs);
  }
}
