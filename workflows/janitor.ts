import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { controlTaskQueue } from '../src/temporal/names.ts';

/** What a schedule starts every few minutes: removes what dead workers could not. */
export async function janitor({
  buildTaskQueue,
}: {
  readonly buildTaskQueue: string;
}): Promise<{ readonly jobs: number }> {
  const { sweepJobs } = proxyActivities<Activities>({
    taskQueue: controlTaskQueue(buildTaskQueue),
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '8m', // the next one comes soon
    heartbeatTimeout: '8s',
  });
  return { jobs: await sweepJobs() };
}
