import { z } from 'zod';
import type { Account } from '../accounts.ts';
import type { PullRequest } from '../forge.ts';

const Repository = z.object({ full_name: z.string() }).nullish();
const User = z.object({ uuid: z.string(), type: z.string().default('user') });

/** What we read of Bitbucket's pull request. */
export const Pull = z.object({
  id: z.number(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.enum(['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED']),
  author: User.nullish(),
  // Only the first digits of the commit.
  source: z.object({
    branch: z.object({ name: z.string() }),
    commit: z.object({ hash: z.string() }).nullish(),
    repository: Repository,
  }),
  destination: z.object({ branch: z.object({ name: z.string() }), repository: Repository }),
  reviewers: z.array(z.object({ uuid: z.string(), nickname: z.string().optional() })).default([]),
  links: z.object({ html: z.object({ href: z.string() }) }),
});
export type Pull = z.infer<typeof Pull>;

/** Is the head branch in the repository that the pull request is for? A deleted fork counts as another one. */
export function isSameRepository({ source, destination }: Pull): boolean {
  const [head, base] = [source.repository?.full_name, destination.repository?.full_name];
  return head !== undefined && head.toLowerCase() === base?.toLowerCase();
}

/**
 * Was the pull request opened by that account? A repository's access token cannot ask who it is: then by any such token, and the
 * caller's marker in the body has to tell them apart.
 */
export function isAuthor(account: Account, author: Pull['author']): boolean {
  if (!author) return false;
  return account.kind === 'user' ? author.uuid === account.id : author.type === 'app_user';
}

/** Bitbucket's pull request as ours, with its head's whole commit. */
export function toPullRequest(pull: Pull, commit: string, ours: boolean): PullRequest {
  return {
    number: pull.id,
    url: pull.links.html.href,
    title: pull.title,
    body: pull.description ?? '',
    state: pull.state === 'OPEN' ? 'open' : pull.state === 'MERGED' ? 'merged' : 'closed',
    head: { branch: pull.source.branch.name, commit },
    base: pull.destination.branch.name,
    ours,
  };
}
