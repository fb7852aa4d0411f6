import type { PendingStep, RunView } from '../temporal/watch-run.ts';
import type { StepEvent } from './demo-steps.ts';

/** Turns views of a run into what happened to its steps since the view before, in order. */
export async function* stepEvents(views: AsyncIterable<RunView>): AsyncGenerator<StepEvent> {
  const shown = new Map<number, string>();
  for await (const { status, pending } of views) {
    for (const [index, step] of status.steps.entries()) {
      const trying = pending.find((other) => other.step === step.name);
      const event: StepEvent = {
        step: step.name,
        phase: null,
        attempt: step.state === 'running' ? (trying?.attempt ?? 1) : 1,
        state: stateOf(step.state, trying),
        seconds: ((step.endedAt ?? Date.now()) - step.startedAt) / 1000,
        detail: step.state === 'running' ? (trying?.lastFailure ?? step.note) : step.note,
      };
      const seen = JSON.stringify([event.state, event.attempt, event.detail]);
      if (shown.get(index) === seen) continue;
      shown.set(index, seen);
      yield event;
    }
  }
}

function stateOf(
  state: 'running' | 'done' | 'failed' | 'cancelled',
  pending: PendingStep | undefined,
): StepEvent['state'] {
  if (state === 'cancelled') return 'failed';
  return state === 'running' && pending?.lastFailure ? 'waiting' : state;
}
