import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Plan } from '../src/runs/plan.ts';
import type { RunEnd, SupersedeReason } from '../src/runs/queue.ts';
import { queueWorkflowId } from '../src/temporal/names.ts';
import { ended, supersede, turn } from './messages.ts';
import type { Progress } from './progress.ts';
import { asking } from './proxies.ts';

/** Asking again outlives a queue that somebody terminated. */
const FIRST_ASK_AGAIN_MS = 60_000;

export interface Turn {
  /** Runs work that a newer run may still end. */
  beforeCommit<T>(work: () => Promise<T>): Promise<T>;
  /** Asks the component's queue and waits until this run may go on. */
  take(plan: Plan, commit: string, progress: Progress): Promise<void>;
  /** From here on nothing supersedes this run. */
  commit(): void;
  /** By which run, when this error is the end that a newer run asked for. */
  supersededBy(error: unknown): { readonly by: string; readonly reason: SupersedeReason } | null;
  /** Lets the next run go ahead. Never throws. */
  end(outcome: RunEnd): Promise<void>;
}

/** Listens for the queue's messages from the first moment of a run: one may arrive before the run has asked. */
export function prepareTurn(): Turn {
  const { workflowId, startTime } = workflowInfo();
  const scope = new CancellationScope();
  let mine = false;
  let committing = false;
  let superseded: { by: string; reason: SupersedeReason } | null = null;
  let asked: { queueId: string; commit: string } | null = null;

  setHandler(turn, () => {
    mine = true;
  });
  setHandler(supersede, (request) => {
    if (committing) return;
    superseded = request;
    scope.cancel();
  });

  return {
    beforeCommit: (work) => scope.run(work),
    async take(plan, commit, progress) {
      const { namespace, project, component, trigger } = plan;
      asked = { queueId: queueWorkflowId(plan), commit };
      const request = {
        workflowId,
        startedAt: startTime.getTime(),
        environment: plan.gitops.environment ?? '',
        repository: plan.source.repository,
        commit,
        before: trigger.before,
        trigger: trigger.kind,
        receivedAt: trigger.receivedAt === null ? null : Date.parse(trigger.receivedAt),
        keepAll: plan.settings.keepAll,
      };
      await progress.waitFor('turn', `its turn among the runs of ${component}`, async () => {
        for (let wait = FIRST_ASK_AGAIN_MS; !mine; wait *= 2) {
          await asking.askForTurn({ namespace, project, component, request });
          await condition(() => mine, wait);
        }
      });
    },
    commit() {
      committing = true; // no message fits between the last await and this line: handlers share our thread
    },
    supersededBy: (error) => (isCancellation(error) ? superseded : null),
    async end(outcome) {
      if (!asked) return;
      const { queueId, commit } = asked;
      const queue = getExternalWorkflowHandle(queueId);
      await queue.signal(ended, { workflowId, outcome, commit }).catch(() => undefined); // a closed queue has forgotten us anyway
    },
  };
}
