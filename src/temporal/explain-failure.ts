import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';

/** A run's failure in our words: the type (design: failures), the step in which it happened, and what to do. */
export interface ExplainedFailure {
  readonly type: string;
  readonly step: string | null;
  readonly message: string;
}

/** Finds the failure that matters in what `handle.result()` throws. */
export function explainFailure(error: unknown): ExplainedFailure {
  let step: string | null = null;
  let current = error;
  while (current instanceof Error) {
    if (current instanceof ActivityFailure) step = current.activityType;
    if (current instanceof ApplicationFailure) return { type: current.type ?? 'Error', step, message: current.message };
    if (current instanceof CancelledFailure) return { type: 'Cancelled', step, message: 'the run was cancelled' };
    if (current instanceof TerminatedFailure)
      return { type: 'Terminated', step, message: 'the run was terminated; it could not clean up' };
    if (current instanceof TimeoutFailure) return { type: 'TimedOut', step, message: current.message };
    const inner: unknown = current instanceof WorkflowFailedError || current.cause ? current.cause : undefined;
    if (!inner) break;
    current = inner;
  }
  return { type: 'Error', step, message: error instanceof Error ? error.message : String(error) };
}
