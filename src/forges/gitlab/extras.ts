import { z } from 'zod';
import { orWarning } from '../extras.ts';
import type { JsonApi } from '../json-api.ts';
import { MergeRequest } from './merge-request.ts';

/** Adds labels by name; GitLab makes those that the project has not. What is refused or left out is a warning. */
export async function addLabels(api: JsonApi, iid: number, labels: readonly string[]): Promise<readonly string[]> {
  if (labels.length === 0) return [];
  const doing = `add the labels ${labels.join(', ')}`;
  return orWarning(async () => {
    const body = { add_labels: labels.join(',') };
    const { labels: added } = await api.call(
      { doing, method: 'PUT', path: `./merge_requests/${iid}`, body },
      MergeRequest,
    );
    const missing = labels.filter((label) => !added.includes(label));
    return missing.length === 0
      ? []
      : [
          `Could not ${doing}: GitLab left out ${missing.join(', ')}. Make the label in the project, or let the token do so.`,
        ];
  });
}

/** Asks people for a review by their user names, besides whoever was asked already. What GitLab cannot do is a warning. */
export async function askReviewers(api: JsonApi, iid: number, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const doing = `ask ${names.join(', ')} for a review`;
  const path = `./merge_requests/${iid}`;
  return orWarning(async () => {
    const ids = (await Promise.all(names.map((name) => findUser(api, doing, name)))).flatMap((id) => id ?? []);
    const { reviewers: before } = await api.call({ doing, path }, MergeRequest);
    const body = { reviewer_ids: [...new Set([...before.map(({ id }) => id), ...ids])] };
    const { reviewers } =
      ids.length === 0 ? { reviewers: before } : await api.call({ doing, method: 'PUT', path, body }, MergeRequest);
    const missing = names.filter((name) => !reviewers.some(({ username }) => isSameName(username, name)));
    return missing.length === 0
      ? []
      : [
          `Could not ${doing}: GitLab asked all but ${missing.join(', ')}. A reviewer is a user name of somebody who sees the project, no group, and GitLab Free takes one only.`,
        ];
  });
}

async function findUser(api: JsonApi, doing: string, name: string): Promise<number | undefined> {
  if (name.includes('/')) return undefined;
  const path = `/users?username=${encodeURIComponent(name)}`;
  const users = await api.call({ doing, path }, z.array(z.object({ id: z.number(), username: z.string() })));
  return users.find(({ username }) => isSameName(username, name))?.id;
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
