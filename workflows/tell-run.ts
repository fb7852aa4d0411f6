import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxySinks,
  type Sinks,
  workflowInfo,
} from '@temporalio/workflow';
import type { RunResult } from '../src/runs/status.ts';
import type { Progress } from './progress.ts';
import { stepFailure } from './step-failure.ts';

/** How a run ended. */
export interface RunEnded {
  readonly outcome: RunResult['outcome'] | 'failed' | 'cancelled';
  /** Type of the failure of a failed run. */
  readonly failure: string | null;
  /** Of this execution. */
  readonly seconds: number;
  readonly component: string | null;
  readonly commit: string | null;
}

/** What a worker is told of runs, once: nothing of it is part of a run's history. */
export interface RunSinks extends Sinks {
  readonly runs: {
    ended(end: RunEnded): void;
    /** How long a run waited for its turn, in seconds. */
    hadTurn(seconds: number): void;
  };
}

/** Tells the worker. */
export const { runs } = proxySinks<RunSinks>();

/** Does a run's work and tells how it ended. A run that is terminated tells nothing. */
export async function tellEnd(progress: Progress, work: () => Promise<RunResult>): Promise<RunResult> {
  const tell = (outcome: RunEnded['outcome'], failure: string | null): void => {
    const { component, commit } = progress.status();
    const seconds = (Date.now() - workflowInfo().runStartTime.getTime()) / 1000;
    runs.ended({ outcome, failure, seconds, component, commit });
  };
  try {
    const result = await work();
    tell(result.outcome, null);
    return result;
  } catch (error) {
    const cancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    const failure = stepFailure(error) ?? (error instanceof ApplicationFailure ? error : undefined);
    if (cancelled) tell('cancelled', null);
    else tell('failed', failure?.type ?? 'Error');
    throw error;
  }
}
