import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';
import { taskQueue } from './names.ts';

const scheduleId = 'slipway-janitor';

/** Has the workflow `janitor` run every ten minutes, one at a time. Safe to repeat; one that an operator paused stays paused. */
export async function scheduleJanitor({ schedule }: Pick<Client, 'schedule'>, buildTaskQueue: string): Promise<void> {
  const janitor = {
    spec: { intervals: [{ every: '10m' as const }] },
    action: { type: 'startWorkflow' as const, workflowType: 'janitor', taskQueue, args: [{ buildTaskQueue }] },
    policies: { overlap: 'SKIP' as const, catchupWindow: '1m' as const },
  };
  try {
    await schedule.create({ scheduleId, ...janitor });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await schedule.getHandle(scheduleId).update(({ state }) => ({ ...janitor, state }));
  }
}
