import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';

/** The failure that a step itself ended with; undefined for a cancellation, a time-out, and what is no step's. */
export function stepFailure(error: unknown): ApplicationFailure | undefined {
  return error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : undefined;
}
