import { cancellationSignal } from '@temporalio/activity';
import type { BuildPlan } from '../src/builds/build-plan.ts';
import { inputsHash } from '../src/builds/inputs-hash.ts';
import { Failure } from '../src/failures.ts';
import type { Relation, SourceRepositories, SourceSnapshot } from '../src/git/git.ts';
import type { OpenRemote } from '../src/git/remotes.ts';
import type { ResolveImage } from '../src/registry/registry.ts';
import type { Plan } from '../src/runs/plan.ts';
import { buildInputs, checkDescriptor, findLayerCache } from './check-source.ts';
import type { DescriptorRef } from './find-descriptor.ts';
import { settleBuild } from './settle-build.ts';

export interface SourceDeps {
  readonly openRemote: OpenRemote;
  readonly sources: SourceRepositories;
  readonly resolveImage: ResolveImage;
  /** Names the image builder and its version: another one may give another image. */
  readonly builder: { readonly builder: string; readonly platforms: readonly string[] };
}

export interface ClonedSource {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** Seconds since 1970. */
  readonly committedAt: number;
  /** Hash of all that the image depends on. */
  readonly inputs: string;
  /** The plan's build with what the source decides about it; runs begun by an older worker have none. */
  readonly build?: BuildPlan;
  /** Where the registry keeps the layers of such builds; runs begun by an older worker have none. */
  readonly layerCache?: string;
  readonly descriptor: DescriptorRef | null;
  readonly warnings: readonly string[];
}

/** Where a run says which source it means. */
const repositoryField = 'spec.workflow.systemParameters.repository';

export function createSourceSteps({ openRemote, sources, resolveImage, builder }: SourceDeps) {
  return {
    /** Pins the commit and checks early that what the build and the release need is in it. Safe to repeat. */
    async cloneSource({ plan }: { readonly plan: Plan }): Promise<ClonedSource> {
      const { repository, branch, commit, allowUnreachableCommit } = plan.source;
      const remote = await openRemote(repository, 'git-token', plan.namespace, plan.source.secretRef);
      const wanted = { branch, commit, allowUnreachable: allowUnreachableCommit };
      let found = false;
      const look = async (snapshot: SourceSnapshot) => {
        found = true;
        const read = await buildInputs(snapshot, plan);
        const { descriptor, warnings } = await checkDescriptor(snapshot, plan);
        const pinImage = (reference: string) => resolveImage(reference, cancellationSignal());
        const settled = await settleBuild(snapshot, plan, descriptor, pinImage);
        return {
          commit: snapshot.commit,
          subject: snapshot.subject,
          author: snapshot.author,
          committedAt: snapshot.committedAt,
          inputs: inputsHash({ read: [...read, ...(settled.inputs ?? [])], plan: settled.build, ...builder }),
          build: settled.build,
          ...(await findLayerCache(snapshot, { ...plan, build: settled.build })),
          descriptor,
          warnings: [...warnings, ...settled.warnings],
        };
      };
      return sources.withCommit(remote, wanted, cancellationSignal(), look).catch((error: unknown) => {
        if (found || !(error instanceof Failure) || error.type !== 'SourceNotFound') throw error;
        throw new Failure(error.type, `${error.message} (url and revision in ${repositoryField})`, { cause: error });
      });
    },

    /** What the first commit is to the other one. */
    async compareCommits(request: {
      readonly namespace: string;
      readonly repository: string;
      readonly secretRef?: string | undefined;
      readonly commit: string;
      readonly other: string;
    }): Promise<Relation> {
      const { repository, namespace, secretRef, commit, other } = request;
      const remote = await openRemote(repository, 'git-token', namespace, secretRef);
      return sources.relation(remote, commit, other, cancellationSignal());
    },
  };
}
