import type { Client } from '@temporalio/client';
import { sweepScheduleId } from '../../src/temporal/schedule-sweep.ts';
import type { SweepResult } from '../../src/webhooks/sweep.ts';

/** Has the schedule sweep at once, waits for the end, and gives the result and its id among the deliveries. */
export async function sweepNow({ schedule, workflow }: Client): Promise<SweepResult & { readonly id: string }> {
  const handle = schedule.getHandle(sweepScheduleId);
  // Two in one second would have one id.
  await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000)));
  const before = (await handle.describe()).info.numActionsTaken;
  await handle.trigger('BUFFER_ONE');
  for (;;) {
    const { numActionsTaken, recentActions, runningActions } = (await handle.describe()).info;
    const last = recentActions.at(-1);
    if (numActionsTaken > before && last && runningActions.length === 0) {
      const { workflowId } = last.action.workflow;
      const result = await workflow.getHandle<() => Promise<SweepResult>>(workflowId).result();
      return { ...result, id: workflowId.replace(/^delivery\//, '') };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
