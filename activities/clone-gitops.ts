import { cancellationSignal } from '@temporalio/activity';
import type { GitopsMirror, OpenMirror } from '../src/git/git.ts';
import type { OpenRemote } from '../src/git/remotes.ts';
import type { Plan } from '../src/runs/plan.ts';

export interface GitopsDeps {
  readonly openRemote: OpenRemote;
  readonly openMirror: OpenMirror;
}

export function createCloneGitops(deps: GitopsDeps) {
  return {
    /** Brings the mirror up to the base branch and pins its commit. Safe to repeat; a later call may give a newer commit. */
    async cloneGitops({
      plan,
      workflowId,
    }: {
      readonly plan: Plan;
      readonly workflowId: string;
    }): Promise<{ readonly base: string }> {
      const mirror = await openGitops(deps, plan);
      return { base: await mirror.pin(plan.gitops.branch, workflowId) };
    },
  };
}

/** The mirror of the run's GitOps repository, opened with the run's own credential. */
export async function openGitops({ openRemote, openMirror }: GitopsDeps, plan: Plan): Promise<GitopsMirror> {
  const remote = await openRemote(plan.gitops.repository, 'gitops-token', plan.namespace);
  return openMirror(remote, cancellationSignal());
}
