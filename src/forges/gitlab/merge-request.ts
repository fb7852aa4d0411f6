import { z } from 'zod';
import type { PullRequest } from '../forge.ts';

/** What we read of GitLab's merge request. */
export const MergeRequest = z.object({
  iid: z.number(),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullish(),
  // `locked` is one that is being merged.
  state: z.enum(['opened', 'locked', 'closed', 'merged']),
  author: z.object({ id: z.number() }).nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  sha: z.string().nullish(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number(),
  labels: z.array(z.string()).default([]),
  reviewers: z.array(z.object({ id: z.number(), username: z.string() })).default([]),
});
export type MergeRequest = z.infer<typeof MergeRequest>;

/** Is the head branch in the repository that the merge request is for? A deleted fork counts as another one. */
export function isSameRepository(merge: MergeRequest): boolean {
  return merge.source_project_id === merge.target_project_id;
}

/** GitLab's merge request as ours. */
export function toPullRequest(merge: MergeRequest, ownId: number): PullRequest {
  return {
    number: merge.iid,
    url: merge.web_url,
    title: merge.title,
    body: merge.description ?? '',
    state: merge.state === 'opened' || merge.state === 'locked' ? 'open' : merge.state,
    head: { branch: merge.source_branch, commit: merge.sha ?? '' },
    base: merge.target_branch,
    ours: isSameRepository(merge) && merge.author?.id === ownId,
  };
}
