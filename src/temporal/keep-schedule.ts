import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client';

type Kept = Omit<ScheduleOptions, 'scheduleId' | 'state' | 'memo' | 'searchAttributes'>;

/** Makes a schedule, or makes it what it should be; null: removes it. Safe to repeat; one that an operator paused stays paused. */
export async function keepSchedule(
  { schedule }: Pick<Client, 'schedule'>,
  scheduleId: string,
  wanted: Kept | null,
): Promise<void> {
  try {
    if (wanted === null) await schedule.getHandle(scheduleId).delete();
    else await schedule.create({ scheduleId, ...wanted });
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return;
    if (!(error instanceof ScheduleAlreadyRunning) || wanted === null) throw error;
    await schedule.getHandle(scheduleId).update(({ state }) => ({ ...wanted, state }));
  }
}
