import type { Forge, PullRequest } from '../src/forges/forge.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type Marker, parseMarker } from '../src/runs/pull-request.ts';

export interface OpenRelease {
  readonly pullRequest: PullRequest;
  readonly marker: Marker;
}

/** Open pull requests of ours for this component and environment, newest first. A branch's name alone identifies nothing. */
export async function openReleases(forge: Forge, plan: Plan, environment: string): Promise<readonly OpenRelease[]> {
  const open = await forge.pullRequests({ openAgainst: plan.gitops.branch });
  return open.flatMap((pullRequest) => {
    const marker = pullRequest.ours ? parseMarker(pullRequest.body) : undefined;
    const same =
      marker?.namespace === plan.namespace &&
      marker.project === plan.project &&
      marker.component === plan.component &&
      marker.environment === environment;
    return marker && same ? [{ pullRequest, marker }] : [];
  });
}
