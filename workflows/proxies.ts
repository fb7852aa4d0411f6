import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** A step beats every 2 s, so a dead worker is noticed within this. */
const heartbeatTimeout = '8s';
const backoff = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' } as const;

/** One look or one message, off the run's own path. */
export const quick = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '30s', // everybody in the queue waits meanwhile
  retry: backoff,
});

/** Steps of a run: a forge or registry that is away, or asks to come back later, is waited for up to a day. */
export const steps = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout,
  retry: backoff,
  // Clean-up must find the step ended; left out, it is TRY_CANCEL in spite of the SDK's documentation (1.24.0).
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** For steps that fetch or push. */
export const transfer: ActivityOptions = { startToCloseTimeout: '10m' };

/** For a look ahead, which does not wait for a host that is away. */
export const early: ActivityOptions = {
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '5m',
  retry: { ...backoff, maximumAttempts: 3 },
};

/** For what is good to have but never holds a run up, and for cleaning up. */
export const brief: ActivityOptions = {
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: { ...backoff, maximumAttempts: 3 },
};

/** Messages to the queue: a normal activity would cost 50 ms of dispatch for each, a signal of the workflow four more events. */
export const asking = proxyLocalActivities<Activities>({ startToCloseTimeout: '10s', retry: backoff });
