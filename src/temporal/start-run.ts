import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import type { RunResult } from '../runs/status.ts';
import { runWorkflowId, taskQueue } from './names.ts';

type Run = (run: unknown) => Promise<RunResult>;

/** The run as a Temporal workflow; `joined` when one of that name was there already and nothing new was started. */
export interface StartedRun {
  readonly handle: WorkflowHandle<Run>;
  readonly joined: boolean;
}

export interface RunStart {
  readonly namespace: string;
  readonly name: string;
  /** The ComponentWorkflowRun, as it is. */
  readonly run: unknown;
  readonly trigger: 'manual' | 'webhook' | 'sweep';
  /** Kept with the execution; the run itself never sees it. */
  readonly memo?: Readonly<Record<string, unknown>>;
}

/**
 * The one place that starts runs. One that runs already is joined. One that is over starts anew when a person asks; for an
 * automatic trigger only after a failure. Safe to repeat.
 */
export async function startRun({ workflow }: Pick<Client, 'workflow'>, start: RunStart): Promise<StartedRun> {
  const workflowId = runWorkflowId(start.namespace, start.name);
  try {
    const handle = await workflow.start<Run>('buildAndRelease', {
      workflowId,
      taskQueue,
      args: [start.run],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: start.trigger === 'manual' ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `${start.namespace}/${start.name}`,
      ...(start.memo && { memo: { ...start.memo } }),
    });
    return { handle, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { handle: workflow.getHandle<Run>(workflowId), joined: true };
  }
}
