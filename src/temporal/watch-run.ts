import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto'; // CommonJS whose names Node does not see
import { nothingKnown, type RunResult, type RunStatus } from '../runs/status.ts';
import { isPolled } from './task-queues.ts';

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingActivityState;

/** A run as it stands: its own status, and what only Temporal knows. */
export interface RunView {
  readonly status: RunStatus;
  readonly pending: readonly PendingStep[];
  /** Task queues on which this run needs a worker and has none. */
  readonly withoutWorker: readonly string[];
  /** Temporal's word for how it ended, such as `COMPLETED` or `FAILED`; null while it runs. */
  readonly closed: string | null;
}

/** A step that Temporal is about to try, or tries, for the how-manieth time. */
export interface PendingStep {
  readonly step: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly lastFailure: string | null;
  /** The step's own words on where it is; null where it has none. */
  readonly progress: string | null;
  /** When Temporal tries again, milliseconds since 1970; null while the step runs or waits for a worker. */
  readonly nextAttemptAt: number | null;
}

/** A run's workflow, as `startRun` and `getHandle` give it. */
export type RunHandle = WorkflowHandle<(run: unknown) => Promise<RunResult>>;

const QUERY_MS = 2_000;
/** The last view of a run that is over is not asked for again. */
const LAST_QUERY_MS = 5_000;
/** A step that has not begun after this may lack its worker. */
const SLOW_START_MS = 3_000;

/** Follows a run until it is over; the last view is the final one. While no worker answers, the last known status stands. */
export async function* watchRun(handle: RunHandle, { pollMs = 250 } = {}): AsyncGenerator<RunView> {
  let status = nothingKnown;
  for (;;) {
    const view = await viewRun(handle, await handle.describe(), status);
    status = view.status;
    yield view;
    if (view.closed) return;
    await sleep(pollMs);
  }
}

/** One look at a run that was just described; `known` stands where no worker answers. */
export async function viewRun(
  handle: RunHandle,
  { status: execution, raw, taskQueue }: WorkflowExecutionDescription,
  known: RunStatus,
): Promise<RunView> {
  const closed = execution.name === 'RUNNING' ? null : execution.name;
  const answer = await queryStatus(handle, closed ? LAST_QUERY_MS : QUERY_MS);
  const now = Date.now();
  const activities = (raw.pendingActivities ?? []).map((activity) => readPending(activity, now, handle));
  const isMissing = (queue: string, kind: 'workflow' | 'activity') =>
    isPolled(handle.client, queue, kind).then((polled) => (polled ? [] : [queue]));
  const missing = await Promise.all([
    ...(answer || closed ? [] : [isMissing(taskQueue, 'workflow')]),
    ...activities.map(({ waitsAt }) => (waitsAt && !closed ? isMissing(waitsAt, 'activity') : [])),
  ]);
  return {
    status: answer ?? known,
    pending: activities.map(({ pending }) => pending),
    withoutWorker: [...new Set(missing.flat())],
    closed,
  };
}

function readPending(activity: PendingActivity, now: number, handle: RunHandle) {
  const { activityType, attempt, lastFailure, state, scheduledTime, nextAttemptScheduleTime } = activity;
  const isScheduled = state === PENDING_ACTIVITY_STATE_SCHEDULED;
  const scheduledAt = milliseconds(nextAttemptScheduleTime) ?? milliseconds(scheduledTime) ?? now;
  const pending: PendingStep = {
    step: activityType?.name ?? '',
    attempt: attempt ?? 1,
    lastFailure: lastFailure?.message ?? null,
    progress: isScheduled ? null : readProgress(activity, handle),
    nextAttemptAt: isScheduled && scheduledAt > now ? scheduledAt : null,
  };
  const isLate = isScheduled && now - scheduledAt > SLOW_START_MS;
  return { pending, waitsAt: isLate ? activity.activityOptions?.taskQueue?.name : undefined };
}

function readProgress({ heartbeatDetails }: PendingActivity, { client }: RunHandle): string | null {
  const [payload] = heartbeatDetails?.payloads ?? [];
  const words: unknown = payload && client.options.loadedDataConverter.payloadConverter.fromPayload(payload);
  return typeof words === 'string' ? words : null;
}

/** Null where no worker answers in time. */
async function queryStatus(handle: RunHandle, patienceMs: number): Promise<RunStatus | null> {
  const answer = handle.client
    .withDeadline(Date.now() + patienceMs, () => handle.query<RunStatus>('status'))
    .catch(() => null);
  // The deadline alone is kept late by the client's own retries.
  return Promise.race([answer, sleep(patienceMs, null, { ref: false })]);
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function milliseconds(time: PendingActivity['scheduledTime']): number | null {
  return time ? Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : null;
}
