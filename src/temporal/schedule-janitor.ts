import type { Client } from '@temporalio/client';
import { keepSchedule } from './keep-schedule.ts';
import { taskQueue } from './names.ts';

/** Id of the schedule of janitors. */
export const janitorScheduleId = 'slipway-janitor';

/** Has the workflow `janitor` run every ten minutes, one at a time. Safe to repeat; one that an operator paused stays paused. */
export async function scheduleJanitor(client: Pick<Client, 'schedule'>, buildTaskQueue: string | null): Promise<void> {
  await keepSchedule(client, janitorScheduleId, {
    spec: { intervals: [{ every: '10m' }] },
    action: { type: 'startWorkflow', workflowType: 'janitor', taskQueue, args: [{ buildTaskQueue }] },
    policies: { overlap: 'SKIP', catchupWindow: '1m' },
  });
}
