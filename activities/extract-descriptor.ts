import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { SourceRepositories, SourceSnapshot } from '../src/git/git.ts';
import type { OpenRemote } from '../src/git/remotes.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { DescriptorRef } from './find-descriptor.ts';

export interface DescriptorDeps {
  readonly openRemote: OpenRemote;
  readonly sources: SourceRepositories;
}

export interface Descriptor {
  readonly path: string;
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
}

export function createExtractDescriptor({ readDescriptor }: { readonly readDescriptor: ReadDescriptor }) {
  return {
    /** Reads `workload.yaml` and the files it names out of the commit, for the steps that follow on this worker. Safe to repeat. */
    async extractDescriptor({ plan, source }: ExtractInput): Promise<{ readonly descriptor: DescriptorRef | null }> {
      await readDescriptor(plan, source.commit, source.descriptor);
      return { descriptor: source.descriptor };
    },
  };
}

export interface ExtractInput {
  readonly plan: Plan;
  readonly source: { readonly commit: string; readonly descriptor: DescriptorRef | null };
}

/** Gives a descriptor's texts; remembers those of the last runs, each run its own, so that later steps ask the source no more. */
export type ReadDescriptor = (
  plan: Plan,
  commit: string,
  descriptor: DescriptorRef | null,
) => Promise<Descriptor | null>;

const REMEMBERED = 50;

export function createReadDescriptor(deps: DescriptorDeps): ReadDescriptor {
  const remembered = new Map<string, Descriptor>();
  return async (plan, commit, descriptor) => {
    if (!descriptor) return null;
    const key = `${activityInfo().workflowExecution?.runId} ${commit} ${descriptor.path}`;
    const known = remembered.get(key);
    if (known) return known;
    const { path, blobs } = descriptor;
    const files = await withSnapshot(deps, plan, commit, (snapshot) => snapshot.readFiles(Object.keys(blobs)));
    const read = { path, text: files.get(path) ?? '', files };
    const oldest = remembered.keys().next();
    if (remembered.size >= REMEMBERED && !oldest.done) remembered.delete(oldest.value);
    remembered.set(key, read);
    return read;
  };
}

async function withSnapshot<T>(
  { openRemote, sources }: DescriptorDeps,
  plan: Plan,
  commit: string,
  use: (snapshot: SourceSnapshot) => Promise<T>,
): Promise<T> {
  const remote = await openRemote(plan.source.repository, 'git-token', plan.namespace, plan.source.secretRef);
  // cloneSource has checked the commit against the branch, which may have moved on since.
  const wanted = { branch: plan.source.branch, commit, allowUnreachable: true };
  return sources.withCommit(remote, wanted, cancellationSignal(), use);
}
