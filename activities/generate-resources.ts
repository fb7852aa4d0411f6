import { Failure } from '../src/failures.ts';
import type { GitopsMirror } from '../src/git/git.ts';
import { type GeneratedRelease, generateRelease } from '../src/openchoreo/generate/release.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type GitopsDeps, openGitops } from './clone-gitops.ts';
import type { ClonedSource } from './clone-source.ts';
import type { ReadDescriptor } from './extract-descriptor.ts';
import type { DescriptorRef } from './find-descriptor.ts';
import type { PublishedImage } from './push-image.ts';
import type { WithRepository } from './read-repository.ts';

export interface GenerateDeps extends GitopsDeps {
  readonly readDescriptor: ReadDescriptor;
  readonly withRepository: WithRepository;
}

/** All that a release is a function of. */
export interface ReleaseInput {
  readonly plan: Plan;
  readonly source: { readonly commit: string };
  readonly image: { readonly reference: string };
  readonly descriptor: DescriptorRef | null;
  /** Commit of the GitOps repository. */
  readonly base: string;
}

export interface GenerateInput extends ReleaseInput {
  readonly source: ClonedSource;
  readonly image: PublishedImage;
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

/** As `releaseOn`, and writes the tree that the base gets. */
export async function generate(
  deps: Pick<GenerateDeps, 'readDescriptor' | 'withRepository'>,
  mirror: GitopsMirror,
  input: ReleaseInput,
  runName: string = input.plan.run,
): Promise<{ readonly release: GeneratedRelease; readonly tree: string; readonly unchanged: boolean }> {
  const release = await releaseOn(deps, mirror, input, runName);
  const tree = await mirror.writeTree(input.base, release.files);
  return { release, tree, unchanged: release.files.size === 0 };
}

/** The release on a base that may have to be fetched first; `runName` is who the release names as its maker. */
export async function releaseOn(
  { readDescriptor, withRepository }: Pick<GenerateDeps, 'readDescriptor' | 'withRepository'>,
  mirror: GitopsMirror,
  { plan, source, image, descriptor, base }: ReleaseInput,
  runName: string = plan.run,
): Promise<GeneratedRelease> {
  await mirror.ensure(base);
  const { namespace, project, component } = plan;
  const given = {
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
  };
  return withRepository(mirror, base, { namespace, project, component }, (repository) =>
    placed(`${plan.gitops.repository} at ${base.slice(0, 12)}`, () => generateRelease(repository, given)),
  );
}

/** The generator knows files; in which repository, and at which commit, is told here. */
function placed<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Failure) || error.type !== 'ManifestInvalid') throw error;
    throw new Failure(error.type, `${error.message} (${place})`, { cause: error });
  }
}
