import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Ask, RunEnd } from '../src/runs/queue.ts';
import { queueWorkflowId, taskQueue } from '../src/temporal/names.ts';

export interface AskForTurn {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly request: Ask;
}

export interface EndOfRun {
  readonly queueId: string;
  readonly workflowId: string;
  readonly outcome: RunEnd;
  readonly commit: string;
}

export function createQueueSteps() {
  return {
    /** Sends the ask to the component's queue, which is started where there is none. Safe to repeat. */
    async askForTurn({ request, ...component }: AskForTurn): Promise<void> {
      await getClient().workflow.signalWithStart('componentQueue', {
        workflowId: queueWorkflowId(component),
        taskQueue,
        args: [{ namespace: component.namespace }],
        signal: 'ask',
        signalArgs: [request],
        staticSummary: `queue of ${component.component}`,
      });
    },

    /** Tells the queue that a run is over. Safe to repeat, and where the queue is closed: it has forgotten the run anyway. */
    async tellEnded({ queueId, ...end }: EndOfRun): Promise<void> {
      try {
        await getClient().workflow.getHandle(queueId).signal('ended', end);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },

    /** Is that workflow running? One that is not known is not. */
    async isRunning(workflowId: string): Promise<boolean> {
      try {
        const { status } = await getClient().workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}
