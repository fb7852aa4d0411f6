import { z } from 'zod';
import type { JsonApi } from '../json-api.ts';

const Tree = z.object({
  truncated: z.boolean(),
  tree: z
    .array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string() }))
    .nullish()
    .transform((entries) => entries ?? []),
});
type Entry = z.infer<typeof Tree>['tree'][number];

/** Trees that are read before it counts as too many: then git tells it in one request. */
const mostTrees = 100;

const treeOf = (entry: Entry | undefined) => (entry?.type === 'tree' ? entry.sha : undefined);

/**
 * Finds the paths that differ between two commits by walking down their trees where these differ, since Gitea compares commits
 * one by one, without type changes. Null for a commit that is not there, for too many folders and for one with too many entries.
 */
export async function changedFiles(api: JsonApi, before: string, after: string): Promise<readonly string[] | null> {
  let left = mostTrees;

  async function read(tree: string | undefined): Promise<readonly Entry[] | null> {
    if (tree === undefined) return [];
    if (left === 0) return null;
    left -= 1;
    const request = { doing: 'compare two commits', path: `./git/trees/${tree}` };
    const answer = await api.ask(request);
    if ([400, 404, 409, 422].includes(answer.status)) return null;
    const { truncated, tree: entries } = api.read(request, answer, Tree);
    return truncated ? null : entries;
  }

  async function walk(folder: string, one: string | undefined, other: string | undefined): Promise<string[] | null> {
    const [olds, news] = [await read(one), await read(other)];
    if (olds === null || news === null) return null;
    const old = new Map(olds.map((entry) => [entry.path, entry]));
    const now = new Map(news.map((entry) => [entry.path, entry]));
    const changed: string[] = [];
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(name), now.get(name)];
      if (was?.sha === is?.sha && was?.mode === is?.mode) continue;
      const path = `${folder}${name}`;
      if ([was, is].some((entry) => entry !== undefined && entry.type !== 'tree')) changed.push(path);
      if (was?.type !== 'tree' && is?.type !== 'tree') continue;
      const below = await walk(`${path}/`, treeOf(was), treeOf(is));
      if (below === null) return null;
      changed.push(...below);
    }
    return changed;
  }

  return walk('', before, after);
}
