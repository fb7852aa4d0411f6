import { cancellationSignal } from '@temporalio/activity';
import { Failure } from '../src/failures.ts';
import type { OpenForge } from '../src/forges/forge.ts';
import type { GitopsMirror } from '../src/git/git.ts';
import { type Cleaned, joinCleaned, type Leftover, nothingCleaned } from '../src/runs/cleaned.ts';
import { parseTrailers } from '../src/runs/commit-message.ts';
import { releaseBranchDate } from '../src/runs/names.ts';
import { runWorkflowId } from '../src/temporal/names.ts';
import type { GitopsDeps } from './clone-gitops.ts';
import { createQueueSteps } from './queue-messages.ts';
import { findPlaces, type GitopsPlace, type PlacesDeps } from './release-places.ts';

export interface CleanBranchesDeps extends GitopsDeps, PlacesDeps {
  readonly openForge: OpenForge;
  /** Committer of our commits. */
  readonly committerEmail: string;
  /** Branches of the last so many days stay; null: all. */
  readonly keepBranchDays: number | null;
}

/** So many branches of a repository at once; the rest the next time. */
const MOST = 200;
const dayMs = 24 * 3600_000;

export function createCleanBranches(deps: CleanBranchesDeps) {
  return {
    /**
     * Deletes the old branches of releases whose pull request is merged or closed, or never was, and whose head is our own commit. With
     * `dryRun` says what it would delete. Safe to repeat.
     */
    async cleanBranches({ dryRun }: { readonly dryRun: boolean }): Promise<Cleaned> {
      if (deps.keepBranchDays === null) return nothingCleaned;
      const before = Date.now() - deps.keepBranchDays * dayMs;
      const parts: Cleaned[] = [];
      for (const place of (await findPlaces(deps)).gitops) {
        parts.push(await cleanRepository(deps, place, before, dryRun));
      }
      return joinCleaned(parts);
    },
  };
}

async function cleanRepository(
  deps: CleanBranchesDeps,
  { repository, namespace, branches: bases }: GitopsPlace,
  before: number,
  dryRun: boolean,
): Promise<Cleaned> {
  const removed: Leftover[] = [];
  const cleaned = (notes: readonly string[]) => ({ removed, count: removed.length, notes });
  try {
    const remote = await deps.openRemote(repository, 'gitops-token', namespace);
    const mirror = await deps.openMirror(remote, cancellationSignal());
    const old = [...(await mirror.remoteBranches('release'))].filter(
      ([branch]) => (releaseBranchDate(branch)?.getTime() ?? Number.POSITIVE_INFINITY) < before,
    );
    for (const [branch, head] of old.slice(0, MOST)) {
      const reason =
        (await isOurs(deps, mirror, branch, head)) &&
        (await whyNotNeeded(deps, { repository, namespace }, branch, bases));
      if (!reason || !(dryRun || (await mirror.deleteBranch(branch, head)))) continue;
      removed.push({ kind: 'branch', place: repository, name: branch, reason });
    }
    return cleaned([]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return cleaned([error.message]);
  }
}

/** A branch belongs to whoever made its newest commit; and a run that goes on may still need its own. */
async function isOurs(
  { committerEmail }: CleanBranchesDeps,
  mirror: GitopsMirror,
  branch: string,
  head: string,
): Promise<boolean> {
  const { message, committerEmail: committer } = await mirror.describeCommit(branch, head);
  const [namespace, run] = parseTrailers(message)?.run.split('/') ?? [];
  if (committer !== committerEmail || namespace === undefined || run === undefined) return false;
  return !(await createQueueSteps().isRunning(runWorkflowId(namespace, run)));
}

async function whyNotNeeded(
  { openForge }: CleanBranchesDeps,
  { repository, namespace }: Pick<GitopsPlace, 'repository' | 'namespace'>,
  branch: string,
  bases: readonly string[],
): Promise<string | null> {
  const forge = await openForge(repository, 'gitops-token', namespace, cancellationSignal());
  const states = new Set<string>();
  // Somebody may have led it to a base that no component names.
  for (const base of [null, ...bases]) {
    for (const { state } of await forge.pullRequests({ head: branch, base })) states.add(state);
  }
  if (states.has('open')) return null;
  if (states.size === 0) return 'it has no pull request';
  return `its pull request is ${states.has('merged') ? 'merged' : 'closed'}`;
}
