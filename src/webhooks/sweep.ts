import type { DeliveryResult, DeliveryVerdict } from './accepted-delivery.ts';
import type { Verdict } from './verdict.ts';

/** Commits of branches, by the keys of `trackedBranches`. */
export type Heads = Readonly<Record<string, string>>;

/** A component whose run nobody has asked for. */
export interface MissedRun {
  readonly verdict: Verdict;
  /** Of its branch. */
  readonly key: string;
  /** The repository, for messages. */
  readonly repository: string;
  /** Commit last requested, else where the branch was before; null where neither is known. */
  readonly before: string | null;
  /** Workflow id of what was last requested, or empty. */
  readonly occurrence: string;
}

/** What a look at the branches found. */
export interface SweepLook {
  /** What is to be compared with the next time. A branch with missed runs, or that could not be looked at, stays as it was. */
  readonly heads: Heads;
  readonly missed: readonly MissedRun[];
  /** Missed runs beyond these; the next look finds them. */
  readonly rest: number;
  /** Other components of branches that have moved. */
  readonly skips: readonly DeliveryVerdict[];
  readonly omitted: number;
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

/** What became of a sweep: of all branches that have moved since the last one. */
export interface SweepResult extends DeliveryResult {
  readonly heads: Heads;
}

/** The missed runs that two looks agree about: what is missing only in one may have been asked for meanwhile. */
export function missedTwice(first: readonly MissedRun[], second: readonly MissedRun[]): readonly MissedRun[] {
  const seen = new Set(first.map(identify));
  return second.filter((missed) => seen.has(identify(missed)));
}

/** The heads with those of branches all of whose missed runs are started. */
export function settle(heads: Heads, { missed, rest }: SweepLook, verdicts: readonly DeliveryVerdict[]): Heads {
  if (rest > 0) return heads;
  const started = new Set(verdicts.flatMap(({ component, outcome }) => (outcome === 'failed' ? [] : [component])));
  const open = new Set(missed.flatMap(({ key, verdict }) => (started.has(verdict.component) ? [] : [key])));
  const done = missed.filter(({ key }) => !open.has(key));
  return { ...heads, ...Object.fromEntries(done.map(({ key, verdict }) => [key, verdict.commit])) };
}

function identify({ verdict, before, occurrence }: MissedRun): string {
  return JSON.stringify([verdict.component, verdict.commit, before, occurrence]);
}
