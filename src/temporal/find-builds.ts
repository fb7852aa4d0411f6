import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import type { JobPlace } from '../runs/plan.ts';

/** The builds of a run's newest execution. */
export interface RunBuilds {
  /** Names the builds together with their ordinal; survives resets. */
  readonly execution: string;
  readonly closed: boolean;
  readonly builds: readonly RunBuild[];
}

/** One build: a run has another one where the infrastructure lost the first. */
export interface RunBuild {
  /** Counts from 1. */
  readonly ordinal: number;
  /** Where it runs: `slipway-build-<host>` when builds are processes of one machine. */
  readonly taskQueue: string;
  /** Where its Job is. */
  readonly job: JobPlace;
  readonly state: 'running' | 'done' | 'failed';
  /** True when an image of the same inputs was there already, so that nothing was built. */
  readonly reused: boolean;
}

/** The builds of a run, from its history, so no worker is needed; null where Temporal knows no such run. */
export async function findBuilds(client: Client, workflowId: string): Promise<RunBuilds | null> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    const { status } = await handle.describe();
    const history = await handle.fetchHistory();
    const { payloadConverter } = client.options.loadedDataConverter;
    return {
      execution: history.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? '',
      closed: status.name !== 'RUNNING',
      builds: readBuilds(history, (payload) => payloadConverter.fromPayload(payload)),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvents = NonNullable<History['events']>;
type Payload = NonNullable<
  NonNullable<NonNullable<HistoryEvents[number]['activityTaskCompletedEventAttributes']>['result']>['payloads']
>[number];

function readBuilds({ events }: History, decode: (payload: Payload) => unknown): readonly RunBuild[] {
  const builds = new Map<string, RunBuild>();
  const end = (id: unknown, state: RunBuild['state'], reused: boolean) => {
    const build = builds.get(String(id));
    if (build) builds.set(String(id), { ...build, state, reused });
  };
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'buildImage') {
      const taskQueue = scheduled.taskQueue?.name ?? '';
      const [payload] = scheduled.input?.payloads ?? [];
      const job = readJobPlace(payload && decode(payload));
      const ordinal = builds.size + 1;
      builds.set(String(event.eventId), { ordinal, taskQueue, job, state: 'running', reused: false });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && builds.has(String(completed.scheduledEventId))) {
      const [payload] = completed.result?.payloads ?? [];
      const result = payload ? decode(payload) : undefined;
      end(completed.scheduledEventId, 'done', isPlainObject(result) && result['reused'] === true);
    }
    const failed =
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (failed) end(failed.scheduledEventId, 'failed', false);
  }
  return [...builds.values()];
}

function readJobPlace(input: unknown): JobPlace {
  const textAt = (path: string): string | undefined => {
    const value = isPlainObject(input) ? valueAt(input, path) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return { namespace: textAt('plan.job.namespace') ?? null, plane: textAt('plan.job.plane') };
}
