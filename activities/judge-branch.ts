import type { CommitRange } from '../src/git/git.ts';
import type { Requested } from '../src/runs/queue.ts';
import type { DeliveryVerdict, SweepReason } from '../src/webhooks/accepted-delivery.ts';
import type { Candidate } from '../src/webhooks/candidates.ts';
import { readChange } from '../src/webhooks/change.ts';
import { type Match, matchPush, withPaths } from '../src/webhooks/match.ts';
import type { HostRules } from '../src/webhooks/repository-identity.ts';
import type { MissedRun } from '../src/webhooks/sweep.ts';
import type { TrackedBranch } from '../src/webhooks/tracked-branches.ts';

/** What is asked about a branch that has moved. */
export interface BranchQuestions {
  readonly hosts: HostRules;
  lastRequested(candidate: Candidate): Promise<Requested | null>;
  /** A run of that commit that is under way or began since. */
  findRun(candidate: Candidate, commit: string, since: number): Promise<string | undefined>;
  ranges(befores: readonly string[], after: string): Promise<ReadonlyMap<string, CommitRange>>;
}

export interface JudgedBranch {
  readonly missed: readonly MissedRun[];
  readonly skips: readonly DeliveryVerdict[];
}

/** So many queues are asked side by side. */
const AT_ONCE = 10;

/**
 * Which components of a branch should be built at its head and nobody has asked for that. What changed counts from `last`, where the
 * branch was when all was well; where that is not known, from the commit last requested of each component.
 */
export async function judgeBranch(
  tracked: TrackedBranch,
  head: string,
  last: string | undefined,
  ask: BranchQuestions,
): Promise<JudgedBranch> {
  const { branch, url } = tracked;
  const asked = new Map<Candidate, Promise<Requested | null>>();
  const requestedOf = (candidate: Candidate) => {
    const answer = asked.get(candidate) ?? ask.lastRequested(candidate);
    asked.set(candidate, answer);
    return answer;
  };
  const missed: MissedRun[] = [];
  const skips: DeliveryVerdict[] = [];
  const skip = ({ id: component }: Candidate, reason: DeliveryVerdict['reason'], detail: string) =>
    void skips.push({ component, outcome: 'skip', reason, detail, branch, commit: head, run: null });

  const byBefore = new Map<string, Candidate[]>();
  await inSlices(tracked.candidates, async (candidate) => {
    const before = last ?? (await requestedOf(candidate))?.commit;
    if (before === undefined)
      skip(candidate, 'never-requested', 'nobody has asked for a build of it yet: push, or start a run');
    else if (before === head) skip(candidate, 'requested', 'this commit was asked for last');
    else byBefore.set(before, [...(byBefore.get(before) ?? []), candidate]);
  });
  if (byBefore.size === 0) return { missed, skips };

  const ranges = await ask.ranges([...byBefore.keys()], head);
  for (const [before, candidates] of byBefore) {
    const range = ranges.get(before);
    if (range === undefined) continue;
    const matches = matchPush(pushOf(tracked, before, head, range), candidates, {
      hosts: ask.hosts,
      scope: { allBut: [] },
    });
    await inSlices(matches, async (match) => {
      const { candidate, verdict } = match;
      if (verdict.outcome === 'skip') return skip(candidate, verdict.reason, verdict.detail);
      const requested = await requestedOf(candidate);
      const why = await reasonToWait(match, requested, range, ask);
      if (why !== null) return skip(candidate, ...why);
      const since =
        requested === null
          ? 'nobody has asked for a build of it'
          : `${requested.commit.slice(0, 12)} was asked for last`;
      missed.push({
        verdict: { ...verdict, detail: `${verdict.detail}; no webhook told of it: ${since}` },
        key: tracked.key,
        repository: url,
        before: requested?.commit ?? before,
        occurrence: requested?.workflowId ?? '',
      });
    });
  }
  return { missed, skips };
}

async function reasonToWait(
  { candidate, change: { after } }: Match,
  requested: Requested | null,
  { committedAt }: CommitRange,
  ask: BranchQuestions,
): Promise<readonly [SweepReason, string] | null> {
  if (requested?.commit === after) return ['requested', 'this commit was asked for last'];
  // Whoever goes back to an older commit must not be overruled; only what is committed after that counts.
  if (requested?.trigger === 'manual' && committedAt * 1000 <= requested.at) {
    return ['manual', `a person has asked for ${requested.commit.slice(0, 12)} since this commit was made`];
  }
  const run = await ask.findRun(candidate, after, requested?.at ?? 0);
  return run === undefined ? null : ['requested', `it was asked for already: ${run}`];
}

/** The move as a provider would have told it. */
function pushOf({ url, branch }: TrackedBranch, before: string, after: string, { commits, whole, paths }: CommitRange) {
  const [head] = commits;
  const move = { branch, before, after, forced: null, isNew: false, tellsRenames: true };
  const change = readChange({ ...move, commits, head, cut: !whole });
  const push = { provider: null, urls: [url], changes: [change] };
  return paths === null ? push : withPaths(push, change, paths);
}

async function inSlices<T>(list: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < list.length; at += AT_ONCE) await Promise.all(list.slice(at, at + AT_ONCE).map(work));
}
