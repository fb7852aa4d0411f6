import { z } from 'zod';
import { orWarning, splitReviewers } from '../extras.ts';
import type { JsonApi } from '../json-api.ts';

const Labels = z.array(z.object({ name: z.string() }));
const Reviewers = z.object({
  requested_reviewers_teams: z
    .array(z.object({ name: z.string() }))
    .nullish()
    .transform((teams) => teams ?? []),
});
const colour = '#ededed';

/** Adds labels by name and makes those that the repository has not, as GitHub does. What is refused is a warning. */
export async function addLabels(api: JsonApi, number: number, labels: readonly string[]): Promise<readonly string[]> {
  if (labels.length === 0) return [];
  const doing = `add the labels ${labels.join(', ')}`;
  const add = (names: readonly string[]) =>
    api.call({ doing, method: 'POST', path: `./issues/${number}/labels`, body: { labels: names } }, Labels);
  return orWarning(async () => {
    // Names that Gitea does not know it leaves out without a word.
    const added = await add(labels);
    const missing = labels.filter((label) => !added.some(({ name }) => name === label));
    for (const name of missing) {
      await api.call({ doing, method: 'POST', path: './labels', body: { name, color: colour } }, z.unknown());
    }
    if (missing.length > 0) await add(missing);
    return [];
  });
}

/** Asks people and teams (`organization/team`) for a review. What is refused is a warning. */
export async function askReviewers(api: JsonApi, number: number, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const doing = `ask ${names.join(', ')} for a review`;
  const { people, teams } = splitReviewers(names);
  return orWarning(async () => {
    const body = { reviewers: people, team_reviewers: teams };
    await api.call({ doing, method: 'POST', path: `./pulls/${number}/requested_reviewers`, body }, z.unknown());
    if (teams.length === 0) return [];
    const { requested_reviewers_teams: asked } = await api.call({ doing, path: `./pulls/${number}` }, Reviewers);
    const silent = teams.filter((team) => !asked.some(({ name }) => name === team));
    return silent.length === 0
      ? []
      : [`Could not ask the team ${silent.join(', ')} for a review: only an organization's repository has teams.`];
  });
}
