import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import type { RunResult } from '../runs/status.ts';
import type { RunHandle } from './watch-run.ts';

/** A run's failure in our words: the type (design: failures), the step in which it happened, and what to do. */
export interface ExplainedFailure {
  readonly type: string;
  readonly step: string | null;
  readonly message: string;
}

/** How a run ended: with a result, or not well. */
export type EndedRun =
  | { readonly kind: 'ended'; readonly result: RunResult }
  | { readonly kind: 'failed'; readonly failure: ExplainedFailure };

/** Waits for a run's end, also without any worker. Throws only where Temporal does not answer or does not know the run. */
export async function waitForEnd(handle: RunHandle): Promise<EndedRun> {
  try {
    return { kind: 'ended', result: await handle.result() };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'failed', failure: explainFailure(error) };
  }
}

/** Finds the failure that matters in what `handle.result()` throws. */
export function explainFailure(error: unknown): ExplainedFailure {
  const chain = causes(error);
  const step = chain.find((one) => one instanceof ActivityFailure)?.activityType ?? null;
  const timeout = chain.find((one) => one instanceof TimeoutFailure);
  const failure = chain.find((one) => one instanceof ApplicationFailure);
  if (failure) {
    const { type, message } = failure;
    const prefix = timeout ? 'It was tried again and again until the time for this step was over. The last try: ' : '';
    return { type: type ?? 'Error', step, message: `${prefix}${message}` };
  }
  if (timeout) {
    const message = `${step ? 'The step' : 'The run'} did not end in its time${step ? ', or its worker went away' : ''}. Retry the run; what was done is found again.`;
    return { type: 'TimedOut', step, message };
  }
  if (chain.some((one) => one instanceof CancelledFailure))
    return { type: 'Cancelled', step, message: 'the run was cancelled' };
  const terminated = chain.find((one) => one instanceof TerminatedFailure);
  if (terminated) {
    const reason = terminated.message === 'Workflow execution terminated' ? '' : ` (${terminated.message})`;
    return { type: 'Terminated', step, message: `the run was terminated${reason}; it could not clean up` };
  }
  return { type: 'Error', step, message: error instanceof Error ? error.message : String(error) };
}

function causes(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
