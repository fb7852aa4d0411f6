import { z } from 'zod';
import type { PullRequest } from '../forge.ts';

/** What we read of Gitea's pull request. */
export const Pull = z.object({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  user: z.object({ id: z.number() }).nullable(),
  // `ref` turns into refs/pull/… once the branch is gone; `label` keeps its name.
  head: z.object({ label: z.string(), sha: z.string(), repo_id: z.number() }),
  base: z.object({ ref: z.string(), repo_id: z.number() }),
});
export type Pull = z.infer<typeof Pull>;

/** Is the head branch in the repository that the pull request is for? A deleted fork counts as another one. */
export function isSameRepository({ head, base }: Pull): boolean {
  return head.repo_id === base.repo_id;
}

/** Gitea's pull request as ours. */
export function toPullRequest(pull: Pull, ownId: number): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    body: pull.body,
    state: pull.merged ? 'merged' : pull.state,
    head: { branch: pull.head.label, commit: pull.head.sha },
    base: pull.base.ref,
    ours: isSameRepository(pull) && pull.user?.id === ownId,
  };
}
