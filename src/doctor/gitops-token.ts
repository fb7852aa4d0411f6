import { z } from 'zod';
import { neededScope } from '../forges/needed-scope.ts';
import type { ForgeAnswer } from './ask-forge.ts';
import type { Check, Verdict } from './check.ts';

/** At GitLab from this level on one is a Developer, who may push. */
const developer = 30;
const Access = z.object({ access_level: z.number() }).nullish();
const Permissions = z.union([
  z.object({ push: z.boolean() }),
  z.object({ project_access: Access, group_access: Access }).transform((level) => ({
    push: Math.max(level.project_access?.access_level ?? 0, level.group_access?.access_level ?? 0) >= developer,
  })),
]);
const RepositoryAnswer = z
  .object({
    full_name: z.string(),
    archived: z.boolean().default(false),
    has_pull_requests: z.boolean().default(true),
    permissions: Permissions.optional(),
  })
  .or(
    z
      .object({
        path_with_namespace: z.string(),
        archived: z.boolean().default(false),
        merge_requests_enabled: z.boolean().default(true),
        permissions: Permissions.optional(),
      })
      .transform((project) => ({ ...project, has_pull_requests: project.merge_requests_enabled })),
  );

const soonMs = 7 * 24 * 3600_000;

/** What the forge says about the gitops-token: accepted, allowed to push, of which scopes, until when. */
export function checkGitopsToken(repository: (signal: AbortSignal) => Promise<ForgeAnswer>): Check {
  return { name: 'gitops-token', run: async (signal) => judgeToken(await repository(signal), Date.now()) };
}

/** What a forge's answer about the repository means. */
export function judgeToken({ forge, app, status, headers, body, message }: ForgeAnswer, now: number): Verdict {
  const needed = neededScope[forge]['gitops-token'];
  const said = message && ` (${message})`;
  if (status === 401)
    return {
      state: 'fail',
      text: `it is not accepted, so it has expired or was revoked${said}`,
      fix: `store a new one with ${needed}`,
    };
  const scopes = headers.get('x-oauth-scopes');
  const made = app === undefined ? '' : `; made for the GitHub App ${app.slug} (${app.id})`;
  const held = made + (scopes === null ? '' : `; scopes: ${scopes || 'none'}`);
  if (status !== 200)
    return {
      state: 'fail',
      text: `the repository answers ${status}${said}${held}`,
      fix: `check its URL, and that the token sees it and has ${needed}`,
    };
  const parsed = RepositoryAnswer.safeParse(body).data;
  if (parsed === undefined)
    return {
      state: 'fail',
      text: "the answer is not one of the code host's API",
      fix: 'look for a proxy or login page',
    };
  if (parsed.archived) return { state: 'fail', text: 'the repository is archived', fix: 'unarchive it' };
  if (!parsed.has_pull_requests)
    return { state: 'fail', text: 'pull requests are turned off', fix: "turn them on in the repository's settings" };
  if (parsed.permissions?.push === false)
    return { state: 'fail', text: `it may read, but not push${held}`, fix: `give it ${needed}` };
  return judgeExpiry(headers.get('github-authentication-token-expiration'), held, needed, now);
}

function judgeExpiry(expires: string | null, held: string, needed: string, now: number): Verdict {
  const text = `accepted, may push${held}`;
  const until = Date.parse((expires ?? '').replace(' UTC', 'Z').replace(' ', 'T'));
  if (Number.isNaN(until)) return { state: 'ok', text };
  const full = `${text}; expires ${new Date(until).toISOString().slice(0, 10)}`;
  return until - now > soonMs
    ? { state: 'ok', text: full }
    : { state: 'warn', text: full, fix: `store a new one with ${needed}` };
}
