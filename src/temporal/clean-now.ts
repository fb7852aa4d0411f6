import { randomUUID } from 'node:crypto';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import { Failure } from '../failures.ts';
import type { JanitorResult } from '../runs/cleaned.ts';
import { taskQueue } from './names.ts';
import { janitorScheduleId } from './schedule-janitor.ts';

/** Has a worker look at everything that a janitor looks at, and waits for what it says. Throws `Unavailable` where no worker ever scheduled one. */
export async function cleanNow(
  { workflow, schedule }: Pick<Client, 'workflow' | 'schedule'>,
  dryRun: boolean,
): Promise<JanitorResult> {
  const options = await scheduledOptions(schedule);
  return workflow.execute('janitor', {
    workflowId: `${janitorScheduleId}-now-${randomUUID()}`,
    taskQueue,
    // Where builds are is what the workers have scheduled it with.
    args: [{ ...options, dryRun, now: true }],
    staticSummary: dryRun ? 'looks, deletes nothing' : 'asked for',
  });
}

async function scheduledOptions(schedule: Client['schedule']): Promise<object> {
  try {
    const [options]: readonly unknown[] = (await schedule.getHandle(janitorScheduleId).describe()).action.args ?? [];
    return typeof options === 'object' && options !== null ? options : { buildTaskQueue: null };
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    const text =
      'There is no janitor in this Temporal namespace: its schedule is made by the first worker that starts.';
    throw new Failure('Unavailable', text, { cause: error });
  }
}
