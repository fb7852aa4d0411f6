import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { type Cleaned, type JanitorResult, joinCleaned } from '../src/runs/cleaned.ts';
import { controlTaskQueue } from '../src/temporal/names.ts';

export interface JanitorOptions {
  /** Of builds that are Jobs; null where they are none. */
  readonly buildTaskQueue: string | null;
  /** Deletes nothing, and says what would be deleted. */
  readonly dryRun?: boolean;
  /** Looks at everything, whenever that was done last. */
  readonly now?: boolean;
}

const DAY_MS = 24 * 3600_000;

const { cleanBranches, cleanLogs, cleanRegistries } = proxyActivities<Activities>({
  startToCloseTimeout: '1h',
  scheduleToCloseTimeout: '2h', // the next one comes tomorrow
  heartbeatTimeout: '8s',
});

/** What a schedule starts every few minutes: ends Jobs that dead workers could not end, and once a day removes what is not needed any more. */
export async function janitor({ buildTaskQueue, dryRun = false, now = false }: JanitorOptions): Promise<JanitorResult> {
  const jobs = buildTaskQueue === null ? 0 : await sweepJobsOf(buildTaskQueue, dryRun);
  const last = (workflowInfo().lastResult as JanitorResult | undefined)?.cleanedAt ?? null;
  if (!now && last !== null && Date.now() - last < DAY_MS) return { jobs, cleanedAt: last, cleaned: null };
  const cleanedAt = Date.now();
  const parts = await Promise.all([
    cleanBranches({ dryRun }).catch(toNote),
    cleanRegistries({ dryRun }).catch(toNote),
    cleanLogs({ dryRun }).catch(toNote),
  ]);
  return { jobs, cleanedAt, cleaned: joinCleaned(parts) };
}

async function sweepJobsOf(buildTaskQueue: string, dryRun: boolean): Promise<number> {
  const { sweepJobs } = proxyActivities<Activities>({
    taskQueue: controlTaskQueue(buildTaskQueue),
    startToCloseTimeout: '2m',
    scheduleToCloseTimeout: '8m', // the next one comes soon
    heartbeatTimeout: '8s',
  });
  return sweepJobs({ dryRun });
}

/** What one part cannot do keeps nothing else from being done. */
function toNote(error: unknown): Cleaned {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return { removed: [], count: 0, notes: [cause instanceof Error ? cause.message : String(cause)] };
}
