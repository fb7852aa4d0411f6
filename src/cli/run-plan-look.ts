import { randomUUID } from 'node:crypto';
import { buildInputs, checkDescriptor } from '../../activities/check-source.ts';
import type { DescriptorRef } from '../../activities/find-descriptor.ts';
import { generate } from '../../activities/generate-resources.ts';
import { createWithRepository } from '../../activities/read-repository.ts';
import { settleBuild } from '../../activities/settle-build.ts';
import type { BuildPlan } from '../builds/build-plan.ts';
import type { OpenMirror, SourceRepositories } from '../git/git.ts';
import type { OpenRemote } from '../git/remotes.ts';
import type { ResolveImage } from '../registry/registry.ts';
import { imageTag } from '../runs/names.ts';
import type { Plan } from '../runs/plan.ts';
import { type FoundPackages, findPackages } from './run-plan-frontend.ts';
import { unknownDigest } from './run-plan-text.ts';

export interface LookDeps {
  readonly openRemote: OpenRemote;
  readonly sources: Pick<SourceRepositories, 'withCommit'>;
  readonly openMirror: OpenMirror;
  readonly resolveImage: ResolveImage;
}

/** The plan's source as its repository holds it now. */
export interface SourceLook {
  readonly commit: string;
  readonly build: BuildPlan;
  readonly packages: FoundPackages | null;
  readonly descriptor: { readonly ref: DescriptorRef; readonly files: ReadonlyMap<string, string> } | null;
  readonly warnings: readonly string[];
}

/** What a release of the source would change now. */
export interface ReleasePreview {
  /** As a unified diff; empty when nothing would change. */
  readonly diff: string;
  readonly environment: string;
  readonly pipeline: string;
  readonly warnings: readonly string[];
}

const placeholder = `sha256:${'0'.repeat(64)}`;

/** Finds the plan's commit and checks that what the build and the release need is in it. Throws what `cloneSource` throws. */
export async function lookAtSource({ openRemote, sources, resolveImage }: LookDeps, plan: Plan, signal: AbortSignal) {
  const { repository, branch, commit, allowUnreachableCommit } = plan.source;
  const remote = await openRemote(repository, 'git-token', plan.namespace, plan.source.secretRef);
  const wanted = { branch, commit, allowUnreachable: allowUnreachableCommit };
  return sources.withCommit(remote, wanted, signal, async (snapshot): Promise<SourceLook> => {
    await buildInputs(snapshot, plan);
    const { descriptor: ref, warnings } = await checkDescriptor(snapshot, plan);
    const settled = await settleBuild(snapshot, plan, ref, (reference) => resolveImage(reference, signal));
    const files = ref && (await snapshot.readFiles(Object.keys(ref.blobs)));
    return {
      commit: snapshot.commit,
      descriptor: ref && files && { ref, files },
      build: settled.build,
      packages: await findPackages(snapshot, settled.build),
      warnings: [...warnings, ...settled.warnings],
    };
  });
}

/** Generates the release on the head of the GitOps base branch and writes it nowhere. Throws what `generateResources` throws. */
export async function previewRelease(
  { openRemote, openMirror }: LookDeps,
  plan: Plan,
  { commit, descriptor }: SourceLook,
  signal: AbortSignal,
): Promise<ReleasePreview> {
  const { registry, name, tag } = plan.image;
  const mirror = await openMirror(await openRemote(plan.gitops.repository, 'gitops-token', plan.namespace), signal);
  const pin = `_plan-${randomUUID()}`;
  try {
    const base = await mirror.pin(plan.gitops.branch, pin);
    const { release, tree } = await generate(
      {
        withRepository: createWithRepository(),
        readDescriptor: async () =>
          descriptor && {
            path: descriptor.ref.path,
            text: descriptor.files.get(descriptor.ref.path) ?? '',
            files: descriptor.files,
          },
      },
      mirror,
      {
        plan,
        source: { commit },
        image: { reference: `${registry}/${name}:${imageTag(tag, commit)}@${placeholder}` },
        descriptor: descriptor?.ref ?? null,
        base,
      },
    );
    return {
      diff: (await mirror.diff(base, tree)).replaceAll(placeholder, unknownDigest),
      environment: release.binding.environment,
      pipeline: release.pipeline,
      warnings: release.warnings,
    };
  } finally {
    // Also after an interruption; what stays is tidied away with a later use.
    await mirror.release(pin).catch(() => undefined);
  }
}
