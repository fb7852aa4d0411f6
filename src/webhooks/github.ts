import { z } from 'zod';
import { readChange, readRef } from './change.ts';
import { readPayload } from './payload-error.ts';
import { actorName, Commit, commitList, optional, Repository } from './payload-fields.ts';
import type { Provider } from './provider.ts';
import { isHex, isHmacHex, sha256Of } from './signature.ts';

/** At these numbers GitHub's lists of commits, and of files in a commit, end without saying so. */
const MAX_COMMITS = 2048;
const MAX_FILES = 3000;

const Push = z.object({
  ref: z.string(),
  before: optional(z.string()),
  after: optional(z.string()),
  deleted: optional(z.boolean()),
  forced: optional(z.boolean()),
  commits: commitList(Commit),
  head_commit: optional(Commit),
  repository: Repository,
  pusher: optional(z.object({ name: optional(z.string()) })),
  sender: optional(z.object({ login: optional(z.string()) })),
});

/** GitHub and GitHub Enterprise Server. */
export const github: Provider = {
  secretKey: 'github-secret',
  idHeaders: ['x-github-delivery'],
  eventHeader: 'x-github-event',
  isSigned: (headers) => isHex(sha256Of(headers['x-hub-signature-256'])),
  verify: ({ headers, body }, secret) => isHmacHex(sha256Of(headers['x-hub-signature-256']), body, secret),
  parse(event, payload) {
    if (event === 'ping') return { ignored: 'ping' };
    if (event !== 'push') return { ignored: 'not-a-push' };
    const push = readPayload(Push, payload);
    const target = readRef(push);
    if ('ignored' in target) return target;
    const { commits, repository } = push;
    const change = readChange({
      ...target,
      forced: push.forced ?? null,
      commits,
      head: push.head_commit,
      cut: commits.length >= MAX_COMMITS || commits.some(({ paths }) => (paths?.length ?? 0) >= MAX_FILES),
      tellsRenames: true,
    });
    const actor = actorName(push.sender?.login ?? push.pusher?.name);
    return { urls: repository.urls, actor, occurrence: repository.pushedAt, changes: [change] };
  },
};
