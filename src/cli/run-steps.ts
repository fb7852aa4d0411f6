import type { RunStatus, StepStatus } from '../runs/status.ts';
import type { PendingStep, RunView } from '../temporal/watch-run.ts';
import type { StepEvent } from './demo-steps.ts';
import { timeOfDay } from './times.ts';
import { shorten } from './wrap.ts';

/** So that a line of a step fits 100 columns with its name and state. */
const DETAIL_WIDTH = 56;

/** Turns views of a run into what happened to its steps since the view before, in order; a missing worker is shown as one. */
export async function* stepEvents(views: AsyncIterable<RunView>): AsyncGenerator<StepEvent> {
  const shown = new Map<number, string>();
  let missing = '';
  let missingSince = 0;
  for await (const view of views) {
    const queues = view.withoutWorker.join(' and ');
    if (queues !== missing) {
      missingSince = missing === '' ? Date.now() : missingSince;
      missing = queues;
      yield workerEvent(queues, view.closed !== null, (Date.now() - missingSince) / 1000);
    }
    for (const [index, step] of view.status.steps.entries()) {
      const event = stepEvent(step, view);
      const seen = JSON.stringify([event.state, event.attempt, event.detail]);
      if (shown.get(index) === seen) continue;
      shown.set(index, seen);
      yield event;
    }
  }
}

/** What a step waits for, or null while it works: its turn, a limit, a node, or its next attempt with the reason of the last. */
export function waitOf(step: StepStatus, { waiting }: RunStatus, pending: PendingStep | undefined): string | null {
  if (step.state !== 'running') return null;
  if (pending?.nextAttemptAt) return `until ${timeOfDay(pending.nextAttemptAt)}: ${pending.lastFailure ?? ''}`;
  if (pending?.progress?.startsWith('waiting ')) return pending.progress.slice('waiting '.length);
  if (waiting?.step !== step.name) return null;
  return waiting.until === null ? waiting.reason : `until ${timeOfDay(waiting.until)}: ${waiting.reason}`;
}

/** What a step is about, with its own words on where it is. */
export function noteOf({ note }: StepStatus, pending: PendingStep | undefined): string {
  return [note, pending?.progress].filter(Boolean).join(': ');
}

/** What to do about task queues that no worker polls. */
export function missingWorker(queues: string): string {
  return `no worker is polling task queue ${queues}`;
}

function stepEvent(step: StepStatus, { status, pending }: RunView): StepEvent {
  const trying = step.state === 'running' ? pending.find((other) => other.step === step.name) : undefined;
  const wait = waitOf(step, status, trying);
  return {
    step: step.name,
    phase: null,
    attempt: trying?.attempt ?? 1,
    state: stateOf(step, wait),
    seconds: ((step.endedAt ?? Date.now()) - step.startedAt) / 1000,
    detail: shorten(step.state === 'cancelled' ? 'cancelled' : (wait ?? noteOf(step, trying)), DETAIL_WIDTH),
  };
}

function stateOf({ state }: StepStatus, wait: string | null): StepEvent['state'] {
  if (state === 'cancelled') return 'failed';
  return wait === null ? state : 'waiting';
}

function workerEvent(queues: string, closed: boolean, seconds: number): StepEvent {
  const common = { step: 'worker', phase: null, attempt: 1, seconds };
  if (queues !== '') return { ...common, state: 'waiting', detail: `${missingWorker(queues)}: start "slipway worker"` };
  return { ...common, state: 'done', detail: closed ? 'the run is over' : 'a worker is there' };
}
