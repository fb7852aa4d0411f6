import { activityInfo, getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor, ActivityInterceptorsFactory } from '@temporalio/worker';
import { Failure, retryableByType } from '../src/failures.ts';

const ATTEMPTS_WITHOUT_ACCESS = 3;
/** A host that does not resolve is most often a typing mistake, so it is not waited for as long as one that is away. */
const UNKNOWN_HOST_MS = 5 * 60_000;
/** Waits shorter than this are not worth telling. */
const WORTH_TELLING_MS = 10_000;
const MAX_MESSAGE = 4_000;

/** Steps in which a host that does not resolve may still come back: by then the image is built. */
const patientSteps = new Set(['pushImage', 'cloneGitops', 'commitAndPush', 'createPullRequest', 'reportStatus']);

/** The one place where our errors become Temporal failures; also tells the run what a step waits for. */
export const translateFailures: ActivityInterceptorsFactory = () => ({
  inbound: {
    execute: async (input, next: Parameters<NonNullable<ActivityInboundCallsInterceptor['execute']>>[1]) => {
      try {
        return await next(input);
      } catch (error) {
        const { attempt, scheduledTimestampMs, activityType } = activityInfo();
        const failure = toFailure(error, { attempt, step: activityType, waitedMs: Date.now() - scheduledTimestampMs });
        if (error instanceof Failure && failure instanceof ApplicationFailure && !failure.nonRetryable) {
          await tellWaiting(error);
        }
        throw failure;
      }
    },
  },
});

interface Circumstances {
  readonly attempt: number;
  readonly step: string;
  /** Since the step was first scheduled. */
  readonly waitedMs: number;
}

/** Unknown errors and cancellation pass through untouched: Temporal retries the first and honours the second. */
export function toFailure(error: unknown, { attempt, step, waitedMs }: Circumstances): unknown {
  if (!(error instanceof Failure))
    return isDiskFull(error) ? toFailure(diskFull(error), { attempt, step, waitedMs }) : error;
  const isFinal =
    !retryableByType[error.type] ||
    (error.type === 'AccessDenied' && attempt >= ATTEMPTS_WITHOUT_ACCESS) ||
    (error.hostUnknown && !patientSteps.has(step) && waitedMs >= UNKNOWN_HOST_MS);
  const failure = ApplicationFailure.create({
    type: error.type,
    message: error.message.slice(0, MAX_MESSAGE),
    nonRetryable: isFinal,
    ...(error.retryAfterMs !== undefined && { nextRetryDelay: error.retryAfterMs }),
  });
  failure.stack = ''; // whoever reads the history needs the message, not our call stack
  return failure;
}

function isDiskFull(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function diskFull(cause: Error): Failure {
  const path = 'path' in cause ? ` at ${cause.path}` : '';
  return new Failure('Unavailable', `The worker's disk is full${path}. Free space there; the step is tried again.`, {
    cause,
  });
}

/** Best effort: the wait itself is Temporal's, this only shows it in the run's details. */
async function tellWaiting(error: Failure): Promise<void> {
  const { activityType, attempt, workflowExecution } = activityInfo();
  const delay = error.retryAfterMs ?? Math.min(1_000 * 2 ** (attempt - 1), 60_000);
  if (delay < WORTH_TELLING_MS || !workflowExecution) return;
  const waiting = { step: activityType, reason: error.message.slice(0, 500), until: Date.now() + delay };
  await getClient()
    .workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId)
    .signal('waiting', waiting)
    .catch(() => undefined);
}
