import { z } from 'zod';
import { Failure } from '../../failures.ts';
import { type ApiRequest, encodePath, type JsonApi } from '../json-api.ts';

const Repository = z.object({ full_name: z.string(), has_pull_requests: z.boolean() });

/** Why a pull request cannot be opened where Gitea says no more than 404: looks for what it needs. Throws where the repository is hidden. */
export async function explainMissing(
  api: JsonApi,
  { doing }: ApiRequest,
  { head, base }: { readonly head: string; readonly base: string },
): Promise<Failure> {
  const repository = await api.call({ doing, path: '.' }, Repository);
  const what = `Could not ${doing} in ${repository.full_name}`;
  if (!repository.has_pull_requests) {
    return new Failure(
      'PolicyRejected',
      `${what}: the repository has them turned off. Turn on pull requests in its settings.`,
    );
  }
  const path = `./branches/${encodePath(base)}`;
  return (await api.ask({ doing, path })).status === 404
    ? new Failure(
        'SourceNotFound',
        `${what}: the base branch does not exist: check the branch that the run names for the GitOps repository.`,
      )
    : new Failure('SourceNotFound', `${what}: ${head} does not exist any more: run it again.`);
}
