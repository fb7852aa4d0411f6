import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { KnownBuild } from '../src/planes/kubernetes/kubernetes-plane.ts';

export interface SweepDeps {
  /** Deletes unfinished Jobs that nobody wants and says how many; null where builds are no Jobs. */
  readonly sweepJobs: ((isWanted: (build: KnownBuild) => Promise<boolean>) => Promise<number>) | null;
  /** A run that has ended just now may still end its build itself; 5 minutes where nothing else is said. */
  readonly sweepGraceMs?: number;
}

export function createSweepJobs({ sweepJobs, sweepGraceMs = 5 * 60_000 }: SweepDeps) {
  return {
    /** Deletes Jobs whose run is over and which nobody ended, as after the loss of all workers; says how many; with `dryRun` only that. Safe to repeat. */
    async sweepJobs({ dryRun }: { readonly dryRun: boolean }): Promise<number> {
      let unwanted = 0;
      const deleted = await sweepJobs?.(async (build) => {
        const wanted = await isWanted(build, sweepGraceMs);
        if (!wanted) unwanted += 1;
        return wanted || dryRun;
      });
      return dryRun ? unwanted : (deleted ?? 0);
    },
  };
}

async function isWanted({ workflowId, execution, madeAt }: KnownBuild, graceMs: number): Promise<boolean> {
  const isRecent = (time: number): boolean => Date.now() - time < graceMs;
  const { workflow } = getClient();
  try {
    const { status, closeTime, raw } = await workflow.getHandle(workflowId).describe();
    if (raw.workflowExecutionInfo?.firstRunId === execution)
      return status.name === 'RUNNING' || isRecent(closeTime?.getTime() ?? madeAt);
    // A run that was started anew builds under another execution; a reset keeps it.
    await workflow.getHandle(workflowId, execution).describe();
    return isRecent(madeAt);
  } catch (error) {
    // Clusters may be shared: a Job of another Temporal is not ours, and ends by its own time limit.
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
