import type { WatchedSource } from '../runs/watched-source.ts';
import { isInScope, type Scope } from './authenticate.ts';
import type { Candidate } from './candidates.ts';
import type { Change, ProviderName, Push } from './delivery.ts';
import { indexPaths, type PathIndex, touches } from './path-filter.ts';
import { type HostRules, isSpokenForBy, placeIdentity, repositoryIdentity } from './repository-identity.ts';
import { type Judgement, type Verdict, verdictReasons } from './verdict.ts';

/** What an installation holds of hosts and secrets. */
export interface MatchRules {
  readonly hosts: HostRules;
  /** Whose components the delivery may start. */
  readonly scope: Scope;
}

/** A push as far as verdicts depend on it. */
export interface ToldPush extends Pick<Push, 'urls' | 'changes'> {
  /** Null where nobody told of it: we looked ourselves. */
  readonly provider: ProviderName | null;
}

/** A verdict, and what it is about. */
export interface Match {
  readonly verdict: Verdict;
  readonly candidate: Candidate;
  readonly change: Change;
}

/**
 * One match for every candidate. Of several changes it is the one that starts the component, else the one that came nearest to it.
 * Paths that are not complete count as touching everything.
 */
export function matchPush(push: ToldPush, candidates: readonly Candidate[], rules: MatchRules): readonly Match[] {
  const { provider } = push;
  const identities = new Set(push.urls.map((url) => repositoryIdentity(url, rules.hosts)));
  const trusted = [...identities].filter(
    (identity) => identity !== undefined && (provider === null || isSpokenForBy(identity, provider)),
  );
  const changes = push.changes.map((change) => ({ change, paths: indexPaths(change.paths.list) }));
  return candidates.flatMap((candidate) => {
    const general = judgeComponent(candidate, trusted, rules);
    const matches = changes.map(({ change, paths }): Match => {
      const { reason, detail } = 'watch' in general ? judgeChange(general, change, paths) : general;
      const outcome = reason === 'matched' ? 'start' : 'skip';
      const { branch, after: commit } = change;
      return { verdict: { component: candidate.id, outcome, reason, detail, branch, commit }, candidate, change };
    });
    return matches.length > 1 ? matches.toSorted((a, b) => nearness(b) - nearness(a)).slice(0, 1) : matches;
  });
}

/** Would knowing the change's paths for certain change a verdict? Only a change of a branch that was there before can be looked up. */
export function needsPaths(change: Change, matches: readonly Match[]): boolean {
  if (change.paths.proven || change.before === null) return false;
  return matches.some(({ verdict, candidate, change: about }) => {
    if (about !== change) return false;
    return change.paths.complete ? verdict.reason === 'paths' : verdict.outcome === 'start' && !watchesAll(candidate);
  });
}

/** The push with the paths of that change as somebody looked them up. */
export function withPaths<P extends ToldPush>(push: P, change: Change, list: readonly string[]): P {
  const paths = { complete: true, proven: true, count: list.length, list };
  return { ...push, changes: push.changes.map((one) => (one === change ? { ...one, paths } : one)) };
}

const nearness = ({ verdict: { reason } }: Match): number => verdictReasons.indexOf(reason);

function watchesAll({ state }: Candidate): boolean {
  return 'watch' in state && state.ignore.length === 0 && state.watch.includes('.');
}

/** What stands against the component whatever was pushed, or its source. */
function judgeComponent(
  { namespace, place, state }: Candidate,
  pushed: readonly (string | undefined)[],
  { hosts, scope }: MatchRules,
): WatchedSource | Judgement {
  const identity = place && placeIdentity(place, hosts);
  if (place !== null && (!identity || !pushed.includes(identity))) {
    const source = identity ?? 'given by a URL that names no repository';
    return {
      reason: 'other-repository',
      detail: `the source is ${source}; the push is to ${pushed.join(', ') || 'none that this provider speaks for'}`,
    };
  }
  if (!isInScope(scope, namespace)) {
    return {
      reason: 'other-secret',
      detail: `the delivery is not signed with the secret of the namespace ${namespace}`,
    };
  }
  return state;
}

function judgeChange({ branch, watch, ignore }: WatchedSource, change: Change, paths: PathIndex): Judgement {
  if (change.branch !== branch) {
    return { reason: 'branch', detail: `it is built from the branch ${branch}; the push is to ${change.branch}` };
  }
  if (change.skipMarker !== null) {
    return { reason: 'skip-ci', detail: `the message of the newest commit holds ${change.skipMarker}` };
  }
  if (change.own) return { reason: 'own-commit', detail: 'the push brings only releases that Slipway committed' };
  if (!change.paths.complete) {
    return { reason: 'matched', detail: 'not all changed paths are known, so they count as touching it' };
  }
  if (paths.paths.length === 0)
    return { reason: 'matched', detail: 'the push changes no file, as one that asks for a build does' };
  if (touches({ watch, ignore }, paths)) return { reason: 'matched', detail: 'the push changes what it is built from' };
  const ignored = ignore.length > 0 ? `, without ${ignore.join(', ')}` : '';
  return { reason: 'paths', detail: `nothing changed in what it is built from: ${watch.join(', ')}${ignored}` };
}
