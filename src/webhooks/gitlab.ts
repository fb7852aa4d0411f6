import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { readChange, readRef } from './change.ts';
import { readPayload } from './payload-error.ts';
import { actorName, Commit, commitList, optional, someUrls } from './payload-fields.ts';
import type { Provider } from './provider.ts';
import { hmac, isSameText, type SignedRequest } from './signature.ts';

/** GitLab lists the newest 20 commits, and older ones of it do not tell how many there are. */
const MAX_COMMITS = 20;

const Push = z.object({
  ref: z.string(),
  before: optional(z.string()),
  after: optional(z.string()),
  user_username: optional(z.string()),
  user_name: optional(z.string()),
  project: z
    .object({ git_http_url: optional(z.string()), web_url: optional(z.string()), git_ssh_url: optional(z.string()) })
    .transform((project) => someUrls(project.git_http_url, project.web_url, project.git_ssh_url))
    .refine((urls) => urls.length > 0, 'names no URL'),
  commits: commitList(Commit),
  total_commits_count: optional(z.number()),
});

/** GitLab, in the cloud and on hosts of one's own. */
export const gitlab: Provider = {
  secretKey: 'gitlab-secret',
  // The event's UUID is also that of events which a webhook's receiver caused, so it comes last.
  idHeaders: ['idempotency-key', 'webhook-id', 'x-gitlab-event-uuid'],
  eventHeader: 'x-gitlab-event',
  isSigned: (headers) => Boolean(headers['x-gitlab-token'] || headers['webhook-signature']),
  verify: (request, secret) =>
    secret.startsWith('whsec_') ? isSigned(request, secret) : isSameText(request.headers['x-gitlab-token'], secret),
  parse(event, payload) {
    if (event === 'Tag Push Hook') return { ignored: 'tag' };
    if (event !== 'Push Hook') return { ignored: 'not-a-push' };
    const push = readPayload(Push, payload);
    const target = readRef(push);
    if ('ignored' in target) return target;
    const { commits, total_commits_count: total } = push;
    const change = readChange({
      ...target,
      forced: null,
      commits,
      head: undefined,
      cut: total === undefined ? commits.length >= MAX_COMMITS : total > commits.length,
      tellsRenames: false,
    });
    const actor = actorName(push.user_username ?? push.user_name);
    return { urls: push.project, actor, occurrence: null, changes: [change] };
  },
};

/** Signatures hold for this long, as Standard Webhooks has it, so that a recorded request is soon worth nothing. */
const TOLERANCE_SECONDS = 5 * 60;

/** Signed as Standard Webhooks (standardwebhooks.com) says; the secret is `whsec_` and the key in base64. */
function isSigned({ headers, body, receivedAt }: SignedRequest, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (id === undefined || !/^\d{1,15}$/.test(timestamp)) return false;
  if (Math.abs(receivedAt / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = hmac([`${id}.${timestamp}.`, body], Buffer.from(secret.slice('whsec_'.length), 'base64'));
  return signatures.split(' ').some((signature) => {
    const [, encoded] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature) ?? [];
    return encoded !== undefined && timingSafeEqual(Buffer.from(encoded, 'base64'), expected);
  });
}
