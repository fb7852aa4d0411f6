import { cancellationSignal } from '@temporalio/activity';
import type { OpenForge } from '../src/forges/forge.ts';
import type { Plan } from '../src/runs/plan.ts';
import { openGitops, pinBase } from './clone-gitops.ts';
import type { DescriptorRef } from './find-descriptor.ts';
import { type GenerateDeps, releaseOn } from './generate-resources.ts';

export interface CheckDeps extends GenerateDeps {
  readonly openForge: OpenForge;
}

export interface CheckInput {
  readonly plan: Plan;
  readonly source: { readonly commit: string };
  readonly descriptor: DescriptorRef | null;
  readonly workflowId: string;
}

/** Stands for the image that is not built yet: its digest changes nothing of what is checked. */
const digest = `sha256:${'0'.repeat(64)}`;

export function createCheckRelease(deps: CheckDeps) {
  return {
    /** Finds before the build what would stop the release after it: credential, base branch, right to push, pull requests, manifests. Changes nothing. */
    async checkRelease({ plan, source, descriptor, workflowId }: CheckInput): Promise<void> {
      const mirror = await openGitops(deps, plan);
      const base = await pinBase(mirror, plan, workflowId);
      const forge = await deps.openForge(plan.gitops.repository, 'gitops-token', plan.namespace, cancellationSignal());
      const image = { reference: `${plan.image.registry}/${plan.image.name}:${plan.image.tag}@${digest}` };
      await Promise.all([
        mirror.checkPush(base),
        forge.pullRequests({ openAgainst: plan.gitops.branch }),
        releaseOn(deps, mirror, { plan, source, image, descriptor, base }),
      ]);
    },
  };
}
