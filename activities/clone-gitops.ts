import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../src/failures.ts';
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
      return { base: await pinBase(mirror, plan, workflowId) };
    },
  };
}

/** Pins the head of the base branch for a run. Throws what the mirror throws, with the parameters that name the branch. */
export async function pinBase(mirror: GitopsMirror, { gitops }: Plan, workflowId: string): Promise<string> {
  return mirror.pin(gitops.branch, workflowId).catch((error: unknown) => {
    if (!(error instanceof Failure) || error.type !== 'SourceNotFound') throw error;
    const parameters = 'the parameters gitops-repo-url and gitops-branch of the ComponentWorkflow';
    throw new Failure(error.type, `${error.message} (${parameters})`, { cause: error });
  });
}

/** The mirror of the run's GitOps repository, opened with the run's own credential. */
export async function openGitops({ openRemote, openMirror }: GitopsDeps, plan: Plan): Promise<GitopsMirror> {
  const remote = await openRemote(plan.gitops.repository, 'gitops-token', plan.namespace);
  return openMirror(remote, cancellationSignal());
}
