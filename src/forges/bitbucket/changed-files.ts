import { z } from 'zod';
import type { JsonApi } from '../json-api.ts';
import type { ForgeRepository } from '../repository-url.ts';
import { followPages } from './pages.ts';

const Side = z.object({ path: z.string() }).nullish();
const Changes = z.array(z.object({ old: Side, new: Side }));

/** The paths that differ between two commits; null for a commit that is not there, and where Bitbucket gives up. */
export async function changedFiles(
  api: JsonApi,
  repository: ForgeRepository,
  before: string,
  after: string,
): Promise<readonly string[] | null> {
  // The newer one comes first here.
  const path = `./diffstat/${after}..${before}?topic=false&renames=false&pagelen=500`;
  const request = { doing: 'compare two commits', path };
  const first = await api.ask(request);
  // 555: the comparison took it too long.
  if (first.status === 404 || first.status === 555) return null;
  const changes = await followPages(api, repository, request, first, Changes);
  return [...new Set(changes.flatMap((change) => [change.old, change.new].flatMap((side) => side?.path ?? [])))];
}
