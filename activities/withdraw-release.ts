import { cancellationSignal } from '@temporalio/activity';
import type { OpenForge } from '../src/forges/forge.ts';
import { parseTrailers } from '../src/runs/commit-message.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type GitopsDeps, openGitops } from './clone-gitops.ts';
import { branchesOf } from './commit-and-push.ts';

export interface WithdrawDeps extends GitopsDeps {
  readonly openForge: OpenForge;
  /** Committer of our commits. */
  readonly committerEmail: string;
}

export interface WithdrawInput {
  readonly plan: Plan;
  readonly startedAt: number;
  readonly workflowId: string;
  readonly end: 'failed' | 'cancelled';
}

export function createWithdrawRelease({ openForge, committerEmail, ...deps }: WithdrawDeps) {
  return {
    /** Deletes the branch of a run that ended without a pull request; where there is one, says so there and leaves it. Safe to repeat. */
    async withdrawRelease({ plan, startedAt, workflowId, end }: WithdrawInput): Promise<void> {
      const mirror = await openGitops(deps, plan);
      const forge = await openForge(plan.gitops.repository, 'gitops-token', plan.namespace, cancellationSignal());
      for (const branch of branchesOf(plan, startedAt, workflowId)) {
        const head = await mirror.remoteHead(branch);
        if (!head) continue;
        const { message, committerEmail: committer } = await mirror.describeCommit(branch, head);
        if (committer !== committerEmail || parseTrailers(message)?.run !== `${plan.namespace}/${plan.run}`) continue;
        const pullRequest = (await forge.pullRequests({ head: branch, base: plan.gitops.branch })).find(
          ({ ours, state }) => ours && state === 'open',
        );
        if (!pullRequest) await mirror.deleteBranch(branch, head);
        else if (end === 'cancelled') {
          await forge.comment(
            pullRequest.number,
            `The run ${plan.namespace}/${plan.run} was cancelled after it opened this. Close it if it should not go ahead.`,
          );
        }
      }
      await mirror.release(workflowId);
    },
  };
}
