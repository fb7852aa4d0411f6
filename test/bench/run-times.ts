import type { WorkflowHandle } from '@temporalio/client';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** Where the time of one step went. */
export interface StepTime {
  readonly name: string;
  /** Until a worker took it up. */
  readonly waitMs: number;
  readonly workMs: number;
}

/** Where the time of a run went, as its history tells. */
export interface RunTimes {
  readonly steps: readonly StepTime[];
  /** From the ask to the turn. */
  readonly turnMs: number;
  /** Sum over the workflow tasks, from when each was due to its end. */
  readonly workflowTaskMs: number;
  readonly workflowTasks: number;
}

/** Reads the times out of a closed run's history. */
export function readTimes(events: readonly Event[]): RunTimes {
  const byId = new Map(events.map((event) => [String(event.eventId), event]));
  const since = (event: Event, id: unknown): number => timeOf(event) - timeOf(byId.get(String(id)));
  const steps = events.flatMap((event) => {
    const { activityTaskCompletedEventAttributes: completed } = event;
    if (!completed) return [];
    const scheduled = byId.get(String(completed.scheduledEventId));
    const started = byId.get(String(completed.startedEventId));
    const name = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
    return [{ name, waitMs: timeOf(started) - timeOf(scheduled), workMs: timeOf(event) - timeOf(started) }];
  });
  const tasks = events.flatMap((event) => {
    const { workflowTaskCompletedEventAttributes: completed } = event;
    return completed ? [since(event, completed.scheduledEventId)] : [];
  });
  const asked = events.find(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes);
  const turn = events.find((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'turn');
  return {
    steps,
    turnMs: asked && turn ? Math.max(0, timeOf(turn) - timeOf(asked)) : 0,
    workflowTaskMs: tasks.reduce((sum, ms) => sum + ms, 0),
    workflowTasks: tasks.length,
  };
}

function timeOf(event: Event | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}
