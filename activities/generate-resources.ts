import type { GitopsMirror } from '../src/git/git.ts';
import { type GeneratedRelease, generateRelease } from '../src/openchoreo/generate/release.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type GitopsDeps, openGitops } from './clone-gitops.ts';
import type { ClonedSource } from './clone-source.ts';
import type { ReadDescriptor } from './extract-descriptor.ts';
import type { DescriptorRef } from './find-descriptor.ts';
import type { PublishedImage } from './push-image.ts';
import { readRepository } from './read-repository.ts';

export interface GenerateDeps extends GitopsDeps {
  readonly readDescriptor: ReadDescriptor;
}

/** All that a release is a function of. */
export interface GenerateInput {
  readonly plan: Plan;
  readonly source: ClonedSource;
  readonly image: PublishedImage;
  readonly descriptor: DescriptorRef | null;
  /** Commit of the GitOps repository. */
  readonly base: string;
  readonly workflowId: string;
}

/** The result without its texts: whoever needs them generates them again. */
export interface Generated {
  /** Id of the tree that the base gets. */
  readonly tree: string;
  /** True when the base holds exactly this already. */
  readonly unchanged: boolean;
  readonly workload: string;
  readonly release: string;
  readonly binding: string;
  readonly environment: string;
  readonly pipeline: string;
  /** Paths that change. */
  readonly paths: readonly string[];
  readonly warnings: readonly string[];
}

export function createGenerateResources(deps: GenerateDeps) {
  return {
    /** Workload, ComponentRelease and ReleaseBinding as a pure function of base commit, image and descriptor. Safe to repeat. */
    async generateResources(input: GenerateInput): Promise<Generated> {
      const mirror = await openGitops(deps, input.plan);
      const { release, tree, unchanged } = await generate(deps, mirror, input);
      return {
        tree,
        unchanged,
        workload: release.workload.name,
        release: release.release.name,
        binding: release.binding.name,
        environment: release.binding.environment,
        pipeline: release.pipeline,
        paths: [...release.files.keys()],
        warnings: release.warnings,
      };
    },
  };
}

/** Generates on a base that may have to be fetched first; `runName` is who the release names as its maker. */
export async function generate(
  { readDescriptor }: Pick<GenerateDeps, 'readDescriptor'>,
  mirror: GitopsMirror,
  { plan, source, image, descriptor, base }: GenerateInput,
  runName: string = plan.run,
): Promise<{ readonly release: GeneratedRelease; readonly tree: string; readonly unchanged: boolean }> {
  await mirror.ensure(base);
  const { namespace, project, component } = plan;
  const repository = await readRepository(mirror, base, { namespace, project, component });
  const release = generateRelease(repository, {
    namespace,
    project,
    component,
    environment: plan.gitops.environment,
    pipeline: plan.gitops.pipeline,
    image: image.reference,
    commit: source.commit,
    repository: plan.source.repository,
    run: `${namespace}/${runName}`,
    descriptor: await readDescriptor(plan, source.commit, descriptor),
  });
  const tree = await mirror.writeTree(base, release.files);
  return { release, tree, unchanged: release.files.size === 0 };
}
