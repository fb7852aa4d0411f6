import { z } from 'zod';
import { type PushedCommit, readChange, readRef } from './change.ts';
import type { Change, Headers, IgnoredReason } from './delivery.ts';
import { readPayload } from './payload-error.ts';
import { actorName, commitList, optional } from './payload-fields.ts';
import type { Provider } from './provider.ts';
import { isHex, isHmacHex, isSameText, sha256Of } from './signature.ts';

/** More branches than this moved by one push are refused, because each is part of a workflow's input. */
const MAX_CHANGES = 1000;

/** As other providers tell that there was no branch before. */
const noCommit = '0'.repeat(40);

const Commit = z
  .object({
    hash: optional(z.string()),
    message: optional(z.string()),
    author: optional(z.object({ raw: optional(z.string()) })),
  })
  .transform(
    ({ hash, message, author }): PushedCommit => ({
      id: hash ?? '',
      message: message ?? '',
      email: /<([^<>]*)>\s*$/.exec(author?.raw ?? '')?.[1] ?? null,
      paths: null,
    }),
  );

const Ref = z.object({ type: z.string(), name: z.string(), target: optional(Commit) });

const BitbucketChange = z.object({
  new: optional(Ref),
  old: optional(Ref),
  forced: optional(z.boolean()),
  truncated: optional(z.boolean()),
  commits: commitList(Commit),
});
type BitbucketChange = z.infer<typeof BitbucketChange>;

const Push = z.object({
  actor: optional(z.object({ nickname: optional(z.string()), display_name: optional(z.string()) })),
  repository: z.object({ links: z.object({ html: z.object({ href: z.string().min(1) }) }) }),
  push: z.object({ changes: z.array(z.unknown()).max(MAX_CHANGES).pipe(z.array(BitbucketChange)) }),
});

/** Bitbucket Cloud. Its pushes list no paths. */
export const bitbucket: Provider = {
  secretKey: 'bitbucket-secret',
  idHeaders: ['x-request-uuid'],
  eventHeader: 'x-event-key',
  isSigned: (headers) => isHex(sha256Of(headers['x-hub-signature'])),
  verify: ({ headers, body }, secret) => isHmacHex(sha256Of(headers['x-hub-signature']), body, secret),
  parse(event, payload) {
    if (event === 'diagnostics:ping') return { ignored: 'ping' };
    if (event !== 'repo:push') return { ignored: 'not-a-push' };
    const { actor, repository, push } = readPayload(Push, payload);
    const read = push.changes.map(readBitbucketChange);
    const changes = read.flatMap((change) => ('ignored' in change ? [] : [change]));
    if (changes.length === 0) return read.find((change) => 'ignored' in change) ?? { ignored: 'no-change' };
    const { href } = repository.links.html;
    return { urls: [href], actor: actorName(actor?.nickname ?? actor?.display_name), occurrence: null, changes };
  },
};

/**
 * Is it a request of the webhook with this UUID? The UUID is no secret and nothing covers the body: only for those who come from
 * OpenChoreo v0.15, which knew no other way, and only where it is not signed.
 */
export function isHookUuid(headers: Headers, uuid: string): boolean {
  return headers['x-hub-signature'] === undefined && isSameText(headers['x-hook-uuid'], uuid);
}

function readBitbucketChange(change: BitbucketChange): Change | { readonly ignored: IgnoredReason } {
  const { new: now, old, forced = null, truncated = false, commits } = change;
  const ref = now ?? old;
  if (ref?.type === 'tag' || ref?.type === 'annotated_tag') return { ignored: 'tag' };
  if (ref?.type !== 'branch') return { ignored: 'not-a-branch' };
  const target = readRef({
    ref: `refs/heads/${ref.name}`,
    before: old?.type === 'branch' ? old.target?.id : noCommit,
    after: now?.target?.id,
    deleted: now === undefined,
  });
  if ('ignored' in target) return target;
  return readChange({
    ...target,
    forced,
    commits,
    head: now?.target,
    cut: truncated,
    tellsRenames: false,
  });
}
