import type { Client } from '@temporalio/client';
import { keepSchedule } from './keep-schedule.ts';
import { deliveryWorkflowId, taskQueue } from './names.ts';

/** Id of the schedule of sweeps. */
export const sweepScheduleId = 'slipway-sweep';

/**
 * Has the workflow `sweepPushes` run so often, one at a time; null: never. Each goes on from what the last one that ended well
 * saw. Safe to repeat; one that an operator paused stays paused.
 */
export async function scheduleSweep(client: Pick<Client, 'schedule'>, everySeconds: number | null): Promise<void> {
  await keepSchedule(
    client,
    sweepScheduleId,
    everySeconds === null
      ? null
      : {
          spec: { intervals: [{ every: everySeconds * 1000 }] },
          action: {
            type: 'startWorkflow',
            workflowType: 'sweepPushes',
            // Its time is added: `sweep/at-2026-01-31T12:00:00Z` is its id among the deliveries.
            workflowId: deliveryWorkflowId('sweep/at'),
            taskQueue,
            args: [],
          },
          policies: { overlap: 'SKIP', catchupWindow: '1m' },
        },
  );
}
