import { createHash } from 'node:crypto';
import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../src/failures.ts';
import type { OpenForge, PullRequest } from '../src/forges/forge.ts';
import type { GitopsMirror } from '../src/git/git.ts';
import type { GeneratedRelease } from '../src/openchoreo/generate/release.ts';
import { commitMessage, parseTrailers } from '../src/runs/commit-message.ts';
import { releaseBranch } from '../src/runs/names.ts';
import type { Plan } from '../src/runs/plan.ts';
import { openGitops } from './clone-gitops.ts';
import { type GenerateDeps, type GenerateInput, generate } from './generate-resources.ts';
import { openReleases } from './open-releases.ts';

export interface CommitDeps extends GenerateDeps {
  readonly openForge: OpenForge;
  /** Committer of our commits. */
  readonly committerEmail: string;
}

export interface CommitInput extends GenerateInput {
  /** `workflowInfo().startTime` in milliseconds: it dates branch and commit, so that a repetition gives the same SHA. */
  readonly startedAt: number;
}

/** `moved`: the base changed in places that this release reads or writes. `adopted`: an open pull request of ours proposes just this. */
export type Pushed =
  | { readonly kind: 'pushed'; readonly branch: string; readonly commit: string }
  | { readonly kind: 'moved' }
  | { readonly kind: 'adopted'; readonly pullRequest: Pick<PullRequest, 'number' | 'url'> };

export function createCommitAndPush(deps: CommitDeps) {
  return {
    /** Commits the release and pushes it to the run's branch. Repeated, it finds its own commit there. */
    async commitAndPush(input: CommitInput): Promise<Pushed> {
      const { plan, base } = input;
      const mirror = await openGitops(deps, plan);
      const { release, tree } = await generate(deps, mirror, input);
      if (await baseMoved(mirror, input, release)) return { kind: 'moved' };
      const adopted = await findEqual(deps, mirror, input, release);
      if (adopted) return { kind: 'adopted', pullRequest: { number: adopted.number, url: adopted.url } };
      const message = commitMessage({
        component: plan.component,
        environment: release.binding.environment,
        release: release.release.name,
        run: `${plan.namespace}/${plan.run}`,
        sourceCommit: input.source.commit,
        image: input.image.reference,
      });
      const date = Math.floor(input.startedAt / 1000);
      const commit = await mirror.commit({ tree, parent: base, message, date });
      return { kind: 'pushed', commit, branch: await push(deps, mirror, input, commit) };
    },
  };
}

async function baseMoved(
  mirror: GitopsMirror,
  { plan, base, workflowId }: CommitInput,
  release: GeneratedRelease,
): Promise<boolean> {
  const head = await mirror.pin(plan.gitops.branch, workflowId);
  if (head === base) return false;
  const folders = new Set([...release.files.keys(), release.release.path].map(folderOf));
  const ours = new Set([...release.files.keys(), ...release.readPaths]);
  const changed = await mirror.changedPaths(base, head);
  return changed.some((path) => ours.has(path) || folders.has(folderOf(path)));
}

/** An open pull request of ours for the same commit whose tree is the one that its own run's name would give now. */
async function findEqual(
  deps: CommitDeps,
  mirror: GitopsMirror,
  input: CommitInput,
  release: GeneratedRelease,
): Promise<PullRequest | undefined> {
  const { plan, source } = input;
  const forge = await deps.openForge(plan.gitops.repository, 'gitops-token', plan.namespace, cancellationSignal());
  for (const { pullRequest, marker } of await openReleases(forge, plan, release.binding.environment)) {
    if (marker.commit !== source.commit) continue;
    const { branch, commit } = pullRequest.head;
    const proposed = await mirror.describeCommit(branch, commit);
    const { tree } = await generate(deps, mirror, input, marker.run);
    if (proposed.tree === tree) return pullRequest;
  }
  return undefined;
}

async function push(
  { committerEmail }: CommitDeps,
  mirror: GitopsMirror,
  input: CommitInput,
  commit: string,
): Promise<string> {
  const [branch, other] = branchesOf(input.plan, input.startedAt, input.workflowId);
  for (const name of [branch, other]) {
    const answer = await mirror.push(commit, name, null);
    if (answer.kind === 'pushed') return name;
    const { message, committerEmail: committer } = await mirror.describeCommit(name, answer.head);
    const trailers = parseTrailers(message);
    if (committer !== committerEmail || !trailers) {
      throw new Failure(
        'ReleaseConflict',
        `Branch ${name} of ${input.plan.gitops.repository} holds commit ${answer.head.slice(0, 12)}, which is not ours: delete or rename that branch, then retry the run`,
      );
    }
    if (trailers.run === `${input.plan.namespace}/${input.plan.run}`) {
      const replaced = await mirror.push(commit, name, answer.head);
      if (replaced.kind === 'pushed') return name;
      throw new Failure('Contended', `Branch ${name} of ${input.plan.gitops.repository} changes while we push to it`);
    }
  }
  throw new Failure(
    'ReleaseConflict',
    `Branches ${branch} and ${other} of ${input.plan.gitops.repository} belong to other runs: delete them, then retry the run`,
  );
}

/** The run's branch, and the one it takes when another run started in the same second. */
export function branchesOf(plan: Plan, startedAt: number, workflowId: string): readonly [string, string] {
  const branch = releaseBranch(plan.component, new Date(startedAt));
  return [branch, `${branch}-${createHash('sha256').update(workflowId).digest('hex').slice(0, 4)}`];
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
