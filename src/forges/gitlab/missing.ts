import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { ApiAnswer, ApiRequest, JsonApi } from '../json-api.ts';

const Project = z.object({
  path_with_namespace: z.string(),
  archived: z.boolean().default(false),
  merge_requests_enabled: z.boolean().default(true),
});

/** Why GitLab refused to open a merge request, where its answer does not say it well: looks for what it needs. Undefined where all is there. */
export async function explainMissing(
  api: JsonApi,
  { doing }: ApiRequest,
  { status }: ApiAnswer,
  { head, base }: { readonly head: string; readonly base: string },
): Promise<Failure | undefined> {
  if (![400, 403, 404, 422].includes(status)) return undefined;
  const answer = await api.ask({ doing, path: '.' });
  const project = Project.safeParse(answer.body).data;
  if (answer.status !== 200 || project === undefined) return undefined;
  const what = `Could not ${doing} in ${project.path_with_namespace}`;
  if (project.archived)
    return new Failure('PolicyRejected', `${what}: the project is archived. Unarchive it, or name another one.`);
  if (!project.merge_requests_enabled)
    return new Failure(
      'PolicyRejected',
      `${what}: the project has them turned off. Turn on pull requests (merge requests) in its settings.`,
    );
  if (await isMissing(api, doing, base))
    return new Failure(
      'SourceNotFound',
      `${what}: the base branch does not exist: check the branch that the run names for the GitOps repository.`,
    );
  return (await isMissing(api, doing, head))
    ? new Failure('SourceNotFound', `${what}: ${head} does not exist any more: run it again.`)
    : undefined;
}

async function isMissing(api: JsonApi, doing: string, branch: string): Promise<boolean> {
  const path = `./repository/branches/${encodeURIComponent(branch)}`;
  return (await api.ask({ doing, path })).status === 404;
}
