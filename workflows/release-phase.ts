import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { ClonedSource } from '../activities/clone-source.ts';
import type { DescriptorRef } from '../activities/find-descriptor.ts';
import type { Generated } from '../activities/generate-resources.ts';
import type { PublishedImage } from '../activities/push-image.ts';
import type { Resolved } from '../activities/resolve-run.ts';
import type { RunResult } from '../src/runs/status.ts';
import type { Progress } from './progress.ts';
import { transfer } from './proxies.ts';

/** What every step of a run may need. */
export interface Inputs {
  readonly resolved: Resolved;
  readonly source: ClonedSource;
}

/** A release as it would look on one commit of the GitOps repository. */
export interface Prepared {
  readonly image: PublishedImage;
  readonly descriptor: DescriptorRef | null;
  readonly base: string;
  readonly generated: Generated;
}

/** Somebody else may merge while we generate: then we start from the new base, so often. */
const MAX_BASES = 5;

/** Reads the descriptor and generates the resources on the GitOps repository's base branch. */
export async function generate(inputs: Inputs, image: PublishedImage, progress: Progress): Promise<Prepared> {
  const { plan } = inputs.resolved;
  const { source } = inputs;
  const path = plan.source.descriptorPath;
  const { descriptor } = await progress.step('extractDescriptor', path, { plan, source }, transfer);
  return generateOnBase(inputs, image, descriptor, progress);
}

/** Commits, pushes and opens the pull request, on a fresh base where the old one moved under us. */
export async function publish(
  inputs: Inputs,
  first: Prepared,
  progress: Progress,
): Promise<Partial<RunResult> & Pick<RunResult, 'outcome'>> {
  const { resolved, source } = inputs;
  const { plan, link } = resolved;
  const { workflowId, startTime } = workflowInfo();
  let prepared = first;
  for (let attempt = 1; attempt <= MAX_BASES; attempt++) {
    const common = { plan, source, ...prepared, link, workflowId, startedAt: startTime.getTime() };
    const pushed = await progress.step('commitAndPush', prepared.generated.release, common, transfer);
    if (pushed.kind === 'adopted') {
      progress.know({ pullRequest: pushed.pullRequest });
      return { outcome: 'unchanged', pullRequest: pushed.pullRequest };
    }
    if (pushed.kind === 'pushed') {
      const opened = await progress.step('createPullRequest', pushed.branch, { ...common, ...pushed });
      progress.warn(opened.warnings);
      progress.know({ pullRequest: opened.pullRequest });
      return { outcome: opened.outcome, branch: pushed.branch, pullRequest: opened.pullRequest };
    }
    prepared = await generateOnBase(inputs, prepared.image, prepared.descriptor, progress);
    if (prepared.generated.unchanged) return { outcome: 'unchanged' };
  }
  throw ApplicationFailure.nonRetryable(
    `The base branch ${plan.gitops.branch} of ${plan.gitops.repository} changed ${MAX_BASES} times in places that this release touches. ` +
      'Wait until the merging has calmed down, then retry the run: the image is built already.',
    'Contended',
  );
}

async function generateOnBase(
  inputs: Inputs,
  image: PublishedImage,
  descriptor: DescriptorRef | null,
  progress: Progress,
): Promise<Prepared> {
  const { resolved, source } = inputs;
  const { plan } = resolved;
  const { workflowId } = workflowInfo();
  const { base } = await progress.step(
    'cloneGitops',
    `${plan.gitops.repository} at ${plan.gitops.branch}`,
    { plan, workflowId },
    transfer,
  );
  const generated = await progress.step('generateResources', `on ${base.slice(0, 8)}`, {
    plan,
    source,
    image,
    descriptor,
    base,
    workflowId,
  });
  progress.warn(generated.warnings);
  return { image, descriptor, base, generated };
}
