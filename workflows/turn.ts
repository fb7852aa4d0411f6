import { CancellationScope, CancelledFailure, condition, log, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Plan } from '../src/runs/plan.ts';
import type { RunEnd, SupersedeReason } from '../src/runs/queue.ts';
import { queueWorkflowId } from '../src/temporal/names.ts';
import { supersede, turn } from './messages.ts';
import type { Progress } from './progress.ts';
import { asking } from './proxies.ts';
import { runs } from './tell-run.ts';

/** Asking again outlives a queue that somebody terminated. */
const FIRST_ASK_AGAIN_MS = 60_000;
const LONGEST_ASK_AGAIN_MS = 10 * 60_000;

export interface Turn {
  /** Runs work that a newer run may still end. */
  beforeCommit<T>(work: () => Promise<T>): Promise<T>;
  /** Asks the component's queue and waits until this run may go on. */
  take(plan: Plan, commit: string, progress: Progress): Promise<void>;
  /** From here on nothing supersedes this run. */
  commit(): void;
  /** By which run, when a newer one asked this one to end. */
  supersededBy(): { readonly by: string; readonly reason: SupersedeReason } | null;
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
    async beforeCommit(work) {
      const result = await scope.run(work);
      // The last step may have ended well before its cancellation reached it.
      if (superseded) throw new CancelledFailure('superseded');
      return result;
    },
    async take(plan, commit, progress) {
      const { namespace, project, component, trigger } = plan;
      asked = { queueId: queueWorkflowId(plan), commit };
      const request = {
        workflowId,
        startedAt: startTime.getTime(),
        environment: plan.gitops.environment ?? '',
        repository: plan.source.repository,
        secretRef: plan.source.secretRef,
        commit,
        before: trigger.before,
        trigger: trigger.kind,
        receivedAt: trigger.receivedAt === null ? null : Date.parse(trigger.receivedAt),
        keepAll: plan.settings.keepAll,
      };
      const since = Date.now();
      await progress.waitFor('turn', `its turn among the runs of ${component}`, async () => {
        for (let wait = FIRST_ASK_AGAIN_MS; !mine; wait = Math.min(wait * 2, LONGEST_ASK_AGAIN_MS)) {
          await asking.askForTurn({ namespace, project, component, request });
          await condition(() => mine, wait, { summary: 'then it asks again' });
        }
      });
      runs.hadTurn((Date.now() - since) / 1000);
    },
    commit() {
      committing = true; // no message fits between the last await and this line: handlers share our thread
    },
    supersededBy: () => superseded,
    async end(outcome) {
      if (!asked) return;
      await asking
        .tellEnded({ ...asked, workflowId, outcome })
        .catch((error: unknown) => log.warn('queue not told of the end; it finds out by itself', { error }));
    },
  };
}
