import { z } from 'zod';
import type { Account } from '../accounts.ts';
import type { PullRequest } from '../forge.ts';

/** What we read of GitHub's pull request. */
export const Pull = z.object({
  number: z.number(),
  html_url: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  user: z.object({ id: z.number(), login: z.string(), type: z.string() }).nullable(),
  head: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
  base: z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }) }),
});
export type Pull = z.infer<typeof Pull>;

/** Is the head branch in the repository that the pull request is for? A deleted fork counts as another one. */
export function isSameRepository(pull: Pull): boolean {
  return pull.head.repo?.full_name.toLowerCase() === pull.base.repo.full_name.toLowerCase();
}

/**
 * Was the pull request opened by that account? An app's token does not know its own name: then by the app's bot when its slug is
 * known, else by any bot, and the caller's marker in the body has to tell them apart.
 */
export function isAuthor(account: Account, appSlug: string | null, user: Pull['user']): boolean {
  if (user === null) return false;
  if (account.kind === 'user') return user.id === account.id;
  return user.type === 'Bot' && (appSlug === null || user.login === `${appSlug}[bot]`);
}

/** GitHub's pull request as ours. */
export function toPullRequest(pull: Pull, ours: boolean): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    title: pull.title,
    body: pull.body ?? '',
    state: pull.merged_at ? 'merged' : pull.state,
    head: { branch: pull.head.ref, commit: pull.head.sha },
    base: pull.base.ref,
    ours,
  };
}
