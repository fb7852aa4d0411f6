import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { InternalWorkflowStartOptionsSymbol } from '@temporalio/client/lib/internal.js';
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
  readonly trigger: 'manual' | 'webhook' | 'sweep' | 'controller';
  /** Kept with the execution; the run itself never sees it. */
  readonly memo?: Readonly<Record<string, unknown>>;
  /** Two starts with the same one are one: the second gives the first's execution, even when that is over. */
  readonly requestId?: string;
}

/**
 * The one place that starts runs. One that runs already is joined. One that is over starts anew when a person or a new resource
 * asks; for an automatic trigger only after a failure. Safe to repeat.
 */
export async function startRun({ workflow }: Pick<Client, 'workflow'>, start: RunStart): Promise<StartedRun> {
  const workflowId = runWorkflowId(start.namespace, start.name);
  try {
    const handle = await workflow.start<Run>('buildAndRelease', {
      workflowId,
      taskQueue,
      args: [start.run],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: isAutomatic(start) ? 'ALLOW_DUPLICATE_FAILED_ONLY' : 'ALLOW_DUPLICATE',
      staticSummary: `${start.namespace}/${start.name}`,
      ...(start.memo && { memo: { ...start.memo } }),
      // As the SDK's own Nexus handlers do; there is no public option yet.
      ...(start.requestId && { [InternalWorkflowStartOptionsSymbol]: { requestId: start.requestId } }),
    });
    return { handle, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { handle: workflow.getHandle<Run>(workflowId), joined: true };
  }
}

const isAutomatic = ({ trigger }: RunStart): boolean => trigger === 'webhook' || trigger === 'sweep';
