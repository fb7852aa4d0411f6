import { z } from 'zod';
import { orWarning } from '../extras.ts';
import type { JsonApi } from '../json-api.ts';
import type { ForgeRepository } from '../repository-url.ts';
import { listValues } from './pages.ts';
import { Pull } from './pull.ts';

const Members = z.array(z.object({ user: z.object({ uuid: z.string(), nickname: z.string().optional() }) }));

type Reviewer = { readonly uuid: string } | { readonly account_id: string };

/**
 * Asks people for a review: by `{uuid}`, by account id, or by the nickname that they have in the workspace. Whom it cannot ask is a
 * warning, and so is whatever Bitbucket refuses.
 */
export async function askReviewers(
  api: JsonApi,
  repository: ForgeRepository,
  id: number,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const doing = `ask ${names.join(', ')} for a review`;
  const path = `./pullrequests/${id}`;
  return orWarning(async () => {
    const isNickname = (name: string) => !name.startsWith('{') && !isAccountId(name);
    const request = { doing, path: `/workspaces/${repository.owner}/members?pagelen=100` };
    const members = names.some(isNickname) ? await listValues(api, repository, request, Members) : [];
    const memberOf = (name: string) => members.find(({ user }) => user.nickname?.toLowerCase() === name.toLowerCase());
    const found = names.flatMap((name): Reviewer[] => {
      if (!isNickname(name)) return [name.startsWith('{') ? { uuid: name } : { account_id: name }];
      const member = memberOf(name);
      return member === undefined ? [] : [{ uuid: member.user.uuid }];
    });
    if (found.length > 0) {
      const { title, description, reviewers } = await api.call({ doing, path }, Pull);
      // What the change leaves out, Bitbucket clears.
      const body = { title, description, reviewers: [...reviewers.map(({ uuid }) => ({ uuid })), ...found] };
      await api.call({ doing, method: 'PUT', path, body }, Pull);
    }
    const missing = names.filter((name) => isNickname(name) && memberOf(name) === undefined);
    return missing.length === 0
      ? []
      : [
          `Could not ${doing}: the workspace ${repository.owner} has no member ${missing.join(', ')}. Write a nickname, an account id or a {uuid}; groups cannot be asked.`,
        ];
  });
}

/** As Atlassian writes them: 24 hexadecimal digits, or a number, a colon and more. */
function isAccountId(name: string): boolean {
  return /^[0-9a-f]{24}$|^\d+:./.test(name);
}
