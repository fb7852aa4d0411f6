import { z } from 'zod';
import { readChange, readRef } from './change.ts';
import { readPayload } from './payload-error.ts';
import { actorName, Commit, commitList, optional, Repository } from './payload-fields.ts';
import type { Provider } from './provider.ts';
import { isHex, isHmacHex } from './signature.ts';

/** So many commits are listed where the operator did not say otherwise; older versions do not tell how many there are. */
const USUAL_COMMITS = 5;

const Push = z.object({
  ref: z.string(),
  before: optional(z.string()),
  after: optional(z.string()),
  commits: commitList(Commit),
  head_commit: optional(Commit),
  total_commits: optional(z.number()),
  repository: Repository,
  pusher: optional(z.object({ login: optional(z.string()), username: optional(z.string()) })),
});

/** Gitea and Forgejo. A deleted branch is no push there, and the test button sends one that changes nothing. */
export const gitea: Provider = {
  secretKey: 'gitea-secret',
  idHeaders: ['x-gitea-delivery'],
  eventHeader: 'x-gitea-event',
  isSigned: (headers) => isHex(headers['x-gitea-signature']),
  verify: ({ headers, body }, secret) => isHmacHex(headers['x-gitea-signature'], body, secret),
  parse(event, payload) {
    if (event !== 'push') return { ignored: 'not-a-push' };
    const push = readPayload(Push, payload);
    const target = readRef(push);
    if ('ignored' in target) return target;
    const { commits, total_commits: total } = push;
    const change = readChange({
      ...target,
      forced: null,
      commits,
      head: push.head_commit,
      cut: total === undefined ? commits.length >= USUAL_COMMITS : total > commits.length,
      tellsRenames: false,
    });
    const actor = actorName(push.pusher?.login ?? push.pusher?.username);
    return { urls: push.repository.urls, actor, occurrence: null, changes: [change] };
  },
};
